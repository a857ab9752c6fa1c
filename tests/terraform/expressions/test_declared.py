"""Declared types applied to values: conversion, defaults of optional attributes, what a type does not have."""

from typing import Any

import pytest

from secureinfra.terraform.expressions.declared import applied, declared
from secureinfra.terraform.expressions.values import RefusedError, SetValue
from secureinfra.terraform.unknown import Unknown, is_unknown

OPTIONAL = 'object({a = string, b = optional(bool, true), c = optional(list(string), ["x"]), d = optional(number)})'


@pytest.mark.parametrize(
    ("type", "value", "right"),
    [
        ("string", 5, "5"),
        ("string", True, "true"),
        ("number", "5", 5),
        ("bool", "false", False),
        ("any", {"a": 1}, {"a": 1}),
        ("list(string)", [1, True, "a"], ["1", "true", "a"]),
        ("list(number)", ["1", 2], [1, 2]),
        ("list", [1, "a"], ["1", "a"]),
        ("list(any)", [1, "a"], ["1", "a"]),
        ("map(bool)", {"a": "true"}, {"a": True}),
        ("map(any)", {"a": 1, "b": "x"}, {"a": "1", "b": "x"}),
        ("set(string)", ["b", "a", "b"], ["a", "b"]),
        ("tuple([string, bool])", [1, "true"], ["1", True]),
        ("object({a = string})", {"a": 1, "b": 2}, {"a": "1"}),
        (OPTIONAL, {"a": 1}, {"a": "1", "b": True, "c": ["x"], "d": None}),
        (OPTIONAL, {"a": "x", "b": None, "c": [], "d": "3"}, {"a": "x", "b": True, "c": [], "d": 3}),
        ("map(object({on = optional(bool, false)}))", {"k": {}}, {"k": {"on": False}}),
        ("list(object({n = object({on = optional(bool, true)})}))", [{"n": {}}], [{"n": {"on": True}}]),
        ("object({n = optional(object({on = optional(bool, true)}), {})})", {}, {"n": {"on": True}}),
        ("object({a = string})", None, None),
        ("a type of a newer release", "x", "x"),
    ],
)
def test_values(type: str, value: Any, right: Any) -> None:
    assert applied(value, declared(type)) == right


def test_a_set_is_one() -> None:
    assert isinstance(applied(["a"], declared("set(string)")), SetValue)


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("string", ["a"]),
        ("number", "a"),
        ("list(string)", {"a": 1}),
        ("map(string)", ["a"]),
        ("object({a = string})", {}),
        ("object({a = string})", "a"),
        ("tuple([string])", ["a", "b"]),
        ("set(number)", ["a"]),
    ],
)
def test_what_terraform_refuses(type: str, value: Any) -> None:
    with pytest.raises(RefusedError):
        applied(value, declared(type))


def test_what_is_not_known_stays_so() -> None:
    unknown = Unknown("${aws_a.a.id}", ("aws_a.a.id",))
    assert applied(unknown, declared("list(string)")) is unknown
    assert is_unknown(applied({"a": unknown}, declared(OPTIONAL))["a"])
    (held,) = applied([unknown], declared("set(string)"))
    assert held is unknown
