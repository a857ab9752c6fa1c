"""Peering connections and transit gateways: which VPCs they join, and what their routes are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.proofs.network.addresses import EVERYTHING, Match
from secureinfra.proofs.network.layout import SUBNETS, VPCS, Layout, Subnet, Vpc
from secureinfra.proofs.network.links import Links, flag
from secureinfra.proofs.network.packets import Step
from secureinfra.proofs.network.prefix_lists import PrefixLists
from secureinfra.proofs.network.routes import ATTACHMENT, ELSEWHERE, NOWHERE, Route, Taken, shares
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

__all__ = ["Transit", "other_side"]

_GATEWAYS = ("aws_ec2_transit_gateway", "data.aws_ec2_transit_gateway")
_VPC = "aws_ec2_transit_gateway_vpc_attachment"
_TABLES = ("aws_ec2_transit_gateway_route_table", "data.aws_ec2_transit_gateway_route_table", *_GATEWAYS)
_OTHERS = (
    "aws_ec2_transit_gateway_connect",
    "aws_ec2_transit_gateway_peering_attachment",
    "aws_ec2_transit_gateway_vpc_attachment_accepter",
    "aws_vpn_connection",
    "aws_dx_gateway_association",
)
_NAMING = ("transit_gateway_id", "associated_gateway_id", "peer_transit_gateway_id", "resource_arn")


def other_side(connection: Block, vpc: Vpc, layout: Layout) -> tuple[Vpc | None, str]:
    """The VPC on the other side of a peering connection, `None` if it is in another configuration; and what is not known.

    Args:
        connection: the connection or its accepter.
        vpc: the VPC on this side.
        layout: the VPCs.
    """
    reader = layout.reader
    if connection.type == "aws_vpc_peering_connection_accepter":
        asked = reader.links(connection, "vpc_peering_connection_id", "aws_vpc_peering_connection").blocks
        if len(asked) != 1:
            return None, f"what {connection.address} connects"
        connection = asked[0]
    ends = [reader.links(connection, name, *VPCS).blocks for name in ("vpc_id", "peer_vpc_id")]
    known = [layout.vpcs[end[0].address] for end in ends if len(end) == 1]
    others = [end for end in known if end is not vpc]
    if len(known) != 2 or len(others) != 1:
        return None, f"what {connection.address} connects"
    accepters = layout.configuration.of_type("aws_vpc_peering_connection_accepter")
    accepted = flag(connection.get("auto_accept")) is True or any(
        connection in reader.links(held, "vpc_peering_connection_id", connection.type).blocks
        and flag(held.get("auto_accept")) is True
        for held in accepters
    )
    return others[0], "" if accepted else f"whether {connection.address} is accepted"


class Transit:
    """All transit gateways.

    Args:
        layout: the VPCs that they join.
        lists: the prefix lists that routes name.
    """

    def __init__(self, layout: Layout, lists: PrefixLists) -> None:
        self.layout, self.reader, self.lists = layout, layout.reader, lists
        self._taken: dict[tuple[str, int], list[Taken]] = {}

    def attachments(self, gateway: Block, vpc: Vpc) -> list[Block]:
        """The attachments of a VPC to a gateway."""
        return [
            block
            for block in self._attached(gateway)
            if self.layout.vpcs[vpc.key].block in self.reader.links(block, "vpc_id", *VPCS).blocks
        ]

    def subnets(self, attachment: Block) -> list[Subnet]:
        """The subnets in which an attachment is."""
        return self.layout.subnets_named(self.reader.links(attachment, "subnet_ids", *SUBNETS))

    def vpc(self, attachment: Block) -> Vpc:
        """The VPC of an attachment."""
        return self.layout.vpc_named(attachment, "vpc_id")

    def taken(self, gateway: Block, attachment: Block, version: int) -> list[Taken]:
        """What the route table of an attachment does with what comes from it.

        Args:
            gateway: the transit gateway.
            attachment: the attachment by which packets come.
            version: 4 or 6.
        """
        key, unsure = self._table_of(gateway, attachment)
        if (key, version) not in self._taken:
            self._taken[key, version] = shares(list(self._routes(gateway, key, version, unsure)), version)
        return self._taken[key, version]

    def _attached(self, gateway: Block) -> list[Block]:
        blocks = self.layout.configuration.of_type(_VPC)
        return [block for block in blocks if gateway in self.reader.links(block, "transit_gateway_id", *_GATEWAYS).any]

    def _table_of(self, gateway: Block, attachment: Block) -> tuple[str, bool]:
        """The key of the table that an attachment is associated with, and whether that is not sure."""
        for block in self.layout.configuration.of_type("aws_ec2_transit_gateway_route_table_association"):
            if attachment in self.reader.links(block, "transit_gateway_attachment_id", _VPC).any:
                links = self.reader.links(block, "transit_gateway_route_table_id", *_TABLES)
                if len(links.blocks) == 1:
                    return links.blocks[0].address, links.blocks[0].section == "data"
                return f"the route table of {attachment.address}", True
        by_default = flag(attachment.get("transit_gateway_default_route_table_association"), True)
        enabled = gateway.get("default_route_table_association", "enable")
        if by_default is False or (not is_unknown(enabled) and enabled == "disable"):
            return f"no route table for {attachment.address}", False
        return gateway.address, is_unknown(by_default) or is_unknown(enabled) or gateway.section == "data"

    def _routes(self, gateway: Block, key: str, version: int, unsure: bool) -> Iterator[Route]:
        configuration = self.layout.configuration
        for block in configuration.of_type("aws_ec2_transit_gateway_route"):
            links = self.reader.links(block, "transit_gateway_route_table_id", *_TABLES)
            if _may_be(key, links):
                value = block.get("destination_cidr_block")
                match = self.layout.spaces[version].match(value, sorted(block.references("destination_cidr_block")))
                if is_unknown(value) or (":" in str(value)) == (version == 6):
                    sure = key in {held.address for held in links.blocks}
                    yield self._route(version, match, block, "destination_cidr_block", sure)
        for block in configuration.of_type("aws_ec2_transit_gateway_prefix_list_reference"):
            if _may_be(key, self.reader.links(block, "transit_gateway_route_table_id", *_TABLES)):
                for own, match in self.lists.named(block, "prefix_list_id"):
                    if own == version:
                        yield self._route(version, match, block, "prefix_list_id", True)
        yield from self._propagated(gateway, key, version)
        outside = self._others(gateway, key)
        if unsure or outside:
            text = outside or gateway.address
            step = Step(f"{text} may have a route for it", gateway)
            yield Route(version, Match((), EVERYTHING), ELSEWHERE, None, step, False, f"the routes of {text}")

    def _route(self, version: int, match: Match, block: Block, at: str, sure: bool) -> Route:
        step = Step(f"{block.address} routes it", block, at)
        blackhole = flag(block.get("blackhole"))
        if blackhole is True:
            return Route(version, match, NOWHERE, None, step, sure)
        links = self.reader.links(block, "transit_gateway_attachment_id", _VPC)
        if len(links.blocks) == 1 and not is_unknown(blackhole):
            return Route(version, match, ATTACHMENT, links.blocks[0], step, sure)
        return Route(version, match, ELSEWHERE, None, step, sure, f"where {block.address} leads")

    def _propagated(self, gateway: Block, key: str, version: int) -> Iterator[Route]:
        found: list[tuple[Block, Block, bool]] = []
        for block in self.layout.configuration.of_type("aws_ec2_transit_gateway_route_table_propagation"):
            links = self.reader.links(block, "transit_gateway_route_table_id", *_TABLES)
            if _may_be(key, links):
                sure = key in {held.address for held in links.blocks}
                named = self.reader.links(block, "transit_gateway_attachment_id", _VPC)
                found += [(attachment, block, sure) for attachment in named.any]
        enabled = gateway.get("default_route_table_propagation", "enable")
        if key == gateway.address and (is_unknown(enabled) or enabled != "disable"):
            for attachment in self._attached(gateway):
                by_default = flag(attachment.get("transit_gateway_default_route_table_propagation"), True)
                if by_default is not False:
                    found.append((attachment, attachment, by_default is True and not is_unknown(enabled)))
        for attachment, block, sure in found:
            for part in self.vpc(attachment).networks.get(version, ()):
                step = Step(f"{attachment.address} propagates its route", block)
                doubt = "" if sure else f"whether {block.address} propagates its routes"
                yield Route(version, Match((part,), (part,)), ATTACHMENT, attachment, step, sure, doubt)

    def _others(self, gateway: Block, key: str) -> str:
        """What else may be attached to a gateway and propagate routes to a table, if anything."""
        configuration = self.layout.configuration
        propagates = gateway.get("default_route_table_propagation", "enable")
        by_default = key == gateway.address and (is_unknown(propagates) or propagates != "disable")
        if by_default:
            for block in configuration.of_type(*_OTHERS, "aws_ram_resource_association"):
                if any(gateway in self.reader.links(block, name, *_GATEWAYS).any for name in _NAMING):
                    return block.address
        for block in configuration.of_type("aws_ec2_transit_gateway_route_table_propagation"):
            if _may_be(key, self.reader.links(block, "transit_gateway_route_table_id", *_TABLES)):
                links = self.reader.links(block, "transit_gateway_attachment_id", _VPC)
                if links.unknown is not None or links.literals:
                    return block.address
        return ""


def _may_be(key: str, links: Links) -> bool:
    """Whether an argument names a table, or may: what is not known may be any."""
    return links.unknown is not None or key in {held.address for held in links.any}
