"""Rules on values, as data: test, message, Terraform expression, JSON Schema and example of a rule all derive from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from secureinfra.facts.tokens import is_token


class Rule:
    """A requirement on a value, as data: Python checks known values, Terraform checks tokens.

    Attributes:
        what: what is wrong with a refused value, e.g. `is not an ARN`.
        instead: what to write, e.g. `write its 12 digits in quotes`; empty if the example shows it.
        example: a value that it accepts.
    """

    what: str
    instead: str = ""
    example: str | int | None = None

    def test(self, value: Any) -> bool:
        """Whether a known value is accepted."""
        raise NotImplementedError

    @property
    def expression(self) -> str:
        """The same test in Terraform's language, with `{value}` for the reference; used as a `precondition` for tokens."""
        raise NotImplementedError

    @property
    def json_schema(self) -> dict[str, Any]:
        """The rule in JSON Schema: `pattern`, `minimum` and `maximum`, or `enum`."""
        return {}

    @property
    def message(self) -> str:
        """What is wrong with a refused value, and what to write instead; follows a field's name in an error."""
        if self.example is None:
            return f"{self.what}: {self.instead}" if self.instead else self.what
        advice = f"{self.instead}, e.g." if self.instead else "write e.g."
        return f"{self.what}: {advice} {self.example!r}"

    def complaint(self, value: object) -> str | None:
        """What is wrong with a known value; `None` for a valid value or a token."""
        return None if is_token(value) or self.test(value) else self.message

    def _refuse(self, value: Any) -> Any:
        if complaint := self.complaint(value):
            raise PydanticCustomError("rule", "{complaint}", {"complaint": complaint})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._refuse, handler(source))


@dataclass(frozen=True)
class Pattern(Rule):
    """The whole string matches a regular expression (RE2, which both Python and Terraform support)."""

    regex: str
    what: str
    instead: str = ""
    example: str | None = None

    def test(self, value: Any) -> bool:
        """Whether the whole text matches."""
        return re.fullmatch(self.regex, value) is not None

    @property
    def expression(self) -> str:
        """`can(regex("^(?:...)$", {value}))`."""
        quoted = self.regex.replace("\\", "\\\\").replace('"', '\\"')
        return f'can(regex("^(?:{quoted})$", {{value}}))'

    @property
    def json_schema(self) -> dict[str, Any]:
        """Its regular expression."""
        return {"pattern": f"^(?:{self.regex})$"}


@dataclass(frozen=True)
class Range(Rule):
    """A number is in a closed range."""

    low: int
    high: int
    unit: str = ""

    @property
    def what(self) -> str:  # type: ignore[override]
        """What a number outside the range must be."""
        return f"must be between {self.low} and {self.high} {self.unit}".rstrip()

    @property
    def example(self) -> int:  # type: ignore[override]
        """The smallest number."""
        return self.low

    @property
    def message(self) -> str:
        """As in `what`, which says already what to write."""
        return self.what

    def test(self, value: Any) -> bool:
        """Whether the number is in the range, ends included."""
        return bool(self.low <= value <= self.high)

    @property
    def expression(self) -> str:
        """`{value} >= low && {value} <= high`."""
        return f"{{value}} >= {self.low} && {{value}} <= {self.high}"

    @property
    def json_schema(self) -> dict[str, Any]:
        """Its ends."""
        return {"minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Choice(Rule):
    """A value is one of a few."""

    values: tuple[Any, ...]

    @property
    def what(self) -> str:  # type: ignore[override]
        """What another value must be."""
        return f"must be one of {', '.join(map(str, self.values))}"

    @property
    def example(self) -> str | int | None:  # type: ignore[override]
        """The first one."""
        return next(iter(self.values), None)

    @property
    def message(self) -> str:
        """As in `what`, which says already what to write."""
        return self.what

    def test(self, value: Any) -> bool:
        """Whether it is one of them."""
        return value in self.values

    @property
    def expression(self) -> str:
        """`contains([...], {value})`."""
        terms = (f'"{value}"' if isinstance(value, str) else str(value) for value in self.values)
        return f"contains([{', '.join(terms)}], {{value}})"

    @property
    def json_schema(self) -> dict[str, Any]:
        """Its values."""
        return {"enum": list(self.values)}


@dataclass(frozen=True)
class Predicate(Rule):
    """Any other requirement: one function for Python and one expression for Terraform.

    Args:
        check: returns true for an accepted value.
        what: what is wrong with a refused value.
        terraform: the same test in Terraform's language, with `{value}` for the reference.
        instead: what to write.
        example: a value that it accepts.
    """

    check: Callable[[Any], bool]
    what: str
    terraform: str
    instead: str = ""
    example: str | None = None

    def test(self, value: Any) -> bool:
        """The result of the function."""
        return self.check(value)

    @property
    def expression(self) -> str:
        """The given expression."""
        return self.terraform


def matches(regex: str, what: str, instead: str = "", *, example: str | None = None) -> Pattern:
    """A rule that the whole string matches a regular expression (RE2, which both Python and Terraform support).

    Args:
        regex: the expression.
        what: what is wrong with any other text, e.g. `is not an AWS account id`.
        instead: what to write, e.g. `write its 12 digits in quotes`.
        example: a text that matches.
    """
    return Pattern(regex, what, instead, example)


def between(low: int, high: int, unit: str) -> Range:
    """A rule that a number is in a closed range."""
    return Range(low, high, unit)


def one_of(*choices: Any) -> Choice:
    """A rule that a value is one of a few."""
    return Choice(choices)
