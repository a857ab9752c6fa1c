"""What the page on checking says, compared with what the commands and the guard do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.check.settings import read_settings, schema
from secureinfra.cli.check import command
from secureinfra.cli.program import program
from secureinfra.controls import find
from secureinfra.controls.packs import PACKS, title_of

EXAMPLE = Path(__file__).parents[2] / "examples" / "guard"
PAGE = (EXAMPLE / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments)


@pytest.fixture(autouse=True)
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the page checks."""
    monkeypatch.chdir(tmp_path)
    (terraform,) = blocks("hcl")
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(terraform)
    return tmp_path / "infra"


def test_check_prints_what_the_page_shows() -> None:
    result = run("check", "infra")
    assert result.stdout == blocks("text")[0]
    assert result.exit_code == 1


def test_explanation_reads_as_the_page_shows_it() -> None:
    (shown,) = [block for block in blocks("console") if block.startswith("$ ")]
    asked, _, printed = shown.partition("\n")
    assert run(*asked.split()[2:]).stdout == printed


def test_table_of_options_has_every_option() -> None:
    listed = re.findall(r"^\| `(--[a-z-]+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(name for option in command.params for name in option.opts if name.startswith("--"))


def test_settings_are_read_as_the_page_shows_them(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks("yaml") if block.startswith("packs:")]
    for name, text in ((".secureinfra.yaml", shown), ("pyproject.toml", blocks("toml")[0])):
        (tmp_path / name).write_text(text)
        assert read_settings(tmp_path / name).fail_on == "high"
    listed = PAGE.partition("It may hold ")[2].partition(".")[0]
    assert re.findall(r"`([a-z-]+)`", listed) == list(schema()["properties"])


def test_table_of_packs_has_every_pack() -> None:
    table = PAGE.partition("| pack | framework |\n")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`([a-z0-9-]+)`", table)) == sorted(PACKS)
    for name in PACKS:
        title, _, version = title_of(name).rpartition(" ")
        assert title.split(" (")[0] in table
        assert version in table


def test_exit_codes() -> None:
    assert run("check", "infra", "--fail-on", "critical").exit_code == 0
    assert run("check", "infra", "--fail-on", "high").exit_code == 1
    assert run("check", "nowhere").exit_code == 2
    assert run("check", "infra", "--fail-on", "none").exit_code == 2


def test_baseline() -> None:
    (shown,) = [block for block in blocks("console") if "--write-baseline" in block or "--baseline" in block]
    first, second = (line.partition("#")[0].split()[1:] for line in shown.splitlines())
    assert run(*first).exit_code == 0
    assert Path("known.json").exists()
    assert run(*second).exit_code == 0


def test_waivers(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks("yaml") if block.startswith("- control")]
    (tmp_path / "waivers.yaml").write_text(shown)
    result = run("check", "infra", "--waivers", "waivers.yaml")
    assert "1 waived, 0 unknown" in result.stdout
    never = shown.replace("sqs-queue-customer-key", "sqs-queue-policy-not-public")
    (tmp_path / "waivers.yaml").write_text(never)
    refused = run("check", "infra", "--waivers", "waivers.yaml")
    assert refused.exit_code == 2
    assert "is never accepted" in refused.stderr


def test_guard_stops_the_program_as_the_page_shows_it(tmp_path: Path) -> None:
    program = (EXAMPLE / "main.py").read_text(encoding="utf-8")
    without = program.replace(', waivers=Path(__file__).with_name("waivers.yaml")', "")
    assert without != program
    (tmp_path / "main.py").write_text(without)
    environment = {**os.environ, "CDKTF_OUTDIR": str(tmp_path / "out"), "PYTHONPATH": str(EXAMPLE.parents[1])}
    ended = subprocess.run(
        [sys.executable, "main.py"], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.endswith(f"{blocks('text')[1]}")
    assert not list((tmp_path / "out").rglob("cdk.tf.json"))


def test_controls_named_exist() -> None:
    named = set(re.findall(r"control: ([a-z0-9-]+)", PAGE))
    assert named
    for id in named:
        assert find(id).waivable


def test_comparison_reads_as_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = 'variable "x" {\n  default = ""\n}\nresource "aws_security_group" "web" {{\n  description = "{0}"\n  vpc_id = "vpc-1"\n}}\n'
    group = group.replace("{\n  default", "{{\n  default").replace('""\n}\n', '""\n}}\n')
    policy = (
        '  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:ReceiveMessage", '
        'Resource = "*", Principal = { AWS = "arn:aws:iam::111122223333:role/app" } }] })\n'
    )
    for name, about, held in (("before", "Web", ""), ("now", "Web servers", policy)):
        (tmp_path / name / "infra").mkdir(parents=True)
        text = group.format(about) + "\n" * 6 + f'resource "aws_sqs_queue" "jobs" {{\n  name = "jobs"\n{held}}}\n'
        (tmp_path / name / "infra" / "main.tf").write_text(text)
    monkeypatch.chdir(tmp_path / "now")
    (shown,) = [block for block in blocks("text") if block.startswith("Wider access")]
    (asked,) = [
        line for block in blocks("console") for line in block.splitlines() if line.startswith("secureinfra compare")
    ]
    result = run(*asked.split()[1:])
    assert result.stdout == shown
    assert result.exit_code == 1
