"""Private subnets of a network: by tier and zone, or as given."""

import pytest

from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wiring.private_subnets import private_subnets
from secureinfra.errors import ConfigError
from secureinfra.testing import test_stack

VPC, SUBNETS = "vpc-0a1b2c3d4e5f60718", {"a": "subnet-0a1b2c3d4e5f60718"}


def test_isolated_ones_come_first() -> None:
    network = SecureVpc(test_stack(), "network", VpcConfig(cidr="10.20.0.0/16", zones=2))
    assert private_subnets("x", network, None, {}) == (
        "${aws_vpc.network_vpc.id}",
        {"a": "${aws_subnet.network_isolated_a.id}", "b": "${aws_subnet.network_isolated_b.id}"},
    )
    network = SecureVpc(test_stack(), "network", VpcConfig(cidr="10.20.0.0/16", zones=2, tiers=("public", "private")))
    assert private_subnets("x", network, None, {})[1]["a"] == "${aws_subnet.network_private_a.id}"


def test_given_ones() -> None:
    assert private_subnets("x", None, VPC, SUBNETS) == (VPC, SUBNETS)


def test_refuses_missing_or_second_network() -> None:
    with pytest.raises(ConfigError, match="x: no network is given: it could not be reached. Pass vpc=network"):
        private_subnets("x", None, None, {})
    network = SecureVpc(test_stack(), "network", VpcConfig(cidr="10.20.0.0/16", zones=2, tiers=("public",)))
    with pytest.raises(ConfigError, match="vpc= and vpc_id are both given"):
        private_subnets("x", network, VPC, SUBNETS)
    with pytest.raises(ConfigError, match="test/network has public subnets only"):
        private_subnets("x", network, None, {})
