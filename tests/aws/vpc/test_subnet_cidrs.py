"""Networks of single subnets: as chosen, beside those of the plan, and refused where AWS would refuse them."""

from typing import Any

import pytest

from secureinfra.aws.vpc.cidr_plan import slot
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack

ZONES = ("eu-central-1a", "eu-central-1b")


def blocks(config: VpcConfig) -> dict[str, Any]:
    stack = test_stack()
    SecureVpc(stack, "network", config)
    made = synthesize(stack)["resource"]["aws_subnet"]
    return {name.removeprefix("network_"): block for name, block in made.items()}


def subnets(config: VpcConfig) -> dict[str, str]:
    return {name: block["cidr_block"] for name, block in blocks(config).items()}


def test_chosen_networks() -> None:
    chosen = {"private-a": "10.20.1.0/24", "private-b": "10.20.2.0/24", "public-a": "10.20.101.0/24"}
    config = VpcConfig(
        cidr="10.20.0.0/16", zones=ZONES, tiers=("public", "private"), subnet_cidrs=chosen, reserved_zones=4
    )
    assert subnets(config) == {
        "private_a": "10.20.1.0/24",
        "private_b": "10.20.2.0/24",
        "public_a": "10.20.101.0/24",
        "public_b": slot("public", "b", 4).within("10.20.0.0/16"),
    }


def test_all_chosen_in_a_small_network() -> None:
    chosen = {"private-a": "10.20.1.0/28", "private-b": "10.20.1.16/28"}
    config = VpcConfig(cidr="10.20.1.0/27", zones=ZONES, tiers=("private",), subnet_cidrs=chosen)
    assert subnets(config) == {"private_a": "10.20.1.0/28", "private_b": "10.20.1.16/28"}


def test_within_a_secondary_network() -> None:
    chosen = {"private-a": "100.64.0.0/24"}
    config = VpcConfig(
        cidr="10.20.0.0/16", zones=ZONES, tiers=("private",), subnet_cidrs=chosen, secondary_cidrs=("100.64.0.0/16",)
    )
    made = blocks(config)
    # AWS refuses the subnet before the VPC has that network.
    assert made["private_a"]["depends_on"] == ["aws_vpc_ipv4_cidr_block_association.network_cidr_100_64_0_0_16"]
    assert "depends_on" not in made["private_b"]


def test_a_token_is_passed_through() -> None:
    config = VpcConfig(cidr="${var.cidr}", zones=ZONES, tiers=("private",), subnet_cidrs={"private-a": "${var.first}"})
    assert subnets(config)["private_a"] == "${var.first}"


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        (
            {"privat-a": "10.20.1.0/24"},
            r"subnet_cidrs\['privat-a'\] is not one of the subnets.* Did you mean 'private-a'",
        ),
        ({"private-c": "10.20.1.0/24"}, "is not one of the subnets"),
        ({"private-a": "10.21.1.0/24"}, "is 10.21.1.0/24, which is not within 10.20.0.0/16: AWS refuses it"),
        ({"private-a": "10.20.1.0/29"}, "a size that AWS does not accept. Use a /16 to /28"),
        (
            {"private-a": "10.20.64.0/24", "public-a": "10.20.64.128/25"},
            r"overlaps .*\(10.20.64.\d+/2\d\): AWS refuses it. Choose networks that lie apart",
        ),
        (
            {"private-a": "10.20.32.0/24"},
            r"overlaps private-b \(10.20.32.0/19, where the address plan has it\).* or set 'private-b' too",
        ),
    ],
)
def test_refuses_networks_that_do_not_fit(chosen: dict[str, str], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        VpcConfig(cidr="10.20.0.0/16", zones=ZONES, tiers=("public", "private"), subnet_cidrs=chosen).require("network")


def test_refuses_networks_beside_a_pool() -> None:
    with pytest.raises(ConfigError, match="subnet_cidrs goes with no ipam_pool_id"):
        VpcConfig(ipam_pool_id="ipam-pool-1", netmask_length=16, subnet_cidrs={"private-a": "10.20.1.0/24"}).require(
            "network"
        )
