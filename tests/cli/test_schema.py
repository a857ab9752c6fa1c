"""`secureinfra schema`: printed, written, and of blueprints that do not exist."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from secureinfra.cli.program import program
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
