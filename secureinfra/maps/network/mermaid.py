"""The network map as a Mermaid flowchart, for pages that render it."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.maps.mermaid import quoted
from secureinfra.maps.network.facts import INTERNET, NetworkFacts, Permission, Tier, VpcFacts
from secureinfra.maps.network.names import some

__all__ = ["as_mermaid"]


def as_mermaid(facts: NetworkFacts) -> str:
    """The same facts as a flowchart, without coordinates."""
    lines = ["flowchart LR"]
    shown: set[str] = set()
    for number, vpc in enumerate(facts.vpcs, 1):
        lines += _of_vpc(vpc, f"v{number}", shown)
    if not facts.vpcs:
        lines.append('  none["There is no VPC"]')
    return "\n".join([*lines, ""])


def _of_vpc(vpc: VpcFacts, prefix: str, shown: set[str]) -> Iterator[str]:
    ids = {key: f"{prefix}g{number}" for number, key in enumerate(vpc.bars, 1)}
    ids |= {key: f"{prefix}s{number}" for number, key in enumerate(vpc.services, 1)}
    ids |= {key: f"{prefix}o{number}" for number, key in enumerate(vpc.outsides, 1)} | {INTERNET: INTERNET}
    for key, outside in vpc.outsides.items():
        if ids[key] not in shown:
            shown.add(ids[key])
            text = outside.label if key == INTERNET else f"{outside.label}<br/>{quoted(outside.about)}"
            yield f'  {ids[key]}(["{text}"])'
    yield f'  subgraph {prefix}["VPC {quoted(vpc.label)} {quoted(vpc.ranges)}"]'
    for number, tier in enumerate(vpc.tiers, 1):
        yield from _of_tier(tier, f"{prefix}t{number}", ids)
    yield "  end"
    for key, service in vpc.services.items():
        yield f'  {ids[key]}[("{quoted(service.label)}")]'
    for permission in (*vpc.inwards, *vpc.between, *vpc.outwards):
        yield _arrow(permission, ids)
    for bar in vpc.bars.values():
        if bar.exposed in ("reachable", "open"):
            yield f"  style {ids[bar.key]} stroke:#b23a00,stroke-width:3px"


def _of_tier(tier: Tier, name: str, ids: dict[str, str]) -> Iterator[str]:
    yield f'    subgraph {name}["{tier.label}: {tier.way}"]'
    for bar in tier.bars:
        yield f'      {ids[bar.key]}["{quoted(bar.label)}<br/>{quoted(bar.about)}"]'
    if not tier.bars:
        count = sum(len(cell.subnets) for cell in tier.cells.values())
        yield f'      {name}e["{count} subnet{"" if count == 1 else "s"}"]'
    yield "    end"


def _arrow(permission: Permission, ids: dict[str, str]) -> str:
    line = "-.->" if permission.one_sided else "-->"
    return f'  {ids[permission.source]} {line}|"{quoted(some(permission.ports))}"| {ids[permission.target]}'
