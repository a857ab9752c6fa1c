"""What the page on proofs says, compared with what the commands do."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from secureinfra.cli.prove import command
from secureinfra.errors import ControlError
from secureinfra.proofs.theorems.invariants import WORDS
from secureinfra.proofs.theorems.registry import theorems

EXAMPLE = Path(__file__).parents[2] / "examples" / "proofs"
PAGE = (EXAMPLE / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments)


@pytest.fixture(autouse=True)
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the page asks about."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path / "out"))
    (terraform,) = blocks("hcl")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(terraform)
    return tmp_path / "infra"


def test_prove_prints_what_the_page_shows() -> None:
    result = run("prove", "infra")
    assert result.stdout == blocks("text")[0]
    assert result.exit_code == 1


def test_questions_are_answered_as_the_page_shows_them() -> None:
    shown = [block for block in blocks("console") if block.startswith("$ ")]
    assert len(shown) == 2
    for block in shown:
        asked, _, printed = block.partition("\n")
        result = run(*asked.split()[2:])
        assert (result.stdout, result.exit_code) == (printed, 1)


def test_table_of_options_has_every_option() -> None:
    listed = re.findall(r"^\| `(--[a-z-]+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(name for option in command.params for name in option.opts if name.startswith("--"))


def test_table_of_theorems_has_every_theorem() -> None:
    table = PAGE.partition("| theorem | what it says |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", table, re.MULTILINE) == [theorem.id for theorem in theorems()]


def test_table_of_words_has_every_word() -> None:
    table = PAGE.partition("| word | fields |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE) == list(WORDS)


def test_the_invariants_file_is_the_one_of_the_page() -> None:
    (shown,) = blocks("yaml")
    assert shown == (EXAMPLE / "invariants.yaml").read_text(encoding="utf-8")
    found = run("prove", "infra", "--file", str(EXAMPLE / "invariants.yaml")).stdout
    assert "BROKEN   reports-stay-inside" in found
    assert "BROKEN   the-writer-only-writes" in found
    assert "  one-writer: 2 of 2" in found


def test_what_the_example_proves_holds() -> None:
    names = runpy.run_path(str(EXAMPLE / "main.py"))
    exec(compile(blocks("python")[0], "README.md", "exec"), {"stack": names["stack"]})


def test_the_example_does_not_synthesize_with_another_writer(tmp_path: Path) -> None:
    program_text = (EXAMPLE / "main.py").read_text(encoding="utf-8")
    changed = program_text.replace("reports.grant_read(reader)", "reports.grant_read_write(reader)")
    assert changed != program_text
    (tmp_path / "main.py").write_text(changed)
    with pytest.raises(ControlError) as refused:
        runpy.run_path(str(tmp_path / "main.py"))
    assert "could s3:PutObject" in str(refused.value)
    assert "only proofs/writer may s3:PutObject on proofs/reports" in str(refused.value)
