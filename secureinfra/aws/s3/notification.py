"""Events of a bucket, delivered to queues, topics and functions of this account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from secureinfra.aws.s3.private_bucket import PrivateBucket
from secureinfra.aws.wiring.deliveries.receiver import Receiver, checked
from secureinfra.engine import Resource
from secureinfra.engine.naming import words
from secureinfra.errors import ConfigError

CREATED, REMOVED = "s3:ObjectCreated:*", "s3:ObjectRemoved:*"
# The block of `aws_s3_bucket_notification`, and the argument for the target's ARN, for each kind of target.
_BLOCKS = {
    "queue": ("queue", "queue_arn"),
    "topic": ("topic", "topic_arn"),
    "function": ("lambda_function", "lambda_function_arn"),
}


@dataclass(frozen=True)
class _Notification:
    """One delivery."""

    event: str
    target: Receiver
    prefix: str
    suffix: str
    id: str

    def overlaps(self, other: _Notification) -> bool:
        """Whether one object could be meant by both."""
        prefixes = self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)
        suffixes = self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix)
        return self.event == other.event and prefixes and suffixes


class Notifications:
    """Everything that a bucket delivers, in the one resource that AWS has for it.

    Args:
        bucket: the bucket.
        eventbridge: whether EventBridge gets every event as well.
    """

    def __init__(self, bucket: PrivateBucket, eventbridge: bool) -> None:
        self._bucket = bucket
        self._held: list[_Notification] = []
        self._resource = Resource(
            bucket,
            "notification",
            "aws_s3_bucket_notification",
            when=lambda: eventbridge or self._held,
            bucket=bucket.bucket_id,
            eventbridge=True if eventbridge else None,
            queue=lambda: self._blocks("queue"),
            topic=lambda: self._blocks("topic"),
            lambda_function=lambda: self._blocks("function"),
        )

    def add(self, event: str, target: Receiver, prefix: str, suffix: str, id: str | None) -> None:
        """Deliver an event to a target.

        Raises:
            ConfigError: S3 would refuse it.
        """
        bucket = self._bucket
        delivery = checked(bucket, "bucket", target)
        word = "created" if event == CREATED else "removed"
        name = id or f"{words(target.path.partition('/')[2] or target.path)}-{word}"
        added = _Notification(event, target, prefix, suffix, name)
        for other in self._held:
            if other.id == name:
                raise ConfigError(
                    f"{bucket.path}: deliver_to({target.path!r}) would be the second notification {name!r}. Give it an id of its own "
                    "with id='...'."
                )
            if added.overlaps(other):
                raise ConfigError(
                    f"{bucket.path}: deliver_to({target.path!r}, prefix={prefix!r}, suffix={suffix!r}) overlaps with the delivery to "
                    f"{other.target.path!r} (prefix={other.prefix!r}, suffix={other.suffix!r}): S3 delivers each event to one target. "
                    "Use prefixes or suffixes that exclude each other, or deliver to a SecureTopic that delivers to both."
                )
        self._held.append(added)
        source = f"arn:{bucket.partition}:s3:::{bucket.config.name}" if bucket.config.name else bucket.arn
        # S3 sends a test message before it accepts the setting.
        self._resource.depends_on += target.accept_delivery(delivery, source)

    def _blocks(self, kind: str) -> list[dict[str, Any]] | None:
        argument = _BLOCKS[kind][1]
        return [
            {
                "id": one.id,
                argument: one.target.arn,
                "events": [one.event],
                "filter_prefix": one.prefix or None,
                "filter_suffix": one.suffix or None,
            }
            for one in self._held
            if one.target.receives == kind
        ] or None


class BucketEvents:
    """Events of one kind of a bucket: `bucket.on_created` or `bucket.on_removed`.

    Args:
        notifications: the bucket's.
        event: S3's name of the events.
    """

    def __init__(self, notifications: Notifications, event: str) -> None:
        self._notifications, self._event = notifications, event

    def deliver_to(self, target: Receiver, *, prefix: str = "", suffix: str = "", id: str | None = None) -> None:
        """Send these events to a queue, topic or function of this account and region, which then accepts them from this bucket.

        S3 has no dead-letter queue: it tries again by itself.

        Args:
            target: a `Queue`, a `SecureTopic` or a `Function`.
            prefix: only objects whose keys begin with it, e.g. `in/`.
            suffix: only objects whose keys end with it, e.g. `.csv`.
            id: name of the notification; by default from the target's path.

        Raises:
            ConfigError: the target is not one that buckets deliver to, or the objects overlap with those of another delivery.
        """
        self._notifications.add(self._event, target, prefix, suffix, id)
