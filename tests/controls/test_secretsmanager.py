"""Controls on secrets in Secrets Manager."""

import json
from typing import Any

import pytest

from secureinfra.controls import secretsmanager as secrets
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
KEY: dict[str, Any] = {"aws_kms_key": {"k": {}}}
OWN = "${aws_kms_key.k.arn}"
ROTATION = "aws_secretsmanager_secret_rotation"


def secret(**arguments: Any) -> dict[str, Any]:
    return {"variable": X, "aws_secretsmanager_secret": {"s": arguments}}


def policy(principal: Any, **statement: Any) -> str:
    held = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Principal": principal}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**held, **statement}]})


def test_encrypted() -> None:
    assert status(secrets.ENCRYPTED, **KEY, **secret(kms_key_id=OWN)) == "passed"
    assert "kms_key_id is not set" in failure(secrets.ENCRYPTED, **secret())
    assert status(secrets.ENCRYPTED, **secret(kms_key_id="alias/aws/secretsmanager")) == "failed"
    assert status(secrets.ENCRYPTED, **secret(kms_key_id="${var.x}")) == "unknown"
    assert "replica[0].kms_key_id" in failure(secrets.ENCRYPTED, **secret(kms_key_id="${var.x}", replica=[{}]))
    assert status(secrets.ENCRYPTED, **KEY, **secret(kms_key_id=OWN, replica=[{"kms_key_id": OWN}])) == "passed"


def rotation(**rules: Any) -> dict[str, Any]:
    return {ROTATION: {"r": {"secret_id": "${aws_secretsmanager_secret.s.id}", "rotation_rules": rules}}}


def test_rotated() -> None:
    assert status(secrets.ROTATED, **secret(), **rotation(automatically_after_days=90)) == "passed"
    assert failure(secrets.ROTATED, **secret()) == (
        "aws_secretsmanager_secret.s : no aws_secretsmanager_secret_rotation for the secret -> "
        "an aws_secretsmanager_secret_rotation"
    )
    assert "automatically_after_days = 91" in failure(secrets.ROTATED, **rotation(automatically_after_days=91))
    assert "automatically_after_days is not set" in failure(secrets.ROTATED, **rotation())
    assert status(secrets.ROTATED, variable=X, **rotation(automatically_after_days="${var.x}")) == "unknown"
    assert status(secrets.ROTATED, variable=X, **rotation(schedule_expression="${var.x}")) == "unknown"
    elsewhere = {ROTATION: {"r": {"secret_id": "${var.x}", "rotation_rules": {"automatically_after_days": 30}}}}
    assert status(secrets.ROTATED, **secret(), **elsewhere) == "unknown"


@pytest.mark.parametrize(
    ("schedule", "answer"),
    [
        ("rate(30 days)", "passed"),
        ("rate(4 hours)", "passed"),
        ("rate(91 days)", "failed"),
        ("rate(2161 hours)", "failed"),
        ("cron(0 8 1 * ? *)", "passed"),
        ("cron(0 8 ? * SUN#1 *)", "passed"),
        ("cron(0 8 1 */2 ? *)", "passed"),
        ("cron(0 8 1 1/3 ? *)", "failed"),
        ("cron(0 8 1 JAN,MAR,MAY,JUL,SEP,NOV ? *)", "passed"),
        ("cron(0 8 1 2-12 ? *)", "passed"),
        ("cron(0 8 1 1,7 ? *)", "failed"),
        ("cron(0 8 1 6 ? *)", "failed"),
        ("cron(0 8 1 * ? 2027)", "failed"),
        ("cron(0 8 1 soon ? *)", "failed"),
        ("weekly", "failed"),
    ],
)
def test_rotated_on_a_schedule(schedule: str, answer: str) -> None:
    assert status(secrets.ROTATED, **rotation(schedule_expression=schedule)) == answer


@pytest.mark.parametrize("type", ["aws_secretsmanager_secret", "aws_secretsmanager_secret_policy"])
def test_policy_not_public(type: str) -> None:
    def judged(text: str) -> str:
        return status(secrets.POLICY_NOT_PUBLIC, variable=X, **{type: {"p": {"policy": text}}})

    assert judged(policy({"AWS": "arn:aws:iam::111122223333:role/reader"})) == "passed"
    assert judged(policy("*", Effect="Deny")) == "passed"
    assert judged(policy("*")) == "failed"
    assert judged(policy({"AWS": "*"}, Condition={"Bool": {"aws:SecureTransport": "true"}})) == "failed"
    assert judged(policy("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})) == "passed"
    assert judged("${var.x}") == "unknown"
    assert not secrets.POLICY_NOT_PUBLIC.waivable
    public = {type: {"p": {"policy": policy("*")}}}
    assert "policy.Statement[0]: Allow for Principal '*'" in failure(secrets.POLICY_NOT_PUBLIC, **public)


def test_public_policy_blocked() -> None:
    def held(**arguments: Any) -> dict[str, Any]:
        return {"variable": X, "aws_secretsmanager_secret_policy": {"p": arguments}}

    assert status(secrets.PUBLIC_POLICY_BLOCKED, **held(block_public_policy=True)) == "passed"
    assert "block_public_policy is not set" in failure(secrets.PUBLIC_POLICY_BLOCKED, **held())
    assert status(secrets.PUBLIC_POLICY_BLOCKED, **held(block_public_policy=False)) == "failed"
    assert status(secrets.PUBLIC_POLICY_BLOCKED, **held(block_public_policy="${var.x}")) == "unknown"
