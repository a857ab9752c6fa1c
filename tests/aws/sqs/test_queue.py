"""Queue: key, policy, dead-letter queue, redrive, alarms."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.queue import Queue, QueueConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

ROLE = "arn:aws:iam::111122223333:role/worker"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:orders"
RULE = "arn:aws:events:eu-central-1:111122223333:rule/orders"
BUCKET = "arn:aws:s3:::acme-uploads"
ACCOUNT = "${data.aws_caller_identity.current.account_id}"
ARN = "${aws_sqs_queue.orders_queue.arn}"


def queue_of(stack: Any, name: str = "orders_queue") -> dict[str, Any]:
    return dict(synthesize(stack)["resource"]["aws_sqs_queue"][name])


def statements_of(stack: Any, type: str = "aws_sqs_queue_policy", name: str = "orders_policy") -> dict[str, Any]:
    policy = json.loads(synthesize(stack)["resource"][type][name]["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def role_of(stack: Any) -> SecureRole:
    return SecureRole(stack, "worker", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))


def permissions_of(stack: Any) -> dict[str, list[str]]:
    """Actions by resource, with those on keys under `key`."""
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    found: dict[str, list[str]] = {}
    for statement in json.loads(policy["policy"])["Statement"]:
        for resource in statement["Resource"]:
            found.setdefault(resource, []).extend(statement["Action"])
    return found


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Queue(stack, "orders")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = QueueConfig(
        name="orders",
        fifo=True,
        content_based_deduplication=True,
        visibility_timeout_seconds=180,
        message_retention_seconds=86_400,
        delay_seconds=5,
        receive_wait_time_seconds=10,
        max_receive_count=3,
        alarm_age_seconds=600,
        tags={"team": "orders"},
    )
    queue = Queue(
        stack,
        "orders",
        config,
        key=SecureKey(stack, "data", KeyConfig(strict=True)),
        alarms=SecureTopic(stack, "pages"),
    )
    queue.allow_send_from("sns", (TOPIC,))
    queue.allow_send_from("s3", (BUCKET,))
    queue.allow_send_from("events", (RULE,))
    queue.grant_send(ROLE)
    queue.grant_redrive(role_of(stack))
    matches_snapshot(stack)


def test_defaults_meet_every_control() -> None:
    stack = test_stack()
    Queue(stack, "orders", alarms=SecureTopic(stack, "pages"))
    assert_meets(synthesize(stack))


def test_failed_messages_move_to_its_own_dead_letter_queue() -> None:
    stack = test_stack()
    Queue(stack, "orders")
    policy = json.loads(queue_of(stack)["redrive_policy"])
    assert policy == {"deadLetterTargetArn": "${aws_sqs_queue.orders_dead_letters_queue.arn}", "maxReceiveCount": 5}
    assert queue_of(stack, "orders_dead_letters_queue")["message_retention_seconds"] == 1_209_600


def test_count_that_only_terraform_knows_stays_a_number() -> None:
    stack = test_stack()
    Queue(stack, "orders", QueueConfig(max_receive_count="${var.tries}"))  # type: ignore[arg-type]
    assert queue_of(stack)["redrive_policy"].endswith('"maxReceiveCount":${var.tries}}')


def test_fifo_ends_both_names() -> None:
    stack = test_stack()
    Queue(stack, "orders", QueueConfig(fifo=True))
    names = {name: queue_of(stack, name)["name"] for name in ("orders_queue", "orders_dead_letters_queue")}
    assert names == {
        "orders_queue": "test-orders.fifo",
        "orders_dead_letters_queue": "test-orders-dead-letters.fifo",
    }


def test_grant_redrive_moves_messages_back() -> None:
    stack = test_stack()
    Queue(stack, "orders").grant_redrive(role_of(stack))
    allowed = permissions_of(stack)
    assert "sqs:StartMessageMoveTask" in allowed["${aws_sqs_queue.orders_dead_letters_queue.arn}"]
    assert "sqs:ReceiveMessage" in allowed["${aws_sqs_queue.orders_dead_letters_queue.arn}"]
    assert "sqs:SendMessage" in allowed[ARN]
    assert "sqs:StartMessageMoveTask" not in allowed[ARN]


def test_alarms_on_old_messages_and_failed_ones() -> None:
    stack = test_stack()
    Queue(stack, "orders", alarms=SecureTopic(stack, "pages"))
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert {name: (one["metric_name"], one["threshold"], one["dimensions"]) for name, one in alarms.items()} == {
        "orders_alarm_oldest_message": (
            "ApproximateAgeOfOldestMessage",
            3_600,
            {"QueueName": "${aws_sqs_queue.orders_queue.name}"},
        ),
        "orders_dead_letters_alarm_not_empty": (
            "ApproximateNumberOfMessagesVisible",
            1,
            {"QueueName": "${aws_sqs_queue.orders_dead_letters_queue.name}"},
        ),
    }


def test_no_alarm_without_a_topic() -> None:
    stack = test_stack()
    Queue(stack, "orders")
    assert "aws_cloudwatch_metric_alarm" not in synthesize(stack)["resource"]


def test_refuses_deduplication_without_fifo() -> None:
    with pytest.raises(
        ConfigError, match="content_based_deduplication needs fifo=True: a standard queue may deliver a"
    ):
        Queue(test_stack(), "orders", QueueConfig(content_based_deduplication=True))


def test_refuses_redrive_by_arn() -> None:
    with pytest.raises(ConfigError, match="cannot be written: the role's own policy must allow it. Pass a SecureRole"):
        Queue(test_stack(), "orders").grant_redrive(ROLE)


@pytest.mark.parametrize("name", ["orders.fifo", "o" * 76])
def test_refuses_bad_name(name: str) -> None:
    with pytest.raises(ConfigError, match="is not a queue name: write up to 75 letters"):
        Queue(test_stack(), "orders", QueueConfig(name=name))


def test_addresses() -> None:
    stack = test_stack()
    Queue(stack, "orders")
    assert addresses(synthesize(stack)) == [
        "aws_kms_alias.orders_key_alias",
        "aws_kms_key.orders_key",
        "aws_sqs_queue.orders_dead_letters_queue",
        "aws_sqs_queue.orders_queue",
        "aws_sqs_queue_policy.orders_dead_letters_policy",
        "aws_sqs_queue_policy.orders_policy",
        "aws_sqs_queue_redrive_allow_policy.orders_dead_letters_redrive_allow",
    ]
