"""Finds patterns in texts, in time that grows with the text and not faster: Python's own matcher may run forever."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, TypeAlias

from secureinfra.terraform.expressions.functions.patterns import Tree, read_pattern
from secureinfra.terraform.expressions.values import Budget, NotKnownError

Spans: TypeAlias = tuple[int, ...]
"""Start and end of a match, then of each of its groups; -1 for a group that took no part."""

_MOST_INSTRUCTIONS: Final = 5_000
_MOST_WORK: Final = 1_000_000


class Matcher:
    """A pattern made ready: a list of instructions, all of whose ways are followed at once.

    Args:
        pattern: a regular expression as Terraform reads them.

    Raises:
        RefusedError: Terraform would refuse it.
        NotKnownError: it is too large, or says something that is not known here.
    """

    def __init__(self, pattern: str) -> None:
        read = read_pattern(pattern)
        self.names = read.names
        self._program: list[list[Any]] = []
        self._compile(("group", 0, read.tree))
        self._add("match")

    def _add(self, kind: str, *details: Any) -> int:
        if len(self._program) >= _MOST_INSTRUCTIONS:
            raise NotKnownError
        self._program.append([kind, *details])
        return len(self._program) - 1

    def _compile(self, tree: Tree) -> None:
        kind = tree[0]
        if kind in ("test", "at"):
            self._add(kind, tree[1])
        elif kind == "all":
            for part in tree[1]:
                self._compile(part)
        elif kind == "group":
            self._add("save", 2 * tree[1])
            self._compile(tree[2])
            self._add("save", 2 * tree[1] + 1)
        elif kind == "any":
            self._compile_any(tree[1])
        else:
            self._compile_repeat(*tree[1:])

    def _compile_any(self, branches: list[Tree]) -> None:
        ends = []
        for branch in branches[:-1]:
            fork = self._add("fork", len(self._program) + 1, 0)
            self._compile(branch)
            ends.append(self._add("jump", 0))
            self._program[fork][2] = len(self._program)
        self._compile(branches[-1])
        for end in ends:
            self._program[end][1] = len(self._program)

    def _compile_repeat(self, tree: Tree, least: int, most: int | None, greedy: bool) -> None:
        # One that may be empty is entered once before it repeats, as the reference implementation has it.
        once_first = most is None and (least > 0 or _may_be_empty(tree))
        for _ in range(least - 1 if most is None and least else least):
            self._compile(tree)
        if most is None and once_first:
            skip = None if least else self._fork(greedy)
            start = len(self._program)
            self._compile(tree)
            self._order(self._add("fork", start, len(self._program) + 1), greedy)
            if skip is not None:
                self._skip(skip, greedy)
        elif most is None:
            fork = self._fork(greedy)
            self._compile(tree)
            self._add("jump", fork)
            self._skip(fork, greedy)
        else:
            forks = []
            for _ in range(most - least):
                forks.append(self._fork(greedy))
                self._compile(tree)
            for fork in forks:
                self._skip(fork, greedy)

    def _fork(self, greedy: bool) -> int:
        following = len(self._program) + 1
        return self._add("fork", *((following, 0) if greedy else (0, following)))

    def _skip(self, fork: int, greedy: bool) -> None:
        self._program[fork][2 if greedy else 1] = len(self._program)

    def _order(self, fork: int, greedy: bool) -> None:
        if not greedy:
            self._program[fork][1:] = self._program[fork][:0:-1]

    def search(self, text: str) -> Spans | None:
        """The first match, the one that the pattern prefers.

        Raises:
            NotKnownError: it would take too long.
        """
        return self._search(text, 0, Budget(_MOST_WORK))

    def _search(self, text: str, start: int, budget: Budget) -> Spans | None:
        best: Spans | None = None
        empty = (-1,) * (2 * len(self.names) + 2)
        ways: list[tuple[int, Spans]] = []
        for at in range(start, len(text) + 1):
            seen: set[int] = set()
            here: list[tuple[int, Spans]] = []
            for place, spans in ways:
                self._follow(place, spans, text, at, seen, here)
            if best is None:
                self._follow(0, empty, text, at, seen, here)
            budget.spend(len(seen))
            ways = []
            character = text[at : at + 1]
            for place, spans in here:
                instruction = self._program[place]
                if instruction[0] == "match":
                    best = spans
                    break
                if character and instruction[1](character):
                    ways.append((place + 1, spans))
            if not ways and best is not None:
                break
        return best

    def _follow(
        self, place: int, spans: Spans, text: str, at: int, seen: set[int], here: list[tuple[int, Spans]]
    ) -> None:
        waiting = [(place, spans)]
        while waiting:
            place, spans = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            kind, *details = self._program[place]
            if kind == "fork":
                waiting += [(details[1], spans), (details[0], spans)]
            elif kind == "jump":
                waiting.append((details[0], spans))
            elif kind == "save":
                waiting.append((place + 1, (*spans[: details[0]], at, *spans[details[0] + 1 :])))
            elif kind == "at":
                if _is_at(details[0], text, at):
                    waiting.append((place + 1, spans))
            else:
                here.append((place, spans))

    def find_all(self, text: str) -> Iterator[Spans]:
        """All matches from left to right; an empty one right after another match does not count.

        Raises:
            NotKnownError: it would take too long.
        """
        budget = Budget(_MOST_WORK)
        at, before = 0, -1
        while at <= len(text):
            found = self._search(text, at, budget)
            if found is None:
                return
            start, end = found[:2]
            if start < end or end != before:
                yield found
            before = end
            at = end if end > at else at + 1


def _may_be_empty(tree: Tree) -> bool:
    kind = tree[0]
    if kind in ("test", "at"):
        return bool(kind == "at")
    if kind == "all":
        return all(_may_be_empty(part) for part in tree[1])
    if kind == "any":
        return any(_may_be_empty(part) for part in tree[1])
    if kind == "group":
        return _may_be_empty(tree[2])
    return tree[2] == 0 or _may_be_empty(tree[1])


def _is_at(place: str, text: str, at: int) -> bool:
    if place in ("start", "end"):
        return at == (0 if place == "start" else len(text))
    before, after = text[at - 1 : at] if at else "", text[at : at + 1]
    if place in ("line start", "line end"):
        return (before if place == "line start" else after) in ("", "\n")
    edge = _is_word(before) != _is_word(after)
    return edge == (place == "edge")


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Matcher:
    """A pattern made ready, once for all its uses."""
    return Matcher(pattern)
