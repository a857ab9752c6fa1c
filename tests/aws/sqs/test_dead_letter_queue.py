"""DeadLetterQueue: who may move messages there, who reads them with which keys, its alarm."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue, DeadLetterQueueConfig
from secureinfra.aws.sqs.queue import Queue, QueueConfig
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

HERE = "arn:${data.aws_partition.current.partition}:sqs:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"


def redrive_allow(stack: Any, name: str = "failed_redrive_allow") -> dict[str, Any]:
    policies = synthesize(stack)["resource"]["aws_sqs_queue_redrive_allow_policy"]
    return dict(json.loads(policies[name]["redrive_allow_policy"]))


def worker(stack: Any) -> SecureRole:
    return SecureRole(stack, "worker", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))


def keys_that_decrypt(stack: Any) -> set[str]:
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    return {
        resource
        for statement in json.loads(policy["policy"])["Statement"]
        if "kms:Decrypt" in statement["Action"]
        for resource in statement["Resource"]
    }


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    DeadLetterQueue(stack, "failed")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = DeadLetterQueueConfig(name="failed-orders", fifo=True, tags={"team": "orders"})
    failed = DeadLetterQueue(stack, "failed", config, key=SecureKey(stack, "data"), alarms=SecureTopic(stack, "pages"))
    Queue(stack, "orders", QueueConfig(fifo=True), dead_letter_queue=failed)
    failed.grant_consume(worker(stack))
    matches_snapshot(stack)


def test_defaults_meet_every_control() -> None:
    stack = test_stack()
    DeadLetterQueue(stack, "failed")
    assert_meets(synthesize(stack))


def test_no_queue_may_use_it_until_one_does() -> None:
    stack = test_stack()
    failed = DeadLetterQueue(stack, "failed")
    assert redrive_allow(stack) == {"redrivePermission": "denyAll"}
    Queue(stack, "orders", dead_letter_queue=failed)
    Queue(stack, "returns", dead_letter_queue=failed)
    allowed = {"redrivePermission": "byQueue", "sourceQueueArns": [f"{HERE}:test-orders", f"{HERE}:test-returns"]}
    assert redrive_allow(stack) == allowed


def test_a_queue_that_is_added_later_waits_for_the_permission() -> None:
    """The permission must not wait for the queue, since SQS refuses to create a queue that is not allowed yet."""
    stack = test_stack()
    Queue(stack, "orders", dead_letter_queue=DeadLetterQueue(stack, "failed"))
    document = synthesize(stack)["resource"]
    queue = document["aws_sqs_queue"]["orders_queue"]
    assert queue["depends_on"] == ["aws_sqs_queue_redrive_allow_policy.failed_redrive_allow"]
    allow = document["aws_sqs_queue_redrive_allow_policy"]["failed_redrive_allow"]
    assert "aws_sqs_queue.orders_queue" not in json.dumps(allow)


def test_readers_decrypt_what_was_encrypted_with_the_key_of_the_source() -> None:
    stack = test_stack()
    failed = DeadLetterQueue(stack, "failed")
    Queue(stack, "orders", dead_letter_queue=failed)
    failed.grant_consume(worker(stack))
    Queue(stack, "returns", dead_letter_queue=failed)
    expected = {f"${{aws_kms_key.{name}_key.arn}}" for name in ("failed", "orders", "returns")}
    assert keys_that_decrypt(stack) == expected


def test_one_is_shared_in_a_stack() -> None:
    stack = test_stack()
    assert DeadLetterQueue.shared(stack) is DeadLetterQueue.shared(stack)


def test_refuses_queue_of_the_other_kind() -> None:
    stack = test_stack()
    with pytest.raises(
        ConfigError, match=r"is a standard queue and test/orders is not: .*DeadLetterQueueConfig\(fifo=T"
    ):
        Queue(stack, "orders", QueueConfig(fifo=True), dead_letter_queue=DeadLetterQueue(stack, "failed"))


def test_refuses_the_eleventh_queue() -> None:
    stack = test_stack()
    failed = DeadLetterQueue(stack, "failed")
    for number in range(10):
        Queue(stack, f"queue-{number}", dead_letter_queue=failed)
    with pytest.raises(ConfigError, match="serves 10 queues already, as many as SQS allows"):
        Queue(stack, "one-more", dead_letter_queue=failed)


def test_refuses_queue_of_another_region() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox"))
    AwsProvider(stack, "other", AwsProviderConfig(region="eu-west-1", alias="other"))
    Queue(stack, "orders", dead_letter_queue=DeadLetterQueue(stack, "failed", provider="aws.other"))
    with pytest.raises(ConfigError, match="dead_letter_queue='test/failed' is in eu-west-1"):
        stack.node.root.synth()  # type: ignore[attr-defined]


def test_addresses() -> None:
    stack = test_stack()
    DeadLetterQueue(stack, "failed", alarms=SecureTopic(stack, "pages"))
    assert [one for one in addresses(synthesize(stack)) if "failed" in one] == [
        "aws_cloudwatch_metric_alarm.failed_alarm_not_empty",
        "aws_kms_alias.failed_key_alias",
        "aws_kms_key.failed_key",
        "aws_sqs_queue.failed_queue",
        "aws_sqs_queue_policy.failed_policy",
        "aws_sqs_queue_redrive_allow_policy.failed_redrive_allow",
    ]
