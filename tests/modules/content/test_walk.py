"""Every string of a value, names of members too."""

from typing import Any

import pytest

from secureinfra.modules.content.walk import json_in, rewritten, strings

VALUE = {"a": ["b", {"c": 1}], "d": None}


def test_strings() -> None:
    assert list(strings(VALUE)) == ["a", "b", "c", "d"]


def test_rewritten() -> None:
    assert rewritten(VALUE, str.upper) == {"A": ["B", {"C": 1}], "D": None}


@pytest.mark.parametrize(
    ("text", "held"),
    [('{"a": 1}', {"a": 1}), ('[{"a": 1}]', [{"a": 1}]), ("{}", None), ("[1]", None), ('{"a": ', None), ("text", None)],
)
def test_json_in(text: str, held: Any) -> None:
    assert json_in(text) == held
