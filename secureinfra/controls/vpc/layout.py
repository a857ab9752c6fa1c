"""The layout of a VPC: its subnets, their zones, and the targets of their routes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secureinfra.controls.shared.networks import Addresses, addresses
from secureinfra.controls.shared.traffic import both
from secureinfra.controls.shared.zones import zone_of
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

VPCS = ("aws_vpc", "aws_default_vpc")
TABLES = ("aws_route_table", "aws_default_route_table")

# An inline route and a route resource have different names for the same argument.
_DESTINATIONS = (
    ("cidr_block", 4),
    ("destination_cidr_block", 4),
    ("ipv6_cidr_block", 6),
    ("destination_ipv6_cidr_block", 6),
)
_INDEXED = re.compile(r"(.*)\[(\d+|\"[^\"]*\")\](.*)", re.DOTALL)
_EXPRESSION = re.compile(r"\$\{[^}]*\}")
_OF_THE_INSTANCE = re.compile(r"\b(?:count\.index|each\.(?:key|value))\b")


def several_zones(subnets: Sequence[Block]) -> bool:
    """Whether subnets are in two or more zones.

    Args:
        subnets: those of a VPC or an endpoint; duplicates count once.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    unknown: Unknown | None = None
    for subnet in subnets:
        if subnet.stands_for_several:
            unknown = unknown or Unknown(f"how many {subnet.address} exist")
    zones = [(subnet, zone) for subnet in subnets if (zone := zone_of(subnet)) is not None]
    for one, other in itertools.combinations(zones, 2):
        answer = _differ(*one, *other)
        if answer:
            return True
        if answer is None and unknown is None:
            unknown = Unknown(" and ".join(text_of(zone) for _, zone in (one, other)))
    if unknown is not None:
        raise UnknownValueError(unknown)
    return False


def is_public(subnet: Block, configuration: Configuration) -> bool:
    """Whether a subnet has a route to an internet gateway.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    associations = configuration.attached(subnet, "aws_route_table_association", "subnet_id")
    if not associations:
        routes = _main_routes(subnet, configuration)
        return any_of(routes, lambda route: _to_internet_gateway(route, configuration))

    def public(association: Block) -> bool:
        tables = configuration.targets(association, "route_table_id", *TABLES)
        value = association.get("route_table_id")
        if not tables and is_unknown(value):
            raise UnknownValueError(value)
        return any_of(tables, lambda table: leads_to_internet(table, configuration))

    return any_of(associations, public)


def leads_to_internet(table: Block, configuration: Configuration) -> bool:
    """Whether a route table has a route to an internet gateway.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    return any_of(routes_of(table, configuration), lambda route: _to_internet_gateway(route, configuration))


def routes_of(table: Block, configuration: Configuration) -> Iterator[Node]:
    """The routes of a table, including those in separate resources.

    Raises:
        UnknownValueError: a route may belong to it or to another table.
    """
    yield from table.blocks("route")
    yield from configuration.attached(table, "aws_route", "route_table_id")


def destinations(route: Node) -> list[tuple[str, Addresses]]:
    """The destinations of a route, each with its argument."""
    found = ((name, addresses(route.get(name), version)) for name, version in _DESTINATIONS)
    return [(name, held) for name, held in found if held is not None]


def leads_everywhere(route: Node) -> bool:
    """Whether a route is for the internet.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    return any_of(destinations(route), lambda held: held[1].is_internet())


def _to_internet_gateway(route: Node, configuration: Configuration) -> bool:
    def gateway() -> bool:
        value = route.get("gateway_id")
        if not is_unknown(value):
            return str(value or "").startswith("igw-")
        target = configuration.target(value)
        if target is None:
            raise UnknownValueError(value)
        return target.type == "aws_internet_gateway"

    return both(lambda: leads_everywhere(route), gateway)


def _main_routes(subnet: Block, configuration: Configuration) -> Iterator[Node]:
    """The routes of a subnet without a route table association, as far as they are in the configuration."""
    for vpc in configuration.targets(subnet, "vpc_id", *VPCS):
        # For example aws_vpc.main.main_route_table_id.
        yield from configuration.attached(vpc, "aws_route", "route_table_id")
        for association in configuration.of_type("aws_main_route_table_association"):
            if vpc in configuration.targets(association, "vpc_id", *VPCS):
                for table in configuration.targets(association, "route_table_id", *TABLES):
                    yield from routes_of(table, configuration)
        for table in configuration.of_type("aws_default_route_table"):
            if vpc in configuration.targets(table, "default_route_table_id", *VPCS):
                yield from routes_of(table, configuration)


def _differ(one: Block, zone: object, other: Block, other_zone: object) -> bool | None:
    """Whether two zones are different; `None` if unknown."""
    if not is_unknown(zone) and not is_unknown(other_zone):
        return zone != other_zone
    text, other_text = (text_of(held) for held in (zone, other_zone))
    if "${" not in text or "${" not in other_text:
        return None
    if text == other_text:
        # The part that identifies the instance differs between two instances of one resource.
        varies = _OF_THE_INSTANCE.search(text) is not None
        siblings = (one.module, one.type, one.name) == (other.module, other.type, other.name)
        return (siblings and one.key != other.key) or None if varies else False
    indexed, other_indexed = _INDEXED.fullmatch(text), _INDEXED.fullmatch(other_text)
    if indexed and other_indexed and indexed.group(1, 3) == other_indexed.group(1, 3):
        return True
    # `${var.region}a` and `${var.region}b`
    return _EXPRESSION.findall(text) == _EXPRESSION.findall(other_text) or None
