"""`secureinfra imports`: from a file and a pipe, what is left out, and bad input."""

import json
from pathlib import Path

from click.testing import CliRunner

from secureinfra.cli.program import program
from tests.terraform.model.test_state import resource, state

STATE = state(resource("aws_s3_bucket.b", id="acme-b", policy="secret"), resource("aws_iam_role_policy.p"))


def test_ids_of_a_file_and_of_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(STATE)
    for name, text in ((str(tmp_path / "state.json"), None), ("-", STATE)):
        result = CliRunner().invoke(program, ["imports", name], input=text)
        assert result.exit_code == 0
        assert json.loads(result.stdout) == {"aws_s3_bucket.b": "acme-b"}
        assert result.stderr.startswith("left out: aws_iam_role_policy.p: its state has no id.")


def test_bad_input_is_told() -> None:
    result = CliRunner().invoke(program, ["imports", "-"], input="{}")
    assert result.exit_code == 2
    assert "standard input: is not a state as `terraform show -json` prints it" in result.stderr
