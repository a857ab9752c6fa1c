"""Configurations to draw: from an empty one to many groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from secureinfra.terraform.model.configuration import Configuration

ZONES = "abcdef"
Document = dict[str, Any]


def network(
    zones: int = 3, name: str = "shop", *, nat: bool = True, tiers: Sequence[str] = ("public", "private", "isolated")
) -> Document:
    """A VPC with tiers over some zones, an internet gateway, and a NAT gateway in the first zone."""
    found: dict[str, dict[str, Any]] = {"aws_vpc": {name: {"cidr_block": "10.0.0.0/16"}}}
    vpc = f"${{aws_vpc.{name}.id}}"
    found["aws_internet_gateway"] = {name: {"vpc_id": vpc}}
    subnets, tables, associations = {}, {}, {}
    for position, tier in enumerate(tiers):
        table: dict[str, Any] = {"vpc_id": vpc}
        if tier == "public":
            table["route"] = [{"cidr_block": "0.0.0.0/0", "gateway_id": f"${{aws_internet_gateway.{name}.id}}"}]
        if tier == "private" and nat:
            table["route"] = [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": f"${{aws_nat_gateway.{name}.id}}"}]
        tables[f"{name}_{tier}"] = table
        for number, zone in enumerate(ZONES[:zones]):
            key = f"{name}_{tier}_{zone}"
            subnets[key] = {
                "vpc_id": vpc,
                "cidr_block": f"10.0.{position * 16 + number}.0/24",
                "availability_zone": f"eu-central-1{zone}",
                "map_public_ip_on_launch": tier == "public",
            }
            associations[key] = {
                "subnet_id": f"${{aws_subnet.{key}.id}}",
                "route_table_id": f"${{aws_route_table.{name}_{tier}.id}}",
            }
    if nat and "public" in tiers:
        found["aws_nat_gateway"] = {name: {"subnet_id": f"${{aws_subnet.{name}_public_a.id}}"}}
    found |= {"aws_subnet": subnets, "aws_route_table": tables, "aws_route_table_association": associations}
    return {"resource": found}


def with_groups(document: Document, *rules: tuple[str, str, int], vpc: str = "shop") -> Document:
    """Groups, and for each rule one on both sides.

    Args:
        document: what to add to.
        rules: caller, called, port; a caller with a slash is a range.
        vpc: the name of their VPC.
    """
    resources = document["resource"]
    groups = resources.setdefault("aws_security_group", {})
    ingress = resources.setdefault("aws_vpc_security_group_ingress_rule", {})
    egress = resources.setdefault("aws_vpc_security_group_egress_rule", {})
    for source, target, port in rules:
        for name in (source, target):
            if "/" not in name:
                groups.setdefault(name, {"vpc_id": f"${{aws_vpc.{vpc}.id}}", "description": f"the {name} group"})
        ports = {"ip_protocol": "tcp", "from_port": port, "to_port": port}
        key = f"{source}_{target}_{port}".translate({ord(c): "_" for c in "./:"})
        if "/" not in target:
            peer = {"cidr_ipv4": source} if "/" in source else {"referenced_security_group_id": _id(source)}
            ingress[key] = {"security_group_id": _id(target), **ports, **peer}
        if "/" not in source:
            peer = {"cidr_ipv4": target} if "/" in target else {"referenced_security_group_id": _id(target)}
            egress[key] = {"security_group_id": _id(source), **ports, **peer}
    return document


def _id(name: str) -> str:
    return f"${{aws_security_group.{name}.id}}"


def balanced(*, open_to: str = "0.0.0.0/0") -> Document:
    """A balancer, a service and a database."""
    document = with_groups(
        network(), (open_to, "web", 443), ("web", "service", 8443), ("service", "database", 5432), vpc="shop"
    )
    subnets = [f"${{aws_subnet.shop_public_{zone}.id}}" for zone in "abc"]
    document["resource"]["aws_lb"] = {
        "web": {"subnets": subnets, "security_groups": [_id("web")], "internal": False},
    }
    return document


def many(count: int) -> Document:
    """Services that call each other in many ways, one of which is open to the internet."""
    rules = [("0.0.0.0/0", "s0", 443)]
    rules += [
        (f"s{number}", f"s{(number * 7 + step) % count}", 8000 + number) for number in range(count) for step in (1, 4)
    ]
    return with_groups(network(), *rules)


def three_vpcs() -> Document:
    """Three VPCs, of which each has its own groups."""
    document: Document = {"resource": {}}
    for name in ("shop", "stock", "office"):
        one = with_groups(
            network(2, name), ("0.0.0.0/0", f"{name}_web", 443), (f"{name}_web", f"{name}_db", 5432), vpc=name
        )
        for type, blocks in one["resource"].items():
            document["resource"].setdefault(type, {}).update(blocks)
    return document


def ranges(count: int) -> Document:
    """A service that many networks reach."""
    return with_groups(network(), *[(f"192.168.{number}.0/24", "service", 443) for number in range(count)])


def hostile() -> Document:
    """Names and descriptions that are not what they seem."""
    document = balanced()
    groups = document["resource"]["aws_security_group"]
    groups["web"]["description"] = '</desc><script>alert(1)</script>" onload="x" \u202e \x07 ' + "very " * 40
    groups["service"]["name"] = "<b>&amp;`\"'--> end"
    document["resource"]["aws_vpc"]["shop"]["tags"] = {"Name": "]]>\u2066 shop"}
    return document


def endpoints() -> Document:
    """Services with gateway and interface endpoints."""
    document = with_groups(network(), ("10.0.0.0/16", "endpoints", 443), ("service", "endpoints", 443))
    resources = document["resource"]
    resources["aws_vpc_endpoint"] = {
        "s3": {
            "vpc_id": "${aws_vpc.shop.id}",
            "service_name": "com.amazonaws.eu-central-1.s3",
            "route_table_ids": ["${aws_route_table.shop_private.id}"],
        }
    }
    for name in ("kms", "logs", "sts"):
        resources["aws_vpc_endpoint"][name] = {
            "vpc_id": "${aws_vpc.shop.id}",
            "service_name": f"com.amazonaws.eu-central-1.{name}",
            "vpc_endpoint_type": "Interface",
            "subnet_ids": ["${aws_subnet.shop_private_a.id}"],
            "security_group_ids": [_id("endpoints")],
        }
    resources["aws_vpc_security_group_egress_rule"]["to_s3"] = {
        "security_group_id": _id("service"),
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "prefix_list_id": "${aws_vpc_endpoint.s3.prefix_list_id}",
    }
    return document


def unknown_instances() -> Document:
    """Subnets of which nobody knows the number, and a route whose target is a variable."""
    return {
        "variable": {"zones": {"type": "set(string)"}, "gateway": {"type": "string"}},
        "resource": {
            "aws_vpc": {"shop": {"cidr_block": "10.0.0.0/16"}},
            "aws_subnet": {
                "each": {
                    "for_each": "${var.zones}",
                    "vpc_id": "${aws_vpc.shop.id}",
                    "availability_zone": "${each.value}",
                }
            },
        },
    }


CYCLE = (("a", "b", 80), ("b", "c", 80), ("c", "a", 80), ("a", "a", 22))
ALL: dict[str, Callable[[], Document]] = {
    "no VPC": lambda: {"resource": {"aws_s3_bucket": {"b": {}}}},
    "empty VPC": lambda: {"resource": {"aws_vpc": {"shop": {"cidr_block": "10.0.0.0/16"}}}},
    "one zone": lambda: with_groups(network(1), ("0.0.0.0/0", "web", 443), ("web", "db", 5432)),
    "six zones": lambda: with_groups(network(6), ("0.0.0.0/0", "web", 443), ("web", "db", 5432)),
    "balanced": balanced,
    "endpoints": endpoints,
    "cycle": lambda: with_groups(network(), *CYCLE),
    "three VPCs": three_vpcs,
    "many networks": lambda: ranges(9),
    "some networks": lambda: ranges(3),
    "13 groups": lambda: many(13),
    "40 groups": lambda: many(40),
    "hostile": hostile,
    "unknown instances": unknown_instances,
}


def configuration(name: str) -> Configuration:
    """One of them, read."""
    return Configuration.of(ALL[name](), "acme")
