"""Delivery: role, encryption, log, alarms, what it refuses."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kinesis.firehose_delivery_stream import Delivery, DeliveryConfig
from secureinfra.aws.kinesis.stream import Stream
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

ROLE = "arn:aws:iam::111122223333:role/web"


def delivery_of(stack: Any) -> dict[str, Any]:
    (found,) = synthesize(stack)["resource"]["aws_kinesis_firehose_delivery_stream"].values()
    return dict(found)


def statements_of(stack: Any, role: str = "lake_role_permissions") -> list[dict[str, Any]]:
    policy = synthesize(stack)["resource"]["aws_iam_role_policy"][role]["policy"]
    return list(json.loads(policy)["Statement"])


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Delivery(stack, "lake", bucket=SecureBucket(stack, "data"))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = DeliveryConfig(
        name="clicks",
        prefix="clicks/",
        error_prefix="broken/",
        buffering_size_mb=128,
        buffering_interval_seconds=60,
        compression_format="UNCOMPRESSED",
        log_retention_in_days=731,
        alarm_age_seconds=600,
        tags={"team": "web"},
    )
    Delivery(
        stack,
        "lake",
        config,
        bucket=SecureBucket(stack, "data"),
        stream=Stream(stack, "clicks"),
        key=SecureKey(stack, "key"),
        alarms=SecureTopic(stack, "pages"),
    )
    matches_snapshot(stack)


@pytest.mark.parametrize("from_stream", [True, False])
def test_defaults_meet_every_control(from_stream: bool) -> None:
    stack = test_stack()
    stream = Stream(stack, "clicks") if from_stream else None
    Delivery(stack, "lake", bucket=SecureBucket(stack, "data"), stream=stream, alarms=SecureTopic(stack, "pages"))
    assert_meets(synthesize(stack))


def test_records_that_wait_are_encrypted_with_the_key_of_the_bucket() -> None:
    stack = test_stack()
    Delivery(stack, "lake", bucket=SecureBucket(stack, "data"))
    assert delivery_of(stack)["server_side_encryption"] == {
        "enabled": True,
        "key_type": "CUSTOMER_MANAGED_CMK",
        "key_arn": "${aws_kms_key.data_key.arn}",
    }


def test_records_of_a_stream_stay_under_its_key() -> None:
    stack = test_stack()
    Delivery(stack, "lake", bucket=SecureBucket(stack, "data"), stream=Stream(stack, "clicks"))
    found = delivery_of(stack)
    assert "server_side_encryption" not in found
    assert found["kinesis_source_configuration"]["kinesis_stream_arn"] == "${aws_kinesis_stream.clicks_stream.arn}"


def test_the_role_writes_below_its_prefixes_and_reads_no_object() -> None:
    stack = test_stack()
    Delivery(stack, "lake", DeliveryConfig(prefix="clicks/"), bucket=SecureBucket(stack, "data"))
    statements = statements_of(stack)
    (put,) = [one for one in statements if "s3:PutObject" in one["Action"]]
    assert put["Resource"] == ["${aws_s3_bucket.data_bucket.arn}/clicks/*", "${aws_s3_bucket.data_bucket.arn}/failed/*"]
    assert not [one for one in statements if "s3:GetObject" in one["Action"]]


def test_errors_are_logged() -> None:
    stack = test_stack()
    Delivery(stack, "lake", bucket=SecureBucket(stack, "data"))
    assert delivery_of(stack)["extended_s3_configuration"]["cloudwatch_logging_options"] == {
        "enabled": True,
        "log_group_name": "${aws_cloudwatch_log_group.lake_log_log_group.name}",
        "log_stream_name": "${aws_cloudwatch_log_stream.lake_log_stream.name}",
    }
    (group,) = synthesize(stack)["resource"]["aws_cloudwatch_log_group"].values()
    assert (group["name"], group["retention_in_days"]) == ("/aws/kinesisfirehose/test-lake", 365)


def test_grant_put() -> None:
    stack = test_stack()
    worker = SecureRole(stack, "worker", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    Delivery(stack, "lake", bucket=SecureBucket(stack, "data")).grant_put(worker)
    (statement,) = statements_of(stack, "worker_permissions")
    assert statement["Action"] == ["firehose:PutRecord", "firehose:PutRecordBatch"]
    assert statement["Resource"] == ["${aws_kinesis_firehose_delivery_stream.lake_delivery.arn}"]


def test_alarm_on_records_that_do_not_arrive() -> None:
    stack = test_stack()
    Delivery(stack, "lake", bucket=SecureBucket(stack, "data"), alarms=SecureTopic(stack, "pages"))
    (alarm,) = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"].values()
    assert (alarm["metric_name"], alarm["threshold"]) == ("DeliveryToS3.DataFreshness", 3_600)


def test_refuses_records_beside_those_of_its_stream() -> None:
    stack = test_stack()
    worker = SecureRole(stack, "worker", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    delivery = Delivery(stack, "lake", bucket=SecureBucket(stack, "data"), stream=Stream(stack, "clicks"))
    with pytest.raises(ConfigError, match="its records come from 'test/clicks': Firehose accepts no others"):
        delivery.grant_put(worker)


def test_refuses_grant_by_arn() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="cannot be written: the role's own policy must allow it"):
        Delivery(stack, "lake", bucket=SecureBucket(stack, "data")).grant_put(ROLE)  # type: ignore[arg-type]


def test_logs_retained() -> None:
    stack = test_stack()
    with pytest.raises(ControlError, match="log_retention_in_days=30 breaks control log-group-retained"):
        Delivery(stack, "lake", DeliveryConfig(log_retention_in_days=30), bucket=SecureBucket(stack, "data"))


@pytest.mark.parametrize("prefix", ["clicks", "/clicks/", "!{timestamp:yyyy}/"])
def test_refuses_prefix(prefix: str) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="is not a prefix: it ends with '/', without one before"):
        Delivery(stack, "lake", DeliveryConfig(prefix=prefix), bucket=SecureBucket(stack, "data"))


def test_refuses_path_that_is_no_name() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"is not the name of a delivery stream.*Set DeliveryConfig\(name="):
        Delivery(stack, "l" * 64, bucket=SecureBucket(stack, "data"))


def test_addresses() -> None:
    stack = test_stack()
    Delivery(stack, "lake", bucket=SecureBucket(stack, "data"))
    assert [one for one in addresses(synthesize(stack)) if "lake" in one] == [
        "aws_cloudwatch_log_group.lake_log_log_group",
        "aws_cloudwatch_log_stream.lake_log_stream",
        "aws_iam_role.lake_role",
        "aws_iam_role_policy.lake_role_permissions",
        "aws_kinesis_firehose_delivery_stream.lake_delivery",
    ]
