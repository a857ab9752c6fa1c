"""The files of policies: their form, what a second run replaces, and what stays."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from secureinfra.controls.registry import every
from secureinfra.errors import ConfigurationError
from secureinfra.tfpolicy.export import SIGNATURE, files_of, policies_of, write

FILES = files_of(policies_of(every()))
POLICIES = {name: text for name, text in FILES.items() if name.endswith(".policy.hcl")}


def test_each_file_stands_alone() -> None:
    for text in POLICIES.values():
        assert text.startswith(SIGNATURE)
        assert text.count("\npolicy {\n") == 1
        labels = re.findall(r'^resource_policy "(\w+)" "(\w+)" \{$', text, re.MULTILINE)
        assert len(labels) == len(set(labels)) > 0
        # A condition stands on one line; a line break within it is refused.
        assert text.count("condition     = ") == text.count("error_message = ") >= len(labels)


@pytest.mark.terraform
def test_terraform_reads_each_file_and_changes_nothing(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name.replace(".hcl", ".tf")).write_text(text)
    done = subprocess.run(["terraform", "fmt", "-check", "-diff"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_second_run_replaces_its_own_files_only(tmp_path: Path) -> None:
    folder = tmp_path / "policies"
    write(folder, FILES)
    (folder / "own.policy.hcl").write_text("# mine\n")
    (folder / "own.policytest.hcl").write_text("# mine\n")
    some = dict(list(FILES.items())[:4])
    write(folder, some)
    assert {path.name for path in folder.iterdir()} == {*some, "own.policy.hcl", "own.policytest.hcl"}


def test_each_file_of_policies_has_its_tests_beside_it() -> None:
    assert [name.replace("policytest", "policy") for name in FILES if name not in POLICIES] == list(POLICIES)


@pytest.mark.parametrize("name", ["sqs.policy.hcl", "sqs.policytest.hcl"])
def test_refuses_a_file_that_was_written_by_hand(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("# mine\n")
    with pytest.raises(ConfigurationError, match="was not written by secureinfra policy"):
        write(tmp_path, FILES)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["# mine\n"]
