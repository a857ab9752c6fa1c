"""`secureinfra compare`: exit codes, what fails the run, and bad input."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from tests.compare.hcl import folder

KEY = 'resource "aws_kms_key" "k" {\n enable_key_rotation = %s\n}\nvariable "rotated" {}\n'


def run(tmp_path: Path, old: str, new: str, *options: str) -> Result:
    paths = (folder(tmp_path / "old", old), folder(tmp_path / "new", new))
    return CliRunner().invoke(program, ["compare", *map(str, paths), *options])


@pytest.mark.parametrize(
    ("old", "new", "options", "status"),
    [
        ("true", "true", (), 0),
        ("true", "false", (), 1),
        ("true", "var.rotated", (), 3),
        ("true", "false", ("--fail-on", "access"), 0),
        ("true", "false", ("--fail-on", "access", "--fail-on", "protection"), 1),
        ("true", "false", ("--pack", "cis-v5"), 1),
    ],
)
def test_exit_codes(tmp_path: Path, old: str, new: str, options: tuple[str, ...], status: int) -> None:
    result = run(tmp_path, KEY % old, KEY % new, *options)
    assert result.exit_code == status, result.output
    assert result.output.splitlines()[-1].startswith("1 resource: ")


def test_variables_of_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_VAR_rotated", "false")
    assert run(tmp_path, KEY % "true", KEY % "var.rotated").exit_code == 1
    (tmp_path / "v.tfvars").write_text("rotated = true\n")
    result = run(tmp_path, KEY % "true", KEY % "var.rotated", "--var-file", str(tmp_path / "v.tfvars"))
    assert result.exit_code == 0


def test_what_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    folder(tmp_path / "old", KEY % "true")
    result = CliRunner().invoke(program, ["compare", str(tmp_path / "old"), str(tmp_path / "none")])
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr


def test_a_pack_that_does_not_exist_is_bad_input(tmp_path: Path) -> None:
    result = run(tmp_path, KEY % "true", KEY % "true", "--pack", "cis-v55")
    assert result.exit_code == 2
    assert "cis-v5" in result.stderr
