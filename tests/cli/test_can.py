"""`secureinfra can`: exit codes, names, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from tests.proofs.configurations import allow, policy


@pytest.fixture
def infra(tmp_path: Path) -> str:
    """A queue to which one account may send, and one of which nothing is known."""
    named = policy({**allow("sqs:SendMessage"), "Principal": {"AWS": "444455556666"}})
    queues = {"q": {"policy": named}, "u": {"policy": "${var.p}"}}
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": {"aws_sqs_queue": queues}, "variable": {"p": {}}}))
    return str(tmp_path)


def can(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["can", *arguments])


@pytest.mark.parametrize(
    ("principal", "queue", "code", "said"),
    [
        ("account:444455556666", "q", 1, "ALLOWED     account:444455556666\n"),
        ("account:111122223333", "q", 0, "NOT ALLOWED account:111122223333\n"),
        ("anonymous", "q", 0, "NOT ALLOWED anonymous\n"),
        ("external", "u", 3, "UNKNOWN     external\n"),
    ],
)
def test_exit_codes(infra: str, principal: str, queue: str, code: int, said: str) -> None:
    result = can(principal, "sqs:SendMessage", f"aws_sqs_queue.{queue}", infra)
    assert (result.exit_code, result.stdout.startswith(said)) == (code, True)


def test_refuses_a_principal_that_is_not_there(infra: str) -> None:
    refused = can("extrenal", "sqs:SendMessage", "aws_sqs_queue.q", infra)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Did you mean 'external'?" in refused.stderr
