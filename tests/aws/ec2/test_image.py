"""Images of named owners, and the types that can run them."""

import pytest

from secureinfra.aws.ec2.image import MachineImage, find_image, type_problems
from secureinfra.aws.kms.key import SecureKey
from secureinfra.config.config import refusals_of
from secureinfra.testing import synthesize, test_stack


def found(image: MachineImage) -> dict[str, object]:
    stack = test_stack()
    find_image(SecureKey(stack, "it"), image)
    (block,) = synthesize(stack)["data"]["aws_ami"].values()
    return dict(block)


def test_the_newest_of_a_name_and_of_an_owner() -> None:
    block = found(MachineImage(owners=("111122223333",), name="shop-*"))
    assert (block["owners"], block["most_recent"]) == (["111122223333"], True)
    assert {"name": "name", "values": ["shop-*"]} in block["filter"]  # type: ignore[operator]
    assert "include_deprecated" not in block


def test_an_image_by_its_id_is_found_after_its_owner_deprecates_it() -> None:
    block = found(MachineImage(image_id="ami-0a1b2c3d4e5f60718"))
    assert {"name": "image-id", "values": ["ami-0a1b2c3d4e5f60718"]} in block["filter"]  # type: ignore[operator]
    assert block["include_deprecated"] is True


@pytest.mark.parametrize("one", ["t4g.small", "a1.large", "c7gn.large", "im4gn.large", "x2gd.metal", "r8gd.large"])
def test_graviton_runs_arm64(one: str) -> None:
    assert list(type_problems("instance_type", one, "arm64")) == []
    (problem,) = type_problems("instance_type", one, "x86_64")
    assert "is of architecture arm64, and the image of x86_64" in problem.what


@pytest.mark.parametrize(
    "one", ["t3.small", "m7i-flex.large", "g6.xlarge", "g4dn.xlarge", "u-6tb1.metal", "p4de.24xlarge"]
)
def test_others_run_x86_64(one: str) -> None:
    assert list(type_problems("instance_type", one, "x86_64")) == []


@pytest.mark.parametrize("one", ["t2.micro", "t1.micro", "m3.medium", "c3.large"])
def test_refuses_types_that_cannot_be_ebs_optimized(one: str) -> None:
    (problem,) = type_problems("instance_type", one, "x86_64")
    assert problem.what == "is older than the Nitro system, and cannot be EBS-optimized"
    assert problem.why == "AWS refuses such an instance"


def test_what_only_terraform_knows_is_not_decided() -> None:
    assert list(type_problems("instance_type", "${var.type}", "arm64")) == []


def test_refuses_images_of_anyone() -> None:
    assert "owners names none" in "\n".join(one.text for one in refusals_of(MachineImage(owners=())))
