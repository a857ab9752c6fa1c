"""What the how-to pages show, run as a reader would paste it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.check.settings import read_settings
from secureinfra.cli.program import program
from tests._support.imports import ROOT

HOWTO = ROOT / "examples" / "howto"
UNSAFE = 'resource "aws_s3_bucket" "files" {\n  bucket = "acme-files-7"\n}\n'


def blocks(page: str, language: str) -> list[str]:
    text = (HOWTO / f"{page}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(page: str) -> list[str]:
    """The commands of this library on a page."""
    return [line for line in "".join(blocks(page, "console")).splitlines() if line.startswith("secureinfra ")]


def run(command: str) -> Result:
    return CliRunner().invoke(program, shlex.split(command, comments=True)[1:])


def run_python(text: str, folder: Path) -> None:
    """In a process of its own: an engine that runs already would write to the folder that it was started with."""
    (folder / "main.py").write_text(text)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "CDKTF_OUTDIR": str(folder / "cdktf.out")}
    done = subprocess.run([sys.executable, "main.py"], env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.fixture
def shop(folder: Path) -> Path:
    """The first stack, synthesized."""
    run_python(blocks("first_stack", "python")[0], folder)
    return folder / "cdktf.out" / "stacks" / "shop"


def test_the_first_stack_passes_its_check(shop: Path) -> None:
    assert (shop / "cdk.tf.json").exists()
    answers = {command: run(command) for command in commands("first_stack")}
    assert {command: done.exit_code for command, done in answers.items()} == dict.fromkeys(answers, 0)
    assert "s3-bucket-tls-only" in answers["secureinfra controls tls bucket"].output


def test_what_is_left_is_the_same_terraform(shop: Path, folder: Path) -> None:
    (copy,) = [line for line in "".join(blocks("leaving", "console")).splitlines() if line.startswith("cp ")]
    subprocess.run(shlex.split(copy), check=True)
    compare, module = commands("leaving")
    assert run(compare).exit_code == 0, run(compare).output
    text = (folder / "infra" / "cdk.tf.json").read_text()
    assert str(folder) not in text
    assert run("secureinfra check infra").exit_code == 0
    assert run(module).exit_code == 0
    assert (folder / "modules" / "bucket" / "main.tf").exists()


def test_what_exists_is_checked_and_known(folder: Path) -> None:
    for name in ("infra", "before"):
        (folder / name).mkdir()
        (folder / name / "main.tf").write_text(UNSAFE)
    summary, critical, write, known, waivers, compare = commands("adopting")
    assert "failed" in run(summary).output
    assert run(critical).exit_code == 0
    assert run(write).exit_code == run(known).exit_code == 0
    (folder / "infra" / "more.tf").write_text('resource "aws_sqs_queue" "q" {\n  sqs_managed_sse_enabled = false\n}\n')
    assert run(known).exit_code == 1
    assert run(waivers).exit_code == 0
    assert (folder / "waivers.yaml").exists()
    assert run(compare).exit_code in (0, 1)


def test_a_resource_that_exists_is_imported(folder: Path) -> None:
    run_python(blocks("adopting", "python")[0], folder)
    text = (folder / "cdktf.out" / "stacks" / "data" / "cdk.tf.json").read_text()
    assert re.search(r'"import": \[\s*\{\s*"id": "acme-files-7",\s*"to": "aws_s3_bucket.files_bucket"', text)


def test_the_blueprint_works_as_it_is_published(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "acme.py").write_text(blocks("blueprint", "python")[0])
    monkeypatch.delitem(sys.modules, "acme", raising=False)
    for command in commands("blueprint"):
        done = run(command)
        assert done.exit_code == 0, (command, done.output)
    assert (folder / "trial" / "settings.yaml").exists()
    assert (folder / "inbox.schema.json").exists()
    assert (folder / "modules" / "inbox" / "main.tf").exists()
    (shown,) = blocks("blueprint", "toml")
    assert tomllib.loads(shown)["project"]["entry-points"]["secureinfra.blueprints"] == {"inbox": "acme:Inbox"}


def test_the_guard_lets_a_safe_stack_pass(folder: Path) -> None:
    run_python(blocks("pull_requests", "python")[0], folder)
    assert (folder / "cdktf.out" / "stacks" / "shop" / "cdk.tf.json").exists()


def test_the_commands_for_pipelines(folder: Path) -> None:
    for name in ("infra", "before/infra"):
        (folder / name).mkdir(parents=True)
        (folder / name / "main.tf").write_text(UNSAFE)
    run("secureinfra check infra --baseline known.json --write-baseline")
    assert {command: run(command).exit_code for command in commands("pull_requests")} == {
        "secureinfra check infra --format sarif --output findings.sarif": 1,
        "secureinfra check infra --format junit --output findings.xml": 1,
        "secureinfra check infra --baseline known.json": 0,
        "secureinfra compare before/infra infra": 0,
    }


def test_the_setting_gives_every_rule_its_page(folder: Path) -> None:
    (shown,) = blocks("site", "yaml")
    (folder / "main.tf").write_text(UNSAFE)
    (folder / ".secureinfra.yaml").write_text(shown)
    assert read_settings(folder / ".secureinfra.yaml").docs_url == "https://docs.example.com/secureinfra"
    sarif = run("secureinfra check . --format sarif").stdout
    (named,) = re.findall(r"https://docs\S+/s3-bucket-tls-only\.html", (HOWTO / "site.md").read_text(encoding="utf-8"))
    assert f'"helpUri": "{named}"' in sarif


def test_every_page_is_listed() -> None:
    listed = re.findall(r"\]\((\w+\.md)\)", (HOWTO / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in HOWTO.glob("*.md") if path.name != "README.md")
