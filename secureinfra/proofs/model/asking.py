"""Answers to what people ask: may a principal do something, and which principals may."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from secureinfra.proofs.model.access import (
    account_of,
    layers_of,
    resource_policies,
    verdict_of,
    world_of_principal,
    worst,
)
from secureinfra.proofs.model.names import Named
from secureinfra.proofs.model.policies import documents_in
from secureinfra.proofs.model.principals import Principal, principals_of
from secureinfra.proofs.model.resources import Resource, resource_of
from secureinfra.proofs.outside import Verdict
from secureinfra.proofs.questions import world_of
from secureinfra.proofs.requests import Caller
from secureinfra.proofs.statements import OWN_ACCOUNT, Statement
from secureinfra.proofs.strangers import strangers
from secureinfra.proofs.text import FRESH, HOLE, has_fresh, is_symbol, shown

if TYPE_CHECKING:
    from secureinfra.proofs.worlds import World
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["ELSEWHERE", "Answer", "NamedCaller", "callers_named", "can", "policies_on", "verdict_on", "who"]

ELSEWHERE = "Identities that are defined elsewhere in the account have no such right."
_THEIR_OWN = "Its own policies, which are defined elsewhere, allow it."
_ANOTHER = "It belongs to another account than the resource."
_OF_RESOURCE = "The resource's own policy, which is defined elsewhere, neither allows nor denies it."


@dataclass(frozen=True)
class Answer:
    """Whether one principal may do something.

    Args:
        who: the principal, in words.
        verdict: `BROKEN` where a request is allowed, `PROVED` where none is.
        block: its block, where it has one.
        assumes: what the verdict takes for granted, as a sentence.
    """

    who: str
    verdict: Verdict
    block: Block | None = None
    assumes: str = ""


class NamedCaller(NamedTuple):
    """A caller that a policy names.

    Args:
        kind: as `Principals` has it.
        id: as the policy has it.
        name: in words.
        world: its requests.
    """

    kind: str
    id: str
    name: str
    world: World


def can(principal: Named, action: str, resource: Named) -> Answer:
    """Whether a principal may do something.

    Args:
        principal: who asks.
        action: one action, or a pattern of several.
        resource: what it is about.
    """
    policies = list(policies_on(resource))
    if principal.block is not None and principal.configuration is not None:
        if resource.configuration is not None and resource.configuration is not principal.configuration:
            why = "the principal and the resource are in different configurations; ask about a plan of both"
            return Answer(principal.name, Verdict("UNKNOWN", why=why), principal.block)
        held = principals_of(principal.configuration)[principal.block.address]
        return _of_principal(held, action, resource, policies)
    if principal.text.startswith("arn:"):
        account = principal.text.split(":")[4]
        worlds = [world_of_principal(Caller("signed", principal.text, account))]
    elif principal.text.startswith("account:"):
        worlds = list(_members(principal.text.partition(":")[2], policies))
    else:
        worlds = [w for w in _strangers(policies) if principal.text == "external" or w.caller.kind == "anonymous"]
        if principal.text == "external":
            worlds += [held.world for held in callers_named(policies, resource) if held.kind != "service"]
    verdict = verdict_on(action, resource, worlds, policies, None)
    by_itself = verdict.answer != "BROKEN" or (verdict.request is not None and verdict.request.caller.kind != "signed")
    named = principal.text.startswith(("arn:", "account:"))
    elsewhere = _ANOTHER if named and verdict.answer == "PROVED" else ""
    return Answer(principal.name, verdict, assumes=elsewhere if by_itself else _THEIR_OWN)


def who(action: str, resource: Named) -> list[Answer]:
    """Which principals may do something: anonymous and unnamed callers, those that the resource's policy names, and those of the
    configuration.

    Args:
        action: one action, or a pattern of several.
        resource: what it is about.
    """
    policies = list(policies_on(resource))
    anonymous = [world for world in _strangers(policies) if world.caller.kind == "anonymous"]
    others = [world for world in _strangers(policies) if world.caller.kind != "anonymous"]
    found = [
        Answer("anonymous", verdict_on(action, resource, anonymous, policies, None)),
        Answer("any other account", verdict_on(action, resource, others, policies, None)),
    ]
    for held in callers_named(policies, resource):
        verdict = verdict_on(action, resource, [held.world], policies, None)
        by_itself = held.world.caller.kind != "signed" or verdict.answer != "BROKEN"
        found.append(Answer(held.name, verdict, assumes="" if by_itself else _THEIR_OWN))
    for principal in _principals(resource.configuration):
        found.append(_of_principal(principal, action, resource, policies))
    return found


def _principals(configuration: Configuration | None) -> Iterable[Principal]:
    return principals_of(configuration).values() if configuration is not None else ()


def _of_principal(
    principal: Principal, action: str, resource: Named, policies: Sequence[tuple[Statement, ...]]
) -> Answer:
    verdict = verdict_on(action, resource, [world_of_principal(principal.caller)], policies, principal)
    if verdict.answer == "UNKNOWN" and principal.unread:
        verdict = dataclasses.replace(verdict, why=f"{verdict.why}; not known: {principal.unread}")
    assumes = _OF_RESOURCE if resource.block is None else ""
    return Answer(principal.block.address, verdict, principal.block, assumes)


def verdict_on(
    action: str,
    resource: Named,
    worlds: Iterable[World],
    policies: Sequence[tuple[Statement, ...]],
    principal: Principal | None,
) -> Verdict:
    """The verdict on a caller: `BROKEN` with a request that is allowed.

    Args:
        action: one action, or a pattern of several.
        resource: what it is about.
        worlds: who asks.
        policies: of the resource, as `policies_on` gives them.
        principal: who asks, where it is of the configuration; else its own policies may allow anything.
    """
    account = account_of(resource.text)

    def verdicts() -> Iterator[Verdict]:
        for world in worlds:
            for policy in policies:
                layers = layers_of(principal, policy, account if principal is None else principal.caller.account)
                for arn in resource.parts(action):
                    yield verdict_of(action, arn, world, layers)

    verdict = worst(verdicts())
    if verdict.answer != "BROKEN" and (unread := _unread(resource)):
        return Verdict("UNKNOWN", why=f"its policy depends on {unread}")
    return verdict


def _resource(resource: Named) -> Resource | None:
    if resource.block is None or resource.configuration is None:
        return None
    if resource.block.type == "aws_iam_role":
        return Resource(resource.block, documents_in(resource.block, "assume_role_policy", resource.configuration))
    return resource_of(resource.block, resource.configuration)


def _unread(resource: Named) -> str:
    held = _resource(resource)
    return held.unread if held is not None else ""


def policies_on(resource: Named) -> Iterator[tuple[Statement, ...]]:
    """The policies of a resource, of which one counts; of a role, its trust policies."""
    held = _resource(resource)
    if held is None:
        yield ()
    else:
        yield from resource_policies(held)


def _strangers(policies: Sequence[tuple[Statement, ...]]) -> list[World]:
    return strangers([held for policy in policies for held in policy])


def callers_named(policies: Sequence[tuple[Statement, ...]], resource: Named) -> Iterator[NamedCaller]:
    """The callers that policies name, other than principals of the configuration and the account itself."""
    own = {principal.caller.arn for principal in _principals(resource.configuration)}
    ids = dict.fromkeys(
        (kind, id)
        for policy in policies
        for held in policy
        if held.may_allow
        for kind, id in held.principals or ()
        if id not in own and id not in ("*", HOLE)
    )
    for kind, id in ids:
        if kind in ("service", "federated"):
            caller = Caller("service" if kind == "service" else "federated", service=id)
            yield NamedCaller(kind, id, shown(id), world_of(caller))
            continue
        account = id.split(":")[4] if id.count(":") > 4 else id
        if account == OWN_ACCOUNT:
            continue
        if id.endswith(":root") or id == account:
            yield NamedCaller(kind, id, f"account {shown(account)}", _member(account))
        else:
            yield NamedCaller(kind, id, shown(id), world_of_principal(Caller("signed", id, account)))


def _members(account: str, policies: Sequence[tuple[Statement, ...]]) -> Iterator[World]:
    """Any principal of an account, and each that policies name."""
    yield _member(account)
    for policy in policies:
        for held in policy:
            for kind, id in held.principals or ():
                parts = id.split(":", 5)
                if kind == "aws" and len(parts) == 6 and parts[4] == account and parts[5] != "root":
                    yield world_of_principal(Caller("signed", id, account))


def _member(account: str) -> World:
    world = world_of(Caller("signed", f"arn:aws:iam::{account}:role/{FRESH}", account))
    return dataclasses.replace(world, allows=functools.partial(_is_of, account, world))


def _is_of(account: str, world: World, key: str, value: str) -> bool:
    if key != "aws:principalarn":
        return world.allows(key, value)
    parts = value.split(":", 5)
    fits = len(parts) == 6 and (parts[4] == account or has_fresh(parts[4]) or any(map(is_symbol, parts[4])))
    return fits and parts[5].startswith(("role/", "user/", "assumed-role/"))
