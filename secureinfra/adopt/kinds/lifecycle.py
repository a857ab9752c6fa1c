"""Lifecycle rules of buckets as settings of a construct; what they keep today is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.source import Call
from secureinfra.facts.retention import A_YEAR

_ONLY = "the construct's rules are for the whole bucket, by age"


def lifecycle_of(rules: Iterable[Mapping[str, Any]], *, for_logs: bool) -> dict[str, Any]:
    """The settings that the enabled rules of a bucket come to.

    Args:
        rules: as the state has them.
        for_logs: whether they are those of a bucket for logs, which keeps them for a year or longer.

    Raises:
        Unfit: a rule is for some of the objects, or by something else than their age.
    """
    found: dict[str, Any] = {"expiration_days": None} if for_logs else {}
    for rule in rules:
        if rule.get("status") == "Enabled":
            _refuse_partial(rule)
            found |= _settings(rule)
    if for_logs and isinstance(days := found["expiration_days"], int) and days < A_YEAR:
        found["expiration_days"] = A_YEAR
    return found


def _settings(rule: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for expiration in rule.get("expiration") or ():
        if days := expiration.get("days"):
            found["expiration_days"] = days
    for expiration in rule.get("noncurrent_version_expiration") or ():
        if days := expiration.get("noncurrent_days"):
            found["noncurrent_days"] = days
    for upload in rule.get("abort_incomplete_multipart_upload") or ():
        if (days := upload.get("days_after_initiation") or 7) < 7:
            found["abort_incomplete_uploads_days"] = days
    if moves := sorted(rule.get("transition") or (), key=lambda one: one.get("days") or 0):
        found["transitions"] = tuple(
            Call("Transition", named={"storage_class": one.get("storage_class"), "days": one.get("days") or 0})
            for one in moves
        )
    return found


def _refuse_partial(rule: Mapping[str, Any]) -> None:
    name = f"its lifecycle rule {rule.get('id')}"
    narrowed = [rule.get("prefix"), *(value for one in rule.get("filter") or () for value in one.values())]
    if any(narrowed):
        raise Unfit(f"{name} is for some of the objects: {_ONLY}")
    steps = [
        one for part in ("expiration", "transition", "noncurrent_version_expiration") for one in rule.get(part) or ()
    ]
    if any(one.get("date") or one.get("newer_noncurrent_versions") for one in steps):
        raise Unfit(f"{name} names a date or a number of versions: {_ONLY}")
    if rule.get("noncurrent_version_transition"):
        raise Unfit(f"{name} moves old versions: {_ONLY}")
