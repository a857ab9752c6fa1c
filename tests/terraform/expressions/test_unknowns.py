"""How what is not known spreads through operators, constructors and functions, and how far it does not."""

import json
from typing import Any

import pytest

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.unknown import Unknown, is_unknown

U = "aws_x.u.id"
V = "aws_x.v.arn"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (f'false && {U} == "x"', False),
        (f'{U} == "x" && false', False),
        (f'true || {U} == "x"', True),
        (f'{U} == "x" || true', True),
        (f'{U} == "x" ? 1 : 1', 1),
        (f'{U} == "x" ? [1] : [1]', [1]),
        (f"true ? 1 : {U}", 1),
        (f"[1, {U}] == [2, {U}]", False),
        (f"length([{U}, 1])", 2),
        (f"length({{a = {U}}})", 1),
        (f"keys({{b = {U}, a = 1}})", ["a", "b"]),
        (f"merge({{a = {U}}}, {{a = 1}})", {"a": 1}),
        (f'lookup({{a = 1}}, "a", {U})', 1),
        (f"element([1, {U}], 2)", 1),
        (f'contains(["a", {U}], "a")', True),
        (f'coalesce("x", {U})', "x"),
        (f"coalescelist([1], [{U}])", [1]),
        (f"alltrue([false, {U} == 1])", False),
        (f"anytrue([true, {U} == 1])", True),
        (f"try([1][3], 2, {U})", 2),
        (f"length(setproduct([1, 2], [{U}]))", 2),
        (f"[for i, x in [{U}] : i]", [0]),
        (f"length([for x in [{U}, 1] : x])", 2),
        (f"length(flatten([[{U}], [1, 2]]))", 3),
        (f"length(concat([{U}], [1]))", 2),
        (f"length(chunklist([{U}, 1, 2], 2))", 2),
        (f"reverse([1, {U}])[1]", 1),
    ],
)
def test_known_in_spite_of_it(expression: str, value: object) -> None:
    assert evaluate(f"${{{expression}}}", {}) == value


@pytest.mark.parametrize(
    ("expression", "references"),
    [
        (f"{U} + 1", [U]),
        (f"-{U}", [U]),
        (f"!{U}", [U]),
        (f'{U} == "x"', [U]),
        (f"{U} == {U}", [U]),
        (f"true && {U}", [U]),
        (f"{U} ? {V} : 1", [U, V]),
        (f"upper({U})", [U]),
        (f"length({U})", [U]),
        (f"length(toset([{U}, {V}]))", [U, V]),
        (f"distinct([{U}, 1])", [U]),
        (f"compact([{U}, 1])", [U]),
        (f'sort([{U}, "a"])', [U]),
        ("flatten([[1], var.list])", ["var.list"]),
        (f'contains(["a", {U}], "b")', [U]),
        (f"lookup({{a = 1}}, {U}, 2)", [U]),
        (f"merge({{a = 1}}, {U})", [U]),
        (f'coalesce({U}, "x")', [U]),
        (f"can(upper({U}))", [U]),
        (f"zipmap([{U}], [1])", [U]),
        (f"max([1, {U}]...)", [U]),
        (f"max({U}...)", [U]),
        (f"[1, 2][{U}]", [U]),
        (f"{{({U}) = {V}}}", [U, V]),
        (f"[for x in {U} : x]", [U]),
        (f"[for x in [1] : x if {U}]", [U]),
        (f"{{for x in [{U}] : x => 1}}", [U]),
        (f"{U}[*].a", [U]),
        (f'base64encode("{{}}${{{U}}}")', [U]),
        (f'cidrsubnet({U}, 8, {V} == "x" ? 1 : 2)', [U, V]),
        (f'templatestring("$${{a}}", {{a = {U}}})', [U]),
        (f'formatlist("%s", {U})', [U]),
    ],
)
def test_unknown_because_of_it(expression: str, references: list[str]) -> None:
    value = evaluate(f"${{{expression}}}", {})
    assert is_unknown(value), value
    assert value.text == f"${{{expression}}}"
    assert list(value.references) == references


def test_parts_stay_inside() -> None:
    value = evaluate(f'${{{{a = [{U}, "k"], b = merge({{c = {V}}}, {{d = true}})}}}}', {})
    assert value["a"][0].reference == U
    assert value["a"][1] == "k"
    assert value["b"]["c"].reference == V
    assert value["b"]["d"] is True


@pytest.mark.parametrize("function", ["tolist", "reverse", "flatten", "concat", "nonsensitive", "sensitive"])
def test_list_functions_keep_parts(function: str) -> None:
    value = evaluate(f"${{{function}([{U}])}}", {})
    assert [held.reference for held in value] == [U]


def test_one_attempt_that_is_unknown_decides() -> None:
    assert evaluate(f"${{try(upper([]), {U}, 1)}}", {}).reference == U


def test_jsonencode_keeps_the_structure() -> None:
    text = f'${{jsonencode({{b = [{U}, "$${{aws:username}}", 1, null], a = "x-${{{V}}}", "$${{k}}" = "<"}})}}'
    value = evaluate(text, {})
    assert is_unknown(value)
    assert value.references == (U, V)
    decoded = json.loads(value.text)
    assert decoded == {
        "a": f"x-${{{V}}}",
        "b": [f"${{{U}}}", "$${aws:username}", 1, None],
        "$${k}": "<",
    }


def test_jsonencode_escapes_what_an_unknown_text_quotes() -> None:
    value = evaluate('${jsonencode([aws_subnet.s["a"].id])}', {})
    assert json.loads(value.text) == ['${aws_subnet.s["a"].id}']


def test_conditional_with_a_refused_side_depends_on_what_it_names() -> None:
    value = evaluate("${var.on ? upper(local.list) : 1}", {"local": {"list": []}})
    assert value.text == "${var.on ? upper(local.list) : 1}"
    assert set(value.references) == {"var.on", "local.list"}


@pytest.mark.parametrize("text", ["(known after apply)", "arn:${a.b}/*"])
def test_a_part_of_what_is_no_plain_reference(text: str) -> None:
    scope: dict[str, Any] = {"local": {"x": Unknown(text, ("a.b",))}}
    for expression in ("${local.x.y}", "${(local.x).y}", "${local.x[0]}"):
        value = evaluate(expression, scope)
        assert (value.text, value.references) == (expression, ("a.b",))
