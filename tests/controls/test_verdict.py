"""What a check yields for several items, and how it shows a value."""

from collections.abc import Iterator
from typing import Any

import pytest

from secureinfra.controls.verdict import Failure, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError

UNKNOWN = Unknown("${var.x}", ("var.x",))


def failures(*items: str) -> list[str]:
    """What is found in items, of which `?` is unknown and `ok` is fine."""

    def check(item: str) -> Iterator[Failure]:
        if item == "?":
            raise UnknownValueError(UNKNOWN)
        if item != "ok":
            yield Failure(item, "ok")

    return [failure.found for failure in each(items, check)]


def test_each_item_is_checked() -> None:
    assert failures() == failures("ok") == []
    assert failures("a", "ok", "b") == ["a", "b"]


def test_an_unknown_item_keeps_no_other_from_being_checked() -> None:
    assert failures("?", "a", "?", "b") == ["a", "b"]
    assert failures("a", "?") == ["a"]


def test_unknown_only_where_nothing_fails() -> None:
    with pytest.raises(UnknownValueError):
        failures("ok", "?", "ok")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "a is not set"),
        (UNKNOWN, "a = ${var.x}"),
        ("b", 'a = "b"'),
        (True, "a = true"),
        (["b", UNKNOWN], 'a = ["b", "${var.x}"]'),
        ("x" * 98, f'a = "{"x" * 98}"'),
        ("x" * 99, f'a = "{"x" * 96}...'),
    ],
)
def test_written(value: Any, said: str) -> None:
    assert written("a", value) == said
