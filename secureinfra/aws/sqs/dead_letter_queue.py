"""Dead-letter queue: what could not be handled or delivered waits for two weeks, and only named queues may use it."""

from __future__ import annotations

import json
from typing import Annotated, Any

from constructs import Construct, IConstruct

from secureinfra.aws.cloudwatch.metric_alarm import AlarmTopic, WorkloadAlarm, add_alarms
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.sqs.encrypted_queue import QUEUE_NAME, EncryptedQueue
from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource
from secureinfra.errors import ConfigError

__all__ = ["DeadLetterQueue", "DeadLetterQueueConfig"]

SHARED_ID = "undelivered"
_FORTNIGHT = 1_209_600  # as long as SQS keeps anything
_MOST_SOURCES = 10  # docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html


class DeadLetterQueueConfig(Config):
    """What a caller may choose about a dead-letter queue."""

    name: Annotated[str, QUEUE_NAME] | None = None
    """Name of the queue, without `.fifo`; by default the construct's path with '-'. Another name replaces it, with its
    messages."""
    fifo: bool = False
    """For the messages of a FIFO queue; a change replaces the queue. EventBridge, SNS and Lambda take standard queues only."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(module="dead-letter-queue", page="messaging")
class DeadLetterQueue(EncryptedQueue):
    """A queue for messages that could not be handled or delivered: encrypted, kept for two weeks, over TLS only.

    Creates the queue with its policy and its redrive allow policy, and a key when none is given. Only queues that use it as their
    `dead_letter_queue` may move messages into it; others write to it after `allow_send_from` or `grant_send`.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        alarms: topic for an alarm when something arrives.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `DeadLetterQueue(stack, "failed", alarms=topic)`
    """

    config: DeadLetterQueueConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: DeadLetterQueueConfig = DeadLetterQueueConfig(),
        *,
        key: SecureKey | None = None,
        alarms: AlarmTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, key=key, fifo=config.fifo, provider=provider, moved_from=moved_from)
        self._sources: list[EncryptedQueue] = []
        self._readers: list[Grantee | str] = []
        self.queue = Resource(
            self,
            "queue",
            "aws_sqs_queue",
            name=self.queue_name,
            fifo_queue=True if config.fifo else None,
            kms_master_key_id=self.key.key_id,
            message_retention_seconds=_FORTNIGHT,
            tags=config.tags or None,
        )
        self._write_policy()
        self.redrive_allow = Resource(
            self,
            "redrive-allow",
            "aws_sqs_queue_redrive_allow_policy",
            queue_url=self.queue.ref("id"),
            redrive_allow_policy=self._redrive_allow_policy,
        )
        self.watch(alarms)

    @classmethod
    def shared(cls, scope: IConstruct) -> DeadLetterQueue:
        """The dead-letter queue that topics, rules and schedules of a stack and provider share, created on first use."""
        return cls.shared_in(scope, SHARED_ID)

    def watch(self, topic: AlarmTopic | None) -> None:
        """Notify a topic when a message is in the queue.

        Args:
            topic: a `SecureTopic` of the same region; nothing is written without one.

        Raises:
            ConfigError: the queue has its alarm already.
        """
        arrived = WorkloadAlarm(
            id="not-empty",
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": self.name},
            statistic="Maximum",
            threshold=1,
            why=f"a message could not be handled or delivered; it waits in the queue {self.queue_name}",
        )
        add_alarms(self, topic, [arrived])

    def grant_consume(self, grantee: Grantee | str) -> None:
        """Let a role receive and delete messages, and use the key for it, and the keys of the queues that they come from.

        A message keeps the encryption of the queue that it was sent to
        (docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html).

        Args:
            grantee: a `SecureRole`, or the ARN of a role.

        Raises:
            ConfigError: the grantee is not a role.
        """
        super().grant_consume(grantee)
        self._readers.append(grantee)
        for source in self._sources:
            self._let_read(grantee, source)

    def take_from(self, source: EncryptedQueue) -> None:
        """Let a queue move messages here: called by the queue that is given this one as its dead-letter queue.

        Args:
            source: the queue.

        Raises:
            ConfigError: one of the two is FIFO and the other is not, they are in different regions, or ten queues use it already.
        """
        if source.fifo != self.fifo:
            raise ConfigError(
                f"{source.path}: dead_letter_queue={self.path!r} is {'a FIFO' if self.fifo else 'a standard'} queue and {source.path} "
                f"is not: SQS wants both alike. Give it DeadLetterQueueConfig(fifo={source.fifo})."
            )
        if len(self._sources) == _MOST_SOURCES:
            raise ConfigError(
                f"{source.path}: dead_letter_queue={self.path!r} serves {_MOST_SOURCES} queues already, as many as SQS allows. Give "
                "some of them another one."
            )
        self._sources.append(source)
        for reader in self._readers:
            self._let_read(reader, source)

    def _let_read(self, reader: Grantee | str, source: EncryptedQueue) -> None:
        if source.key is not self.key:
            source.key.grant(reader, "ConsumeDeadLetters", ("kms:Decrypt",), via="sqs")

    def _redrive_allow_policy(self) -> str:
        if not self._sources:
            return _compact({"redrivePermission": "denyAll"})
        # Without a reference to the queues: they are created after this policy names them, else SQS refuses a queue that is
        # added later.
        arns = [source.arn_seen_by(self) for source in self._sources]
        return _compact({"redrivePermission": "byQueue", "sourceQueueArns": arns})


def _compact(policy: dict[str, Any]) -> str:
    # As SQS writes it: the provider compares text.
    return json.dumps(policy, separators=(",", ":"))
