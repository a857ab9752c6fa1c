"""What AWS refuses after the old instance is stopped or gone, refused by Terraform in the plan."""

from __future__ import annotations

from secureinfra.aws.ec2.config import InstanceConfig
from secureinfra.aws.ec2.place import Place
from secureinfra.config.rules import is_token
from secureinfra.engine import Data, Resource, SecureConstruct


def refuse_early(owner: SecureConstruct, config: InstanceConfig, place: Place, instance: Resource, image: Data) -> None:
    """Write the preconditions of an instance.

    Args:
        owner: the construct.
        config: what was chosen.
        place: its subnet and zone.
        instance: the instance.
        image: the data source of its image.
    """
    offered = Data(
        owner,
        "offered",
        "aws_ec2_instance_type_offerings",
        location_type="availability-zone",
        filter=[
            {"name": "instance-type", "values": [config.instance_type]},
            {"name": "location", "values": [place.zone]},
        ],
    )
    # A change of type stops the instance first, and AWS refuses a type that its zone does not have then.
    instance.require(
        f"${{length({offered.address}.instance_types) > 0}}",
        f"{owner.path}: AWS does not offer its instance type in its zone. Use another type or another zone.",
    )
    if config.image.image_id is not None:
        # Not for the newest of a name: that one may outgrow a volume, and the instance is not made from it.
        sizes = (
            f'[for held in {image.address}.block_device_mappings : tonumber(lookup(held.ebs, "volume_size", 0)) '
            f"if held.device_name == {image.address}.root_device_name]"
        )
        size = config.volume_size_gib
        instance.demand(
            "volume_size_gib",
            size if is_token(size) else f"{size}",
            f"alltrue([for size in {sizes} : size <= tonumber({{value}})])",
            "volume_size_gib is below the size of the image's root volume, which AWS refuses. Raise it",
        )
    if config.private_ip is not None:
        cidr = place.cidr[2:-1]
        instance.demand(
            "private_ip",
            config.private_ip,
            f'cidrhost(join("/", [{{value}}, split("/", {cidr})[1]]), 0) == cidrhost({cidr}, 0)',
            "private_ip is not within the range of its subnet. Use an address that is",
        )
