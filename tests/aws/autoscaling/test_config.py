"""What is refused in a fleet's configuration."""

import pytest

from secureinfra.aws.autoscaling.config import FleetConfig
from secureinfra.aws.ec2.image import MachineImage
from secureinfra.config.config import Config, refusals_of


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (MachineImage(owners=()), "owners names none: anyone can publish an image of any name. Name one"),
        (MachineImage(owners=("*",)), "is not an owner of images: write an account id, 'amazon' or 'self'"),
        (MachineImage(name=None), "name is missing. Name images, or one by image_id"),
        (
            MachineImage(parameter="/shop/image"),
            "is not a public parameter of AWS: write its path below '/aws/service/'",
        ),
        (
            MachineImage(parameter="/aws/service/x", image_id="ami-0a1b2c3d4e5f60718"),
            "parameter and image_id are both given",
        ),
        (MachineImage(image_id="al2023"), "is not the id of an image"),
        (FleetConfig(instance_types=()), "instance_types names none"),
        (FleetConfig(instance_types=("small",)), "is not an instance type"),
        (FleetConfig(min_size=5, max_size=4), "min_size=5 is above max_size=4"),
        (FleetConfig(volume_size_gib=1), "must be between 8 and 16384 GiB"),
        (FleetConfig(vpc_id="vpc-0a1b2c3d4e5f60718"), "subnet_ids and vpc_id go together"),
        (FleetConfig(subnet_ids={"1": "subnet-1"}), "which is not the letter of a zone"),
    ],
)
def test_refuses(config: Config, message: str) -> None:
    assert message in "\n".join(problem.text for problem in refusals_of(config))


def test_an_image_by_its_id() -> None:
    image = MachineImage(owners=("self",), name=None, image_id="ami-0a1b2c3d4e5f60718")
    assert image.require().image_id == "ami-0a1b2c3d4e5f60718"
