"""EventPipeline: each part reaches the next one only, failures are kept, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra import ConfigError, S3Code
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints.event_pipeline import EventPipeline, EventPipelineConfig

CODE = S3Code(bucket="acme-builds", key="orders.zip", object_version="3sL4kqtJlcpXroDTDmJ")
FULLEST: dict[str, Any] = {
    "inbox_prefix": "incoming/",
    "timeout_seconds": 300,
    "attempts": 3,
    "alarm_emails": ("ops@example.com",),
    "tags": {"cost-center": "shop"},
}


def document_of(**values: Any) -> dict[str, Any]:
    stack = test_stack("acme")
    EventPipeline(stack, "orders", EventPipelineConfig(code=CODE, **values))
    return synthesize(stack)


def role_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    policies = document["resource"]["aws_iam_role_policy"].values()
    held = [one for one in policies if one["role"] == "${aws_iam_role.orders_function_role.id}"]
    return [statement for policy in held for statement in json.loads(policy["policy"])["Statement"]]


@pytest.mark.parametrize("values", [{}, FULLEST], ids=["defaults", "fullest"])
def test_snapshot(values: dict[str, Any], matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    EventPipeline(stack, "orders", EventPipelineConfig(code=CODE, **values))
    matches_snapshot(stack)


@pytest.mark.parametrize("values", [{}, FULLEST, {"output": "stream"}, {"output": "lake"}], ids=str)
def test_meets_every_control(values: dict[str, Any]) -> None:
    assert_meets(document_of(**values))


def test_function_reads_the_inbox_and_writes_results_only() -> None:
    statements = role_of(document_of(**FULLEST))
    where = {
        action: resource
        for statement in statements
        for action in statement["Action"]
        for resource in statement["Resource"]
        if action.startswith(("s3:Get", "s3:Put", "kinesis:Put", "firehose:Put"))
    }
    assert where["s3:GetObject"] == "${aws_s3_bucket.orders_inbox_bucket.arn}/incoming/*"
    assert where["kinesis:PutRecord"] == "${aws_kinesis_stream.orders_events_stream.arn}"
    assert where["firehose:PutRecord"] == "${aws_kinesis_firehose_delivery_stream.orders_delivery.arn}"
    assert "s3:PutObject" not in where


def test_failures_are_kept_and_told() -> None:
    resources = document_of(**FULLEST)["resource"]
    queue = resources["aws_sqs_queue"]["orders_files_queue"]
    assert json.loads(queue["redrive_policy"])["maxReceiveCount"] == 3
    assert queue["visibility_timeout_seconds"] == 1800
    metrics = {alarm["metric_name"] for alarm in resources["aws_cloudwatch_metric_alarm"].values()}
    assert {"Errors", "ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"} <= metrics


@pytest.mark.parametrize(("output", "absent"), [("stream", "firehose"), ("lake", "kinesis_stream")])
def test_output(output: str, absent: str) -> None:
    assert not [type for type in document_of(output=output)["resource"] if absent in type]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"inbox_prefix": "/in"}, "inbox_prefix '/in' is not a prefix"),
        ({"stream_hours": 24}, "stream_hours=24 must be between 168 and 8760 hours"),
        ({"timeout_seconds": 901}, "timeout_seconds=901 must be between 1 and 900 seconds"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        document_of(**values)
    assert message in str(refused.value)


def test_addresses() -> None:
    found = addresses(document_of())
    for address in (
        "aws_s3_bucket.orders_inbox_bucket",
        "aws_sqs_queue.orders_files_queue",
        "aws_lambda_function.orders_function",
        "aws_kinesis_stream.orders_events_stream",
        "aws_kinesis_firehose_delivery_stream.orders_delivery",
    ):
        assert address in found, address
