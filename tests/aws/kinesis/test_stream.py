"""Stream: key, retention, grants, alarms."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kinesis.stream import Stream, StreamConfig
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

ROLE = "arn:aws:iam::111122223333:role/web"


def stream_of(stack: Any) -> dict[str, Any]:
    (stream,) = synthesize(stack)["resource"]["aws_kinesis_stream"].values()
    return dict(stream)


def role_of(stack: Any) -> SecureRole:
    return SecureRole(stack, "worker", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))


def permissions_of(stack: Any) -> dict[str, list[str]]:
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    statements = json.loads(policy["policy"])["Statement"]
    return {resource: statement["Action"] for statement in statements for resource in statement["Resource"]}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Stream(stack, "clicks")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    waiver = Waiver(control="kinesis-stream-retained", reason="copies exist", owner="tests", until="2099-12-31")
    config = StreamConfig(
        name="clicks",
        retention_hours=24,
        shard_count=2,
        alarm_age_seconds=600,
        tags={"team": "web"},
        waivers=(waiver,),
    )
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    stream = Stream(stack, "clicks", config, key=key, alarms=SecureTopic(stack, "pages"))
    stream.grant_write(role_of(stack))
    matches_snapshot(stack)


def test_defaults_meet_every_control() -> None:
    stack = test_stack()
    Stream(stack, "clicks", alarms=SecureTopic(stack, "pages"))
    assert_meets(synthesize(stack))


def test_encrypted_with_customer_key() -> None:
    stack = test_stack()
    Stream(stack, "clicks")
    found = stream_of(stack)
    assert (found["encryption_type"], found["kms_key_id"]) == ("KMS", "${aws_kms_key.clicks_key.arn}")


@pytest.mark.parametrize(("shards", "mode"), [(None, "ON_DEMAND"), (4, "PROVISIONED")])
def test_shards(shards: int | None, mode: str) -> None:
    stack = test_stack()
    Stream(stack, "clicks", StreamConfig(shard_count=shards))
    found = stream_of(stack)
    assert (found.get("shard_count"), found["stream_mode_details"]) == (shards, {"stream_mode": mode})


def test_grant_write() -> None:
    stack = test_stack()
    Stream(stack, "clicks").grant_write(role_of(stack))
    assert permissions_of(stack) == {
        "${aws_kinesis_stream.clicks_stream.arn}": [
            "kinesis:PutRecord",
            "kinesis:PutRecords",
            "kinesis:DescribeStreamSummary",
            "kinesis:ListShards",
        ],
        "${aws_kms_key.clicks_key.arn}": ["kms:GenerateDataKey"],
    }


def test_grant_read() -> None:
    stack = test_stack()
    Stream(stack, "clicks").grant_read_stream(role_of(stack))
    allowed = permissions_of(stack)
    assert allowed["${aws_kms_key.clicks_key.arn}"] == ["kms:Decrypt"]
    assert "kinesis:GetRecords" in allowed["${aws_kinesis_stream.clicks_stream.arn}"]
    assert "kinesis:PutRecord" not in allowed["${aws_kinesis_stream.clicks_stream.arn}"]


def test_alarms() -> None:
    stack = test_stack()
    Stream(stack, "clicks", alarms=SecureTopic(stack, "pages"))
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert {name: (one["metric_name"], one["threshold"]) for name, one in alarms.items()} == {
        "clicks_alarm_readers_behind": ("GetRecords.IteratorAgeMilliseconds", 3_600_000),
        "clicks_alarm_writes_refused": ("WriteProvisionedThroughputExceeded", 1),
    }


def test_threshold_that_only_terraform_knows() -> None:
    stack = test_stack()
    Stream(stack, "clicks", StreamConfig(alarm_age_seconds="${var.age}"), alarms=SecureTopic(stack, "pages"))  # type: ignore[arg-type]
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert alarms["clicks_alarm_readers_behind"]["threshold"] == "${var.age * 1000}"


def test_retained() -> None:
    with pytest.raises(ControlError, match="retention_hours=24 breaks control kinesis-stream-retained"):
        Stream(test_stack(), "clicks", StreamConfig(retention_hours=24))


@pytest.mark.parametrize("method", ["grant_read", "grant_write"])
def test_refuses_grant_by_arn(method: str) -> None:
    with pytest.raises(ConfigError, match=f"{method}.* cannot be written: the role's own policy must allow it"):
        getattr(Stream(test_stack(), "clicks"), method)(ROLE)


def test_refuses_bad_name() -> None:
    with pytest.raises(ConfigError, match="name='our clicks' is not a stream name"):
        Stream(test_stack(), "clicks", StreamConfig(name="our clicks"))


def test_refuses_path_that_is_no_name() -> None:
    key = SecureKey(stack := test_stack(), "data")
    with pytest.raises(ConfigError, match=r"is not a stream name.*Set StreamConfig\(name="):
        Stream(stack, "c" * 128, key=key)


def test_addresses() -> None:
    stack = test_stack()
    Stream(stack, "clicks")
    assert addresses(synthesize(stack)) == [
        "aws_kinesis_stream.clicks_stream",
        "aws_kms_alias.clicks_key_alias",
        "aws_kms_key.clicks_key",
    ]
