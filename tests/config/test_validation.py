"""Problems of nested values: which member of a union was meant, where it is wrong, what is near a mistyped field."""

from typing import Annotated, Any, Literal

import pytest

from secureinfra.config.config import Config, refusals_of
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import AccountId, Number, Text
from secureinfra.controls.s3 import bucket as s3


class First(Config):
    """One member of a union."""

    kind: Literal["first"] = "first"
    account_id: AccountId


class Second(Config):
    """The other one."""

    kind: Literal["second"] = "second"
    size: Annotated[Number, between(1, 9, "parts")]
    versioned: Annotated[bool, s3.VERSIONED.keeps()] = True


class Whole(Config):
    """Holds parts in every way."""

    part: First | Second | None = None
    parts: tuple[Second, ...] = ()
    named: dict[str, Second] = {}
    text: Text | None = None


def problems(**values: Any) -> list[Problem]:
    return list(refusals_of(Whole(**values)))


@pytest.mark.parametrize(
    ("values", "at", "text"),
    [
        ({"part": {"kind": "second", "size": 0}}, "part.size", "Whole part.size=0 must be between 1 and 9 parts."),
        (
            {"part": {"kind": "second"}},
            "part.size",
            "Whole lacks 'part.size': it has no safe default. Add part.size=...",
        ),
        ({"part": {"kind": "third", "size": 0}}, "part.kind", "Whole part.kind='third' must be 'first' or 'second'."),
        (
            {"part": {"kind": "second", "size": 1, "sise": 1}},
            "part.sise",
            "Whole part has no field 'sise'. Did you mean 'size'?",
        ),
        ({"part": {"size": 0}}, "part.size", "Whole part.size=0 must be between 1 and 9 parts."),
        ({"part": "x"}, "part", "Whole part='x' is not a mapping of fields. Write First(...) or Second(...)."),
        ({"parts": [{"size": 1}, {"size": 0}]}, "parts.1.size", "Whole parts.1.size=0 must be between 1 and 9 parts."),
        (
            {"parts": [{"size": 1, "colour": 1}]},
            "parts.0.colour",
            "Whole parts.0 has no field 'colour'. It has: kind, size, versioned, waivers.",
        ),
        (
            {"named": {"red": {"size": 1, "sise": 2}}},
            "named.red.sise",
            "Whole named.red has no field 'sise'. Did you mean 'size'?",
        ),
        (
            {"waivers": [{"control": "s3-bucket-versioned", "til": "2099-01-01"}]},
            "waivers.0.til",
            "Whole waivers.0 has no field 'til'. Did you mean 'until'?",
        ),
        ({"texts": "x"}, "texts", "Whole has no field 'texts'. Did you mean 'text'?"),
    ],
)
def test_place_and_words(values: dict[str, Any], at: str, text: str) -> None:
    (problem,) = problems(**values)
    assert (".".join(map(str, problem.path)), problem.text) == (at, text)


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ({"part": {"kind": "second", "size": 1, "versioned": False}}, ("part", "versioned")),
        ({"parts": [{"size": 1, "versioned": False}]}, ("parts", 0, "versioned")),
        ({"part": Second(size=1, versioned=False)}, ("part", "versioned")),
        ({"waivers": [{"control": "s3-bucket-versioned"}]}, ("waivers", 0)),
    ],
)
def test_place_of_what_is_refused_as_a_whole(values: dict[str, Any], at: tuple[str | int, ...]) -> None:
    (problem,) = problems(**values)
    assert problem.path == at


def test_every_problem_of_the_member_that_was_meant() -> None:
    found = problems(part={"kind": "second", "size": 0, "sise": 1}, parts=[{"size": 99}])
    assert [problem.path for problem in found] == [("part", "size"), ("part", "sise"), ("parts", 0, "size")]
