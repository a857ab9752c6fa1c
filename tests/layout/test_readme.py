"""What the README shows, run as a reader would paste it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from secureinfra.cli.program import program

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path / "cdktf.out"))
    return tmp_path


def test_the_first_program_is_the_quickstart() -> None:
    program_text = (ROOT / "examples" / "quickstart" / "main.py").read_text(encoding="utf-8")
    assert program_text.partition("\n\n")[2] == blocks("python")[0]


def test_python_runs_as_pasted(folder: Path) -> None:
    stack, weakened = blocks("python")
    program_text = f"{stack}\n{weakened}\napp.synth()\n"
    # In a process of its own: an engine that runs already would write to the folder that it was started with.
    subprocess.run([sys.executable, "-c", program_text], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
    written = (folder / "cdktf.out" / "stacks" / "quickstart" / "cdk.tf.json").read_text()
    assert "rebuilt every night" in written


def test_the_refusal_reads_as_shown() -> None:
    from secureinfra import BucketConfig, ConfigError, SecureBucket
    from secureinfra.testing import test_stack

    with pytest.raises(ConfigError) as refused:
        SecureBucket(test_stack("quickstart"), "uploads", BucketConfig(versioned=False))
    assert f"ControlError: {refused.value}\n" in "".join(blocks("text"))


def test_check_prints_what_is_shown(folder: Path) -> None:
    (folder / "main.tf").write_text(blocks("hcl")[0])
    (shown,) = [block for block in blocks("text") if block.startswith("$ secureinfra check")]
    command, _, output = shown.partition("\n")
    done = CliRunner().invoke(program, command.split()[2:])
    assert done.exit_code == 1
    assert done.output == output


def test_the_module_holds_what_is_shown(folder: Path) -> None:
    (command,) = [line for line in README.splitlines() if line.startswith("secureinfra module bucket")]
    done = CliRunner().invoke(program, command.split()[1:])
    assert done.exit_code == 0, done.output
    assert blocks("hcl")[1] in (folder / "modules" / "storage" / "main.tf").read_text()


def commands(section: str) -> list[str]:
    """The commands of this library that a section shows, without the comments beside them."""
    text = README.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = "".join(re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)).splitlines()
    return [re.split(r"\s+# ", line)[0] for line in lines if line.startswith("secureinfra ")]


def test_the_settings_file_becomes_what_is_said(folder: Path) -> None:
    (folder / "lake.yaml").write_text(blocks("yaml")[0])
    synth, new = commands("Start from a blueprint")
    assert CliRunner().invoke(program, synth.split()[1:]).exit_code == 0
    assert (folder / "infra" / "analytics" / "cdk.tf.json").exists()
    assert CliRunner().invoke(program, new.split()[1:]).exit_code == 0
    assert {"main.py", "settings.yaml", ".github"} <= {path.name for path in (folder / "lake").iterdir()}


def test_further_commands_answer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    infra = (
        'resource "aws_s3_bucket" "uploads" {}\n'
        'resource "aws_subnet" "a" {\n  vpc_id     = "vpc-1"\n  cidr_block = "10.0.1.0/24"\n}\n'
        'resource "aws_db_subnet_group" "a" {\n  subnet_ids = [aws_subnet.a.id]\n}\n'
        'resource "aws_db_instance" "orders" {\n  db_subnet_group_name = aws_db_subnet_group.a.name\n}\n'
    )
    for name in ("before", "now"):
        (folder / name / "infra").mkdir(parents=True)
        (folder / name / "infra" / "main.tf").write_text(infra)
    monkeypatch.chdir(folder / "now")
    answers = {}
    for command in commands("What else there is"):
        done = CliRunner().invoke(program, command.split()[1:])
        answers[command.split()[1]] = done.output
        # Found, not found, or open: 2 is what was not understood.
        assert done.exit_code in (0, 1, 3), (command, done.output)
    assert set(answers) == {"compare", "path", "report", "prove", "who", "controls", "waivers"}
    assert "s3-bucket-tls-only" in answers["controls"]
    assert all(text.strip() for name, text in answers.items() if name not in ("waivers", "report"))
    assert (folder / "now" / "report.html").exists()


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert [target for target in targets if "://" not in target and not (ROOT / target).exists()] == []


def test_no_waiver_shown_runs_out_soon() -> None:
    pages = [ROOT / "README.md", *ROOT.glob("examples/*/README.md"), *ROOT.glob("blueprints/*/*.md")]
    dates = {(page.name, date) for page in pages for date in re.findall(r"until[=:] ?\"?(\d{4})-", page.read_text())}
    assert {(name, date) for name, date in dates if int(date) < 2099} == set()
