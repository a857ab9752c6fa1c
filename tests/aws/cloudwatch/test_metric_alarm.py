"""Alarms that constructs declare: written to a topic that is given, in CloudWatch's own terms."""

import json
from typing import Any

import pytest

from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack


def alarm(**changed: Any) -> WorkloadAlarm:
    usual: dict[str, Any] = {
        "id": "errors",
        "namespace": "AWS/Lambda",
        "metric": "Errors",
        "dimensions": {"FunctionName": "orders"},
        "threshold": 1,
        "why": "a call has failed",
    }
    return WorkloadAlarm(**{**usual, **changed})


def alarms_of(stack: Any) -> dict[str, dict[str, Any]]:
    return dict(synthesize(stack)["resource"].get("aws_cloudwatch_metric_alarm", {}))


def test_notifies_the_topic_that_is_given() -> None:
    stack = test_stack()
    topic = SecureTopic(stack, "pages")
    owner = SecureKey(stack, "data", KeyConfig(tags={"team": "orders"}))
    add_alarms(owner, topic, [alarm(), alarm(id="slow", metric="Duration", statistic="p99", threshold=900)])
    found = alarms_of(stack)
    errors = found["data_alarm_errors"]
    del errors["//"]
    assert errors == {
        "alarm_name": "test-data-errors",
        "alarm_description": "test/data: a call has failed",
        "namespace": "AWS/Lambda",
        "metric_name": "Errors",
        "dimensions": {"FunctionName": "orders"},
        "statistic": "Sum",
        "period": 300,
        "evaluation_periods": 1,
        "threshold": 1,
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "treat_missing_data": "notBreaching",
        "actions_enabled": True,
        "alarm_actions": ["${aws_sns_topic.pages_topic.arn}"],
        "tags": {"team": "orders"},
    }
    slow = found["data_alarm_slow"]
    assert (slow["extended_statistic"], slow.get("statistic")) == ("p99", None)


def test_cloudwatch_may_publish_and_use_the_key_once() -> None:
    stack = test_stack()
    topic = SecureTopic(stack, "pages")
    for name in ("one", "two"):
        add_alarms(SecureKey(stack, name), topic, [alarm()])
    document = synthesize(stack)["resource"]
    policies = [
        document["aws_sns_topic_policy"]["pages_policy"]["policy"],
        document["aws_kms_key"]["pages_key"]["policy"],
    ]
    for policy in policies:
        sids = [statement["Sid"] for statement in json.loads(policy)["Statement"]]
        assert sids.count("AllowCloudwatch") == 1


def test_nothing_is_written_without_a_topic() -> None:
    stack = test_stack()
    add_alarms(SecureKey(stack, "data"), None, [alarm()])
    assert alarms_of(stack) == {}


def test_some_of_the_periods_suffice() -> None:
    stack = test_stack()
    add_alarms(SecureKey(stack, "data"), SecureTopic(stack, "pages"), [alarm(periods=5, breaching_periods=3)])
    (found,) = alarms_of(stack).values()
    assert (found["evaluation_periods"], found["datapoints_to_alarm"]) == (5, 3)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"statistic": "Mean"}, "statistic 'Mean' is unknown. Use one of Average, .*, or a percentile such as 'p99'"),
        ({"statistic": "p101"}, "statistic 'p101' is unknown"),
        ({"period_seconds": 90}, "1 periods of 90 seconds are refused by CloudWatch"),
        ({"period_seconds": 300, "periods": 289}, "289 periods of 300 seconds are refused"),
        ({"period_seconds": 3600, "periods": 169}, "169 periods of 3600 seconds are refused"),
        ({"breaching_periods": 2}, "breaching_periods=2 is not between 1 and periods=1"),
    ],
)
def test_refuses_what_cloudwatch_refuses(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        alarm(**changed)


def test_a_week_of_hours_is_accepted() -> None:
    assert alarm(period_seconds=3600, periods=168).periods == 168


def test_refuses_a_name_that_is_too_long() -> None:
    stack = test_stack()
    owner = SecureKey(stack, "k" * 200, KeyConfig(alias="k"))
    with pytest.raises(
        ConfigError, match="characters, CloudWatch accepts 255. Give the stack or the construct a shorter"
    ):
        add_alarms(owner, SecureTopic(stack, "pages"), [alarm(id="e" * 60)])
