"""Lifecycle rules: what expires, what moves to a cheaper class, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import Number

__all__ = ["Transition"]

StorageClass = Literal["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]


class Transition(Config):
    """A move of objects to a cheaper storage class."""

    storage_class: StorageClass
    """Storage class that they move to."""
    days: Annotated[Number, between(0, 36500, "days")]
    """Days after their creation; the infrequent-access classes accept objects of 30 days or older."""

    def problems(self) -> Iterator[Problem]:
        """S3 rejects early moves to infrequent access."""
        if self.storage_class in ("STANDARD_IA", "ONEZONE_IA") and isinstance(self.days, int) and self.days < 30:
            given = f"storage_class={self.storage_class!r} days={self.days}"
            why = "S3 takes objects of 30 days or older there"
            yield Problem("days", "is too early", why, "Use 30 or more, or INTELLIGENT_TIERING", subject=given)


def lifecycle_rules(
    *,
    abort_incomplete_uploads_days: int | str,
    noncurrent_days: int | str,
    transitions: Sequence[Transition],
    expiration_days: int | str | None,
) -> list[dict[str, Any]]:
    """The rules of a bucket; each has one purpose, so that a plan shows which one changed.

    Args:
        abort_incomplete_uploads_days: when the parts of an incomplete upload are removed.
        noncurrent_days: when a replaced or deleted version expires.
        transitions: when objects move to cheaper classes.
        expiration_days: when objects expire; `None` for never.
    """
    rules: list[dict[str, Any]] = [
        {
            "id": "abort-incomplete-uploads",
            "abort_incomplete_multipart_upload": [{"days_after_initiation": abort_incomplete_uploads_days}],
        },
        {
            "id": "expire-noncurrent-versions",
            "noncurrent_version_expiration": [{"noncurrent_days": noncurrent_days}],
        },
    ]
    if transitions:
        moves = [{"days": move.days, "storage_class": move.storage_class} for move in transitions]
        rules.append({"id": "move-to-cheaper-classes", "transition": moves})
    if expiration_days is not None:
        rules.append({"id": "expire-objects", "expiration": [{"days": expiration_days}]})
    else:
        # A rule that expires objects by their age does this by itself; without one the markers of deleted objects stay for good.
        # docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html ("Removing expired object delete markers")
        rules.append({"id": "remove-expired-delete-markers", "expiration": [{"expired_object_delete_marker": True}]})
    return [{"status": "Enabled", "filter": [{"prefix": ""}], **rule} for rule in rules]
