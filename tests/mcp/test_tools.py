"""What each tool answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.controls.registry import every
from secureinfra.errors import ConfigError
from secureinfra.mcp import tools

OPEN = """resource "aws_security_group_rule" "ssh" {
  type              = "ingress"
  from_port         = 22
  to_port           = 22
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = "sg-1"
}
"""
QUEUE = """resource "aws_sqs_queue" "orders" {
  name = "orders"
}

resource "aws_sqs_queue_policy" "orders" {
  queue_url = aws_sqs_queue.orders.url
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "444455556666" }, Action = "sqs:SendMessage", Resource = "*" }]
  })
}
"""


def asked(tool: Any, **arguments: Any) -> Any:
    return json.loads(tool(**arguments))


def test_controls_are_listed_by_words_id_and_pack() -> None:
    whole = asked(tools.list_controls)
    assert whole["found"] == len(list(every()))
    assert whole["left_out"] == whole["found"] - len(whole["controls"]) > 0
    assert "s3-bucket-tls-only" in {one["id"] for one in asked(tools.list_controls, words="tls bucket")["controls"]}
    assert asked(tools.list_controls, words="S3.5")["controls"][0]["severity"]
    assert asked(tools.list_controls, pack="cis-v5")["found"] < whole["found"]
    with pytest.raises(ConfigError, match="cis-v5"):
        tools.list_controls(pack="cis-v55")


def test_a_control_is_explained() -> None:
    (found,) = asked(tools.explain_control, control="s3-bucket-tls-only")
    assert found["fix"]
    assert found["waivable"] is False
    with pytest.raises(ConfigError, match="Did you mean 's3-bucket-tls-only'"):
        tools.explain_control(control="s3-bucket-tls-onl")


def test_terraform_is_checked_the_worst_first(tmp_path: Path) -> None:
    found = asked(tools.check_terraform, text=f'{OPEN}resource "aws_s3_bucket" "b" {{\n  bucket = var.x\n}}\n')
    assert found["failed"][0]["severity"] == "critical"
    assert found["failed"][0]["line"] == 6
    assert found["failed"][-1]["severity"] == "low"
    only = asked(tools.check_terraform, text=OPEN, controls=["security-group-no-ssh-from-internet"])
    assert [one["control"] for one in only["failed"]] == ["security-group-no-ssh-from-internet"]
    assert asked(tools.check_terraform, text=OPEN, packs=["soc2"])["totals"] != found["totals"]
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(OPEN)
    assert asked(tools.check_terraform, path=str(tmp_path))["totals"].startswith("0 passed") is False
    with pytest.raises(ConfigError, match="give either"):
        tools.check_terraform(text=OPEN, path=str(tmp_path))


def test_no_more_is_answered_than_a_client_can_read() -> None:
    text = "".join(f'resource "aws_s3_bucket" "b{number}" {{}}\n' for number in range(20))
    found = asked(tools.check_terraform, text=text)
    assert len(found["failed"]) == 100
    assert found["left_out"] > 0


def test_questions_are_proved() -> None:
    found = asked(tools.who_can, action="sqs:SendMessage", resource="aws_sqs_queue.orders", text=QUEUE)
    assert {one["principal"]: one["verdict"] for one in found["answers"]} == {
        "account 444455556666": "ALLOWED",
        "anonymous": "NOT ALLOWED",
        "any other account": "NOT ALLOWED",
    }
    may = {"principal": "account:444455556666", "resource": "aws_sqs_queue.orders", "text": QUEUE}
    assert asked(tools.can_principal, action="sqs:SendMessage", **may)["answers"][0]["verdict"] == "ALLOWED"
    assert asked(tools.can_principal, action="sqs:ReceiveMessage", **may)["answers"][0]["verdict"] == "NOT ALLOWED"
    with pytest.raises(ConfigError, match="Did you mean 'sqs:SendMessage'"):
        tools.who_can(action="sqs:SendMesage", resource="aws_sqs_queue.orders", text=QUEUE)


def test_names_are_explained() -> None:
    assert "SecureBucket" in asked(tools.explain_name)["construct"]
    assert asked(tools.explain_name, name="SecureBucket")["module"] == "bucket"


def test_a_module_is_text_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "bucket" in asked(tools.write_module)["modules"]
    files = asked(tools.write_module, module="bucket", settings={"versioned": True}, name="uploads")["files"]
    assert 'default     = "uploads"' in files["variables.tf"]
    assert "main.tf" in files
    assert "main.tf.json" in asked(tools.write_module, module="log-bucket", format="json")["files"]
    assert list(tmp_path.iterdir()) == []


def test_refuses_a_class_that_would_be_imported() -> None:
    with pytest.raises(ConfigError, match="unknown module 'this:Zen'"):
        tools.write_module(module="this:Zen")


def test_what_a_client_reads_has_no_hidden_characters() -> None:
    text = 'resource "aws_sqs_queue" "q" {\n  kms_master_key_id = "\u202ealias"\n  name = "##[error]"\n}\n'
    answer = tools.check_terraform(text=text)
    assert "\u202e" not in answer
    assert "##[" not in answer
