"""Whether a policy denies requests of a kind to everyone, decided by what it means: the request that it lets through."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from secureinfra.terraform.unknown import UnknownValueError

if TYPE_CHECKING:
    from secureinfra.proofs.requests import Caller
    from secureinfra.proofs.statements import Statement
    from secureinfra.proofs.worlds import World
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

__all__ = ["BUCKET", "TOPIC", "request_not_denied"]

BUCKET = "arn:aws:s3:::bucket"
"""The bucket that a policy is attached to, whatever its name: S3 takes no policy on another one."""
TOPIC = "arn:aws:sns:region:account:topic"
"""The topic that a policy is attached to, whatever its name: SNS takes no policy on another one."""


_NAMES = ("aws:principalarn", "aws:principalaccount", "kms:calleraccount")


def request_not_denied(
    policy: Iterable[PolicyStatement],
    configuration: Configuration,
    action: str,
    resource: str,
    keys: Mapping[str, str],
    *,
    absent: Iterable[str] = (),
) -> str:
    """A request of any caller that no statement of a policy denies, as text; empty if each is denied.

    AWS services are left out, and their calls for a caller: they use TLS, and no customer-provided keys.

    Args:
        policy: all statements that apply together.
        configuration: where references lead.
        action: a pattern of the actions in question.
        resource: a pattern of the resources in question: `TOPIC`, or within `BUCKET`.
        keys: condition keys with the value that such requests carry.
        absent: condition keys that such requests do not carry.

    Raises:
        UnknownValueError: it depends on a value that is not known.
    """
    from secureinfra.proofs.outside import outcome  # noqa: PLC0415 - only where something is denied
    from secureinfra.proofs.questions import world_of  # noqa: PLC0415
    from secureinfra.proofs.reading import first_unknown  # noqa: PLC0415
    from secureinfra.proofs.requests import Caller  # noqa: PLC0415
    from secureinfra.proofs.statements import Statement as Typed  # noqa: PLC0415
    from secureinfra.proofs.text import FRESH  # noqa: PLC0415

    held = [
        statement for statement in policy if not (isinstance(statement.effect, str) and statement.effect == "Allow")
    ]
    own = _of_topic if resource == TOPIC else _of_bucket
    denying = [_read(statement, configuration, own) for statement in held]
    every = Typed("Allow", actions=(action.lower(),), resources=(resource,))
    fixed = {**keys, "aws:ViaAWSService": "false"}
    stranger = _of_any_name(world_of(Caller("signed", f"arn:aws:iam::{FRESH}:role/{FRESH}", FRESH), fixed))
    worlds = [stranger, *(world_of(caller, fixed) for caller in (Caller("anonymous"), *_spared(denying)))]
    asked = (dataclasses.replace(world, never=world.never | {key.lower() for key in absent}) for world in worlds)
    verdict = outcome([every], denying, asked)
    if verdict.answer == "UNKNOWN":
        raise UnknownValueError(first_unknown(held, configuration, verdict.why))
    told = dataclasses.replace(verdict, statements=(every,)).told()
    return f"{told}{_in_words(keys)}" if told else ""


def _of_any_name(world: World) -> World:
    """The requests of any signed caller: a condition that spares one role or account spares a request."""
    from secureinfra.proofs.worlds import now_or_later  # noqa: PLC0415

    always = {key: value for key, value in world.always.items() if key not in _NAMES}

    def allows(key: str, value: str) -> bool:
        return always[key] == value if key in always else now_or_later(key, value)

    return dataclasses.replace(world, always=always, allows=allows)


def _spared(denying: Iterable[Statement]) -> Iterator[Caller]:
    """The users, roles and accounts that statements leave out by NotPrincipal, or name in a condition."""
    from secureinfra.proofs.requests import Caller  # noqa: PLC0415
    from secureinfra.proofs.text import FRESH  # noqa: PLC0415

    for statement in denying:
        named = [id for kind, id in statement.not_principals or () if kind == "aws"]
        for condition in statement.conditions:
            if condition.key.lower() == "aws:principalarn":
                named += [value for value in condition.values if "*" not in value and "?" not in value]
        for id in named:
            parts = id.split(":", 5)
            account = parts[4] if len(parts) == 6 else id
            whole = len(parts) < 6 or parts[5] == "root"
            yield Caller("signed", f"arn:aws:iam::{account}:role/{FRESH}" if whole else id, account)


def _read(statement: PolicyStatement, configuration: Configuration, own: Callable[[str], str]) -> Statement:
    from secureinfra.proofs.reading import read_statement  # noqa: PLC0415

    read = read_statement(statement, configuration)
    resources, not_resources = (tuple(map(own, held)) for held in (read.resources, read.not_resources))
    return dataclasses.replace(read, resources=resources, not_resources=not_resources)


def _of_bucket(resource: str) -> str:
    """A resource with the bucket's own name in place of the one that stands there, or that Terraform fills in."""
    found = re.fullmatch(r"(?:arn:aws:s3:::)?([^/*?:]+)(.*)", resource, re.DOTALL)
    return f"{BUCKET}{found[2]}" if found else resource


def _of_topic(resource: str) -> str:
    """A resource without a wildcard is the topic."""
    return resource if "*" in resource or "?" in resource else TOPIC


def _in_words(keys: Mapping[str, str]) -> str:
    return " with " + ", ".join(f"{key} {value}" for key, value in keys.items())
