"""Much in few words: roles, resources and services that are alike become one, with their number."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping

from secureinfra.maps.trust.facts import AccountFacts, Caller, Grant

__all__ = ["folded"]

_ROLES, _HOLDERS, _CALLERS = 12, 12, 20
"""Of more than so many roles, resources of one service, and callers, those that are alike fold."""


def folded(facts: AccountFacts) -> AccountFacts:
    """The same facts, where what is alike stands once."""
    found = _fold_roles(facts) if len(facts.roles) > _ROLES else facts
    found = _fold_holders(found, facts)
    return _fold_callers(found) if len(found.callers) > _CALLERS else found


def _groups(keys: Iterable[str], alike: Callable[[str], Hashable]) -> dict[str, list[str]]:
    """The members of each group by its first; of those that have company."""
    found: dict[Hashable, list[str]] = defaultdict(list)
    for key in keys:
        found[alike(key)].append(key)
    return {members[0]: members for members in found.values() if len(members) > 1}


def _joined(facts: AccountFacts, groups: Mapping[str, list[str]]) -> AccountFacts:
    """The facts with each member replaced by the first of its group."""
    first = {key: name for name, members in groups.items() for key in members}

    def name(key: str) -> str:
        return first.get(key, key)

    assumptions: dict[tuple[object, ...], object] = {}
    for held in facts.assumptions:
        moved = dataclasses.replace(held, caller=name(held.caller), role=name(held.role))
        assumptions.setdefault((moved.caller, moved.role, moved.words, moved.sure), moved)
    grants: dict[tuple[object, ...], Grant] = {}
    for grant in facts.grants:
        moved_grant = dataclasses.replace(grant, source=name(grant.source), target=name(grant.target))
        at = (moved_grant.source, moved_grant.target, moved_grant.what, moved_grant.words, moved_grant.sure)
        known = grants.get(at)
        rules = (*known.rules, *moved_grant.rules) if known is not None else moved_grant.rules
        grants[at] = dataclasses.replace(moved_grant, rules=tuple(dict.fromkeys(rules)))
    return dataclasses.replace(
        facts,
        assumptions=list(assumptions.values()),  # type: ignore[arg-type]
        grants=list(grants.values()),
        callers={key: held for key, held in facts.callers.items() if name(key) == key},
        roles={key: held for key, held in facts.roles.items() if name(key) == key},
        holders={key: held for key, held in facts.holders.items() if name(key) == key},
    )


def _fold_roles(facts: AccountFacts) -> AccountFacts:
    assumed = {held.caller for held in facts.assumptions}

    def alike(key: str) -> Hashable:
        role = facts.roles[key]
        trust = {(held.caller, held.words, held.sure) for held in facts.assumptions if held.role == key}
        may = {
            (facts.holders[held.target].service, held.verbs, bool(held.scope), held.words, held.sure)
            for held in facts.grants
            if held.source == key
        }
        return role.about, role.notes, role.exposed, key if key in assumed else "", frozenset(trust), frozenset(may)

    groups = _groups(facts.roles, alike)
    found = _joined(facts, groups)
    for first, members in groups.items():
        labels = tuple(facts.roles[key].label for key in members)
        found.roles[first] = dataclasses.replace(
            facts.roles[first], label=f"{len(members)} roles like {labels[0]}", members=labels
        )
    return found


def _fold_holders(facts: AccountFacts, before: AccountFacts) -> AccountFacts:
    by_service: dict[str, list[str]] = defaultdict(list)
    for key, held in facts.holders.items():
        by_service[held.service].append(key)

    def alike(key: str) -> Hashable:
        held = facts.holders[key]
        rows = {
            (one.source, one.verbs, bool(one.scope), one.words, one.sure) for one in facts.grants if one.target == key
        }
        return held.notes, held.exposed, frozenset(rows)

    groups: dict[str, list[str]] = {}
    for keys in by_service.values():
        groups |= _groups(keys, alike) if len(keys) > _HOLDERS else {}
    found = _joined(facts, groups)
    for first, members in groups.items():
        held = facts.holders[first]
        name = held.service if held.service.split()[0].isupper() else f"{held.service[:1].lower()}{held.service[1:]}"
        found.holders[first] = dataclasses.replace(
            held,
            label=f"{len(members)} {name}",
            members=tuple(facts.holders[key].label for key in members),
            notes=(*held.notes, *_own(members, before)),
        )
    return found


def _own(members: list[str], facts: AccountFacts) -> tuple[str, ...]:
    """Whether each of several resources has a role of its own."""
    roles = [{one.source for one in facts.grants if one.target == key and one.source in facts.roles} for key in members]
    alone = all(len(held) == 1 for held in roles) and len(set().union(*roles)) == len(members)
    return ("each by its own role",) if alone else ()


def _fold_callers(facts: AccountFacts) -> AccountFacts:
    """AWS services with one line each."""
    lines: dict[str, set[Hashable]] = defaultdict(set)
    for held in facts.assumptions:
        lines[held.caller].add(held.role)
    for grant in facts.grants:
        lines[grant.source].add((grant.target, grant.what))

    def alike(key: str) -> Hashable:
        one = facts.callers[key].kind == "service" and len(lines[key]) == 1
        return frozenset(lines[key]) if one else key

    groups = _groups(facts.callers, alike)
    found = _joined(facts, groups)
    for first, members in groups.items():
        labels = ", ".join(facts.callers[key].label for key in members)
        found.callers[first] = Caller(first, f"{len(members)} AWS services", labels, "service")
    return found
