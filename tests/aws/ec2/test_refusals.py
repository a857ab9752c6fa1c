"""What Terraform refuses in the plan."""

from typing import Any

from secureinfra.aws.ec2.config import InstanceConfig
from secureinfra.aws.ec2.image import MachineImage
from secureinfra.aws.ec2.instance import Instance
from secureinfra.testing import synthesize, test_stack
from tests.aws.ec2.stacks import SUBNET, VPC, instance_of


def conditions(**settings: Any) -> dict[str, str]:
    stack = test_stack()
    Instance(stack, "ledger", InstanceConfig(vpc_id=VPC, subnet_id=SUBNET, **settings))
    return {one["error_message"]: one["condition"] for one in instance_of(stack)["lifecycle"]["precondition"]}


def test_a_type_that_the_zone_does_not_have() -> None:
    stack = test_stack()
    Instance(stack, "ledger", InstanceConfig(vpc_id=VPC, subnet_id=SUBNET))
    (offered,) = synthesize(stack)["data"]["aws_ec2_instance_type_offerings"].values()
    assert {"name": "instance-type", "values": ["t4g.small"]} in offered["filter"]
    (message,) = conditions()
    assert message == (
        "test/ledger: AWS does not offer its instance type in its zone. Use another type or another zone."
    )


def test_a_root_volume_below_the_size_of_an_image_that_is_named_by_id() -> None:
    image = MachineImage(image_id="ami-0a1b2c3d4e5f60718")
    found = conditions(image=image, volume_size_gib=30)
    (condition,) = [found[one] for one in found if "volume_size_gib is below the size of the image's" in one]
    assert condition.endswith('size <= tonumber("30")])}')


def test_an_address_outside_of_the_subnet() -> None:
    found = conditions(private_ip="10.20.16.10")
    (condition,) = [found[one] for one in found if "private_ip is not within the range of its subnet" in one]
    assert (
        'cidrhost(join("/", ["10.20.16.10", split("/", data.aws_subnet.ledger_subnet.cidr_block)[1]]), 0)' in condition
    )
