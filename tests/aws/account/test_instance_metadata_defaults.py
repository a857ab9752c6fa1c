"""InstanceMetadataDefaults: metadata for a token only, in each region."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.account.instance_metadata_defaults import InstanceMetadataDefaults, InstanceMetadataDefaultsConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    InstanceMetadataDefaults(stack, "metadata")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = InstanceMetadataDefaultsConfig(http_put_response_hop_limit=2, protect=False)
    InstanceMetadataDefaults(stack, "metadata", config, provider="aws.other")
    matches_snapshot(stack)


def test_account_imdsv2() -> None:
    stack = test_stack()
    InstanceMetadataDefaults(stack, "metadata")
    (defaults,) = synthesize(stack)["resource"]["aws_ec2_instance_metadata_defaults"].values()
    assert (defaults["http_tokens"], defaults["http_put_response_hop_limit"]) == ("required", 1)


def test_two_regions_stand_side_by_side() -> None:
    stack = test_stack()
    InstanceMetadataDefaults(stack, "metadata")
    InstanceMetadataDefaults(stack, "metadata-virginia", provider="aws.virginia")
    defaults = synthesize(stack)["resource"]["aws_ec2_instance_metadata_defaults"]
    assert [block.get("provider") for block in defaults.values()] == [None, "aws.virginia"]


def test_refuses_metadata_without_token() -> None:
    with pytest.raises(ConfigError, match="has no field 'http_tokens'"):
        InstanceMetadataDefaults(
            test_stack(), "metadata", InstanceMetadataDefaultsConfig.of({"http_tokens": "optional"})
        )


@pytest.mark.parametrize("hops", [0, 65])
def test_refuses_hops_that_ec2_does_not_know(hops: int) -> None:
    with pytest.raises(ConfigError, match=f"http_put_response_hop_limit={hops} must be between 1 and 64 hops"):
        InstanceMetadataDefaults(
            test_stack(), "metadata", InstanceMetadataDefaultsConfig(http_put_response_hop_limit=hops)
        )


def test_addresses() -> None:
    stack = test_stack()
    InstanceMetadataDefaults(stack, "metadata")
    assert addresses(synthesize(stack)) == ["aws_ec2_instance_metadata_defaults.metadata_defaults"]
