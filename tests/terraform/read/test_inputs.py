"""Values of variables from outside the code: which wins, and what text means for which type."""

import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.read.inputs import Inputs


def value(folder: Path, inputs: Inputs, type: str | None = None, **settings: Any) -> Any:
    """What a variable `v` comes to."""
    declared = {**({"type": type} if type else {}), **settings}
    document = {"variable": {"v": declared}, "resource": {"aws_a": {"a": {"x": "${var.v}"}}}}
    (folder / "main.tf.json").write_text(json.dumps(document))
    (found,) = Configuration.load(folder, inputs)
    return found.blocks[0].get("x")


def test_order(tmp_path: Path) -> None:
    file = tmp_path / "prod.tfvars"
    file.write_text('v = "file"\n')
    environment = {"TF_VAR_v": "environment", "OTHER": "x"}
    assert value(tmp_path, Inputs(), default="default") == "default"
    assert value(tmp_path, Inputs(environment), default="default") == "environment"
    (tmp_path / "terraform.tfvars").write_text('v = "beside"\n')
    assert value(tmp_path, Inputs(environment)) == "beside"
    assert value(tmp_path, Inputs(environment, (file,))) == "file"
    assert value(tmp_path, Inputs(environment, (file,), {"v": "variable"})) == "variable"


@pytest.mark.parametrize(
    ("type", "text", "right"),
    [
        (None, "[1]", "[1]"),
        ("string", "007", "007"),
        ("string", "${x}", "${x}"),
        ("number", "7", 7),
        ("bool", "true", True),
        ("list(string)", '["a", "b"]', ["a", "b"]),
        ("object({a = optional(number, 3)})", "{}", {"a": 3}),
        ("any", '{a = "b"}', {"a": "b"}),
    ],
)
def test_text(tmp_path: Path, type: str | None, text: str, right: Any) -> None:
    assert value(tmp_path, Inputs(variables={"v": text}), type) == right


def test_json_file(tmp_path: Path) -> None:
    file = tmp_path / "prod.tfvars.json"
    file.write_text('{"v": ["a"], "//": "a comment"}')
    assert value(tmp_path, Inputs(files=(file,)), "list(string)") == ["a"]


def test_a_value_for_a_variable_that_is_not_declared_is_told(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('variable "region" {}\nvariable "n" {}\nresource "aws_a" "a" {}\n')
    file = tmp_path / "prod.tfvars"
    file.write_text("n = 1\nzones = 3\n")
    inputs = Inputs({"TF_VAR_other": "x"}, (file,), {"regoin": "eu-central-1"})
    (found,) = Configuration.load(tmp_path, inputs)
    assert found.notes == (
        f"{tmp_path}: the variable 'regoin', for which a value is given, is not declared. Did you mean 'region'?",
        f"{tmp_path}: the variable 'zones', for which a value is given, is not declared.",
    )
    (silent,) = Configuration.load(tmp_path, Inputs(variables={"n": "1"}))
    assert silent.notes == ()
