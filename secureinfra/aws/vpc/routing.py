"""Gateways of a VPC, and the route tables that lead to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from secureinfra.aws.vpc.config import Tier
from secureinfra.aws.vpc.network import Network
from secureinfra.engine import Resource

Firewall = Callable[[], Callable[[str], str] | None]
"""Called at synthesis: returns a zone's firewall endpoint by the zone's letter, if there is a firewall."""


@dataclass(frozen=True)
class Gateways:
    """The gateways of a VPC.

    Args:
        internet: for public subnets.
        egress: for IPv6 from private ones.
        nat: for IPv4 from private ones, by letter of the zone; a regional one by all of them.
    """

    internet: Resource | None
    egress: Resource | None
    nat: Mapping[str, Resource]


def make_gateways(network: Network) -> Gateways:
    """An internet gateway for public subnets; NAT and egress-only gateways for private ones with internet access."""
    config = network.config
    internet = egress = None
    if "public" in config.tiers or config.nat == "regional":
        internet = _gateway(network, "internet-gateway", "aws_internet_gateway")
    if config.ipv6 and config.nat != "none":
        egress = _gateway(network, "egress-gateway", "aws_egress_only_internet_gateway")
    if config.nat == "regional":
        regional = _regional_nat_gateway(network, internet)
        return Gateways(internet, egress, dict.fromkeys(config.letters, regional))
    letters = {"none": (), "single": config.letters[:1], "per_zone": config.letters}[config.nat]
    return Gateways(internet, egress, {letter: _nat_gateway(network, letter, internet) for letter in letters})


def make_routes(network: Network, gateways: Gateways, firewall: Firewall) -> dict[str, Resource]:
    """One table for all public and one for all isolated subnets; one for each other subnet, whose routes may differ."""
    tables: dict[str, Resource] = {}
    for tier in network.config.tiers:
        for letter in network.config.letters:
            name = f"{tier}-{letter}" if tier in ("private", "firewall") else tier
            if name not in tables:
                ways = _ways(network, gateways, firewall, tier, letter)
                tables[name] = _route_table(network, name, ways)
            Resource(
                network.owner,
                f"{tier}-{letter}-association",
                "aws_route_table_association",
                subnet_id=network.subnets[f"{tier}-{letter}"].ref("id"),
                route_table_id=tables[name].ref("id"),
            )
    if "firewall" in network.config.tiers:
        _add_ways_between_public_and_private(network, tables, firewall)
    return tables


def _add_ways_between_public_and_private(network: Network, tables: Mapping[str, Resource], firewall: Firewall) -> None:
    """Route responses from NAT gateways, and requests of load balancers, through the firewall of the private subnet's
    zone.

    Both directions pass the same endpoint: a firewall that sees half a connection drops it
    (docs.aws.amazon.com/network-firewall/latest/developerguide/vpc-config-route-tables.html). A route narrower than the
    VPC's own names a whole subnet (docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html).
    """

    def inspected(letter: str, id: str, table: str, cidr: str) -> None:
        way = {"destination_cidr_block": cidr, **_through_firewall(firewall, letter)}
        Resource(network.owner, id, "aws_route", route_table_id=tables[table].ref("id"), **way)

    for letter in network.config.letters:
        private = network.subnets[f"private-{letter}"].ref("cidr_block")
        inspected(letter, f"public-to-private-{letter}", "public", private)
        for other in network.config.letters:
            public = network.subnets[f"public-{other}"].ref("cidr_block")
            inspected(letter, f"private-{letter}-to-public-{other}", f"private-{letter}", public)


def _through_firewall(firewall: Firewall, letter: str) -> dict[str, Any]:
    """A route to a zone's firewall endpoint; none without a firewall."""

    def endpoint() -> str | None:
        endpoint_of = firewall()
        return endpoint_of(letter) if endpoint_of else None

    return {"vpc_endpoint_id": endpoint, "when": firewall}


def _gateway(network: Network, id: str, type: str) -> Resource:
    return Resource(network.owner, id, type, vpc_id=network.vpc_id, tags=network.named(id))


def _nat_gateway(network: Network, letter: str, internet: Resource | None) -> Resource:
    name = f"nat-{letter}"
    address = Resource(network.owner, f"{name}-address", "aws_eip", domain="vpc", tags=network.named(name))
    return Resource(
        network.owner,
        name,
        "aws_nat_gateway",
        depends_on=[internet] if internet else [],
        allocation_id=address.ref("id"),
        subnet_id=network.subnets[f"public-{letter}"].ref("id"),
        tags=network.named(name),
    )


def _regional_nat_gateway(network: Network, internet: Resource | None) -> Resource:
    """One gateway in no subnet, with an address of ours in each zone, so that others may allow them.

    Without addresses AWS would choose some, and for up to an hour send traffic of a new zone through another one
    (docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html). The addresses are not those of `per_zone`, whose
    gateways hold theirs until the routes have changed.
    """
    owner, name = network.owner, "nat-regional"
    addresses = []
    for letter in network.config.letters:
        zone = network.subnets[f"private-{letter}"].attributes["availability_zone"]
        id = f"{name}-{letter}"
        address = Resource(owner, f"{id}-address", "aws_eip", domain="vpc", tags=network.named(id))
        addresses.append({"availability_zone": zone, "allocation_ids": [address.ref("id")]})
    return Resource(
        owner,
        name,
        "aws_nat_gateway",
        depends_on=[internet] if internet else [],
        vpc_id=network.vpc_id,
        availability_mode="regional",
        connectivity_type="public",
        availability_zone_address=addresses,
        tags=network.named(name),
    )


def _route_table(network: Network, name: str, ways: Mapping[str, Mapping[str, Any]]) -> Resource:
    owner = network.owner
    table = Resource(owner, f"{name}-routes", "aws_route_table", vpc_id=network.vpc_id, tags=network.named(name))
    for way, arguments in ways.items():
        Resource(owner, f"{name}-to-{way}", "aws_route", route_table_id=table.ref("id"), **arguments)
    return table


def _ways(
    network: Network, gateways: Gateways, firewall: Firewall, tier: Tier, letter: str
) -> dict[str, dict[str, Any]]:
    """Routes to the internet for a tier; none for isolated subnets, nor for private ones without NAT."""
    ways: dict[str, dict[str, Any]] = {}
    if tier == "public" and gateways.internet:
        gateway = gateways.internet.ref("id")
        ways["internet"] = {"destination_cidr_block": "0.0.0.0/0", "gateway_id": gateway}
        if network.config.ipv6:
            ways["internet-ipv6"] = {"destination_ipv6_cidr_block": "::/0", "gateway_id": gateway}
    if tier == "private" and "firewall" in network.config.tiers:
        ways["internet"] = {"destination_cidr_block": "0.0.0.0/0", **_through_firewall(firewall, letter)}
    elif tier in ("private", "firewall") and gateways.nat:
        nat = gateways.nat.get(letter) or next(iter(gateways.nat.values()))
        ways["internet"] = {"destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": nat.ref("id")}
        if gateways.egress:
            gateway = gateways.egress.ref("id")
            ways["internet-ipv6"] = {"destination_ipv6_cidr_block": "::/0", "egress_only_gateway_id": gateway}
    return ways
