"""Controls on launch templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.ec2_instance import imdsv2, not_encrypted, user_data_secrets, volumes_of
from secureinfra.controls.reading.arguments import argument, at_most, is_false
from secureinfra.controls.verdict import Failure, NotApplicable, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

TEMPLATE_IMDSV2 = Control(
    id="launch-template-imdsv2",
    title="Metadata of every instance it makes needs a token",
    why="a program that can be made to fetch a URL would hand out the credentials of the instance's role",
    row="lt-imdsv2",
    mend='Write metadata_options { http_tokens = "required" }.',
)


@TEMPLATE_IMDSV2.check("aws_launch_template")
def _imdsv2(template: Block, configuration: Configuration) -> Iterator[Failure]:
    return imdsv2(template)


TEMPLATE_HOP_LIMIT = Control(
    id="launch-template-hop-limit",
    title="Metadata does not leave the instance",
    why="a container, or a machine behind the instance, could fetch the credentials of the instance's role",
    row="lt-hop-limit",
    mend="Set http_put_response_hop_limit = 1; containers on a bridge network need 2, which is worth a waiver.",
)

TEMPLATE_HOP_LIMIT.check("aws_launch_template", "aws_launch_configuration")(
    argument("metadata_options.http_put_response_hop_limit", at_most(1), "http_put_response_hop_limit = 1", absent=1)
)

TEMPLATE_VOLUMES_ENCRYPTED = Control(
    id="launch-template-volumes-encrypted",
    title="Every volume it describes is encrypted",
    why="who gets hold of a volume or its snapshot could read it",
    row="lt-ebs-encrypted",
    mend="Write encrypted = true in the ebs block of every block_device_mappings.",
)


@TEMPLATE_VOLUMES_ENCRYPTED.check("aws_launch_template")
def _volumes_encrypted(template: Block, configuration: Configuration) -> Iterator[Failure]:
    if not (volumes := volumes_of(template)):
        raise NotApplicable("it describes no volume")
    return each(volumes, not_encrypted)


TEMPLATE_NO_PUBLIC_IP = Control(
    id="launch-template-no-public-ip",
    title="No instance it makes gets a public address",
    why="everybody on the internet could knock at its ports",
    row="lt-no-public-ip",
    mend="Write associate_public_ip_address = false in every network_interfaces block.",
)


@TEMPLATE_NO_PUBLIC_IP.check("aws_launch_template")
def _no_public_ip(template: Block, configuration: Configuration) -> Iterator[Failure]:
    if not (interfaces := template.blocks("network_interfaces")):
        raise NotApplicable("it describes no network interface: the subnet decides")

    def judge(interface: Node) -> Iterator[Failure]:
        value, at = interface.get("associate_public_ip_address"), f"{interface.path}.associate_public_ip_address"
        if value is None and interface.get("network_interface_id") is not None:
            return  # one that exists already gets no address by itself
        # Where it is not stated the subnet decides, and whoever moves the group to another subnet.
        if value is None or not is_false(value):
            yield Failure(written(at, value), "associate_public_ip_address = false", at=at)

    return each(interfaces, judge)


TEMPLATE_NO_SECRETS = Control(
    id="launch-template-user-data-no-secrets",
    title="User data holds no credentials",
    why="everybody who may describe the template, and every program on its instances, reads the user data",
    row="lt-no-secrets",
    mend="Let the instance fetch the secret with its role from Secrets Manager or the Parameter Store.",
)


@TEMPLATE_NO_SECRETS.check("aws_launch_template")
def _no_secrets(template: Block, configuration: Configuration) -> Iterator[Failure]:
    return user_data_secrets("user_data", template.get("user_data"), configuration)
