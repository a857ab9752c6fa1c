"""The small-model procedure: a request that some statements allow and none of others takes, or the proof that none is.

A candidate takes for each part of a request one of its options (`options`). Where a statement takes the candidate, one of
its parts has to become false: each such change is a branch. A request that gets through differs from the first candidate
in some parts, and every branch that goes its way comes one part nearer; so all branches together miss none.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from secureinfra.proofs.conditions import Condition, variables_in
from secureinfra.proofs.options import BudgetError, Value, options_of_key, options_of_pattern, with_fresh_variables
from secureinfra.proofs.requests import Request
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.text import Truth, all3, matches
from secureinfra.proofs.worlds import World

__all__ = ["Candidate", "Found", "search"]

ACTION, RESOURCE = "@action", "@resource"
_MOST_CANDIDATES = 5_000


class Candidate(NamedTuple):
    """A request that was tried.

    Args:
        request: with fresh letters for what nothing names.
        answer: whether it gets through.
        taken_by: the first statement that surely takes it.
    """

    request: Request
    answer: Truth
    taken_by: Statement | None = None


@dataclass
class Found:
    """What a search came to.

    Args:
        through: candidates that surely get through.
        unsure: candidates that may.
        tried: all candidates.
        gave_up: why the search ended early; empty where it did not.
    """

    through: list[Candidate] = field(default_factory=list)
    unsure: list[Candidate] = field(default_factory=list)
    tried: list[Candidate] = field(default_factory=list)
    gave_up: str = ""


class _Element:
    """One part of a statement that must hold for it to apply, with the parts of a request on which it hangs."""

    __slots__ = ("_answers", "condition", "hangs_on", "statement")

    def __init__(self, hangs_on: tuple[str, ...], statement: Statement, condition: Condition | None = None) -> None:
        self.hangs_on, self.statement, self.condition = hangs_on, statement, condition
        self._answers: dict[tuple[Value, ...], Truth] = {}

    def holds(self, given: Mapping[str, Value]) -> Truth:
        key = tuple(given[part] for part in self.hangs_on)
        if key not in self._answers:
            self._answers[key] = self._ask(
                {part: value for part, value in zip(self.hangs_on, key, strict=True) if value}
            )
        return self._answers[key]

    def _ask(self, given: Mapping[str, tuple[str, ...]]) -> Truth:
        if self.condition is not None:
            return self.condition.holds(given)
        if ACTION in given:
            return self.statement.of_action(given[ACTION][0])
        return self.statement.of_resource(given[RESOURCE][0], given)


def search(
    boxes: Sequence[Statement],
    against: Sequence[Statement],
    world: World,
    *,
    action: str = "*",
    resource: str = "*",
    enough: int = 4,
) -> Found:
    """Seek a request to which all of some statements apply and none of others.

    Args:
        boxes: statements that must all apply, one of each layer that must allow.
        against: statements of which none may apply.
        world: who asks.
        action: a pattern of the actions in question.
        resource: a pattern of the resources in question.
        enough: how many requests that get through are wanted.
    """
    found = Found()
    try:
        _Search(boxes, against, world, action, resource, found).run(enough)
    except BudgetError as error:
        found.gave_up = str(error)
    return found


class _Search:
    def __init__(
        self,
        boxes: Sequence[Statement],
        against: Sequence[Statement],
        world: World,
        action: str,
        resource: str,
        found: Found,
    ) -> None:
        self.world, self.found, self.boxes = world, found, boxes
        self.asked = (action.lower(), resource)
        self.of_caller = all3(box.of_caller(world.caller) for box in boxes)
        near = (held for held in against if all(map(held.may_share_actions_with, boxes)))
        opposed = [(held, truth) for held in near if (truth := held.of_caller(world.caller)) is not False]
        self.options: dict[str, list[Value]] = {}
        self._add_patterns(ACTION, action.lower(), "actions", "not_actions", boxes, [held for held, _ in opposed])
        opposed = [pair for pair in opposed if self._may_speak(pair[0])]
        statements = [held for held, _ in opposed]
        self._add_patterns(RESOURCE, resource, "resources", "not_resources", boxes, statements)
        self._add_keys(boxes, statements)
        self.must = [element for box in boxes for element in _elements(box)]
        self.opposed = [(held, truth, _elements(held)) for held, truth in opposed]
        self.seen: set[tuple[Value, ...]] = set()

    def _may_speak(self, held: Statement) -> bool:
        return any(held.of_action(value[0]) is not False for value in self.options[ACTION] if value)

    def _add_patterns(
        self, part: str, asked: str, named: str, left_out: str, boxes: Sequence[Statement], against: Sequence[Statement]
    ) -> None:
        def plain(held: Statement, name: str) -> list[str]:
            patterns: Iterable[str] = getattr(held, name)
            return [with_fresh_variables(pattern) if held.variables else pattern for pattern in patterns]

        boxed = [(asked,), *(plain(box, named) for box in boxes)]
        negated = [patterns for held in against if (patterns := plain(held, left_out))]
        every = [p for held in (*boxes, *against) for name in (named, left_out) for p in plain(held, name)]
        texts = options_of_pattern(boxed, negated, every)
        fitting = (text for text in texts if asked == "*" or matches(asked, text) is not False)
        self.options[part] = [(text,) for text in fitting if self.world.allows(part, text)]

    def _add_keys(self, boxes: Sequence[Statement], against: Sequence[Statement]) -> None:
        boxed: dict[str, list[Condition]] = {}
        others: dict[str, list[Condition]] = {}
        for statements, into in ((boxes, boxed), (against, others)):
            for held in statements:
                for condition in held.conditions:
                    into.setdefault(condition.key.lower(), []).append(condition)
        mentioned = {key for held in (*boxes, *against) for key in _variables(held)}
        for key in sorted({*boxed, *others, *mentioned}):
            self.options[key] = options_of_key(key, boxed.get(key, ()), others.get(key, ()), self.world)

    def run(self, enough: int) -> None:
        if self.of_caller is False or not all(self.options.values()):
            return
        for start in self._starts():
            self._follow(start, enough)
            if len(self.found.through) >= enough:
                return

    def _starts(self) -> Iterator[dict[str, Value]]:
        """Candidates to which the boxes apply, in every choice of the parts that hang together by variables."""
        together = {key for element in self.must if len(element.hangs_on) > 1 for key in element.hangs_on}
        chosen = sorted({ACTION, RESOURCE, *together})
        if math.prod(len(self.options[key]) for key in chosen) > _MOST_CANDIDATES:
            raise BudgetError(f"gave up after {_MOST_CANDIDATES:,} candidates")
        first = {key: values[0] for key, values in self.options.items()}
        for values in itertools.product(*(self.options[key] for key in chosen)):
            start = {**first, **dict(zip(chosen, values, strict=True))}
            if all(self._settle(key, start) for key in self.options if key not in chosen) and self._is_allowed(start):
                yield start

    def _settle(self, key: str, start: dict[str, Value]) -> bool:
        """Choose an option of one part with which the boxes apply; surely, if one does."""
        related = [element for element in self.must if element.hangs_on == (key,)]
        for wanted in (True, None):
            for value in self.options[key]:
                start[key] = value
                if all(element.holds(start) in (True, wanted) for element in related):
                    return True
        return False

    def _follow(self, start: dict[str, Value], enough: int) -> None:
        waiting = [start]
        while waiting and len(self.found.through) < enough:
            given = waiting.pop()
            at = tuple(given.values())
            if at in self.seen:
                continue
            self.seen.add(at)
            if len(self.seen) > _MOST_CANDIDATES:
                raise BudgetError(f"gave up after {_MOST_CANDIDATES:,} candidates")
            waiting += reversed(list(self._judge(given)))

    def _judge(self, given: dict[str, Value]) -> Iterator[dict[str, Value]]:
        """Note what becomes of a candidate, and give those that are to be tried in its stead."""
        allowed = all3((self.of_caller, self._is_asked(given), *(element.holds(given) for element in self.must)))
        if allowed is False:
            return
        unsure: list[_Element] | None = None
        for held, truth, elements in self.opposed:
            takes = all3(
                (truth, True if held.effect in ("Allow", "Deny") else None, *(e.holds(given) for e in elements))
            )
            if takes:
                self.found.tried.append(Candidate(self._request(given), False, held))
                yield from self._escapes(given, elements)
                return
            if takes is None:
                unsure = unsure or elements
                allowed = None
        candidate = Candidate(self._request(given), allowed)
        self.found.tried.append(candidate)
        (self.found.through if allowed else self.found.unsure).append(candidate)
        if unsure is not None:
            yield from self._escapes(given, unsure)

    def _is_asked(self, given: Mapping[str, Value]) -> Truth:
        """Whether a candidate is about what is asked: two ARNs that only Terraform knows may be one, or not."""
        return all3(
            True if asked == "*" else matches(asked, value[0])
            for asked, value in zip(self.asked, (given[ACTION], given[RESOURCE]), strict=True)
            if value
        )

    def _escapes(self, given: dict[str, Value], elements: Sequence[_Element]) -> Iterator[dict[str, Value]]:
        for element in elements:
            for changed in self._changes(given, element.hangs_on):
                if element.holds(changed) is not True and self._is_allowed(changed):
                    yield changed

    def _changes(self, given: dict[str, Value], parts: tuple[str, ...]) -> Iterator[dict[str, Value]]:
        if not parts:
            yield given
            return
        for value in self.options[parts[0]]:
            yield from self._changes({**given, parts[0]: value}, parts[1:])

    def _is_allowed(self, given: dict[str, Value]) -> bool:
        return all(element.holds(given) is not False for element in self.must)

    def _request(self, given: Mapping[str, Value]) -> Request:
        context = {key: value for key, value in given.items() if value is not None and key[0] != "@"}
        always = {key: (value,) for key, value in self.world.always.items() if key not in context}
        action, resource = given[ACTION], given[RESOURCE]
        return Request(
            self.world.caller, action[0] if action else "", resource[0] if resource else "", {**always, **context}
        )


def _variables(held: Statement) -> set[str]:
    found = (
        {key for text in (*held.resources, *held.not_resources) for key in variables_in(text)}
        if held.variables
        else set()
    )
    for condition in held.conditions:
        if condition.variables:
            found |= {key for value in condition.values for key in variables_in(value)}
    return found


def _elements(held: Statement) -> list[_Element]:
    of_resource = sorted({k for text in (*held.resources, *held.not_resources) for k in variables_in(text)})
    found = [_Element((ACTION,), held), _Element((RESOURCE, *(of_resource if held.variables else ())), held)]
    for condition in held.conditions:
        keys = {condition.key.lower()}
        if condition.variables:
            keys |= {key for value in condition.values for key in variables_in(value)}
        found.append(_Element(tuple(sorted(keys)), held, condition))
    return found
