"""Controls on EC2 instances, and on launch configurations, which create instances too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.ec2.launch import launch_argument, template_of
from secureinfra.controls.shared.arguments import argument, is_false, is_true
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.facts.ebs_optimized import cannot_be_ebs_optimized, is_ebs_optimized_by_default
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

INSTANCES = ("aws_instance", "aws_spot_instance_request")

IMDSV2 = Control(
    id="instance-imdsv2",
    title="EC2 instances require a token for instance metadata (IMDSv2)",
    why="an application that can be made to request a URL would disclose the credentials of the instance's role",
    row="instance-imdsv2",
    fix='Write metadata_options { http_tokens = "required" }, or http_endpoint = "disabled" if metadata is not used.',
)


@IMDSV2.check(*INSTANCES, "aws_launch_configuration")
def _imdsv2(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    # The account's default does not count: it may change, and it applies to one region only.
    tokens, source = instance.get("metadata_options.http_tokens"), instance
    if tokens is None and (template := template_of(instance, configuration)) is not None:
        source = template
    yield from imdsv2(source)


def imdsv2(source: Block) -> Iterator[Failure]:
    """The failure of an instance or launch template whose metadata needs no token."""
    path = "metadata_options.http_tokens"
    met_by = ((path, "required"), ("metadata_options.http_endpoint", "disabled"))
    if not any_of(met_by, lambda choice: source.get(choice[0]) == choice[1]):
        yield Failure(written(path, source.get(path)), 'http_tokens = "required"', at=path)


NO_PUBLIC_IP = Control(
    id="instance-no-public-ip",
    title="EC2 instances do not have a public IP address",
    why="anyone on the internet could try to connect to its ports",
    row="instance-no-public-ip",
    fix="Set associate_public_ip_address = false, and reach the instance through a load balancer or Session Manager.",
)


@NO_PUBLIC_IP.check(*INSTANCES, "aws_launch_configuration")
def _no_public_ip(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    return each((_public_by_itself, _public_by_eip), lambda judge: judge(instance, configuration))


def _public_by_itself(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    path, expected = "associate_public_ip_address", "associate_public_ip_address = false"
    value = instance.get(path)
    if value is None and (template := template_of(instance, configuration)) is not None:
        value = template.get("network_interfaces.associate_public_ip_address")
    if value is not None:
        if is_true(value):
            yield Failure(written(path, value), expected, at=path)
        return
    if instance.type == "aws_launch_configuration":
        raise NotApplicable("the subnets of its Auto Scaling group decide")
    if instance.blocks("network_interface") or instance.blocks("primary_network_interface"):
        return  # an existing network interface gets no public address by itself
    if (named := instance.get("subnet_id")) is None:
        yield Failure(f"{path} is not set (default subnets assign a public address)", expected, at=path)
        return
    subnet = configuration.target(named)
    if subnet is None or subnet.section == "data":
        raise UnknownValueError(named if is_unknown(named) else Unknown(f"whether {named} assigns public addresses"))
    # docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html: default subnets assign one, others do not.
    if is_true(subnet.get("map_public_ip_on_launch", subnet.type == "aws_default_subnet")):
        yield Failure(f"{path} is not set, and {subnet.address} assigns public addresses", expected, at=path)


def _public_by_eip(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    if instance.type != "aws_launch_configuration":
        for type, via in (("aws_eip", "instance"), ("aws_eip_association", "instance_id")):
            for address in configuration.attached(instance, type, via):
                yield Failure(f"{address.address} assigns a public address", f"no {type} for the instance")


VOLUMES_ENCRYPTED = Control(
    id="instance-volumes-encrypted",
    title="EC2 instance volumes are encrypted",
    why="a copy of a volume or a snapshot would expose the data",
    row="instance-root-encrypted",
    fix="Write root_block_device { encrypted = true }, and encrypted = true in every ebs_block_device.",
)


@VOLUMES_ENCRYPTED.check(*INSTANCES, "aws_launch_configuration")
def _volumes_encrypted(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    roots = instance.blocks("root_block_device")

    def judge(volume: Node | None) -> Iterator[Failure]:
        if volume is not None:
            yield from not_encrypted(volume)
            return
        template = template_of(instance, configuration)
        mapped = [] if template is None else volumes_of(template)
        if not mapped:
            yield Failure("no root_block_device block", "root_block_device { encrypted = true }")
        yield from each(mapped, not_encrypted)

    volumes: list[Node | None] = [*roots, *instance.blocks("ebs_block_device")]
    return each(volumes if roots else [None, *volumes], judge)


def volumes_of(template: Block) -> list[Node]:
    """The volumes that a launch template describes."""
    return [ebs for mapping in template.blocks("block_device_mappings") for ebs in mapping.blocks("ebs")]


def not_encrypted(volume: Node) -> Iterator[Failure]:
    """The failure of a volume that is not set to be encrypted."""
    value, at = volume.get("encrypted"), f"{volume.path}.encrypted"
    if is_true(value) or is_true(volume.get("no_device")):
        return
    snapshot = volume.get("snapshot_id")
    if value is None and snapshot is not None:
        # The provider allows either `encrypted` or `snapshot_id`; the volume is encrypted if the snapshot is.
        raise UnknownValueError(snapshot if is_unknown(snapshot) else Unknown(f"whether {snapshot} is encrypted"))
    yield Failure(written(at, value), "encrypted = true", at=at)


NO_SECRETS = Control(
    id="instance-user-data-no-secrets",
    title="EC2 instance user data does not contain credentials",
    why="every principal that may describe the instance, and every process on it, can read the user data",
    row="instance-no-secrets",
    fix="Let the instance read the secret from Secrets Manager or Parameter Store with its role.",
)


@NO_SECRETS.check(*INSTANCES, "aws_launch_configuration")
def _no_secrets(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(path: str) -> Iterator[Failure]:
        return user_data_secrets(path, instance.get(path), configuration)

    return each(("user_data", "user_data_base64"), judge)


_SHA1 = re.compile("[0-9a-f]{40}")


def user_data_secrets(path: str, value: Any, configuration: Configuration) -> Iterator[Failure]:
    """The failures of user data that discloses credentials; findings are named but not shown."""
    from secureinfra.controls.shared.disclosure import disclosed_by_text  # noqa: PLC0415 - the emitting wing needs none of it

    if isinstance(value, str) and _SHA1.fullmatch(value):
        # Provider 5 puts the hash of user data into a plan instead of the text.
        raise UnknownValueError(Unknown(f"{path}, for which the plan only has a hash"))
    for kind in disclosed_by_text(value, configuration):
        yield Failure(f"{path} contains {kind}", "a secret that the instance reads with its role", at=path)


DETAILED_MONITORING = Control(
    id="instance-detailed-monitoring",
    title="EC2 instances have detailed monitoring",
    why="alarms would react only after five minutes",
    row="instance-detailed-monitoring",
    fix="Set monitoring = true on the instance, or monitoring { enabled = true } in its launch template.",
)

DETAILED_MONITORING.check(*INSTANCES)(
    launch_argument("monitoring", "monitoring.enabled", is_true, "monitoring = true", absent=False)
)
DETAILED_MONITORING.check("aws_launch_template")(
    argument("monitoring.enabled", is_true, "monitoring { enabled = true }", absent=False)
)

EBS_OPTIMIZED = Control(
    id="instance-ebs-optimized",
    title="EC2 instances are EBS-optimized",
    why="network traffic would slow down volume access",
    row="instance-ebs-optimized",
    fix="Set ebs_optimized = true; current instance types include it at no charge.",
)


@EBS_OPTIMIZED.check(*INSTANCES)
def _ebs_optimized(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    kind = instance.get("instance_type")
    if kind is None and (template := template_of(instance, configuration)) is not None:
        kind = template.get("instance_type")
    if isinstance(kind, str) and cannot_be_ebs_optimized(kind):
        raise NotApplicable(f"{kind} cannot be EBS-optimized")
    if isinstance(kind, str) and is_ebs_optimized_by_default(kind):
        return
    yield from launch_argument("ebs_optimized", "ebs_optimized", is_true, "ebs_optimized = true")(
        instance, configuration
    )


SOURCE_DEST_CHECK = Control(
    id="network-interface-source-dest-check",
    title="EC2 network interfaces check source and destination",
    why="an instance that forwards traffic can read it and bypass network rules",
    row="eni-source-dest-check",
    fix="Remove source_dest_check, or set it to true; use an aws_nat_gateway for NAT.",
)


@SOURCE_DEST_CHECK.check("aws_network_interface", *INSTANCES)
def _source_dest_check(interface: Block, configuration: Configuration) -> Iterator[Failure]:
    value = interface.get("source_dest_check")
    if value is not None and is_false(value):
        yield Failure(written("source_dest_check", value), "source_dest_check = true", at="source_dest_check")
