"""Controls on routing in a VPC: route tables, peering connections, transit gateways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, one_of
from secureinfra.controls.shared.networks import Addresses, addresses
from secureinfra.controls.shared.traffic import both
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.controls.vpc.layout import TABLES, VPCS, destinations, is_public, leads_everywhere
from secureinfra.terraform.unknown import any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

ROUTES = ("aws_route", *TABLES)

TIERS_SEPARATE = Control(
    id="vpc-tiers-separate",
    title="Public and private subnets have separate route tables",
    why="a route for a public subnet would expose a private one",
    row="vpc-public-private-split",
    waivable=False,
    fix="Write private subnets, and an aws_route_table for them without a route to the internet gateway.",
    setting="SecureVpc does: public, private and isolated subnets, with separate route tables.",
)

# Resources that do not belong in a public subnet, whatever protects it.
_WORKLOADS = (
    *("aws_instance", "aws_autoscaling_group", "aws_ecs_service", "aws_eks_cluster", "aws_eks_node_group"),
    *("aws_lambda_function", "aws_db_subnet_group", "aws_docdb_subnet_group", "aws_neptune_subnet_group"),
    *("aws_redshift_subnet_group", "aws_elasticache_subnet_group", "aws_memorydb_subnet_group", "aws_efs_mount_target"),
    *("aws_dax_subnet_group", "aws_opensearch_domain", "aws_elasticsearch_domain", "aws_msk_cluster", "aws_mq_broker"),
)
_MEANT_PRIVATE = re.compile(r"(?:^|[^a-z])(?:private|isolated|internal|intra|database|db)(?:[^a-z]|$)", re.IGNORECASE)


@TIERS_SEPARATE.check("aws_vpc")
def _tiers_separate(vpc: Block, configuration: Configuration) -> Iterator[Failure]:
    subnets = configuration.attached(vpc, "aws_subnet", "vpc_id")
    if not subnets:
        raise NotApplicable("its subnets are in another configuration")

    def judge(subnet: Block) -> Iterator[Failure]:
        if _is_meant_private(subnet) and is_public(subnet, configuration):
            yield Failure(
                "a route to the internet gateway for a subnet named private",
                "a separate route table without a route to the internet gateway",
                block=subnet,
            )

    yield from each(subnets, judge)
    # A network with only public subnets may be for load balancers; if it contains more, a private tier is missing.
    within = list(_workloads(subnets, configuration))
    if within and not any_of(subnets, lambda subnet: not is_public(subnet, configuration)):
        yield Failure(
            f"every subnet has a route to the internet gateway, and {within[0].address} is in one",
            "private subnets with a separate route table",
        )


def _is_meant_private(subnet: Block) -> bool:
    tags = subnet.get("tags")
    names = [subnet.name]
    if isinstance(tags, dict):
        names += [str(value) for value in tags.values() if not is_unknown(value)]
    return any(map(_MEANT_PRIVATE.search, names))


def _workloads(subnets: list[Block], configuration: Configuration) -> Iterator[Block]:
    for block in configuration.of_type(*_WORKLOADS):
        if any(subnet in subnets for name in block.raw for subnet in configuration.targets(block, name, "aws_subnet")):
            yield block


NAT_BY_GATEWAY = Control(
    id="route-default-not-to-instance",
    title="Internet traffic is not routed through an instance",
    why="a NAT instance must be patched, is a bottleneck, and can read all traffic",
    row="vpc-nat-gateway",
    fix="Route the default route to an aws_nat_gateway: nat_gateway_id instead of network_interface_id or instance_id.",
    setting="SecureVpc(..., VpcConfig(nat='per_zone')) creates NAT gateways.",
)


@NAT_BY_GATEWAY.check(*ROUTES)
def _nat_by_gateway(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(route: Node) -> Iterator[Failure]:
        for name in ("network_interface_id", "instance_id"):
            if both(lambda name=name: route.has(name), lambda: leads_everywhere(route)):  # type: ignore[misc]
                at = _within(route, name)
                yield Failure(written(at, route.get(name)), "nat_gateway_id for the route to the internet", at)

    return each(_routes(block), judge)


PEERING_NARROW = Control(
    id="route-peering-narrow",
    title="Routes over a VPC peering connection are limited to the required subnets",
    why="an attacker who breaks into one network could reach everything in the other",
    row="vpc-peering-routes",
    fix="Route to the CIDR blocks of the required subnets, never to 0.0.0.0/0 or the whole CIDR block of the other VPC.",
)


@PEERING_NARROW.check(*ROUTES)
def _peering_narrow(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(route: Node) -> Iterator[Failure]:
        if route.get(_PEERING) is None:
            return
        peered = list(_peered(route, configuration))
        for name, destination in destinations(route):
            vpcs = [*peered, *configuration.targets(route, name, *VPCS)]
            if both(lambda: route.has(_PEERING), lambda: _is_too_wide(destination, vpcs)):  # noqa: B023
                at = _within(route, name)
                yield Failure(written(at, destination.text), "the CIDR block of a subnet of the other VPC", at)

    return each(_routes(block), judge)


_PEERING = "vpc_peering_connection_id"
_OF_A_WHOLE_VPC = re.compile(r"\$\{[^\s(]*\baws_(?:default_)?vpc\.[^\s(]*\.(?:ipv6_)?cidr_block\}")


def _peered(route: Node, configuration: Configuration) -> Iterator[Block]:
    """The networks on both sides of a peering connection, as far as they are in the configuration."""
    for connection in configuration.targets(route, _PEERING):
        for asked in (connection, *configuration.targets(connection, _PEERING)):
            for side in ("vpc_id", "peer_vpc_id"):
                yield from configuration.targets(asked, side, *VPCS)


def _is_too_wide(destination: Addresses, vpcs: list[Block]) -> bool:
    # If the other VPC is in another configuration, only the whole internet is known to be too much.
    networks = [held for vpc in vpcs if (held := addresses(vpc.get("cidr_block"), 4)) is not None]
    whole = any(network.text == destination.text for network in networks)
    if whole or _OF_A_WHOLE_VPC.fullmatch(destination.text) or destination.is_internet():
        return True
    return any_of(networks, destination.holds)


TRANSIT_NOT_ACCEPTED = Control(
    id="transit-gateway-no-auto-accept",
    title="Transit gateways do not accept attachments automatically",
    why="any account that it is shared with could connect its network to all the others",
    row="vpc-tgw-no-auto-accept",
    fix='Set auto_accept_shared_attachments = "disable", or remove it.',
)

TRANSIT_NOT_ACCEPTED.check("aws_ec2_transit_gateway")(
    argument(
        "auto_accept_shared_attachments",
        one_of("disable"),
        'auto_accept_shared_attachments = "disable"',
        absent="disable",
    )
)


def _routes(block: Block) -> list[Node]:
    return [block] if block.type == "aws_route" else block.blocks("route")


def _within(route: Node, name: str) -> str:
    return f"{route.path}.{name}" if route.path else name
