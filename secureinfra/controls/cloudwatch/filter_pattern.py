"""Parses CloudWatch filter patterns for JSON events into conditions, so that they can be compared by meaning.

The syntax is described at docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html.
"""

from __future__ import annotations

import fnmatch
import functools
import itertools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

# docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html: CloudWatch refuses a longer one.
_MOST_CHARACTERS = 1024
_MOST_PARENTHESES_WITHIN_EACH_OTHER = 50

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<mark>\(|\)|&&|\|\|)
        |(?P<state>NOT\s+EXISTS|EXISTS|IS\s+(?:NOT\s+)?(?:NULL|TRUE|FALSE))\b
        |(?P<operator>!=|<=|>=|=|<|>)
        |(?P<selector>\$[^\s()=!<>&|"]+)
        |"(?P<quoted>(?:[^"\\]|\\.)*)"
        |(?P<expression>%[^%]*%)
        |(?P<word>[^\s()=!<>&|"%]+)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Condition:
    """One comparison: `$.eventName = "Put*"` has the operator `=`; `$.a NOT EXISTS` has that operator, and no value."""

    selector: str
    operator: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.selector} {self.operator} {self.value}".strip()


@dataclass(frozen=True)
class AllOf:
    """Parts that must all hold; without parts it holds for every event."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True)
class AnyOf:
    """Parts of which at least one must hold."""

    parts: tuple[Pattern, ...]


Pattern = Condition | AllOf | AnyOf


class _MalformedError(Exception):
    pass


@functools.lru_cache(maxsize=256)
def parsed(text: str) -> Pattern | None:
    """A pattern as conditions; `None` if it is not a pattern for JSON events.

    The empty pattern, which matches every event, is an `AllOf` without parts.
    """
    inner = text.strip()
    if not inner:
        return AllOf(())
    if len(text) > _MOST_CHARACTERS or not (inner.startswith("{") and inner.endswith("}")):
        return None
    try:
        reader = _Reader(inner[1:-1])
        pattern = reader.any_of()
        return pattern if reader.at_end else None
    except _MalformedError:
        return None


def covers(pattern: Pattern, event: Collection[Condition]) -> bool:
    """Whether a pattern certainly matches every event that meets all of some conditions."""
    if isinstance(pattern, Condition):
        return any(_implies(known, pattern) for known in event)
    judge = all if isinstance(pattern, AllOf) else any
    return judge(covers(part, event) for part in pattern.parts)


def alternatives(pattern: Pattern) -> tuple[tuple[Condition, ...], ...]:
    """The pattern as alternatives, each a list of conditions that must all hold."""
    if isinstance(pattern, Condition):
        return ((pattern,),)
    parts = [alternatives(part) for part in pattern.parts]
    if isinstance(pattern, AnyOf):
        return tuple(itertools.chain.from_iterable(parts))
    return tuple(tuple(itertools.chain.from_iterable(chosen)) for chosen in itertools.product(*parts))


def _implies(known: Condition, asked: Condition) -> bool:
    if known.selector != asked.selector:
        return False
    if known.value == asked.value and known.operator == asked.operator:
        return True
    operators = (known.operator, asked.operator)
    if operators == ("=", "="):
        return _matches(known.value, asked.value)
    if operators == ("=", "!="):
        return "*" not in known.value and not _matches(known.value, asked.value)
    return operators == ("!=", "!=") and _matches(asked.value, known.value)


def _matches(value: str, pattern: str) -> bool:
    # A `*` in the value is matched by a `*` in the pattern only. Regular expressions match only if they are equal.
    if pattern.startswith("%"):
        return False
    if "*" not in pattern:
        return value == pattern
    literal = pattern.replace("[", "[[]").replace("?", "[?]")
    return fnmatch.fnmatchcase(value, literal)


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    @property
    def at_end(self) -> bool:
        return self._at == len(self._tokens)

    def any_of(self) -> Pattern:
        parts = [self._all_of()]
        while self._take("mark", "||"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all_of(self) -> Pattern:
        # `&&` binds before `||`.
        parts = [self._part()]
        while self._take("mark", "&&"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _part(self) -> Pattern:
        if not self._take("mark", "("):
            return self._condition()
        self._depth += 1
        if self._depth > _MOST_PARENTHESES_WITHIN_EACH_OTHER:
            raise _MalformedError
        inner = self.any_of()
        self._demand("mark", ")")
        self._depth -= 1
        return inner

    def _condition(self) -> Condition:
        selector = self._demand("selector")
        if state := self._take("state"):
            return Condition(selector, " ".join(state.split()))
        operator = self._demand("operator")
        value = self._take("quoted") if self._is("quoted") else self._take("expression")
        return Condition(selector, operator, self._demand("word") if value is None else value)

    def _is(self, kind: str) -> bool:
        return not self.at_end and self._tokens[self._at][0] == kind

    def _take(self, kind: str, text: str | None = None) -> str | None:
        if not self._is(kind) or (text is not None and self._tokens[self._at][1] != text):
            return None
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _demand(self, kind: str, text: str | None = None) -> str:
        taken = self._take(kind, text)
        if taken is None:
            raise _MalformedError
        return taken


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, text = 0, text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise _MalformedError
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()
