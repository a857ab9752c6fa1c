"""Worlds: what is true of every request of a kind of caller, before any policy is looked at.

docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html says which key is there for which caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from secureinfra.proofs.conditions import time_of
from secureinfra.proofs.requests import Caller

__all__ = ["World", "is_time", "now_or_later"]

# No request is older: what a policy allows until an earlier date, it allows no more.
_EARLIEST = 1_767_225_600.0  # 2026-01-01
_TIMES = frozenset({"aws:currenttime", "aws:epochtime"})


def is_time(key: str) -> bool:
    """Whether a key tells when a request is made."""
    return key in _TIMES


def now_or_later(key: str, value: str) -> bool:
    """Whether a request can carry a value of a key, as far as the clock decides."""
    if key not in _TIMES:
        return True
    moment = time_of(value)
    return moment is not None and moment >= _EARLIEST


@dataclass(frozen=True)
class World:
    """The requests of one kind of caller.

    Args:
        caller: who asks.
        always: keys that are always there, with a value where no policy speaks of them.
        never: keys that are absent.
        allows: whether a request can carry a value of a key; the resource has the key `@resource`.
        defaults: values of further keys, where a policy only asks whether the key is there.
        telling: values of keys that are tried beside those that policies write, as they mean more than others.
    """

    caller: Caller
    always: Mapping[str, str] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    allows: Callable[[str, str], bool] = now_or_later
    defaults: Mapping[str, str] = field(default_factory=dict)
    telling: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
