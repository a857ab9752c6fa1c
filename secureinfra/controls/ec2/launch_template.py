"""Controls on launch templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.ec2.instance import imdsv2, not_encrypted, user_data_secrets, volumes_of
from secureinfra.controls.shared.arguments import argument, at_most, is_false
from secureinfra.controls.verdict import Failure, NotApplicable, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

TEMPLATE_IMDSV2 = Control(
    id="launch-template-imdsv2",
    title="EC2 launch templates require a token for instance metadata (IMDSv2)",
    why="an application that can be made to request a URL would disclose the credentials of the instance's role",
    row="lt-imdsv2",
    fix='Write metadata_options { http_tokens = "required" }.',
)


@TEMPLATE_IMDSV2.check("aws_launch_template")
def _imdsv2(template: Block, configuration: Configuration) -> Iterator[Failure]:
    return imdsv2(template)


TEMPLATE_HOP_LIMIT = Control(
    id="launch-template-hop-limit",
    title="EC2 launch templates keep instance metadata within the instance",
    why="a container, or a host that routes through the instance, could get the credentials of the instance's role",
    row="lt-hop-limit",
    fix="Set http_put_response_hop_limit = 1; containers on a bridge network need 2, with a waiver.",
)

TEMPLATE_HOP_LIMIT.check("aws_launch_template", "aws_launch_configuration")(
    argument("metadata_options.http_put_response_hop_limit", at_most(1), "http_put_response_hop_limit = 1", absent=1)
)

TEMPLATE_VOLUMES_ENCRYPTED = Control(
    id="launch-template-volumes-encrypted",
    title="EC2 launch templates encrypt all volumes",
    why="a copy of a volume or a snapshot would expose the data",
    row="lt-ebs-encrypted",
    fix="Write encrypted = true in the ebs block of every block_device_mappings.",
)


@TEMPLATE_VOLUMES_ENCRYPTED.check("aws_launch_template")
def _volumes_encrypted(template: Block, configuration: Configuration) -> Iterator[Failure]:
    if not (volumes := volumes_of(template)):
        raise NotApplicable("the template does not define volumes")
    return each(volumes, not_encrypted)


TEMPLATE_NO_PUBLIC_IP = Control(
    id="launch-template-no-public-ip",
    title="EC2 launch templates do not assign public IP addresses",
    why="anyone on the internet could try to connect to the instance's ports",
    row="lt-no-public-ip",
    fix="Write associate_public_ip_address = false in every network_interfaces block.",
)


@TEMPLATE_NO_PUBLIC_IP.check("aws_launch_template")
def _no_public_ip(template: Block, configuration: Configuration) -> Iterator[Failure]:
    if not (interfaces := template.blocks("network_interfaces")):
        raise NotApplicable("the template does not define network interfaces: the subnet decides")

    def judge(interface: Node) -> Iterator[Failure]:
        value, at = interface.get("associate_public_ip_address"), f"{interface.path}.associate_public_ip_address"
        if value is None and interface.get("network_interface_id") is not None:
            return  # an existing network interface gets no public address by itself
        # If it is not set, the subnet decides, and moving the group to another subnet changes it.
        if value is None or not is_false(value):
            yield Failure(written(at, value), "associate_public_ip_address = false", at=at)

    return each(interfaces, judge)


TEMPLATE_NO_SECRETS = Control(
    id="launch-template-user-data-no-secrets",
    title="EC2 launch template user data does not contain credentials",
    why="every principal that may describe the template, and every process on its instances, can read the user data",
    row="lt-no-secrets",
    fix="Let the instance read the secret from Secrets Manager or Parameter Store with its role.",
)


@TEMPLATE_NO_SECRETS.check("aws_launch_template")
def _no_secrets(template: Block, configuration: Configuration) -> Iterator[Failure]:
    return user_data_secrets("user_data", template.get("user_data"), configuration)
