"""`secureinfra prove`: exit codes, own invariants, files, errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from tests.proofs.configurations import allow, policy

PUBLIC = {"policy": policy({**allow("sqs:SendMessage"), "Principal": "*"})}
UNSURE = {"policy": "${var.policy}"}


def write(folder: Path, **queues: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    document = {"resource": {"aws_sqs_queue": queues}, "variable": {"policy": {}}}
    (folder / "main.tf.json").write_text(json.dumps(document))
    return folder


def prove(*arguments: object) -> Result:
    return CliRunner().invoke(program, ["prove", *map(str, arguments)])


@pytest.fixture
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for Terraform."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "infra"


def test_exit_codes(infra: Path) -> None:
    assert prove(write(infra, q={})).exit_code == 0
    assert prove(write(infra, q=PUBLIC)).exit_code == 1
    assert prove(write(infra, q=UNSURE)).exit_code == 3
    assert prove(infra, "--fail-on", "broken").exit_code == 0
    assert prove(infra / "none").exit_code == 2


def test_a_variable_makes_it_known(infra: Path) -> None:
    write(infra, q=UNSURE)
    assert prove(infra, "--var", f"policy={policy()}").exit_code == 0


def test_theorems_by_id(infra: Path) -> None:
    write(infra, q=PUBLIC)
    assert prove(infra, "--theorem", "no-escalation").exit_code == 0
    refused = prove(infra, "--theorem", "no-escalations")
    assert (refused.exit_code, "Did you mean 'no-escalation'" in refused.stderr) == (2, True)


def test_own_invariants(infra: Path, tmp_path: Path) -> None:
    write(infra, q={})
    own = tmp_path / "invariants.yaml"
    own.write_text("invariants:\n  - no_access: {id: closed, to: aws_sqs_queue.q, actions: 'sqs:*', by: anonymous}\n")
    assert "  closed: 1 of 1" in prove(infra, "--file", own).stdout
    write(infra, q=PUBLIC)
    assert "BROKEN   closed" in prove(infra, "--file", own).stdout
    own.write_text("invariants:\n  - no_access: {to: aws_sqs_queue.r, actions: 'sqs:*'}\n")
    refused = prove(infra, "--file", own)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Did you mean 'aws_sqs_queue.q'" in refused.stderr


def test_strict(infra: Path) -> None:
    (write(infra) / "main.tf.json").write_text(json.dumps({"resource": {"aws_kms_key": {"k": {}}}}))
    assert prove(infra).exit_code == 0
    assert prove(infra, "--strict").exit_code == 3


def test_output(infra: Path, tmp_path: Path) -> None:
    write(infra, q=PUBLIC)
    result = prove(infra, "--format", "sarif", "--output", tmp_path / "out.sarif")
    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    assert "1 broken" in result.stderr
