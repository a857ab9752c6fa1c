"""Questions about policies, each with a verdict: may a caller do something, is one policy wider than another, which other callers may."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from secureinfra.proofs.decision import Layers, Policy, decide, given_to, is_left_to_resource
from secureinfra.proofs.outside import Verdict, outcome
from secureinfra.proofs.requests import Caller
from secureinfra.proofs.search import Candidate
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.strangers import strangers
from secureinfra.proofs.text import FRESH, meets
from secureinfra.proofs.worlds import World, now_or_later

__all__ = ["callers_in", "implies", "may", "no_wider", "nobody_but", "world_of"]

_MOST_BOXES = 20_000


def world_of(caller: Caller, context: Mapping[str, str] | None = None) -> World:
    """The requests of one caller.

    Args:
        caller: who asks.
        context: condition keys that have one value in every request; further keys are free.
    """
    fixed = {key.lower(): value for key, value in (context or {}).items()}
    always = {"aws:securetransport": "true", "aws:currenttime": "1800000000", "aws:epochtime": "1800000000"}
    fixed["aws:principalisawsservice"] = "true" if caller.kind == "service" else "false"
    never = frozenset(
        () if caller.kind == "service" else "aws:sourceaccount aws:sourcearn aws:sourceorgid aws:sourceowner".split()
    )
    if caller.kind == "signed":
        fixed |= {"aws:principalarn": caller.arn, "aws:principalaccount": caller.account}
        fixed |= {"kms:calleraccount": caller.account}
    else:
        never |= {"aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:userid", "kms:calleraccount"}
    return World(caller, {**always, **fixed}, never, functools.partial(_allows, fixed))


def _allows(fixed: Mapping[str, str], key: str, value: str) -> bool:
    return fixed[key] == value if key in fixed else now_or_later(key, value)


def may(action: str, resource: str, world: World, layers: Layers) -> Verdict:
    """Whether no request of a caller is allowed: `BROKEN` comes with one that is.

    Args:
        action: one action, or a pattern of several.
        resource: an ARN, or a pattern.
        world: who asks, and from where.
        layers: the policies that have a say.
    """
    denies = [held for held in layers.all_statements if held.may_deny]
    tried: list[Candidate] = []
    why = ""
    for boxes in itertools.islice(_boxes(world.caller, layers, action), _MOST_BOXES):
        found = outcome(boxes, denies, [world], action=action, resource=resource)
        tried += found.tried
        why = why or found.why
        if found.request is not None:
            if decide(found.request, layers):
                return Verdict("BROKEN", found.request, found.statements, tuple(tried))
            why = why or "a request that its layers allow is refused by the way in which they work together"
    if sum(1 for _ in _boxes(world.caller, layers, action)) > _MOST_BOXES:
        why = f"gave up after {_MOST_BOXES:,} combinations of statements"
    return Verdict("UNKNOWN" if why else "PROVED", None, tuple(denies), tuple(tried), why)


def _boxes(caller: Caller, layers: Layers, action: str) -> Iterator[tuple[Statement, ...]]:
    """Statements, one of each layer that must allow; every way in which a request can be allowed is among them."""
    above = [*(layers.service_control if caller.kind == "signed" else ())]
    through = [layers.endpoint] if layers.endpoint is not None else []
    for way in _ways(caller, layers, action):
        speaking = [
            [held for held in policy if held.may_allow and _may_speak(held, action)]
            for policy in (*way, *above, *through)
        ]
        for chosen in itertools.product(*speaking):
            if _together(chosen):
                yield chosen


def _ways(caller: Caller, layers: Layers, action: str) -> Iterator[list[Policy]]:
    """The policies of which each must allow, for every way in which a request can be allowed."""
    resource = (*(layers.resource or ()), *layers.grants)
    if caller.kind != "signed":
        yield [resource]
        return
    limits = [policy for policy in (layers.boundary, layers.session) if policy is not None]
    own = [] if caller.is_root else [layers.identity]
    if caller.account != layers.account:
        yield [*own, *limits, resource]
        return
    left = is_left_to_resource(action)
    if left or "*" in action.partition(":")[0] or action.lower().startswith("sts:"):
        yield [*own, *limits, resource]
        yield [layers.grants, *limits]
    if not left:
        yield [*own, *limits]
    given = [(held, given_to(held, caller)) for held in layers.resource or ()]
    yield [[held for held, (beyond, _, _) in given if beyond is not False]]
    yield [[held for held, (_, within, to_all) in given if (within, to_all) != (False, False)], *limits]
    if limits:
        yield [[held for held, (_, _, to_all) in given if to_all is not False]]


def _may_speak(held: Statement, action: str) -> bool:
    return bool(held.not_actions) or any(meets(pattern, action.lower()) for pattern in held.actions)


def _together(chosen: Sequence[Statement]) -> bool:
    """Whether some action is one of which all statements speak, as far as their patterns tell."""
    if not all(one.may_share_actions_with(other) for one, other in itertools.combinations(chosen, 2)):
        return False
    shared = {"*"}
    for held in chosen:
        if held.actions:
            shared = {both for one in shared for pattern in held.actions for both in meets(one, pattern)}
    return bool(shared)


def no_wider(new: Policy, old: Policy, world: World | None = None) -> Verdict:
    """Whether a policy allows nothing that another does not allow: `BROKEN` comes with a request that only it allows.

    Args:
        new: the policy in question.
        old: the one that sets the measure.
        world: who asks; a principal of some account unless said otherwise.
    """
    world = world or world_of(Caller("signed", f"arn:aws:iam::{FRESH}:role/{FRESH}", FRESH))
    new_denies = [held for held in new if held.may_deny]
    old_allows = [held for held in old if held.effect == "Allow"]
    tried: list[Candidate] = []
    why = ""
    for allow in (held for held in new if held.may_allow):
        denied_before = ((allow, deny) for deny in old if deny.may_deny and _together((allow, deny)))
        questions: Iterable[tuple[tuple[Statement, ...], list[Statement]]] = itertools.chain(
            [((allow,), [*new_denies, *old_allows])], ((boxes, new_denies) for boxes in denied_before)
        )
        for boxes, against in questions:
            found = outcome(boxes, against, [world])
            tried += found.tried
            why = why or found.why
            if found.answer == "BROKEN":
                return Verdict("BROKEN", found.request, found.statements, tuple(tried))
    return Verdict("UNKNOWN" if why else "PROVED", None, (*new, *old), tuple(tried), why)


def implies(one: Policy, other: Policy, world: World | None = None) -> Verdict:
    """Whether everything that one policy allows is allowed by another."""
    return no_wider(one, other, world)


def nobody_but(named: Iterable[str], action: str, resource: str, policy: Policy) -> Verdict:
    """Whether a resource policy allows something to the named principals only.

    Args:
        named: ARNs, numbers of accounts and service principals that may.
        action: one action, or a pattern.
        resource: an ARN, or a pattern.
        policy: the resource's policy.
    """
    meant = set(named)
    others = dict.fromkeys(
        (kind, id)
        for held in policy
        if held.may_allow
        for kind, id in held.principals or ()
        if id != "*" and id not in meant and id.removesuffix(":root").rpartition(":")[2] not in meant
    )
    worlds = [*strangers(policy), *(world_of(_caller(kind, id)) for kind, id in others)]
    denies = [held for held in policy if held.may_deny]
    tried: list[Candidate] = []
    why = ""
    for allow in (held for held in policy if held.may_allow):
        found = outcome([allow], denies, worlds, action=action, resource=resource)
        tried += found.tried
        why = why or found.why
        if found.answer == "BROKEN":
            return Verdict("BROKEN", found.request, found.statements, tuple(tried))
    return Verdict("UNKNOWN" if why else "PROVED", None, tuple(policy), tuple(tried), why)


def callers_in(policy: Policy) -> list[World]:
    """Whose requests decide what a resource's policy allows: strangers, and each principal that it names."""
    named = dict.fromkeys((kind, id) for held in policy for kind, id in held.principals or () if id != "*")
    return [*strangers(policy), *(world_of(_caller(kind, id)) for kind, id in named)]


def _caller(kind: str, id: str) -> Caller:
    if kind in ("service", "federated"):
        return Caller("service" if kind == "service" else "federated", service=id)
    parts = id.split(":", 5)
    account = parts[4] if len(parts) == 6 else id
    arn = id if len(parts) == 6 and parts[5] != "root" else f"arn:aws:iam::{account}:role/{FRESH}"
    return Caller("signed", arn, account)
