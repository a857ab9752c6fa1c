"""Events of a bucket: what is written, and what S3 would refuse."""

from typing import Any

import pytest

from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.queue import Queue, QueueConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import assert_meets, synthesize, test_stack


def notification_of(stack: Any) -> dict[str, Any]:
    (found,) = synthesize(stack)["resource"]["aws_s3_bucket_notification"].values()
    del found["//"]
    return dict(found)


def test_all_deliveries_are_one_resource() -> None:
    stack = test_stack()
    uploads = SecureBucket(stack, "uploads", BucketConfig(event_notifications=True))
    uploads.on_created.deliver_to(Queue(stack, "orders"), prefix="in/", suffix=".json")
    uploads.on_removed.deliver_to(SecureTopic(stack, "pages"), id="gone")
    assert notification_of(stack) == {
        "bucket": "${aws_s3_bucket.uploads_bucket.id}",
        "eventbridge": True,
        "queue": [
            {
                "id": "orders-created",
                "queue_arn": "${aws_sqs_queue.orders_queue.arn}",
                "events": ["s3:ObjectCreated:*"],
                "filter_prefix": "in/",
                "filter_suffix": ".json",
            }
        ],
        "topic": [
            {"id": "gone", "topic_arn": "${aws_sns_topic.pages_topic.arn}", "events": ["s3:ObjectRemoved:*"]},
        ],
        # S3 sends a test message to each target before it accepts the setting.
        "depends_on": ["aws_sqs_queue_policy.orders_policy", "aws_sns_topic_policy.pages_policy"],
    }


def test_nothing_is_written_without_a_delivery() -> None:
    stack = test_stack()
    SecureBucket(stack, "uploads")
    assert "aws_s3_bucket_notification" not in synthesize(stack)["resource"]


def test_deliveries_meet_every_control() -> None:
    stack = test_stack()
    SecureBucket(stack, "uploads").on_created.deliver_to(Queue(stack, "orders"))
    assert_meets(synthesize(stack))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({}, {"prefix": "in/"}),
        ({"prefix": "in/"}, {"prefix": "in/today/"}),
        ({"suffix": ".json"}, {"suffix": "order.json"}),
        ({"prefix": "in/"}, {"suffix": ".json"}),
    ],
)
def test_refuses_objects_of_two_deliveries(one: dict[str, str], two: dict[str, str]) -> None:
    stack = test_stack()
    uploads = SecureBucket(stack, "uploads")
    uploads.on_created.deliver_to(Queue(stack, "orders"), **one)
    uploads.on_removed.deliver_to(Queue(stack, "gone"), **two)
    with pytest.raises(ConfigError, match="overlaps with the delivery to 'test/orders'.*S3 delivers each event to one"):
        uploads.on_created.deliver_to(Queue(stack, "returns"), **two)


def test_accepts_objects_that_exclude_each_other() -> None:
    stack = test_stack()
    uploads, orders = SecureBucket(stack, "uploads"), Queue(stack, "orders")
    uploads.on_created.deliver_to(orders, prefix="a/", id="a")
    uploads.on_created.deliver_to(orders, prefix="b/", id="b")
    assert [one["id"] for one in notification_of(stack)["queue"]] == ["a", "b"]


def test_refuses_second_of_a_name() -> None:
    stack = test_stack()
    uploads, orders = SecureBucket(stack, "uploads"), Queue(stack, "orders")
    uploads.on_created.deliver_to(orders, prefix="a/")
    with pytest.raises(ConfigError, match="would be the second notification 'orders-created'"):
        uploads.on_created.deliver_to(orders, prefix="b/")


def test_refuses_fifo_queue() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="is a FIFO queue, to which a bucket does not deliver"):
        SecureBucket(stack, "uploads").on_created.deliver_to(Queue(stack, "orders", QueueConfig(fifo=True)))
