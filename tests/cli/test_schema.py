"""`secureinfra schema`: printed, written, and of blueprints that do not exist."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from secureinfra.cli.program import program
from tests._support.imports import ROOT
from tests.stacks.files import FLEET


def schema(*arguments: object) -> Result:
    return CliRunner().invoke(program, ["schema", *map(str, arguments)])


def test_printed() -> None:
    result = schema("data-lake")
    Draft202012Validator.check_schema(json.loads(result.stdout))
    assert result.exit_code == 0


def test_written(tmp_path: Path) -> None:
    result = schema("data-lake", "--output", tmp_path / "lake.schema.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert (tmp_path / "lake.schema.json").read_text() == schema("data-lake").stdout


def test_of_a_class_of_ones_own() -> None:
    held = json.loads(schema("tests.stacks.test_synth:OpenTopic").stdout)
    assert held["properties"]["blueprint"]["const"] == "tests.stacks.test_synth:OpenTopic"
    assert "OpenTopicConfig" in held["$defs"]


def test_of_the_settings_of_check() -> None:
    held = json.loads(schema("check").stdout)
    Draft202012Validator.check_schema(held)
    assert "fail-on" in held["properties"]


def test_of_waivers() -> None:
    """What the schema accepts is what the reader takes: the page's own file, and each way of spoiling it."""
    held = json.loads(schema("waivers").stdout)
    Draft202012Validator.check_schema(held)
    validator = Draft202012Validator(held)
    (waiver,) = YAML(typ="safe", pure=True).load((ROOT / "examples" / "guard" / "waivers.yaml").read_text())
    waiver = {**waiver, "until": str(waiver["until"])}
    assert validator.is_valid([waiver])
    assert validator.is_valid({"waivers": [waiver]})
    assert not validator.is_valid({"waivers": [waiver], "more": 1})
    for name in ("control", "address", "reason", "owner", "until"):
        assert not validator.is_valid([{key: value for key, value in waiver.items() if key != name}])
        assert not validator.is_valid([{**waiver, name: " "}])
    assert not validator.is_valid([{**waiver, "control": "s3-bucket-tls-only"}]), "it cannot be waived"
    assert not validator.is_valid([{**waiver, "adress": "x"}])


def test_each_schema_has_an_id_of_its_own() -> None:
    ids = {name: json.loads(schema(name).stdout)["$id"] for name in ("check", "waivers", "data-lake", "static-site")}
    assert ids == {name: f"urn:secureinfra:schema:{name}" for name in ids}


def test_unknown_blueprint() -> None:
    result = schema("data-lak")
    assert result.exit_code == 2
    assert "there is no blueprint 'data-lak'. Did you mean 'data-lake'?" in result.stderr


def test_the_real_command(tmp_path: Path) -> None:
    from secureinfra.files.yaml import parse

    command = [sys.executable, "-m", "secureinfra", "schema", "data-lake"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    validator = Draft202012Validator(json.loads(done.stdout))
    assert validator.is_valid(parse(FLEET, "fleet.yaml").values)
