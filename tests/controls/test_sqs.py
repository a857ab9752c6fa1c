"""Controls on SQS queues."""

import json
from typing import Any

import pytest

from secureinfra.controls import sqs
from tests.controls.judge import failure, status


def queue(**arguments: Any) -> dict[str, Any]:
    return {"q": arguments}


def policy(**statement: Any) -> str:
    default = {"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": {"Service": "sns.amazonaws.com"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**default, "Resource": "*", **statement}]})


def test_encrypted() -> None:
    key: dict[str, Any] = {"k": {}}
    assert status(sqs.ENCRYPTED, aws_sqs_queue=queue(sqs_managed_sse_enabled=True)) == "passed"
    by_key = queue(sqs_managed_sse_enabled=False, kms_master_key_id="${aws_kms_key.k.arn}")
    assert status(sqs.ENCRYPTED, aws_sqs_queue=by_key, aws_kms_key=key) == "passed"
    assert status(sqs.ENCRYPTED, aws_sqs_queue=queue()) == "passed"  # as AWS makes it
    assert "sqs_managed_sse_enabled = false and no kms_master_key_id" in failure(
        sqs.ENCRYPTED, aws_sqs_queue=queue(sqs_managed_sse_enabled=False)
    )
    assert status(sqs.ENCRYPTED, aws_sqs_queue=queue(sqs_managed_sse_enabled="false", kms_master_key_id="")) == "failed"
    for unknown in (
        queue(sqs_managed_sse_enabled="${var.x}"),
        queue(sqs_managed_sse_enabled=False, kms_master_key_id="${var.x}"),
    ):
        assert status(sqs.ENCRYPTED, variable={"x": {}}, aws_sqs_queue=unknown) == "unknown"


def test_customer_key() -> None:
    own = queue(kms_master_key_id="${aws_kms_key.k.arn}")
    assert status(sqs.CUSTOMER_KEY, aws_sqs_queue=own, aws_kms_key={"k": {}}) == "passed"
    assert "is not set" in failure(sqs.CUSTOMER_KEY, aws_sqs_queue=queue(sqs_managed_sse_enabled=True))
    assert "alias/aws/sqs" in failure(sqs.CUSTOMER_KEY, aws_sqs_queue=queue(kms_master_key_id="alias/aws/sqs"))
    unknown = queue(kms_master_key_id="${var.key}")
    assert status(sqs.CUSTOMER_KEY, variable={"key": {}}, aws_sqs_queue=unknown) == "unknown"


def test_policy_not_public() -> None:
    control = sqs.POLICY_NOT_PUBLIC
    public = policy(Principal="*")
    assert "aws_sqs_queue.q policy.Statement[0]: Allow for Principal '*'" in failure(
        control, aws_sqs_queue=queue(policy=public)
    )
    assert status(control, aws_sqs_queue_policy={"p": {"queue_url": "u", "policy": public}}) == "failed"
    limited = policy(Principal="*", Condition={"ArnEquals": {"aws:SourceArn": "${aws_sns_topic.t.arn}"}})
    assert status(control, aws_sqs_queue=queue(policy=limited), aws_sns_topic={"t": {}}) == "passed"
    everywhere = policy(Principal="*", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})
    assert status(control, aws_sqs_queue=queue(policy=everywhere)) == "failed"
    assert status(control, aws_sqs_queue=queue(policy=policy(Effect="Deny", Principal="*"))) == "passed"
    assert status(control, variable={"p": {}}, aws_sqs_queue=queue(policy="${var.p}")) == "unknown"


@pytest.mark.parametrize("action", ["sqs:*", "SQS:*", "*", ["sqs:SendMessage", "sqs:*"], "s*"])
def test_policy_scoped(action: Any) -> None:
    control = sqs.POLICY_SCOPED
    assert "Allow for every action" in failure(control, aws_sqs_queue=queue(policy=policy(Action=action)))
    beside = {"p": {"queue_url": "u", "policy": policy(Action=action)}}
    assert status(control, aws_sqs_queue_policy=beside) == "failed"
    assert status(control, aws_sqs_queue=queue(policy=policy(Action=action, Effect="Deny"))) == "passed"


def test_policy_scoped_otherwise() -> None:
    control = sqs.POLICY_SCOPED
    assert status(control, aws_sqs_queue=queue(policy=policy())) == "passed"
    assert status(control, aws_sqs_queue=queue(policy=policy(Action="sqs:Get*"))) == "passed"
    others = policy(Action=[], NotAction="sqs:DeleteQueue")
    assert "all actions but a few" in failure(control, aws_sqs_queue=queue(policy=others))
    unknown = queue(policy=policy(Action="${var.a}"))
    assert status(control, variable={"a": {}}, aws_sqs_queue=unknown) == "unknown"
    sure = queue(policy=policy(Action=["${var.a}", "sqs:*"]))
    assert status(control, variable={"a": {}}, aws_sqs_queue=sure) == "failed"


@pytest.mark.parametrize("action", [1, None, [None], {}])
def test_policy_scoped_of_what_is_no_action(action: Any) -> None:
    assert status(sqs.POLICY_SCOPED, aws_sqs_queue=queue(policy=policy(Action=action))) == "passed"
