"""The facts of a trust map, read from a configuration by the proofs."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from secureinfra.maps.labels import label_of, region_of, where_of
from secureinfra.maps.trust.assumptions import assumptions_of
from secureinfra.maps.trust.callers import UNKNOWN
from secureinfra.maps.trust.facts import (
    EVERYTHING,
    WHOLE_ACCOUNT,
    AccountFacts,
    Assumption,
    Caller,
    Grant,
    Holder,
    Role,
)
from secureinfra.maps.trust.grants import grants_on, is_everything, rules_of
from secureinfra.maps.trust.verbs import SERVICES, actions_of, service_of
from secureinfra.maps.trust.words import words_of
from secureinfra.proofs.model.principals import Principal, principals_of
from secureinfra.proofs.model.resources import arn_of_block, resource_of, resources_of
from secureinfra.proofs.text import HOLE, shown

if TYPE_CHECKING:
    from secureinfra.proofs.statements import Statement
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["trust_facts"]

_GENERIC = frozenset("role bucket key queue topic secret table function repository vault log-group trail user".split())
_ABOUT = {
    "aws_iam_user": "IAM user",
    "aws_iam_group": "IAM group",
    "aws_ssoadmin_permission_set": "permission set",
}
_MANAGED = "what the AWS managed policy "


def trust_facts(configuration: Configuration) -> AccountFacts:
    """What there is to draw of the principals and resources of a configuration."""
    facts = AccountFacts(configuration.name, region_of(configuration))
    facts.resources = sum(block.section != "data" for block in configuration.blocks)
    principals = principals_of(configuration)
    blocks = [block for block in _resources(configuration) if block.type != "aws_iam_role"]
    names = _labels([*(held.block for held in principals.values()), *blocks])
    for address, principal in principals.items():
        _add_principal(facts, principal, names[address])
    _add_assumptions(facts, configuration)
    arns: dict[str, set[str]] = {}
    for block in blocks:
        arns.setdefault(block.type, set()).add(arn_of_block(block, configuration))
    for block in blocks:
        _add_resource(facts, block, names[block.address], configuration, arns[block.type])
    for principal in principals.values():
        _add_everything(facts, principal, configuration)
    _count(facts, configuration, blocks)
    _expose(facts)
    _prune(facts)
    return facts


def _resources(configuration: Configuration) -> list[Block]:
    """What holds something: what proofs know, and further types of which actions are known."""
    held = {resource.block.address: resource.block for resource in resources_of(configuration).values()}
    also = (block for block in configuration.of_type(*SERVICES) if block.section == "resource")
    return list({**held, **{block.address: block for block in also}}.values())


def _labels(blocks: Iterable[Block]) -> dict[str, str]:
    """A label for each block; where two of a type have the same, the longer one."""
    held = {block.address: block for block in blocks}
    counts = Counter((block.type, label_of(block, _GENERIC)) for block in held.values())
    return {
        address: label
        if counts[block.type, label := label_of(block, _GENERIC)] == 1
        else label_of(block, _GENERIC, parts=2)
        for address, block in held.items()
    }


def _add_principal(facts: AccountFacts, principal: Principal, label: str) -> None:
    block, notes = principal.block, tuple(_notes(principal))
    unread = [policy.unread for policy in principal.policies if policy.unread]
    for text in dict.fromkeys(text.replace("job-function/", "") for text in unread):
        facts.unknown[text] = facts.unknown.get(text, 0) + 1
    if block.type == "aws_iam_role":
        facts.roles[block.address] = Role(block.address, label, where_of(block), _about(principal), notes)
        return
    facts.callers[block.address] = Caller(block.address, label, _ABOUT[block.type], "inside", where_of(block), notes)


def _about(principal: Principal) -> str:
    denied = {action for held in principal.identity if held.effect == "Deny" for action in held.actions}
    parts = ["role"]
    if principal.boundary is not None:
        parts.append("boundary")
    if denied:
        parts.append(f"denies {len(denied)} action{'' if len(denied) == 1 else 's'}")
    return " · ".join(parts)


def _notes(principal: Principal) -> Iterator[str]:
    """Policies of which only the name is known."""
    unread = dict.fromkeys(policy.unread for policy in principal.policies if policy.unread)
    managed = [text.removeprefix(_MANAGED).removesuffix(" allows") for text in unread if text.startswith(_MANAGED)]
    if managed:
        yield ", ".join(name.rpartition("/")[2] for name in managed)
    if len(managed) < len(unread):
        count = len(unread) - len(managed)
        yield f"{count} {'policy' if count == 1 else 'policies'} not known"


def _add_assumptions(facts: AccountFacts, configuration: Configuration) -> None:
    for address in facts.roles:
        for caller, assumption in assumptions_of(address, configuration):
            if caller is not None:
                facts.callers.setdefault(caller.key, caller)
            facts.assumptions.append(assumption)


def _add_resource(
    facts: AccountFacts, block: Block, label: str, configuration: Configuration, others: Collection[str]
) -> None:
    found = list(grants_on(block, configuration, others))
    for caller, grant in found:
        if caller is not None:
            facts.callers.setdefault(caller.key, caller)
        facts.grants.append(grant)
    held = resource_of(block, configuration)
    if held.unread:
        facts.callers.setdefault(UNKNOWN.key, UNKNOWN)
        why = f"its policy depends on {held.unread}"
        facts.grants.append(Grant(UNKNOWN.key, block.address, ("use",), sure=False, why=why))
    statements = held.statements
    _, service = service_of(block.type)
    facts.holders[block.address] = Holder(
        block.address, label, service, where_of(block), tuple(_notes_of_policy(statements))
    )


def _notes_of_policy(statements: Collection[Statement]) -> Iterator[str]:
    denying = [held for held in statements if held.effect == "Deny"]
    if any(c.key.lower() in ("aws:securetransport", "s3:tlsversion") for held in denying for c in held.conditions):
        yield "TLS only"


def _add_everything(facts: AccountFacts, principal: Principal, configuration: Configuration) -> None:
    """Statements that give all actions on all resources: one card stands for every resource."""
    address = principal.block.address
    for held in principal.identity:
        if not is_everything(held) or not held.may_allow or any(HOLE in c.key for c in held.conditions):
            continue
        words = list(words_of(held.conditions))
        if held.not_actions:
            words.insert(0, f"but {', '.join(shown(action) for action in held.not_actions)}")
        if principal.boundary is not None:
            words.insert(0, "within its boundary")
        if any(one.may_deny for one in principal.identity):
            words.append("less what is denied")
        rules = tuple(rules_of([held], configuration))
        sure = held.effect == "Allow"
        why = "" if sure else "the policy depends on values that are not known"
        facts.grants.append(Grant(address, WHOLE_ACCOUNT, (EVERYTHING,), (), tuple(words), sure, why, ("*",), rules))
        facts.holders[WHOLE_ACCOUNT] = Holder(
            WHOLE_ACCOUNT, "Every resource", "The whole account", where_of(principal.block)
        )


def _count(facts: AccountFacts, configuration: Configuration, blocks: list[Block]) -> None:
    """What is not drawn."""
    used = {grant.target for grant in facts.grants}
    facts.counted["resource that no policy here opens"] = sum(block.address not in used for block in blocks)
    passes = elsewhere = unread = 0
    drawn = {origin for grant in facts.grants for origin in grant.origins}
    for principal in principals_of(configuration).values():
        for held in principal.identity:
            if held.effect != "Allow" or is_everything(held):
                continue
            passes += any(action == "iam:passrole" for action in held.actions)
            if any(HOLE in condition.operator for condition in held.conditions):
                continue  # a managed policy, which is counted by its name
            if any(HOLE in text for text in (*held.actions, *held.resources, *(c.key for c in held.conditions))):
                unread += 1
            else:
                elsewhere += held.origin not in drawn and _does_more_than_read(held)
    facts.counted["permission to pass a role"] = passes
    facts.counted["statement on resources that are not drawn"] = elsewhere
    if unread:
        facts.unknown["what a statement with unknown values allows"] = unread


def _does_more_than_read(held: Statement) -> bool:
    """Whether a statement gives more than reading settings, assuming roles and passing them."""
    others = [action for action in held.actions if ":" in action and action != "iam:passrole" and action[:4] != "sts:"]
    return any(actions_of(action, action.partition(":")[0]) for action in others)


def _expose(facts: AccountFacts) -> None:
    """Mark what anyone reaches: by itself, or through roles that anyone may assume."""
    open_to = {key for key, caller in facts.callers.items() if caller.kind == "anyone"}
    grown = True
    while grown:
        found = {held.role for held in facts.assumptions if held.sure and held.caller in open_to}
        grown = not found <= open_to
        open_to |= found
    for key in open_to & set(facts.roles):
        facts.roles[key] = dataclasses.replace(facts.roles[key], exposed=True)
    for target in {grant.target for grant in facts.grants if grant.sure and grant.source in open_to}:
        facts.holders[target] = dataclasses.replace(facts.holders[target], exposed=True)


def _prune(facts: AccountFacts) -> None:
    """Leave out who and what no line touches, and sort the rest."""
    sources = {grant.source for grant in facts.grants} | {held.caller for held in facts.assumptions}
    targets = {grant.target for grant in facts.grants}
    alone = [key for key, caller in facts.callers.items() if caller.where is not None and key not in sources]
    facts.counted["principal without a grant on these resources"] = len(alone)
    order = ("anyone", "outside", "unknown", "inside", "service")
    facts.callers = dict(
        sorted(
            ((key, caller) for key, caller in facts.callers.items() if key in sources),
            key=lambda one: (order.index(one[1].kind), _natural(one[1].label), one[0]),
        )
    )
    facts.roles = dict(sorted(facts.roles.items(), key=lambda one: (_natural(one[1].label), one[0])))
    facts.holders = dict(
        sorted(
            ((key, held) for key, held in facts.holders.items() if key in targets),
            key=lambda one: (one[0] != WHOLE_ACCOUNT, one[1].service, _natural(one[1].label), one[0]),
        )
    )
    facts.assumptions.sort(key=_order_of(facts))
    place = {key: number for number, key in enumerate((*facts.callers, *facts.roles))}
    facts.grants.sort(key=lambda held: (held.target, place[held.source], held.verbs, held.scope))


def _natural(label: str) -> str:
    """A key by which `queue-2` comes before `queue-10`."""
    return re.sub(r"\d+", lambda number: number[0].zfill(8), label.lower())


def _order_of(facts: AccountFacts) -> Callable[[Assumption], tuple[str, int, tuple[str, ...]]]:
    place = {key: number for number, key in enumerate((*facts.callers, *facts.roles))}

    def key(held: Assumption) -> tuple[str, int, tuple[str, ...]]:
        return held.role, place[held.caller], held.words

    return key
