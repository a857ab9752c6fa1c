"""Deliveries between services: for each source and target, which policy allows it, and how it is kept to this account's source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from secureinfra.errors import ConfigError

By = Literal["policy", "role"]


@dataclass(frozen=True)
class DeliveryNeeds:
    """One cell of the matrix.

    Args:
        source: kind of construct that delivers: `topic`, `bucket`, `bus`, `rule`, `schedule` or `pipe`.
        target: kind of construct that receives.
        by: what allows it: a `policy` of the target that names the source, or a `role` that the source assumes.
        service: service that delivers, without `.amazonaws.com`.
        actions: what it does at the target.
        names_account: whether the target's policy needs the account, because the source's ARN does not contain it.
        key_context: encryption context that limits the service's use of the target's key, where the service sends no source
            to KMS; `{arn}` stands for the target's ARN. By default the key's statement names the source.
        dead_letters: whether the source keeps what it could not deliver in a dead-letter queue.
        fifo: whether the target may be a FIFO queue.
    """

    source: str
    target: str
    by: By
    service: str
    actions: tuple[str, ...]
    names_account: bool = False
    key_context: str = ""
    dead_letters: bool = True
    fifo: bool = False


_INVOKE = ("lambda:InvokeFunction",)
DELIVERIES = (
    # docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
    DeliveryNeeds("topic", "queue", "policy", "sns", ("sqs:SendMessage",)),
    # docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html; S3 has no dead-letter queue, and tries
    # again by itself. The ARN of a bucket does not contain its account.
    DeliveryNeeds("bucket", "queue", "policy", "s3", ("sqs:SendMessage",), names_account=True, dead_letters=False),
    DeliveryNeeds("bucket", "topic", "policy", "s3", ("sns:Publish",), names_account=True, dead_letters=False),
    # A function is invoked under its own policy; it has a key of its own for what it keeps, which the service does not use.
    DeliveryNeeds("topic", "function", "policy", "sns", _INVOKE),
    DeliveryNeeds("bucket", "function", "policy", "s3", _INVOKE, names_account=True, dead_letters=False),
    DeliveryNeeds("rule", "function", "policy", "events", _INVOKE),
    DeliveryNeeds("schedule", "function", "role", "scheduler", _INVOKE),
    # docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html, section on SQS. To KMS it sends no source
    # (docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html), but the queue's ARN.
    DeliveryNeeds("rule", "queue", "policy", "events", ("sqs:SendMessage",), key_context="aws:sqs:arn", fifo=True),
    # docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-event-bus-cmkey.html: what a bus could not encrypt.
    DeliveryNeeds(
        "bus", "queue", "policy", "events", ("sqs:SendMessage",), key_context="aws:sqs:arn", dead_letters=False
    ),
    # A topic's policy cannot name the rule (the same page, section on SNS), but the trust of a role can.
    DeliveryNeeds("rule", "topic", "role", "events", ("sns:Publish",)),
    # docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html
    DeliveryNeeds("rule", "bus", "role", "events", ("events:PutEvents",)),
    # docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html, of streams.
    DeliveryNeeds("rule", "stream", "role", "events", ("kinesis:PutRecord",)),
    DeliveryNeeds("rule", "delivery", "role", "events", ("firehose:PutRecord",)),
    DeliveryNeeds("rule", "workflow", "role", "events", ("states:StartExecution",)),
    # docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html: a schedule always assumes a role.
    DeliveryNeeds("schedule", "queue", "role", "scheduler", ("sqs:SendMessage",), fifo=True),
    DeliveryNeeds("schedule", "topic", "role", "scheduler", ("sns:Publish",)),
    DeliveryNeeds("schedule", "bus", "role", "scheduler", ("events:PutEvents",)),
    DeliveryNeeds("schedule", "stream", "role", "scheduler", ("kinesis:PutRecord",)),
    DeliveryNeeds("schedule", "delivery", "role", "scheduler", ("firehose:PutRecord",)),
    DeliveryNeeds("schedule", "workflow", "role", "scheduler", ("states:StartExecution",)),
    # docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html: a pipe always assumes a role. What fails stays in
    # its source, or goes to the dead-letter queue of the stream that it reads.
    DeliveryNeeds("pipe", "function", "role", "pipes", _INVOKE, dead_letters=False),
    DeliveryNeeds("pipe", "queue", "role", "pipes", ("sqs:SendMessage",), dead_letters=False, fifo=True),
    DeliveryNeeds("pipe", "topic", "role", "pipes", ("sns:Publish",), dead_letters=False),
    DeliveryNeeds("pipe", "bus", "role", "pipes", ("events:PutEvents",), dead_letters=False),
    DeliveryNeeds("pipe", "stream", "role", "pipes", ("kinesis:PutRecord",), dead_letters=False),
    DeliveryNeeds("pipe", "delivery", "role", "pipes", ("firehose:PutRecord",), dead_letters=False),
    DeliveryNeeds("pipe", "workflow", "role", "pipes", ("states:StartExecution",), dead_letters=False),
)
MATRIX = {(one.source, one.target): one for one in DELIVERIES}


def delivery_of(where: str, source: str, target: str) -> DeliveryNeeds:
    """What a source needs to deliver to a target.

    Args:
        where: path of the construct that delivers, for the error.
        source: kind of the source.
        target: kind of the target.

    Raises:
        ConfigError: AWS has no such delivery.
    """
    if found := MATRIX.get((source, target)):
        return found
    possible = [one.target for one in DELIVERIES if one.source == source]
    raise ConfigError(
        f"{where}: a {source} does not deliver to a {target}. It delivers to: {', '.join(possible)}. Put one of them in between."
    )
