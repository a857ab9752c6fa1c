"""JSON text of which Terraform fills in a part."""

import json
from typing import Any

import pytest

from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.model.json_argument import decoded
from secureinfra.terraform.model.policy_document import statements_of
from secureinfra.terraform.unknown import UnknownValueError, is_unknown


def argument(written: Any) -> Any:
    document = {"variable": {"x": {}}, "resource": {"aws_x": {"x": {"held": written}}}}
    return Configuration.of(document).of_type("aws_x")[0].get("held")


def test_known_text() -> None:
    assert decoded(argument(json.dumps([{"a": 1, "b": [True, None]}]))) == [{"a": 1, "b": [True, None]}]
    assert decoded(argument('${jsonencode([{a = "$${x}"}])}')) == [{"a": "${x}"}]


@pytest.mark.parametrize(
    "written",
    ['[{"name": "one", "user": "${var.x}"}]', '${jsonencode([{name = "one", user = var.x}])}'],
)
def test_a_part_that_is_not_known(written: str) -> None:
    (one,) = decoded(argument(written))
    assert one["name"] == "one"
    assert is_unknown(one["user"])
    assert one["user"].references == ("var.x",)


def test_a_number_that_terraform_fills_in() -> None:
    (one,) = decoded(argument('[{"cpu": ${var.x}, "text": "say \\"${var.x}\\", $${y}", "name": "one"}]'))
    assert is_unknown(one["cpu"])
    assert one["text"].text == 'say "${var.x}", $${y}'
    assert one["name"] == "one"


def test_quotes_within_an_interpolation_end_no_string() -> None:
    held = decoded(
        argument('{"a": "${split("/", var.x)[0]}", "b": "${lower("ONE")}", "c": "say \\"${var.x}\\"", "d": ""}')
    )
    assert held["a"].references == ("var.x",)
    assert (held["b"], held["c"].text, held["d"]) == ("one", 'say "${var.x}"', "")


@pytest.mark.parametrize(
    "written", ["${var.x}", "${jsonencode(var.x)}", "[{${var.x}}]", '["AKIAABCDEFGHIJKLMNOP', "${file(var.x)}"]
)
def test_what_cannot_be_read_is_not_known_and_not_shown(written: str) -> None:
    with pytest.raises(UnknownValueError) as caught:
        decoded(argument(written))
    assert "AKIA" not in str(caught.value)
    assert ("var.x" in str(caught.value)) == ("var.x" in written)


@pytest.mark.parametrize("written", ["${jsonencode({Statement = var.x})}", '{"Statement": [${var.x}]}'])
def test_a_policy_whose_statements_are_not_known(written: str) -> None:
    configuration = Configuration.of({"variable": {"x": {}}, "resource": {"aws_x": {"x": {"policy": written}}}})
    (one,) = statements_of(configuration.of_type("aws_x")[0], "policy", configuration)
    with pytest.raises(UnknownValueError):
        _ = one.allows
    with pytest.raises(UnknownValueError):
        _ = one.everybody
    with pytest.raises(UnknownValueError):
        one.speaks_of("s3:GetObject")


def test_a_policy_whose_conditions_are_not_known() -> None:
    written = '${jsonencode({Statement = {Effect = "Allow", Principal = "*", Condition = var.x}})}'
    configuration = Configuration.of({"variable": {"x": {}}, "resource": {"aws_x": {"x": {"policy": written}}}})
    (one,) = statements_of(configuration.of_type("aws_x")[0], "policy", configuration)
    assert one.everybody
    with pytest.raises(UnknownValueError):
        list(one.condition("aws:SourceArn"))
