"""VPC encryption controls, which provider 6 has: the mode, and what is excluded from it."""

from typing import Any

import pytest

from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack


def control(**choices: Any) -> dict[str, Any]:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", provider_major=6))
    SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", **choices))
    (block,) = synthesize(stack)["resource"]["aws_vpc_encryption_control"].values()
    return {name: value for name, value in block.items() if name == "mode" or name.endswith("_exclusion")}


def test_monitor_excludes_nothing() -> None:
    assert control(encryption_control="monitor", nat="single") == {"mode": "monitor"}


@pytest.mark.parametrize(
    ("choices", "excluded"),
    [
        ({"tiers": ("private", "isolated")}, set()),
        ({}, {"internet_gateway"}),
        ({"nat": "per_zone"}, {"internet_gateway", "nat_gateway"}),
        ({"nat": "regional", "tiers": ("private",)}, {"internet_gateway", "nat_gateway"}),
        ({"nat": "single", "ipv6": True}, {"internet_gateway", "nat_gateway", "egress_only_internet_gateway"}),
        ({"encryption_exclusions": ("lambda", "vpc_peering")}, {"internet_gateway", "lambda", "vpc_peering"}),
    ],
)
def test_enforce_excludes_the_gateways_there_are(choices: dict[str, Any], excluded: set[str]) -> None:
    found = control(encryption_control="enforce", **choices)
    assert found == {"mode": "enforce", **{f"{name}_exclusion": "enable" for name in excluded}}


@pytest.mark.parametrize("major", [None, 5])
def test_refuses_other_majors(major: Any) -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", provider_major=major))
    with pytest.raises(ConfigError, match="test/network: encryption_control='monitor' needs AWS provider 6"):
        SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", encryption_control="monitor"))
