"""What groups allow, as arrows: one for each pair, with all ports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from secureinfra.maps.labels import where_of
from secureinfra.maps.network.bars import is_open
from secureinfra.maps.network.facts import INTERNET, Outside, Permission, Service, VpcFacts
from secureinfra.maps.network.names import port_order, ports_text, service_label, some
from secureinfra.proofs.network.addresses import common, covers
from secureinfra.proofs.network.entries import ALL
from secureinfra.proofs.network.groups import Group, Rule
from secureinfra.proofs.network.links import number
from secureinfra.proofs.network.prefix_lists import service_of
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.proofs.network.layout import Vpc
    from secureinfra.proofs.network.model import Network
    from secureinfra.terraform.model.block import Block

__all__ = ["add_permissions"]

_UNKNOWN = "not known"
_Found = dict[tuple[str, str], list[Rule]]


def add_permissions(facts: VpcFacts, network: Network, vpc: Vpc, endpoints: list[Block]) -> None:
    """Read the rules of the groups that are drawn."""
    groups = {key: network.groups.by_key[key] for key in facts.bars}
    between: _Found = {}
    inwards: _Found = {}
    outwards: _Found = {}
    tagged: list[Rule] = []
    for key, group in groups.items():
        for rule in group.rules["ingress"]:
            if rule.group in groups:
                between.setdefault((rule.group, key), []).append(rule)
            elif _tag_range(facts, key, rule, vpc):
                tagged.append(rule)
            else:
                inwards.setdefault((_outside(facts, rule), key), []).append(rule)
        for rule in group.rules["egress"]:
            if rule.group in groups:
                between.setdefault((key, rule.group), []).append(rule)
            elif (service := _service(facts, rule, network, endpoints)) is not None:
                outwards.setdefault((key, service), []).append(rule)
            elif not _is_within(rule, vpc):
                outwards.setdefault((key, _outside(facts, rule)), []).append(rule)
    facts.between = [
        _permission(source, target, rules, not _both_sides(groups[source], groups[target], vpc))
        for (source, target), rules in _ordered(facts, between)
    ]
    facts.inwards = [_permission(source, target, rules) for (source, target), rules in _ordered(facts, inwards)]
    facts.outwards = [_permission(source, target, rules) for (source, target), rules in _ordered(facts, outwards)]
    facts.rules = _count(rule for group in groups.values() for rules in group.rules.values() for rule in rules)
    drawn = [rule for found in (between, inwards, outwards) for rules in found.values() for rule in rules]
    facts.drawn = _count([*tagged, *drawn])


def _count(rules: Iterable[Rule]) -> int:
    """How many rules are written; one of a prefix list stands for both versions."""
    return len({(rule.block.address, rule.at, rule.peer) for rule in rules})


def _ordered(facts: VpcFacts, found: _Found) -> list[tuple[tuple[str, str], list[Rule]]]:
    """In the order in which groups stand, whatever the order of the blocks."""
    place = {key: position for position, key in enumerate(facts.bars)}
    end = len(place)
    return sorted(found.items(), key=lambda held: [(place.get(key, end), key) for key in held[0]])


def _permission(source: str, target: str, rules: list[Rule], one_sided: bool = False) -> Permission:
    ports = sorted(set(map(ports_text, rules)), key=port_order)
    where = tuple(sorted({where_of(rule.block, rule.at) for rule in rules}))
    return Permission(source, target, tuple(ports), where, one_sided)


def _tag_range(facts: VpcFacts, key: str, rule: Rule, vpc: Vpc) -> bool:
    """Whether a rule names a range of the VPC itself, which is a tag of the group instead of an arrow."""
    if not _is_within(rule, vpc):
        return False
    networks = vpc.networks.get(rule.version or 4, ())
    whole = rule.match is not None and any(span in rule.match.must for span in networks)
    name = "whole VPC" if whole or rule.peer.startswith("${aws_vpc.") else rule.peer
    tag = f"{name}: {ports_text(rule)}"
    bar = facts.bars[key]
    tags = [one for one in bar.tags if not one.startswith(f"{name}: ")]
    same = [one.removeprefix(f"{name}: ") for one in bar.tags if one.startswith(f"{name}: ")]
    bar.tags = [*tags, tag if not same else f"{name}: {some([*same, ports_text(rule)])}"]
    return True


def _is_within(rule: Rule, vpc: Vpc) -> bool:
    if rule.match is None or not rule.match.may or rule.version is None:
        return False
    return covers(vpc.networks.get(rule.version, ()), rule.match.may)


def _outside(facts: VpcFacts, rule: Rule) -> str:
    """The key of what a rule names beyond the VPC's groups."""
    if is_open(rule):
        facts.outsides.setdefault(INTERNET, Outside(INTERNET, "Internet", "any address"))
        return INTERNET
    peer = rule.peer or rule.group or _UNKNOWN
    unknown = rule.match is not None and not rule.match.must
    label = "Other group" if rule.match is None else "Prefix list" if rule.at.startswith("prefix") else "Other network"
    about = _UNKNOWN if unknown and peer.startswith("${") and label == "Other network" else peer
    facts.outsides.setdefault(peer, Outside(peer, label, about))
    return peer


def _service(facts: VpcFacts, rule: Rule, network: Network, endpoints: Iterable[Block]) -> str | None:
    """The gateway endpoint whose prefix list a rule names."""
    if not rule.at.startswith("prefix_list") or rule.match is None:
        return None
    for endpoint in endpoints:
        place = network.layout.spaces[rule.version or 4].apart(service_of(endpoint) or endpoint.address)
        if common(place, rule.match.must):
            facts.services.setdefault(
                endpoint.address,
                Service(endpoint.address, service_label(service_of(endpoint) or endpoint.name), where_of(endpoint)),
            )
            return endpoint.address
    return None


def _both_sides(source: Group, target: Group, vpc: Vpc) -> bool:
    """Whether each port that one side allows is allowed by the other, too, as far as it is known."""
    sent = [rule for rule in source.rules["egress"] if _may_be(rule, target.key, vpc)]
    received = [rule for rule in target.rules["ingress"] if _may_be(rule, source.key, vpc)]
    named_out = [rule for rule in sent if rule.group == target.key]
    named_in = [rule for rule in received if rule.group == source.key]
    return all(any(_meets(rule, other) for other in received) for rule in named_out) and all(
        any(_meets(rule, other) for other in sent) for rule in named_in
    )


def _may_be(rule: Rule, key: str, vpc: Vpc) -> bool:
    if rule.match is None:
        return rule.group == key
    return bool(common(vpc.networks.get(rule.version or 4, ()), rule.match.may))


def _meets(rule: Rule, other: Rule) -> bool:
    unsure = (rule.protocol, other.protocol, rule.first, rule.last, other.first, other.last)
    if ALL in (rule.protocol, other.protocol) or None in unsure[:2] or any(is_unknown(each) for each in unsure):
        return True
    if rule.protocol != other.protocol:
        return False
    first, last = number(other.first), number(other.last)
    own = number(rule.first), number(rule.last)
    if None in (first, last, *own):
        return True
    return first <= own[1] and own[0] <= last  # type: ignore[operator]
