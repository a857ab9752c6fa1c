"""Where events go that a function could not process: a queue of its own, or what is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine import Grantee, HasArn, Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import via_service

_FORTNIGHT = 1_209_600  # as long as SQS keeps anything


@runtime_checkable
class TakesMessages(HasArn, Protocol):
    """A queue of this library, or anything that a role can be granted to send to."""

    def grant_send(self, grantee: Grantee | str) -> None:
        """Let a role send messages."""
        ...


@runtime_checkable
class Publishes(HasArn, Protocol):
    """A topic of this library, or anything that a role can be granted to publish to."""

    def grant_publish(self, grantee: Grantee | str) -> None:
        """Let a role publish messages."""
        ...


def allow_failures(path: str, destination: object, role: Grantee) -> str:
    """Let a function's role send to a destination.

    Args:
        path: the function's, for errors.
        destination: a queue or a topic.
        role: the function's role.

    Returns:
        The destination's ARN.

    Raises:
        ConfigError: it is neither a queue nor a topic.
    """
    if getattr(destination, "fifo", False):
        raise ConfigError(
            f"{path}: on_failure={destination!r} is a FIFO queue, to which Lambda cannot send what failed. Pass a standard one."
        )
    if isinstance(destination, TakesMessages):
        destination.grant_send(role)
    elif isinstance(destination, Publishes):
        destination.grant_publish(role)
    else:
        raise ConfigError(
            f"{path}: on_failure={destination!r} is neither a queue nor a topic: its role could not send to it. Pass a Queue or a "
            "SecureTopic, or leave it out for a queue of its own."
        )
    return destination.arn


def make_queue(owner: SecureConstruct, name: str, key: SecureKey) -> Resource:
    """A queue that keeps failed events for as long as SQS can.

    Args:
        owner: the construct.
        name: name of the queue.
        key: key to encrypt with.
    """
    queue = Resource(
        owner,
        "failures",
        "aws_sqs_queue",
        name=name,
        kms_master_key_id=key.key_id,
        message_retention_seconds=_FORTNIGHT,
        tags=owner.config.tags or None,
    )
    policy = PolicyDocument("resource", owner.path)
    policy.add(
        Statement(
            sid="DenyWithoutTls",
            effect="Deny",
            principal=Principal.everybody(),
            actions=("sqs:SendMessage", "sqs:ReceiveMessage"),
            resources=(queue.ref("arn"),),
            conditions=(Condition("Bool", "aws:SecureTransport", ("false",)),),
        )
    )
    Resource(owner, "failures-policy", "aws_sqs_queue_policy", queue_url=queue.ref("id"), policy=policy.to_json)
    return queue


def sending(owner: SecureConstruct, queue: Resource, key: SecureKey) -> Iterator[Statement]:
    """What a role needs to send to its queue."""
    yield Statement(actions=("sqs:SendMessage",), resources=(queue.ref("arn"),))
    through = via_service(f"sqs.{owner.region}.{owner.dns_suffix}")
    yield Statement(actions=("kms:GenerateDataKey", "kms:Decrypt"), resources=(key.arn,), conditions=(through,))
