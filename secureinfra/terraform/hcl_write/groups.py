"""Code as a tree of brackets."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from secureinfra.terraform.hcl_write.code import Word, words_of

Kind: TypeAlias = Literal["call", "index", "paren", "list", "object", "for", "other"]
Node: TypeAlias = "Word | Group"
Nodes: TypeAlias = tuple[Node, ...]

_CLOSING: Final = frozenset(")]}")
_OPENING: Final = frozenset("([{")
_KEYWORDS: Final = frozenset(("for", "in", "if"))
_EQUALS: Final = re.compile(r"[$%]\{[^\"]*?(?<![=!<>])=(?![=>])")
# Deeper code stays on one line.
_DEEPEST: Final = 40


@dataclass(frozen=True)
class Group:
    """Brackets and what is in them.

    Args:
        kind: what they make of it.
        opens: the first bracket.
        items: what commas part in it.
        closes: the second bracket.
    """

    kind: Kind
    opens: Word
    items: tuple[Nodes, ...]
    closes: Word

    @property
    def breaks(self) -> bool:
        """Whether newlines may stand in it."""
        return bool(self.items) and self.kind not in ("index", "other")

    @functools.cached_property
    def spreads(self) -> bool:
        """Whether it has an object of several members, which does not stand on one line."""
        if not self.breaks:
            return False
        return (self.kind == "object" and len(self.items) > 1) or any(map(_spread, self.items))


def _spread(nodes: Nodes) -> bool:
    """Whether one of the brackets breaks; of several none would, for that reads badly."""
    return sum(isinstance(node, Group) and node.spreads for node in nodes) == 1


@functools.lru_cache(maxsize=4096)
def nodes_of(code: str) -> Nodes:
    """The tree of formatted code; without brackets where these are too deep."""
    words = words_of(code)
    depth = deepest = 0
    for word in words:
        depth += (word.text in _OPENING) - (word.text in _CLOSING)
        deepest = max(deepest, depth)
    return tuple(words) if deepest > _DEEPEST else _read(iter(words))[0]


def words_in(nodes: Iterable[Node]) -> list[Word]:
    """The words of a tree."""
    words: list[Word] = []
    for node in nodes:
        if isinstance(node, Word):
            words.append(node)
            continue
        words.append(node.opens)
        for number, item in enumerate(node.items):
            words += [*([Word("sign", ",")] if number else ()), *words_in(item)]
        words.append(node.closes)
    return words


def parted(nodes: Nodes, sign: str) -> list[Nodes]:
    """What a sign parts, brackets left whole."""
    parts: list[list[Node]] = [[]]
    for node in nodes:
        if isinstance(node, Word) and node.text == sign:
            parts.append([])
        else:
            parts[-1].append(node)
    return [tuple(part) for part in parts]


def has_equals(words: Iterable[Word]) -> bool:
    """Whether an equals sign is among the words, or in a template of theirs."""
    return any(word.text == "=" if word.kind != "string" else _EQUALS.search(word.text) for word in words)


def _read(words: Iterator[Word]) -> tuple[Nodes, Word]:
    """The nodes up to the bracket that closes, and that."""
    nodes: list[Node] = []
    for word in words:
        if word.text in _CLOSING:
            return tuple(nodes), word
        if word.text in _OPENING:
            inner, closes = _read(words)
            nodes.append(_grouped(nodes[-1] if nodes else None, word, inner, closes))
        else:
            nodes.append(word)
    return tuple(nodes), Word("", "")


def _grouped(before: Node | None, opens: Word, inner: Nodes, closes: Word) -> Group:
    if opens.text != "(" and inner and inner[0] == ("name", "for"):
        return Group("for", opens, (inner,), closes)
    items = tuple(part for part in parted(inner, ",") if part)
    if opens.text == "{":
        return Group("object" if all(map(_is_member, items)) else "other", opens, items, closes)
    follows = isinstance(before, Group) or (
        before is not None and before.kind in ("name", "number", "string") and before.text not in _KEYWORDS
    )
    if opens.text == "[":
        return Group("index" if follows else "list", opens, items, closes)
    return Group("call" if follows else "paren", opens, items, closes)


def _is_member(item: Nodes) -> bool:
    signs = [node.text for node in item if isinstance(node, Word) and node.text in ("=", ":", "?")]
    return bool(signs) and signs[0] != "?" and len(item) > 1
