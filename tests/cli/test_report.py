"""`secureinfra report`: formats, options, and what is refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from tests.reports.samples import INSECURE, WAIVERS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(INSECURE)
    (tmp_path / "waivers.yaml").write_text(WAIVERS)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["report", *arguments])


def test_writes_one_file(folder: Path) -> None:
    done = run("infra", "--out", "report.html", "--waivers", "waivers.yaml", "--date", "2026-11-30", "--title", "Acme")
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("Wrote report.html: ")
    text = (folder / "report.html").read_text()
    assert "<title>Security report: Acme</title>" in text
    assert "secureinfra report infra" in text
    assert "20 days left" in text


def test_parts_can_be_left_out(folder: Path) -> None:
    text = run("infra", "--no-proofs", "--no-maps", "--date", "2026-11-30").stdout
    assert "Proofs were left out." in text
    assert "or maps were left out." in text
    assert "secureinfra report infra --no-proofs --no-maps" in text


def test_other_formats(folder: Path) -> None:
    assert run("infra", "--format", "markdown").stdout.startswith("## Security report: infra\n")
    assert run("infra", "--format", "csv", "--pack", "fsbp").stdout.splitlines()[0].endswith("waiver,fsbp")


def test_tree_of_root_modules(folder: Path) -> None:
    (folder / "edge").mkdir()
    (folder / "edge" / "main.tf").write_text('resource "aws_vpc" "edge" { cidr_block = "10.9.0.0/16" }\n')
    text = run(".", "--date", "2026-11-30").stdout
    assert "Network map of edge" in text
    assert "Network map of infra" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("infra", "--date", "tomorrow"), "--date 'tomorrow': is not a date. Write it as 2026-12-31."),
        (("nowhere",), "nowhere"),
    ],
)
def test_refuses(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments, "--out", "report.html")
    assert done.exit_code == 2
    assert message in done.output
    assert not (folder / "report.html").exists()
