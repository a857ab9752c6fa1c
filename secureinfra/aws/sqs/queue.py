"""SQS queue: encrypted, over TLS only, with a dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue, DeadLetterQueueConfig
from secureinfra.aws.sqs.encrypted_queue import QUEUE_NAME, EncryptedQueue
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import Number, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["Queue", "QueueConfig"]


class QueueConfig(Config):
    """What a caller may choose about a queue."""

    name: Annotated[str, QUEUE_NAME] | None = None
    """Name of the queue, without `.fifo`; by default the construct's path with '-'. Another name replaces it, with its
    messages."""
    fifo: bool = False
    """Messages of a group arrive in order, and once; a change replaces the queue, with its messages."""
    content_based_deduplication: bool = False
    """A FIFO queue recognizes repeated messages by their content, where the sender gives no deduplication id."""
    visibility_timeout_seconds: Annotated[Number, between(0, 43_200, "seconds")] = 30
    """How long a received message is hidden from other readers; longer than its handling takes. For a Lambda function, AWS advises six
    times its timeout (docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html)."""
    message_retention_seconds: Annotated[Number, between(60, 1_209_600, "seconds")] = 604_800
    """How long a message waits for a reader, up to two weeks."""
    delay_seconds: Annotated[Number, between(0, 900, "seconds")] = 0
    """How long a new message stays hidden."""
    receive_wait_time_seconds: Annotated[Number, between(0, 20, "seconds")] = 20
    """How long a request waits for a message; shorter ones cost more requests."""
    max_receive_count: Annotated[Number, between(1, 1_000, "times")] = 5
    """How often a message is received before it moves to the dead-letter queue."""
    alarm_age_seconds: Annotated[Number, between(60, 1_209_600, "seconds")] = 3_600
    """Age of the oldest message from which on `alarms=` is notified."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Deduplication is for FIFO queues."""
        if self.content_based_deduplication and not self.fifo:
            yield Problem(
                "content_based_deduplication",
                "needs fifo=True",
                "a standard queue may deliver a message twice",
                lambda words: f"Add {words.setting('fifo', True)}, or remove it",
                subject="content_based_deduplication",
            )


@declares(
    module="queue",
    page="messaging",
    yours=("Grants for senders and readers: policies of roles that name the queue and its key.",),
)
class Queue(EncryptedQueue):
    """A queue that only granted roles and named sources use, over TLS, and that keeps failed messages apart.

    Creates the queue and its policy, a key when none is given, and a dead-letter queue under the same key unless one is given, which
    takes messages from this queue only.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        dead_letter_queue: where messages go that were received too often; by default one of its own. Up to ten queues share one.
        alarms: topic for alarms on old messages and on messages in its own dead-letter queue.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or the dead-letter queue does not fit.

    Example:
        `orders = Queue(stack, "orders", alarms=topic); orders.grant_send(shop); orders.grant_consume(worker)`
    """

    config: QueueConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: QueueConfig = QueueConfig(),
        *,
        key: SecureKey | None = None,
        dead_letter_queue: DeadLetterQueue | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, key=key, fifo=config.fifo, provider=provider, moved_from=moved_from)
        self.dead_letter_queue = dead_letter_queue or self._own_dead_letter_queue(alarms)
        self.dead_letter_queue.take_from(self)
        self.queue = Resource(
            self,
            "queue",
            "aws_sqs_queue",
            depends_on=[self.dead_letter_queue.redrive_allow],
            name=self.queue_name,
            fifo_queue=True if config.fifo else None,
            content_based_deduplication=True if config.content_based_deduplication else None,
            kms_master_key_id=self.key.key_id,
            visibility_timeout_seconds=config.visibility_timeout_seconds,
            message_retention_seconds=config.message_retention_seconds,
            delay_seconds=config.delay_seconds or None,
            receive_wait_time_seconds=config.receive_wait_time_seconds,
            redrive_policy=self._redrive_policy,
            tags=config.tags or None,
        )
        self._write_policy()
        add_alarms(self, alarms, [self._too_old()])

    def grant_redrive(self, grantee: Grantee | str) -> None:
        """Let a role move messages from the dead-letter queue back into this one.

        docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html

        Args:
            grantee: a `SecureRole`.

        Raises:
            ConfigError: the grantee is an ARN: AWS asks the role's own policy.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_redrive({grantee!r}) cannot be written: the role's own policy must allow it. Pass a SecureRole."
            )
        self.dead_letter_queue.grant_consume(grantee)
        moves = ("sqs:StartMessageMoveTask", "sqs:CancelMessageMoveTask", "sqs:ListMessageMoveTasks")
        grantee.add_to_policy(Statement(actions=moves, resources=(self.dead_letter_queue.arn,)))
        self.grant_send(grantee)

    def _own_dead_letter_queue(self, alarms: SecureTopic | None) -> DeadLetterQueue:
        name = f"{self.config.name}-dead-letters" if self.config.name else None
        config = DeadLetterQueueConfig(name=name, fifo=self.config.fifo, tags=self.config.tags)
        return DeadLetterQueue(self, "dead-letters", config, key=self.key, alarms=alarms)

    def _redrive_policy(self) -> str:
        count = self.config.max_receive_count
        # As SQS writes it: the provider compares text.
        held = {"deadLetterTargetArn": self.dead_letter_queue.arn, "maxReceiveCount": count}
        text = json.dumps(held, separators=(",", ":"))
        # A number even where only Terraform knows it: SQS answers with one, and the provider would wait for equal text.
        return text.replace(json.dumps(count), str(count)) if is_token(count) else text

    def _too_old(self) -> WorkloadAlarm:
        return WorkloadAlarm(
            id="oldest-message",
            namespace="AWS/SQS",
            metric="ApproximateAgeOfOldestMessage",
            dimensions={"QueueName": self.name},
            statistic="Maximum",
            threshold=self.config.alarm_age_seconds,
            why="messages are not handled in time",
        )
