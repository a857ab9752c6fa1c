"""Statements of policies, typed: principals, actions, resources and conditions."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from secureinfra.proofs.conditions import Condition, Context, substituted
from secureinfra.proofs.requests import Caller, Request
from secureinfra.proofs.text import HOLE, Truth, all3, any3, has_fresh, matches, negated, symbol

__all__ = ["OWN_ACCOUNT", "Origin", "Principals", "Statement", "read_policy", "with_partition"]

OWN_ACCOUNT = symbol("data.aws_caller_identity.current.account_id")
"""The account that a configuration belongs to."""

Principals = tuple[tuple[str, str], ...]
"""Kinds (`aws`, `service`, `federated`, `canonicaluser`, `*`) with an id each."""

_ACCOUNT = re.compile(r"[^:*?]+|arn:[^:]*:iam::([^:]*):root")


@dataclass(frozen=True)
class Origin:
    """Where a statement stands.

    Args:
        address: of the block, e.g. `aws_s3_bucket_policy.p`.
        at: within it, e.g. `policy.Statement[0]`.
    """

    address: str = ""
    at: str = ""


@dataclass(frozen=True)
class Statement:
    """One statement.

    Args:
        effect: `Allow` or `Deny`; a hole where it is not known, so that it may be either.
        actions: patterns, in lower case.
        principals: `None` in a policy that speaks of its holder.
        origin: where it stands, for messages.
    """

    effect: Literal["Allow", "Deny"] | str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: Principals | None = None
    not_principals: Principals | None = None
    conditions: tuple[Condition, ...] = ()
    variables: bool = True
    origin: Origin = Origin()

    @property
    def may_allow(self) -> bool:
        """Whether it allows, as far as is known."""
        return self.effect != "Deny"

    @property
    def may_deny(self) -> bool:
        """Whether it denies, as far as is known."""
        return self.effect != "Allow"

    @functools.cached_property
    def services(self) -> frozenset[str] | None:
        """The services of its actions; `None` where they may be any."""
        found = {action.partition(":")[0] for action in self.actions}
        wild = self.not_actions or any(not name.isascii() or "*" in name or "?" in name for name in found)
        return None if wild else frozenset(found)

    def may_share_actions_with(self, other: Statement) -> bool:
        """Whether both may speak of an action, as far as their services tell."""
        return self.services is None or other.services is None or not self.services.isdisjoint(other.services)

    def applies(self, request: Request) -> Truth:
        """Whether it speaks of a request."""
        if (action := self.of_action(request.action)) is False:
            return False
        rest = (
            self.of_caller(request.caller),
            self.of_resource(request.resource, request.context),
            *(condition.holds(request.context) for condition in self.conditions),
        )
        return all3((action, *rest, True if self.effect in ("Allow", "Deny") else None))

    def of_action(self, action: str) -> Truth:
        """Whether it speaks of an action."""
        action = action.lower()
        if self.not_actions:
            return negated(any3(matches(pattern, action) for pattern in self.not_actions))
        return any3(matches(pattern, action) for pattern in self.actions)

    def of_resource(self, resource: str, context: Context) -> Truth:
        """Whether it speaks of a resource; one without Resource speaks of what it is attached to."""

        def covers(written: str) -> Truth:
            pattern = substituted(written, context) if self.variables else written
            return absent if pattern is None else matches(pattern, resource)

        # A variable whose key the request lacks matches nothing. What that makes of NotResource, AWS's pages leave open.
        absent = None if self.not_resources else False
        if self.not_resources:
            return negated(any3(map(covers, self.not_resources)))
        return any3(map(covers, self.resources)) if self.resources else True

    def of_caller(self, caller: Caller) -> Truth:
        """Whether it speaks of a caller."""
        if self.not_principals is not None:
            return negated(any3(_is_meant(principal, caller) for principal in self.not_principals))
        if self.principals is None:
            return True
        return any3(_is_meant(principal, caller) for principal in self.principals)


def _is_meant(principal: tuple[str, str], caller: Caller) -> Truth:
    kind, id = principal
    if HOLE in kind or (id == HOLE and kind in ("*", "aws")):
        return None
    if kind == "*" or (kind == "aws" and id == "*"):
        return True
    if kind in ("service", "federated"):
        return caller.kind == kind and matches(id, caller.service, wild=kind == "service")
    if caller.kind != "signed":
        return False
    if kind == "canonicaluser":
        return False if has_fresh(caller.account) else None
    return _is_signed(id, caller)


def _is_signed(id: str, caller: Caller) -> Truth:
    found = _ACCOUNT.fullmatch(id)
    if found is not None and len(id) <= 12 and not id.startswith(("AIDA", "AROA")):
        return matches(id, caller.account, wild=False)
    if found is not None and found[1] is not None:
        return matches(found[1], caller.account, wild=False)
    return any3(matches(id, held, wild=False) for held in (caller.arn, caller.session) if held)


def with_partition(text: str) -> str:
    """An ARN with `aws` for its partition: requests never cross partitions, so that they are all alike."""
    return re.sub(r"^arn:[^:]*:", "arn:aws:", text) if text.startswith("arn:") else text


def read_policy(document: Mapping[str, Any], address: str = "") -> list[Statement]:
    """The statements of a policy as AWS takes it, every part of it known.

    Args:
        document: the policy's JSON.
        address: what holds it, for messages.
    """
    variables = str(document.get("Version", "2008-10-17")) >= "2012-10-17"
    return [
        _statement(held, variables, Origin(address, f"Statement[{position}]"))
        for position, held in enumerate(_all(document.get("Statement")))
    ]


def _statement(held: Mapping[str, Any], variables: bool, origin: Origin) -> Statement:
    return Statement(
        effect=held.get("Effect", HOLE),
        actions=tuple(_texts(held.get("Action"), lower=True)),
        not_actions=tuple(_texts(held.get("NotAction"), lower=True)),
        resources=tuple(map(with_partition, _texts(held.get("Resource")))),
        not_resources=tuple(map(with_partition, _texts(held.get("NotResource")))),
        principals=_principals(held.get("Principal")),
        not_principals=_principals(held.get("NotPrincipal")),
        conditions=tuple(
            Condition(operator, key, tuple(map(with_partition, _texts(values))), variables)
            for operator, keys in (held.get("Condition") or {}).items()
            for key, values in keys.items()
        ),
        variables=variables,
        origin=origin,
    )


def _principals(written: Any) -> Principals | None:
    if written is None:
        return None
    if isinstance(written, Mapping):
        return tuple((kind.lower(), with_partition(id)) for kind, ids in written.items() for id in _texts(ids))
    return tuple(("*", id) if id == "*" else ("aws", id) for id in _texts(written))


def _texts(written: Any, *, lower: bool = False) -> Iterator[str]:
    for value in _all(written):
        text = str(value).lower() if lower or isinstance(value, bool) else str(value)
        yield text


def _all(written: Any) -> Iterable[Any]:
    if written is None:
        return ()
    return written if isinstance(written, list | tuple) else (written,)
