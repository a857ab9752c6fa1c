"""Conditions of policy statements: one function for each demand, which knows the right operator and key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """One condition: an operator, a key and the values of which one must match.

    Args:
        operator: as the policy language names it, e.g. `StringEquals`.
        key: a condition key, e.g. `aws:SourceArn`.
        values: strings, as the policy language has no others.
    """

    operator: str
    key: str
    values: tuple[str, ...]


def equals(key: str, *values: str) -> Condition:
    """The key has one of the values."""
    return Condition("StringEquals", key, values)


def like(key: str, *values: str) -> Condition:
    """The key matches one of the patterns, with `*` and `?`."""
    return Condition("StringLike", key, values)


def arn_like(key: str, *arns: str) -> Condition:
    """The ARN in the key matches one of the patterns."""
    return Condition("ArnLike", key, arns)


def source_account(*account_ids: str) -> Condition:
    """The service acts for a resource of one of these accounts (confused-deputy protection)."""
    return equals("aws:SourceAccount", *account_ids)


def source_arn(*arns: str) -> Condition:
    """The service acts for one of these resources (confused-deputy protection)."""
    return arn_like("aws:SourceArn", *arns)
