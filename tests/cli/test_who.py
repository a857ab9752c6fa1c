"""`secureinfra who`: exit codes, names, errors."""

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


def who(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["who", *arguments])


def test_exit_codes(infra: str) -> None:
    assert who("sqs:SendMessage", "aws_sqs_queue.q", infra).exit_code == 1
    assert who("sqs:ReceiveMessage", "aws_sqs_queue.q", infra).exit_code == 0
    assert who("sqs:SendMessage", "aws_sqs_queue.u", infra).exit_code == 3


def test_json(infra: str) -> None:
    found = json.loads(who("sqs:sendmessage", "aws_sqs_queue.q", infra, "--format", "json").stdout)
    assert found["action"] == "sqs:SendMessage"
    assert found["answers"][0]["principal"] == "account 444455556666"


@pytest.mark.parametrize(
    ("action", "resource", "message"),
    [
        ("sqs:SendMesage", "aws_sqs_queue.q", "AWS has no action 'sqs:SendMesage'. Did you mean 'sqs:SendMessage'?"),
        ("sqs:SendMessage", "aws_sqs_queu.q", "Did you mean 'aws_sqs_queue.q'?"),
    ],
)
def test_refuses_what_is_not_there(infra: str, action: str, resource: str, message: str) -> None:
    refused = who(action, resource, infra)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert message in refused.stderr
