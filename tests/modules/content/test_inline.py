"""Values on one line."""

from typing import Any

import pytest

from secureinfra.modules.content.inline import inline


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("a", '"a"'),
        ("${var.a}", "var.a"),
        (True, "true"),
        ({}, "{}"),
        ([], "[]"),
        ({"a": [1, {"b": "c"}]}, '{ a = [1, { b = "c" }] }'),
        ({"aws:SourceArn": 1}, '{ "aws:SourceArn" = 1 }'),
    ],
)
def test_inline(value: Any, written: str) -> None:
    assert inline(value) == written
