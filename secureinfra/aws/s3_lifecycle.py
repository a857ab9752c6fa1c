"""Lifecycle rules: what expires, what moves to a cheaper class, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from secureinfra.config import Config
from secureinfra.values import Number, between

if TYPE_CHECKING:
    from secureinfra.aws.s3_private_bucket import PrivateBucketConfig

StorageClass = Literal["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]


class Transition(Config):
    """A move of objects to a cheaper storage class."""

    storage_class: StorageClass
    """Where they move."""
    days: Annotated[Number, between(0, 36500, "days")]
    """How many days after their creation; the infrequent-access classes take objects of 30 days or older."""

    def problems(self) -> Iterator[str]:
        """S3 refuses early moves to infrequent access."""
        if self.storage_class in ("STANDARD_IA", "ONEZONE_IA") and isinstance(self.days, int) and self.days < 30:
            yield (
                f"storage_class={self.storage_class!r} days={self.days} is too early: S3 takes objects of 30 days or "
                "older there. Use 30 or more, or INTELLIGENT_TIERING."
            )


def lifecycle_rules(config: PrivateBucketConfig) -> list[dict[str, Any]]:
    """The rules of a bucket; each has one purpose, so that a plan shows which one changed."""
    rules: list[dict[str, Any]] = [
        {
            "id": "abort-incomplete-uploads",
            "abort_incomplete_multipart_upload": [{"days_after_initiation": config.abort_incomplete_uploads_days}],
        },
        {
            "id": "expire-noncurrent-versions",
            "noncurrent_version_expiration": [{"noncurrent_days": config.noncurrent_days}],
        },
    ]
    if config.transitions:
        moves = [{"days": move.days, "storage_class": move.storage_class} for move in config.transitions]
        rules.append({"id": "move-to-cheaper-classes", "transition": moves})
    if config.expiration_days is not None:
        rules.append({"id": "expire-objects", "expiration": [{"days": config.expiration_days}]})
    return [{"status": "Enabled", "filter": [{"prefix": ""}], **rule} for rule in rules]
