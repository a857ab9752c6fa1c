"""The one VPC that a construct is given."""

import pytest

from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wiring.vpc_id import HasVpc, vpc_id_of
from secureinfra.errors import ConfigError
from secureinfra.testing import test_stack

ID = "vpc-0a1b2c3d4e5f60718"


def test_an_id_or_what_has_one() -> None:
    network = SecureVpc(test_stack(), "network", VpcConfig(cidr="10.20.0.0/16"))
    assert isinstance(network, HasVpc)
    assert vpc_id_of("a/b", network, None) == "${aws_vpc.network_vpc.id}"
    assert vpc_id_of("a/b", ID, None) == vpc_id_of("a/b", None, ID) == ID


@pytest.mark.parametrize(
    ("vpc", "vpc_id", "message"),
    [
        (None, None, "a/b: it needs one VPC"),
        (ID, ID, "a/b: it needs one VPC"),
        ("network", None, "a/b: vpc='network' is not a VPC id"),
        (None, "10.20.0.0/16", "is not a VPC id"),
    ],
)
def test_refuses(vpc: str | None, vpc_id: str | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        vpc_id_of("a/b", vpc, vpc_id)
