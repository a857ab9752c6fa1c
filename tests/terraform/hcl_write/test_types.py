"""Type constraints of variables: a member of an object on each line."""

from __future__ import annotations

import pytest

from secureinfra.terraform.hcl_write.types import type_lines


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("string", ["string"]),
        ("list", ["list(any)"]),
        ("map(object({ a = string }))", ["map(object({ a = string }))"]),
        (
            'object({ a = string, long = optional(object({ x = number, y = any }), { x = 1, y = "}" }) })',
            [
                "object({",
                "  a = string",
                "  long = optional(object({",
                "    x = number",
                "    y = any",
                '  }), { x = 1, y = "}" })',
                "})",
            ],
        ),
    ],
)
def test_type_lines(code: str, expected: list[str]) -> None:
    assert type_lines(code) == expected
