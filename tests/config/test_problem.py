"""A problem is data: its text is made from it, for Python and for a settings file, and says where it is."""

from dataclasses import dataclass, replace

import pytest

from secureinfra.config.problem import Problem, breaks, error_of, last_of
from secureinfra.config.words import PYTHON, YAML
from secureinfra.controls import find
from secureinfra.errors import ConfigError, ControlError

ZONES = Problem("zones", "is out of range", "four fit", lambda words: f"Use {words.setting('zones', 4)}", given=9)


@pytest.mark.parametrize(
    ("problem", "python", "yaml"),
    [
        (
            ZONES,
            "zones=9 is out of range: four fit. Use zones=4.",
            "zones=9 is out of range: four fit. Use 'zones: 4'.",
        ),
        (replace(ZONES, owner="VpcConfig", why="", instead=""), "VpcConfig zones=9 is out of range.", None),
        (Problem(("a", 1), "is odd", given=("x",)), "a.1=('x',) is odd.", "a.1=['x'] is odd."),
        (Problem("secret", "is written out", subject="secret"), "secret is written out.", None),
        (Problem((), "needs one of a and b"), "needs one of a and b.", None),
        (Problem("a", "is odd", instead="Did you mean 'b'?"), "a is odd. Did you mean 'b'?", None),
    ],
)
def test_text(problem: Problem, python: str, yaml: str | None) -> None:
    assert problem.text == problem.rendered(PYTHON) == python
    assert problem.rendered(YAML) == (yaml or python)


@dataclass
class Item:
    """Something with a name."""

    name: str
    size: int = 0


@dataclass
class Holder:
    """What a problem is about."""

    items: tuple[Item, ...] = (Item("a"), Item("b", 6))
    tags: tuple[str, ...] = ("x", "y")


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (("items", 1, "size"), "items 'b' size=6 is odd."),
        (("items", 1), "items 'b' is odd."),
        (("tags", 0), "tags.0='x' is odd."),
        (("tags", 7), "tags.7 is odd."),
        (("nothing", "there"), "nothing.there is odd."),
        ((), "is odd."),
    ],
)
def test_the_value_is_looked_up(at: tuple[str | int, ...], text: str) -> None:
    assert Problem(at, "is odd").about(Holder()).text == text


def test_what_is_said_already_is_kept() -> None:
    assert Problem("tags", "is odd", subject="tags").about(Holder()).text == "tags is odd."
    assert Problem("tags", "is odd", given=1).about(Holder()).text == "tags=1 is odd."


def test_a_problem_within_keeps_its_sentence() -> None:
    inner = replace(ZONES, owner="VpcConfig").within("HubConfig network", ("network",))
    assert inner.path == ("network", "zones")
    assert inner.text.startswith("HubConfig network: VpcConfig zones=9 is out of range")
    moved = inner.moved(())
    assert (moved.path, moved.text) == ((), inner.text)


def test_a_broken_control() -> None:
    waivable, fixed = find("s3-bucket-versioned"), find("s3-bucket-not-public")
    assert (
        breaks("versioned=False", waivable)
        .rendered(YAML)
        .endswith(
            ".\n  Remove it, or add 'waivers: [{control: s3-bucket-versioned, reason: ..., owner: ..., until: YYYY-MM-DD}]'."
        )
    )
    assert breaks("x", fixed, more="Look.").text.endswith(". Remove it: no waiver is accepted for this control. Look.")


def test_one_error_for_all_problems() -> None:
    broken = breaks("x", find("s3-bucket-versioned"))
    error = error_of("a/b", [ZONES, broken])
    assert [line for line in str(error).splitlines() if line.startswith("a/b: ")] == [
        f"a/b: {ZONES.text}",
        f"a/b: {broken.text.splitlines()[0]}",
    ]
    assert (error.path, error.problems, type(error)) == ("a/b", (ZONES, broken), ConfigError)
    assert type(error_of("", [broken])) is ControlError
    assert str(error_of("", [ZONES], words=YAML)) == ZONES.rendered(YAML)


def test_last_of() -> None:
    assert last_of(("a", "b", "a"), "a") == 2
