"""What the conditions of an identity policy leave: whether an ordinary request passes them, decided by what they mean.

An ordinary request carries nothing that a policy names: no tag, no account, no network, no second factor; it comes over TLS,
and now. A condition that such a request meets limits nothing.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from secureinfra.controls.iam.patterns import Condition, Statement
from secureinfra.terraform.unknown import Unknown, UnknownValueError

if TYPE_CHECKING:
    from secureinfra.proofs.statements import Statement as Typed
    from secureinfra.proofs.worlds import World

__all__ = ["is_limited", "limits_rights", "names_service"]

# Policies of AWS whose holder can do everything, or make itself so.
_ADMINISTRATORS = tuple(
    f"arn:aws:iam::aws:policy/{name}"
    for name in (
        "AdministratorAccess",
        "AdministratorAccess-AWSElasticBeanstalk",
        "AdministratorAccess-Amplify",
        "IAMFullAccess",
        "PowerUserAccess",
    )
)
_POLICIES = frozenset({"iam:policyarn", "iam:permissionsboundary"})
_ALWAYS = {"aws:principalisawsservice": "false", "aws:viaawsservice": "false", "s3:tlsversion": "1.3"}


def is_limited(statement: Statement) -> bool:
    """Whether no ordinary request meets the conditions of a statement.

    Raises:
        UnknownValueError: it depends on a value that is not known.
    """
    return bool(statement.conditions) and not _passes(statement, lambda key: True)


def limits_rights(statement: Statement) -> bool:
    """Whether conditions on what an action works with, rather than who calls it, from where and when, limit a statement.

    A condition on a policy that may be attached limits where none gives its holder all rights.
    """
    kept = tuple(condition for condition in statement.conditions if _is_of_the_target(condition))
    return bool(kept) and not _passes(statement, lambda key: key.lower() in {c.key.lower() for c in kept})


def names_service(statement: Statement) -> bool:
    """Whether a role is passed to services only that the statement names."""
    return bool(statement.conditions) and not _passes(statement, lambda key: key.lower() == "iam:passedtoservice")


def _is_of_the_target(condition: Condition) -> bool:
    key = condition.key.lower()
    return not key.startswith("aws:") or key.startswith("aws:resourcetag/")


def _passes(statement: Statement, speaks_of: Callable[[str], bool]) -> bool:
    """Whether an ordinary request meets those of a statement's conditions that speak of some keys."""
    from secureinfra.proofs.outside import outcome  # noqa: PLC0415 - most statements have no condition
    from secureinfra.proofs.reading import read_conditions  # noqa: PLC0415
    from secureinfra.proofs.statements import Statement as ForProofs  # noqa: PLC0415

    asked = [condition for condition in statement.conditions if speaks_of(condition.key)]
    held = ForProofs("Allow", actions=("s3:getobject",), conditions=read_conditions(asked))
    verdict = outcome([held], [], [_ordinary(held)])
    if verdict.answer == "UNKNOWN":
        values = (value for condition in asked for value in (condition.key, *condition.values))
        unknown = next((value for value in values if isinstance(value, Unknown)), None)
        raise UnknownValueError(unknown or Unknown(verdict.why))
    return verdict.answer == "BROKEN"


def _ordinary(held: Typed) -> World:
    from secureinfra.proofs.strangers import strangers  # noqa: PLC0415

    world = next(world for world in strangers([held]) if world.caller.kind == "signed")
    always = {**world.always, **_ALWAYS}
    telling = dict.fromkeys(_POLICIES, _ADMINISTRATORS)
    allows = functools.partial(_allows, always, world.allows)
    return dataclasses.replace(world, always=always, never=frozenset(), allows=allows, telling=telling)


def _allows(always: Mapping[str, str], of_strangers: Callable[[str, str], bool], key: str, value: str) -> bool:
    from secureinfra.proofs.text import has_fresh, is_fresh  # noqa: PLC0415
    from secureinfra.proofs.worlds import is_time  # noqa: PLC0415

    if key.startswith("@") or is_time(key) or key == "aws:sourceip":
        return of_strangers(key, value)
    if key in _POLICIES:
        return value in _ADMINISTRATORS or all(map(is_fresh, value.rpartition("/")[2]))
    if key == "iam:passedtoservice":
        return has_fresh(value.partition(".")[0])
    if key in always and not has_fresh(value):
        return value == always[key]
    return of_strangers(key, value) and any(map(is_fresh, value))
