"""Controls on VPCs and subnets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.security_group.permissions import GROUPS, IN, OUT, RULES
from secureinfra.controls.shared.arguments import argument, is_false, is_true, number, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.controls.vpc.layout import VPCS, several_zones
from secureinfra.facts.retention import is_long
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

DEFAULT_GROUP_CLOSED = Control(
    id="vpc-default-security-group-closed",
    title="Default security groups have no rules",
    why="resources launched without a security group would be open to each other",
    row="vpc-default-sg-closed",
    fix="Write an aws_default_security_group for the VPC without ingress and egress, and do not add rules to it.",
)


@DEFAULT_GROUP_CLOSED.check(*VPCS)
def _default_group_adopted(vpc: Block, configuration: Configuration) -> Iterator[Failure]:
    if not configuration.attached(vpc, "aws_default_security_group", "vpc_id"):
        yield Failure(
            "no aws_default_security_group, so AWS's default rules remain: all traffic between members, and all egress",
            "an aws_default_security_group for this VPC without rules",
        )


@DEFAULT_GROUP_CLOSED.check("aws_default_security_group")
def _default_group_closed(group: Block, configuration: Configuration) -> Iterator[Failure]:
    # A rule of another group may use this group as its source, which does not affect this group.
    holders = [group, *configuration.targets(group, "vpc_id", *VPCS)]
    for rule in configuration.of_type(*RULES):
        if any(held in configuration.targets(rule, "security_group_id", *GROUPS, *VPCS) for held in holders):
            yield Failure(
                "a rule of the default security group",
                "no rule for the default security group",
                "security_group_id",
                rule,
            )

    def judge(node: Node) -> Iterator[Failure]:
        if node.is_there:
            name = node.path.partition("[")[0]
            yield Failure(f"{name} {{ ... }}", f"no {name} block", node.path)

    yield from each([node for way in (IN, OUT) for node in group.blocks(way)], judge)


FLOW_LOGGED = Control(
    id="vpc-flow-logged",
    title="VPCs have flow logs for all traffic",
    why="you could not find out later which hosts communicated",
    row="vpc-flow-logs",
    fix='Write an aws_flow_log with the vpc_id of the VPC and traffic_type = "ALL".',
    setting="SecureVpc does, in CloudWatch or, with VpcConfig(flow_logs='s3'), in a bucket.",
)


@FLOW_LOGGED.check(*VPCS)
def _flow_logged(vpc: Block, configuration: Configuration) -> Iterator[Failure]:
    if not configuration.attached(vpc, "aws_flow_log", "vpc_id"):
        yield Failure("no aws_flow_log", "an aws_flow_log with the vpc_id of this VPC")


@FLOW_LOGGED.check("aws_flow_log")
def _all_traffic_logged(log: Block, configuration: Configuration) -> Iterator[Failure]:
    if not (log.get("transit_gateway_id") is None and log.get("transit_gateway_attachment_id") is None):
        raise NotApplicable("AWS records all traffic of a transit gateway, and does not support traffic_type for it")
    others = [
        other
        for vpc in configuration.targets(log, "vpc_id", *VPCS)
        for other in configuration.attached(vpc, "aws_flow_log", "vpc_id")
    ]
    if not any_of([log, *others], lambda one: one.get("traffic_type") == "ALL"):
        value = log.get("traffic_type")
        yield Failure(written("traffic_type", value), 'traffic_type = "ALL"', at="traffic_type")


FLOW_LOGS_RETAINED = Control(
    id="vpc-flow-logs-retained",
    title="VPC flow logs are kept for a year or longer",
    why="intrusions are often found months later, when shorter logs are gone",
    row="cw-loggroup-retention",
    fix="Set retention_in_days = 365 or more on the flow log's log group, or remove it to keep logs forever.",
    setting="SecureVpc does; VpcConfig(flow_logs_retention_days=...) sets another time.",
)


@FLOW_LOGS_RETAINED.check("aws_flow_log")
def _flow_logs_retained(log: Block, configuration: Configuration) -> Iterator[Failure]:
    if log.get("log_destination_type", "cloud-watch-logs") != "cloud-watch-logs":
        raise NotApplicable("a bucket or stream keeps them, with its own retention")
    groups = _log_groups(log, configuration)
    if not groups:
        raise NotApplicable("its log group is in another configuration")

    def judge(group: Block) -> Iterator[Failure]:
        # 0, the default, keeps logs forever.
        days = number(group.get("retention_in_days", 0)) or 0
        if not is_long(days):
            value = group.get("retention_in_days")
            found = f"{written('retention_in_days', value)} in {group.address}"
            yield Failure(found, "retention_in_days = 365 or more", "retention_in_days", group)

    yield from each(groups, judge)


def _log_groups(log: Block, configuration: Configuration) -> list[Block]:
    """The log groups of this configuration that a flow log writes to."""
    found: list[Block] = []
    for name in ("log_destination", "log_group_name"):
        value = log.get(name)
        targets = configuration.targets(log, name)
        if is_unknown(value) and not targets:
            raise UnknownValueError(value)
        found += [target for target in targets if target.type == "aws_cloudwatch_log_group"]
        if isinstance(value, str) and not targets:
            literal = value.removesuffix(":*").rpartition(":log-group:")[2]
            named = configuration.of_type("aws_cloudwatch_log_group")
            found += [group for group in named if not is_unknown(group.get("name")) and group.get("name") == literal]
    return [group for group in found if group.section == "resource"]


NO_PUBLIC_IP_ON_LAUNCH = Control(
    id="vpc-subnet-no-public-ip-on-launch",
    title="Subnets do not assign public IP addresses automatically",
    why="a forgotten instance would be exposed to the internet",
    row="vpc-subnet-no-auto-public-ip",
    fix="Set map_public_ip_on_launch = false and assign_ipv6_address_on_creation = false, or remove them.",
)

# Subnets of a default VPC assign public addresses unless this is turned off.
_TAKEN = {"aws_subnet": False, "aws_default_subnet": True}


@NO_PUBLIC_IP_ON_LAUNCH.check(*_TAKEN)
def _no_public_ip_on_launch(subnet: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(name: str) -> Iterator[Failure]:
        value = subnet.get(name)
        if name == "map_public_ip_on_launch" and not is_false(_TAKEN[subnet.type] if value is None else value):
            yield Failure(written(name, value), f"{name} = false", name)
        # A subnet without IPv4 can only assign IPv6 addresses; its routes decide where they lead.
        if name != "map_public_ip_on_launch" and not is_false(value) and not is_true(subnet.get("ipv6_native")):
            yield Failure(written(name, value), f"{name} = false", name)

    return each(("map_public_ip_on_launch", "assign_ipv6_address_on_creation"), judge)


SEVERAL_ZONES = Control(
    id="vpc-several-zones",
    title="VPCs have subnets in two or more Availability Zones",
    why="an outage of one zone would stop everything",
    row="vpc-multi-az",
    fix="Write a subnet in a second availability_zone.",
    setting="SecureVpc does, in three zones; VpcConfig(zones=...) chooses them.",
)


@SEVERAL_ZONES.check("aws_vpc")
def _several_zones(vpc: Block, configuration: Configuration) -> Iterator[Failure]:
    subnets = configuration.attached(vpc, "aws_subnet", "vpc_id")
    if not subnets:
        raise NotApplicable("its subnets are in another configuration")
    if not several_zones(subnets):
        zones = {written("availability_zone", subnet.get("availability_zone")) for subnet in subnets}
        yield Failure(
            f"{len(subnets)} subnets, {' and '.join(sorted(zones))}", "subnets with different availability_zone"
        )


NO_DEFAULT_VPC = Control(
    id="default-vpc-not-used",
    title="The default VPC is not used",
    why="all its subnets are public, and resources launched without a VPC end up in it",
    row="vpc-no-default-vpc",
    fix="Write your own aws_vpc, and delete the default VPC of each region.",
    setting="SecureVpc creates one.",
)


@NO_DEFAULT_VPC.check("aws_default_vpc")
def _no_default_vpc(vpc: Block, configuration: Configuration) -> Iterator[Failure]:
    yield Failure("aws_default_vpc", "an aws_vpc")


INTERNET_BLOCKED = Control(
    id="vpc-block-public-access-on",
    title="VPC Block Public Access, if set for the account, blocks public access",
    why="one internet gateway and one route could expose any VPC of the account",
    row="vpc-block-public-access",
    fix='Set internet_gateway_block_mode = "block-ingress" or "block-bidirectional"; exempt a VPC that must '
    "be public with an aws_vpc_block_public_access_exclusion.",
)

# An account has one such setting, usually in another configuration: it is checked only if it is written.
INTERNET_BLOCKED.check("aws_vpc_block_public_access_options")(
    argument(
        "internet_gateway_block_mode",
        one_of("block-ingress", "block-bidirectional"),
        'internet_gateway_block_mode = "block-ingress" or "block-bidirectional"',
    )
)
