"""In which tier a subnet is: by its routes, not by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.controls.shared.zones import zone_of
from secureinfra.maps.labels import text, where_of
from secureinfra.maps.network.facts import TIERS, Cell, Chip, Tier, VpcFacts
from secureinfra.maps.network.names import zone_label
from secureinfra.proofs.network.addresses import EVERYTHING, covers
from secureinfra.proofs.network.routes import (
    APPLIANCE,
    EGRESS_ONLY,
    ELSEWHERE,
    INTERNET,
    NAT,
    NOWHERE,
    PEERING,
    TRANSIT,
    Route,
)
from secureinfra.terraform.unknown import text_of

if TYPE_CHECKING:
    from secureinfra.proofs.network.layout import Subnet, Vpc
    from secureinfra.proofs.network.model import Network

__all__ = ["add_tiers"]

_WAYS = {
    INTERNET: "to the internet gateway",
    NAT: "out through NAT",
    EGRESS_ONLY: "out over IPv6 only",
    PEERING: "out through a peering",
    TRANSIT: "out through the transit gateway",
    ELSEWHERE: "out through another gateway",
    NOWHERE: "no way out",
    "": "no way out",
}
_UNKNOWN = "way out unknown"
_FIREWALL = "aws_networkfirewall_firewall"


def add_tiers(facts: VpcFacts, network: Network, vpc: Vpc) -> dict[str, Tier]:
    """Sort the subnets of a VPC into tiers and zones.

    Returns:
        The tier of each subnet, by its key.
    """
    tiers: dict[tuple[str, str], Tier] = {}
    found: dict[str, Tier] = {}
    cells: dict[tuple[int, str], list[Subnet]] = {}
    own = [held for held in vpc.subnets if held.block is not None]
    for subnet in own:
        hop, way = _way_out(network, subnet)
        kind = _kind(network, subnet, hop, way)
        tier = tiers.setdefault((kind, way), Tier(kind, way, hop))
        found[subnet.key] = tier
        cells.setdefault((id(tier), _zone(subnet)), []).append(subnet)
    zones = sorted(
        {_zone(subnet) for subnet in own},
        key=lambda zone: (zone_label(zone) == "Zone not known", zone_label(zone), zone),
    )
    facts.zones = {zone: zone_label(zone) for zone in zones}
    facts.tiers = sorted(tiers.values(), key=lambda tier: (TIERS.index(tier.kind), tier.way))
    for tier in facts.tiers:
        for zone in zones:
            held = sorted(cells.get((id(tier), zone), ()), key=lambda subnet: (_range(subnet), subnet.key))
            if held:
                tier.cells[zone] = Cell(tuple((_range(one), where_of(one.block)) for one in held if one.block))
    _add_chips(network, found, own)
    return found


def _zone(subnet: Subnet) -> str:
    zone = zone_of(subnet.block) if subnet.block is not None else None
    return "" if zone is None else text_of(zone)


def _range(subnet: Subnet) -> str:
    if subnet.block is None:
        return ""
    return text(subnet.block.get("cidr_block")) or text(subnet.block.get("ipv6_cidr_block")) or "range not known"


def _way_out(network: Network, subnet: Subnet) -> tuple[str, str]:
    """The kind of hop behind the default route, and what to call it."""
    tables = network.tables.of(subnet)
    defaults = [route for table in tables for route in table.routes if _is_default(route)]
    if len(tables) != 1 or any(table.unknown for table in tables) or any(not route.sure for route in defaults):
        return "unknown", _UNKNOWN
    chosen = min(defaults, key=lambda route: route.version, default=None)
    if chosen is None:
        return "", _WAYS[""]
    if chosen.kind == APPLIANCE:
        firewall = chosen.target is not None and chosen.target.type == _FIREWALL
        return APPLIANCE, "out through the firewall" if firewall else "out through an appliance"
    return chosen.kind, _WAYS.get(chosen.kind, _WAYS[ELSEWHERE])


def _is_default(route: Route) -> bool:
    return covers(route.match.may, EVERYTHING) and route.kind != NOWHERE


def _kind(network: Network, subnet: Subnet, hop: str, way: str) -> str:
    if any(held.type == _FIREWALL and held.subnet is subnet for held in network.interfaces.all()):
        return "firewall"
    if hop == "unknown":
        return "unknown"
    if hop == INTERNET:
        return "public"
    tags = subnet.block.get("tags") if subnet.block is not None else None
    tag = text(tags.get("tier")) if isinstance(tags, dict) else ""
    if tag in ("private", "isolated", "firewall"):
        return tag
    return "private" if hop else "isolated"


def _add_chips(network: Network, tiers: dict[str, Tier], own: list[Subnet]) -> None:
    words = {"aws_nat_gateway": "NAT gateway", _FIREWALL: "Firewall endpoint"}
    for held in network.interfaces.all():
        if held.type in words and held.block is not None and held.subnet in own and held.sure:
            chips = tiers[held.subnet.key].chips.setdefault(_zone(held.subnet), [])
            if all(chip.where.address != held.key for chip in chips):
                chips.append(Chip(words[held.type], where_of(held.block)))
