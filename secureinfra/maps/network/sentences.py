"""The same as text: sentences from the facts that the drawing uses."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.maps.network.facts import Bar, NetworkFacts, Permission, VpcFacts
from secureinfra.maps.network.names import some

__all__ = ["NAME", "footer", "headline", "sentences"]

NAME = "Network map"
_EXPOSED = {
    "reachable": "The internet reaches {} on {}: rule, placement and route are known.",
    "open": "{} is open to the internet on {} by its rules; whether it is reachable is not known.",
    "no route": "{} has a rule that is open to the internet on {}, but no route leads to what uses it.",
}


def headline(facts: NetworkFacts) -> str:
    """The answer to the first question: what is open to the internet."""
    bars = [bar for vpc in facts.vpcs for bar in [*vpc.bars.values(), *vpc.unplaced]]
    exposed = [bar for bar in bars if bar.exposed]
    if not bars:
        return "There is no security group with rules." if facts.vpcs else "There is no VPC."
    if not exposed:
        return "No security group is open to the internet."
    named = ", ".join(f"{bar.label} on {some(bar.open_to)}" for bar in exposed[:3])
    more = f" and {len(exposed) - 3} more" if len(exposed) > 3 else ""
    count = sum(vpc.groups for vpc in facts.vpcs)
    groups = "security group" if count == 1 else "security groups"
    return f"Open to the internet: {len(exposed)} of {count} {groups} ({named}{more})."


def footer(facts: NetworkFacts) -> str:
    """What is not drawn, with numbers."""
    counted = [f"{number} {name}{'' if number == 1 else 's'}" for name, number in facts.left_out.items() if number]
    inner = sum(vpc.rules - vpc.drawn for vpc in facts.vpcs)
    if inner:
        counted.append(f"{inner} security group rule{'' if inner == 1 else 's'} to the VPC's own ranges")
    unplaced = [bar.label for vpc in facts.vpcs for bar in vpc.unplaced]
    if unplaced:
        counted.append(f"{len(unplaced)} security group{'' if len(unplaced) == 1 else 's'} without rules or users")
    listed = (
        ", ".join([*counted, "and what is not part of the network"]) if counted else "what is not part of the network"
    )
    return f"Not drawn: {listed}. {facts.resources} resource{'' if facts.resources == 1 else 's'} in all."


def sentences(facts: NetworkFacts) -> list[str]:
    """Everything that is drawn, a sentence each."""
    found = [headline(facts)]
    for vpc in facts.vpcs:
        found += _of_vpc(vpc)
    return [*found, footer(facts)]


def _of_vpc(vpc: VpcFacts) -> Iterator[str]:
    zones = ", ".join(vpc.zones.values())
    yield f"VPC {vpc.label}, {vpc.ranges}" + (f", in {zones}." if zones else ".")
    for badge in vpc.badges:
        yield f"{'Missing' if badge.missing else 'There'}: {badge.text}."
    for tier in vpc.tiers:
        count = sum(len(cell.subnets) for cell in tier.cells.values())
        yield f"{tier.label} tier: {count} subnet{'' if count == 1 else 's'}, {tier.way}."
        for bar in tier.bars:
            yield from _of_bar(bar)
    for bar in vpc.unplaced:
        yield f"Not placed: {bar.label}."
    for permission in (*vpc.inwards, *vpc.between, *vpc.outwards):
        yield _of_permission(vpc, permission)


def _of_bar(bar: Bar) -> Iterator[str]:
    about = f" ({bar.about})" if bar.about else ""
    placed = "" if bar.sure else ", placed by its rules"
    yield f"Group {bar.label}{about}{placed}."
    if bar.exposed:
        yield _EXPOSED[bar.exposed].format(bar.label, ", ".join(bar.open_to))
    for tag in bar.tags:
        name, colon, ports = tag.partition(": ")
        if colon:
            yield f"{'The whole VPC' if name == 'whole VPC' else name} may reach {bar.label} on {ports}."
    if bar.services:
        yield f"Group {bar.label} leads to {', '.join(bar.services)}."


def _of_permission(vpc: VpcFacts, permission: Permission) -> str:
    def name(key: str) -> str:
        if key in vpc.bars:
            return vpc.bars[key].label
        if key in vpc.services:
            return vpc.services[key].label
        outside = vpc.outsides[key]
        return "the internet" if outside.label == "Internet" else outside.about

    source = name(permission.source)
    one_sided = ", by a rule of one side only" if permission.one_sided else ""
    target = "itself" if permission.source == permission.target else name(permission.target)
    return f"{source[:1].upper()}{source[1:]} may reach {target} on {', '.join(permission.ports)}{one_sided}."
