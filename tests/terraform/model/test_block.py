"""Blocks: arguments by path, nested and dynamic blocks, and what is not known."""

from typing import Any

import pytest

from secureinfra.terraform.model.block import Block
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_given, is_unknown, unknowns


def block(raw: dict[str, Any], **sections: Any) -> Block:
    document = {"resource": {"aws_thing": {"t": raw}}, **sections}
    (found,) = Configuration.of(document).of_type("aws_thing")
    return found


def test_get_follows_nested_blocks_however_they_are_written() -> None:
    for written in ({"a": {"b": 1}}, [{"a": [{"b": 1}]}], [{"a": {"b": 1}}, {"a": {"b": 2}}]):
        assert block({"outer": written}).get("outer.a.b") == 1
    assert block({}).get("outer.a.b") is None
    assert block({"outer": None}).get("outer", "default") == "default"


def test_names_are_templates_too() -> None:
    held = block({"tags": {"$${a}": 1, "${var.n}": 2, "${var.u}": 3}}, variable={"n": {"default": "b"}, "u": {}})
    assert held.get("tags") == {"${a}": 1, "b": 2, "${var.u}": 3}


def test_blocks() -> None:
    rules = block({"rule": [{"id": "a"}, {"id": "b"}]}).blocks("rule")
    assert [(rule.path, rule.get("id")) for rule in rules] == [("rule[0]", "a"), ("rule[1]", "b")]
    assert [rule.get("id") for rule in block({"rule": {"id": "a"}}).blocks("rule")] == ["a"]
    (inner,) = block({"rule": [{"filter": {"prefix": "x"}}]}).blocks("rule")[0].blocks("filter")
    assert (inner.path, inner.get("prefix")) == ("rule[0].filter[0]", "x")
    assert block({}).blocks("rule") == []


def test_dynamic_blocks_are_expanded() -> None:
    raw = {
        "rule": [{"id": "fixed"}],
        "dynamic": {
            "rule": [{"for_each": ["x", "y"], "iterator": "one", "content": {"id": "${one.value}-${one.key}"}}]
        },
    }
    rules = block(raw).blocks("rule")
    assert [rule.get("id") for rule in rules] == ["fixed", "x-0", "y-1"]
    assert [rule.path for rule in rules] == ["rule[0]", "rule[1]", "rule[2]"]
    assert block({"dynamic": {"rule": {"for_each": {"a": 1}, "content": {"id": "${rule.key}"}}}}).get("rule.id") == "a"
    assert block({"dynamic": {"rule": {"for_each": [], "content": {"id": "x"}}}}).blocks("rule") == []


def test_dynamic_blocks_over_something_unknown_are_one_of_which_nothing_is_known() -> None:
    raw = {"dynamic": {"rule": {"for_each": "${var.rules}", "content": {"open": True}}}}
    held = block(raw, variable={"rules": {}})
    (rule,) = held.blocks("rule")
    assert is_unknown(rule.get("open"))
    assert is_unknown(held.get("rule.open"))
    with pytest.raises(UnknownValueError, match=r"\$\{var.rules\} is not known"):
        _ = rule.is_there
    assert is_unknown(rule.blocks("filter")[0].get("x"))
    assert rule.references("open") == {"var.rules"}


def test_blocks_given_as_an_expression() -> None:
    held = block({"rule": "${var.rules}"}, variable={"rules": {"default": [{"id": "a"}]}})
    assert [rule.get("id") for rule in held.blocks("rule")] == ["a"]
    assert held.get("rule.id") == "a"
    (rule,) = block({"rule": "${var.rules}"}, variable={"rules": {}}).blocks("rule")
    assert is_unknown(rule.get("id"))


def test_has() -> None:
    assert block({"a": "x"}).has("a")
    assert not block({"a": ""}).has("a")
    assert not block({"a": None}).has("a")
    assert block({"a": False}).has("a")
    assert block({"a": "${aws_kms_key.k.arn}"}).has("a")
    assert block({"a": "x-${var.x}"}, variable={"x": {}}).has("a")
    with pytest.raises(UnknownValueError):
        block({"a": "${var.x}"}, variable={"x": {}}).has("a")
    with pytest.raises(UnknownValueError):
        block({"a": "${module.m.out}"}).has("a")


def test_unknown_values_answer_no_question() -> None:
    value: Any = Unknown("${var.x}", ("var.x",))
    questions = (
        lambda: value == "x",
        lambda: value != "x",
        lambda: value in ("x", "y"),
        lambda: "x" in value,
        lambda: bool(value),
        lambda: str(value),
        lambda: f"{value}",
        lambda: len(value),
        lambda: value.lower().strip(),
        lambda: value > 3,
        lambda: value + "x",
        lambda: [*value],
        lambda: int(value),
        lambda: [value] == ["x"],
        lambda: value["x"],
    )
    for question in questions:
        with pytest.raises(UnknownValueError):
            question()
    assert value == Unknown("${var.x}", ("var.x",))
    assert list(unknowns({"a": [value, 1], "b": "x"})) == [value]
    assert not is_given(None)


def test_references_are_followed_through_variables_locals_and_literals() -> None:
    document = {
        "resource": {
            "aws_kms_key": {"k": {"description": "x"}},
            "aws_thing": {
                "t": {"a": "${local.key}", "b": ["${aws_kms_key.k.description}"], "rule": [{"c": "${local.key}"}]}
            },
        },
        "locals": {"key": "${aws_kms_key.k.arn}"},
    }
    (held,) = Configuration.of(document).of_type("aws_thing")
    assert held.references("a") == {"aws_kms_key.k.arn"}
    assert held.references("rule.c") == {"aws_kms_key.k.arn"}
    assert held.get("b") == ["x"], "what is written is known"
    assert held.references("b") == {"aws_kms_key.k.description"}, "and still names the key"
    assert held.references("missing") == set()


def test_comment() -> None:
    waiver = {"control": "kms-key-rotated"}
    held = block({"//": {"metadata": {"path": "stack/t/r"}, "waivers": [waiver]}})
    assert (held.construct_path, held.waivers, held.file, held.line_of()) == ("stack/t/r", [waiver], "", None)
    assert (block({"//": "text"}).construct_path, block({"//": "text"}).waivers) == ("", [])
