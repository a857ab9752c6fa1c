"""Controls on CloudWatch log groups, log policies and alarms."""

import json
from typing import Any

import pytest

from secureinfra.controls.cloudwatch import log_group as cloudwatch
from tests.controls.judge import failure, status


def group(**arguments: Any) -> dict[str, Any]:
    return {"g": arguments}


def log_policy(**statement: Any) -> dict[str, Any]:
    default = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**default, **statement}]})
    return {"p": {"policy_name": "p", "policy_document": text}}


SERVICE = {"Service": "route53.amazonaws.com"}


def test_logs_encrypted() -> None:
    control = cloudwatch.LOGS_ENCRYPTED
    own = group(kms_key_id="${aws_kms_key.k.arn}")
    assert status(control, aws_cloudwatch_log_group=own, aws_kms_key={"k": {}}) == "passed"
    assert "kms_key_id is not set" in failure(control, aws_cloudwatch_log_group=group())
    unknown = group(kms_key_id="${var.k}")
    assert status(control, variable={"k": {}}, aws_cloudwatch_log_group=unknown) == "unknown"


@pytest.mark.parametrize(
    ("days", "answer"),
    [(365, "passed"), ("400", "passed"), (0, "passed"), (364, "failed"), (1, "failed"), (None, "failed")],
)
def test_logs_retained(days: Any, answer: str) -> None:
    control = cloudwatch.LOGS_RETAINED
    assert status(control, aws_cloudwatch_log_group=group(retention_in_days=days)) == answer


def test_logs_retained_otherwise() -> None:
    control = cloudwatch.LOGS_RETAINED
    assert failure(control, aws_cloudwatch_log_group=group(retention_in_days=30)) == (
        "aws_cloudwatch_log_group.g retention_in_days: retention_in_days = 30 -> retention_in_days = 365 or more, "
        "or 0 for no expiry"
    )
    unknown = group(retention_in_days="${var.days}")
    assert status(control, variable={"days": {}}, aws_cloudwatch_log_group=unknown) == "unknown"
    passing_on = group(log_group_class="DELIVERY", retention_in_days=2)
    assert status(control, aws_cloudwatch_log_group=passing_on) == "not applicable"


def test_logs_policy_not_public() -> None:
    control = cloudwatch.LOGS_POLICY_NOT_PUBLIC
    assert status(control, aws_cloudwatch_log_resource_policy=log_policy(Principal=SERVICE)) == "passed"
    assert "policy_document.Statement[0]: Allow for Principal '*'" in failure(
        control, aws_cloudwatch_log_resource_policy=log_policy(Principal="*")
    )
    unknown = {"p": {"policy_name": "p", "policy_document": "${var.p}"}}
    assert status(control, variable={"p": {}}, aws_cloudwatch_log_resource_policy=unknown) == "unknown"


def test_logs_policy_for_own_sources() -> None:
    control = cloudwatch.LOGS_POLICY_FOR_OWN_SOURCES
    limited = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    named = log_policy(Principal=SERVICE, Condition=limited)
    assert status(control, aws_cloudwatch_log_resource_policy=named) == "passed"
    assert "Allow for route53.amazonaws.com without a source" in failure(
        control, aws_cloudwatch_log_resource_policy=log_policy(Principal=SERVICE)
    )
    anybody = log_policy(Principal=SERVICE, Condition={"StringLike": {"aws:SourceAccount": "*"}})
    assert status(control, aws_cloudwatch_log_resource_policy=anybody) == "failed"
    for service in ("events.amazonaws.com", ["events.amazonaws.com", "delivery.logs.amazonaws.com"]):
        bridge = log_policy(Principal={"Service": service})
        assert status(control, aws_cloudwatch_log_resource_policy=bridge) == "passed"
    unknown = log_policy(Principal=SERVICE, Condition={"StringEquals": {"aws:SourceAccount": "${var.a}"}})
    assert status(control, variable={"a": {}}, aws_cloudwatch_log_resource_policy=unknown) == "unknown"


@pytest.mark.parametrize("type", ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"])
def test_alarm_acts(type: str) -> None:
    def alarm(**arguments: Any) -> dict[str, Any]:
        return {type: {"a": arguments}}

    control = cloudwatch.ALARM_ACTS
    acting = ["${aws_sns_topic.t.arn}"]
    assert status(control, aws_sns_topic={"t": {}}, **alarm(alarm_actions=acting)) == "passed"
    assert f"{type}.a alarm_actions: alarm_actions is not set" in failure(control, **alarm())
    assert "alarm_actions = []" in failure(control, **alarm(alarm_actions=[]))
    assert status(control, **alarm(ok_actions=["arn:aws:sns:eu-central-1:111122223333:t"])) == "failed"
    off = alarm(alarm_actions=["arn:aws:sns:eu-central-1:111122223333:t"], actions_enabled=False)
    assert "actions_enabled = false -> actions_enabled = true" in failure(control, **off)
    for unknown in ({"alarm_actions": "${var.x}"}, {"alarm_actions": ["${var.x}"]}):
        assert status(control, variable={"x": {}}, **alarm(**unknown)) == "unknown"
    disabled = alarm(alarm_actions=["${var.x}"], actions_enabled=False)
    assert status(control, variable={"x": {}}, **disabled) == "failed"
