"""Ways in and out of a VPC: gateways, and the route tables that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from secureinfra.engine import Resource

if TYPE_CHECKING:
    from secureinfra.aws.vpc import SecureVpc
    from secureinfra.aws.vpc_config import Tier


def add_gateways(vpc: SecureVpc) -> None:
    """An internet gateway for public subnets; NAT and egress-only gateways for private ones that may get out."""
    config = vpc.config
    if "public" in config.tiers:
        vpc.internet_gateway = _gateway(vpc, "internet-gateway", "aws_internet_gateway")
    if config.ipv6 and config.nat != "none":
        vpc.egress_gateway = _gateway(vpc, "egress-gateway", "aws_egress_only_internet_gateway")
    letters = {"none": (), "single": config.letters[:1], "per_zone": config.letters}[config.nat]
    vpc.nat_gateways = {letter: _nat_gateway(vpc, letter) for letter in letters}


def add_routes(vpc: SecureVpc) -> None:
    """One table for all public and one for all isolated subnets; one for each other one, whose way out may differ."""
    for tier in vpc.config.tiers:
        for letter in vpc.config.letters:
            name = f"{tier}-{letter}" if tier in ("private", "firewall") else tier
            if name not in vpc.route_tables:
                vpc.route_tables[name] = _route_table(vpc, name, tier, letter)
            Resource(
                vpc,
                f"{tier}-{letter}-association",
                "aws_route_table_association",
                subnet_id=vpc.subnets[f"{tier}-{letter}"].ref("id"),
                route_table_id=vpc.route_tables[name].ref("id"),
            )
    if "firewall" in vpc.config.tiers:
        _add_ways_between_public_and_private(vpc)


def _add_ways_between_public_and_private(vpc: SecureVpc) -> None:
    """Lead answers from NAT gateways, and calls of load balancers, through the firewall of the private subnet's zone.

    Both directions pass the same endpoint: a firewall that sees half a connection drops it
    (docs.aws.amazon.com/network-firewall/latest/developerguide/vpc-config-route-tables.html). A route narrower than the
    VPC's own names a whole subnet (docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html).
    """
    for letter in vpc.config.letters:
        _inspected(
            vpc, letter, f"public-to-private-{letter}", "public", vpc.subnets[f"private-{letter}"].ref("cidr_block")
        )
        for other in vpc.config.letters:
            network = vpc.subnets[f"public-{other}"].ref("cidr_block")
            _inspected(vpc, letter, f"private-{letter}-to-public-{other}", f"private-{letter}", network)


def _inspected(vpc: SecureVpc, letter: str, id: str, table: str, network: str) -> None:
    table_id = vpc.route_tables[table].ref("id")
    Resource(
        vpc, id, "aws_route", route_table_id=table_id, destination_cidr_block=network, **_through_firewall(vpc, letter)
    )


def _through_firewall(vpc: SecureVpc, letter: str) -> dict[str, Any]:
    """Through a zone's firewall endpoint; no route at all while no firewall stands there."""
    return {
        "vpc_endpoint_id": lambda: vpc.firewall_endpoint and vpc.firewall_endpoint(letter),
        "when": lambda: vpc.firewall_endpoint,
    }


def _gateway(vpc: SecureVpc, id: str, type: str) -> Resource:
    return Resource(vpc, id, type, vpc_id=vpc.vpc_id, tags=vpc.named(id))


def _nat_gateway(vpc: SecureVpc, letter: str) -> Resource:
    address = Resource(vpc, f"nat-{letter}-address", "aws_eip", domain="vpc", tags=vpc.named(f"nat-{letter}"))
    return Resource(
        vpc,
        f"nat-{letter}",
        "aws_nat_gateway",
        depends_on=[vpc.internet_gateway] if vpc.internet_gateway else [],
        allocation_id=address.ref("id"),
        subnet_id=vpc.subnets[f"public-{letter}"].ref("id"),
        tags=vpc.named(f"nat-{letter}"),
    )


def _route_table(vpc: SecureVpc, name: str, tier: Tier, letter: str) -> Resource:
    table = Resource(vpc, f"{name}-routes", "aws_route_table", vpc_id=vpc.vpc_id, tags=vpc.named(name))
    for way, arguments in _ways(vpc, tier, letter).items():
        Resource(vpc, f"{name}-to-{way}", "aws_route", route_table_id=table.ref("id"), **arguments)
    return table


def _ways(vpc: SecureVpc, tier: Tier, letter: str) -> dict[str, dict[str, Any]]:
    """What leads out of a tier; nothing for isolated subnets, nor for private ones without NAT."""
    ways: dict[str, dict[str, Any]] = {}
    if tier == "public" and vpc.internet_gateway:
        gateway = vpc.internet_gateway.ref("id")
        ways["internet"] = {"destination_cidr_block": "0.0.0.0/0", "gateway_id": gateway}
        if vpc.config.ipv6:
            ways["internet-ipv6"] = {"destination_ipv6_cidr_block": "::/0", "gateway_id": gateway}
    if tier == "private" and "firewall" in vpc.config.tiers:
        ways["internet"] = {"destination_cidr_block": "0.0.0.0/0", **_through_firewall(vpc, letter)}
    elif tier in ("private", "firewall") and vpc.nat_gateways:
        nat = vpc.nat_gateways.get(letter) or next(iter(vpc.nat_gateways.values()))
        ways["internet"] = {"destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": nat.ref("id")}
        if vpc.egress_gateway:
            gateway = vpc.egress_gateway.ref("id")
            ways["internet-ipv6"] = {"destination_ipv6_cidr_block": "::/0", "egress_only_gateway_id": gateway}
    return ways
