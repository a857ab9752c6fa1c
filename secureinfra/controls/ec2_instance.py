"""Controls on EC2 instances, and on the launch configurations that make them as launch templates do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_false, is_true
from secureinfra.controls.reading.launch import launch_argument, template_of
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

INSTANCES = ("aws_instance", "aws_spot_instance_request")

IMDSV2 = Control(
    id="instance-imdsv2",
    title="Instance metadata is given to requests with a token only",
    why="a program that can be made to fetch a URL would hand out the credentials of the instance's role",
    row="instance-imdsv2",
    mend='Write metadata_options { http_tokens = "required" }, or http_endpoint = "disabled" where nobody needs metadata.',
)


@IMDSV2.check(*INSTANCES, "aws_launch_configuration")
def _imdsv2(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    # What the account sets by default is not counted: it may change, and holds in one region only.
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
    title="The instance has no public address",
    why="everybody on the internet could knock at its ports",
    row="instance-no-public-ip",
    mend="Set associate_public_ip_address = false, and reach the instance through a load balancer or Session Manager.",
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
        return  # a network interface that exists already gets no public address by itself
    if (named := instance.get("subnet_id")) is None:
        yield Failure(f"{path} is not set (AWS gives one in its default subnets)", expected, at=path)
        return
    subnet = configuration.target(named)
    if subnet is None or subnet.section == "data":
        raise UnknownValueError(named if is_unknown(named) else Unknown(f"whether {named} gives public addresses"))
    # docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html: default subnets give one, others do not.
    if is_true(subnet.get("map_public_ip_on_launch", subnet.type == "aws_default_subnet")):
        yield Failure(f"{path} is not set, and {subnet.address} gives public addresses", expected, at=path)


def _public_by_eip(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    if instance.type != "aws_launch_configuration":
        for type, via in (("aws_eip", "instance"), ("aws_eip_association", "instance_id")):
            for address in configuration.attached(instance, type, via):
                yield Failure(f"{address.address} gives it a public address", f"no {type} for the instance")


VOLUMES_ENCRYPTED = Control(
    id="instance-volumes-encrypted",
    title="The volumes of the instance are encrypted",
    why="who gets hold of a volume or its snapshot could read it",
    row="instance-root-encrypted",
    mend="Write root_block_device { encrypted = true }, and encrypted = true in every ebs_block_device.",
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
    """The failure of a volume that does not say that it is encrypted."""
    value, at = volume.get("encrypted"), f"{volume.path}.encrypted"
    if is_true(value) or is_true(volume.get("no_device")):
        return
    snapshot = volume.get("snapshot_id")
    if value is None and snapshot is not None:
        # The provider takes either `encrypted` or `snapshot_id`; the volume is encrypted if the snapshot is.
        raise UnknownValueError(snapshot if is_unknown(snapshot) else Unknown(f"whether {snapshot} is encrypted"))
    yield Failure(written(at, value), "encrypted = true", at=at)


NO_SECRETS = Control(
    id="instance-user-data-no-secrets",
    title="User data holds no credentials",
    why="everybody who may describe the instance, and every program on it, reads its user data",
    row="instance-no-secrets",
    mend="Let the instance fetch the secret with its role from Secrets Manager or the Parameter Store.",
)


@NO_SECRETS.check(*INSTANCES, "aws_launch_configuration")
def _no_secrets(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(path: str) -> Iterator[Failure]:
        return user_data_secrets(path, instance.get(path), configuration)

    return each(("user_data", "user_data_base64"), judge)


_SHA1 = re.compile("[0-9a-f]{40}")


def user_data_secrets(path: str, value: Any, configuration: Configuration) -> Iterator[Failure]:
    """The failures of user data that discloses credentials; what is found is named and not shown."""
    from secureinfra.controls.reading.disclosure import disclosed_by_text  # noqa: PLC0415 - the emitting wing needs none of it

    if isinstance(value, str) and _SHA1.fullmatch(value):
        # Provider 5 puts the hash of user data into a plan, in its place.
        raise UnknownValueError(Unknown(f"{path} of which the plan has the hash"))
    for kind in disclosed_by_text(value, configuration):
        yield Failure(f"{path} holds {kind}", "a secret that the instance fetches with its role", at=path)


DETAILED_MONITORING = Control(
    id="instance-detailed-monitoring",
    title="The instance is measured every minute",
    why="an alarm would see trouble only after five minutes",
    row="instance-detailed-monitoring",
    mend="Set monitoring = true on the instance, or monitoring { enabled = true } in its launch template.",
)

DETAILED_MONITORING.check(*INSTANCES)(
    launch_argument("monitoring", "monitoring.enabled", is_true, "monitoring = true", absent=False)
)
DETAILED_MONITORING.check("aws_launch_template")(
    argument("monitoring.enabled", is_true, "monitoring { enabled = true }", absent=False)
)

EBS_OPTIMIZED = Control(
    id="instance-ebs-optimized",
    title="The instance has bandwidth of its own for its volumes",
    why="traffic on the network would slow its volumes down",
    row="instance-ebs-optimized",
    mend="Set ebs_optimized = true; instance types of today have it at no charge.",
)
# docs.aws.amazon.com/AWSEC2/latest/UserGuide/ebs-optimized.html: these refuse to start with it.
_WITHOUT_EBS_OPTIMIZATION = ("t1.", "t2.", "m1.small", "m1.medium", "m3.medium", "m3.large")


@EBS_OPTIMIZED.check(*INSTANCES)
def _ebs_optimized(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    kind = instance.get("instance_type")
    if isinstance(kind, str) and kind.startswith(_WITHOUT_EBS_OPTIMIZATION):
        raise NotApplicable(f"{kind} cannot be EBS-optimised")
    yield from launch_argument("ebs_optimized", "ebs_optimized", is_true, "ebs_optimized = true")(
        instance, configuration
    )


SOURCE_DEST_CHECK = Control(
    id="network-interface-source-dest-check",
    title="A network interface carries its own traffic only",
    why="a machine that forwards traffic of others can read it, and goes around the rules of the network",
    row="eni-source-dest-check",
    mend="Leave source_dest_check out, or set it to true; for NAT use an aws_nat_gateway.",
)


@SOURCE_DEST_CHECK.check("aws_network_interface", *INSTANCES)
def _source_dest_check(interface: Block, configuration: Configuration) -> Iterator[Failure]:
    value = interface.get("source_dest_check")
    if value is not None and is_false(value):
        yield Failure(written("source_dest_check", value), "source_dest_check = true", at="source_dest_check")
