"""The hook of pre-commit, the job for GitLab and the recipe of an image: each run as its system would, as far as it can be here."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML

from tests.pipelines.action import ROOT

pytestmark = pytest.mark.xdist_group("pipelines")

EXAMPLE = ROOT / "examples" / "pipelines"
BUCKET = 'resource "aws_s3_bucket" "uploads" {}\n'


def held(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def run(
    command: list[str], folder: Path, installed: dict[str, str], **variables: str
) -> subprocess.CompletedProcess[str]:
    there = Path(installed["steps.install.outputs.command"]).parent
    environment = {"PATH": f"{there}{os.pathsep}{os.environ['PATH']}", **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_the_hook_checks_the_repository(tmp_path: Path, installed: dict[str, str]) -> None:
    (hook,) = held(ROOT / ".pre-commit-hooks.yaml")
    # pre-commit.com/#creating-new-hooks
    assert set(hook) <= {
        "id",
        "name",
        "description",
        "entry",
        "language",
        "args",
        "pass_filenames",
        "require_serial",
        "files",
    }
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("secureinfra-check", "python", False)
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(BUCKET)
    command = [*shlex.split(hook["entry"]), *hook["args"]]
    done = run(command, tmp_path, installed)
    assert done.returncode == 1
    assert "s3-bucket-tls-only" in done.stdout
    (tmp_path / "infra" / "main.tf").write_text("")
    assert run(command, tmp_path, installed).returncode == 0


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("infra/main.tf", True),
        ("main.tf.json", True),
        ("a/main.tofu", True),
        ("prod.tfvars", True),
        (".secureinfra.yaml", True),
        ("main.py", False),
        ("tf", False),
        ("notes.tf.md", False),
    ],
)
def test_the_hook_runs_when_terraform_changes(name: str, runs: bool) -> None:
    (hook,) = held(ROOT / ".pre-commit-hooks.yaml")
    assert bool(re.search(hook["files"], name)) is runs


def gitlab(lines: list[str], folder: Path, installed: dict[str, str], paths: str) -> subprocess.CompletedProcess[str]:
    """A script as GitLab runs it: it ends at the first line that fails."""
    return run(["bash", "-eo", "pipefail", "-c", "\n".join(lines)], folder, installed, SECUREINFRA_PATHS=paths)


def test_the_job_of_gitlab_leaves_its_reports_and_fails(tmp_path: Path, installed: dict[str, str]) -> None:
    job = held(EXAMPLE / "gitlab-ci.yml")["secureinfra"]
    # docs.gitlab.com/ci/docker/using_docker_images: the runner starts a shell in the image.
    assert job["image"]["entrypoint"] == [""]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(BUCKET)
    done = gitlab([*job["before_script"], *job["script"]], tmp_path, installed, "a b")
    assert done.returncode == 1
    assert "s3-bucket-tls-only" in done.stdout
    (report,) = job["artifacts"]["paths"]
    assert "aws_s3_bucket.uploads" in (tmp_path / report).read_text()
    found = ElementTree.parse(tmp_path / job["artifacts"]["reports"]["junit"]).getroot()
    assert found.findall(".//failure")
    (tmp_path / "a" / "main.tf").write_text("")
    assert gitlab(job["script"], tmp_path, installed, "a").returncode == 0
    assert gitlab(job["script"], tmp_path, installed, "nowhere").returncode == 2


def test_the_image_is_pinned_by_who_builds_it_and_does_not_run_as_root() -> None:
    lines = (EXAMPLE / "Containerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(("ARG", "FROM"))] == [
        "ARG BASE",
        "FROM ${BASE} AS build",
        "FROM ${BASE}",
    ]
    last = lines[lines.index("FROM ${BASE}") :]
    (user,) = [line.removeprefix("USER ") for line in last if line.startswith("USER ")]
    assert all(int(number) > 0 for number in user.split(":"))
    assert not any(line.startswith("RUN") for line in last)


def test_the_image_starts_a_command_that_is_there(tmp_path: Path, installed: dict[str, str]) -> None:
    text = (EXAMPLE / "Containerfile").read_text(encoding="utf-8")
    words = [
        word
        for found in re.findall(r"^(?:ENTRYPOINT|CMD) \[(.*)\]$", text, re.MULTILINE)
        for word in re.findall(r'"(.*?)"', found)
    ]
    (tmp_path / "main.tf").write_text(BUCKET)
    assert run(words, tmp_path, installed).returncode == 1
