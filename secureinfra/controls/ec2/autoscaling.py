"""Controls on Auto Scaling groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import nodes_at
from secureinfra.controls.shared.zones import lie_in_zones, zones_differ
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

LAUNCH_TEMPLATE = Control(
    id="autoscaling-group-launch-template",
    title="Auto Scaling groups use launch templates",
    why="launch configurations get no new features, such as settings for instance metadata",
    row="asg-launch-template",
    fix="Replace launch_configuration by launch_template or mixed_instances_policy.",
)


@LAUNCH_TEMPLATE.check("aws_autoscaling_group")
def _launch_template(group: Block, configuration: Configuration) -> Iterator[Failure]:
    expected = "launch_template { id = an aws_launch_template }"
    if group.has("launch_configuration"):
        value = group.get("launch_configuration")
        yield Failure(written("launch_configuration", value), expected, at="launch_configuration")
        return
    nodes = [*group.blocks("launch_template"), *group.blocks("mixed_instances_policy")]
    if not any_of(nodes, lambda node: node.is_there):
        yield Failure("no launch_template and no mixed_instances_policy", expected)


MULTI_AZ = Control(
    id="autoscaling-group-multi-az",
    title="Auto Scaling groups span two or more Availability Zones",
    why="an outage of one zone would take down all instances",
    row="asg-multi-az",
    fix="Set vpc_zone_identifier to subnets in two or more zones.",
)


@MULTI_AZ.check("aws_autoscaling_group")
def _multi_az(group: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "availability_zones" if group.get("availability_zones") is not None else "vpc_zone_identifier"
    value = group.get(path)
    if path == "availability_zones":
        if is_unknown(value):
            raise UnknownValueError(value)
        spread = zones_differ(group.items(path), 2)
    else:
        spread = lie_in_zones(value, 2, configuration)
    if not spread:
        yield Failure(written(path, value), "subnets in at least two zones", at=path)


ELB_HEALTH_CHECK = Control(
    id="autoscaling-group-elb-health-check",
    title="Auto Scaling groups use load balancer health checks",
    why="an instance that runs but does not answer would stay in service",
    row="asg-elb-health-check",
    fix='Set health_check_type = "ELB".',
)


@ELB_HEALTH_CHECK.check("aws_autoscaling_group")
def _elb_health_check(group: Block, configuration: Configuration) -> Iterator[Failure]:
    value = group.get("health_check_type", "EC2")
    kinds = str(value).split(",")
    if "ELB" in kinds or "VPC_LATTICE" in kinds:
        return
    if not any_of(_ways_to_be_behind_one, lambda way: way(group, configuration)):
        raise NotApplicable("no load balancer is attached to the group")
    found = written("health_check_type", group.get("health_check_type"))
    yield Failure(found, 'health_check_type = "ELB"', at="health_check_type")


_ways_to_be_behind_one: tuple[Any, ...] = (
    lambda group, _: group.has("target_group_arns"),
    lambda group, _: group.has("load_balancers"),
    lambda group, _: any_of(group.blocks("traffic_source"), lambda node: node.is_there),
    lambda group, configuration: configuration.attached(group, "aws_autoscaling_attachment", "autoscaling_group_name"),
    lambda group, configuration: configuration.attached(
        group, "aws_autoscaling_traffic_source_attachment", "autoscaling_group_name"
    ),
)


SEVERAL_TYPES = Control(
    id="autoscaling-group-several-instance-types",
    title="Auto Scaling groups use several instance types in several Availability Zones",
    why="a shortage of one instance type in one zone would stop the group from growing",
    row="asg-multiple-instance-types",
    fix="Write mixed_instances_policy with two or more override blocks, and subnets in two or more zones.",
)
_OVERRIDES = "mixed_instances_policy.launch_template.override"


@SEVERAL_TYPES.check("aws_autoscaling_group")
def _several_types(group: Block, configuration: Configuration) -> Iterator[Failure]:
    overrides = nodes_at(group, _OVERRIDES)
    types = {text_of(node.get("instance_type")) for node in overrides if node.is_there}
    flexible = any_of(overrides, lambda node: bool(node.blocks("instance_requirements")))
    if len(types) < 2 and not flexible:
        yield Failure(f"{len(types) or 'no'} instance type in mixed_instances_policy", "two or more", at=_OVERRIDES)
    yield from _multi_az(group, configuration)
