"""`secureinfra waivers import`: from comments to a file that check refuses until it is completed."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program

KEY = 'resource "aws_kms_key" "k" {\n  policy = "{}"\n  # checkov:skip=CKV_AWS_7:imported\n}\n'


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments)


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "old"):
        Path(name).mkdir()
        Path(name, "main.tf").write_text(KEY)


def test_import() -> None:
    assert 'address: "aws_kms_key.k"' in run("waivers", "import", ".").stdout
    result = run("waivers", "import", ".", "--output", "waivers.yaml")
    assert (result.exit_code, result.stdout) == (0, "waivers.yaml: 1 waiver to complete.\n")
    refused = run("check", ".", "--waivers", "waivers.yaml")
    assert (refused.exit_code, refused.stdout) == (2, "")
    again = run("waivers", "import", ".", "--output", "waivers.yaml")
    assert (again.exit_code, "exists already" in again.stderr) == (2, True)


def test_import_leaves_folders_out() -> None:
    assert "a/main.tf:3" in run("waivers", "import", ".", "--exclude", "old").stdout
    assert "old/main.tf:3" not in run("waivers", "import", ".", "--exclude", "old").stdout


def test_check_writes_waivers() -> None:
    result = run("check", "a", "--write-waivers", "waivers.yaml")
    assert (result.exit_code, result.stdout) == (0, "waivers.yaml: 1 waiver to complete.\n")
    assert "control: kms-key-rotated" in Path("waivers.yaml").read_text()
