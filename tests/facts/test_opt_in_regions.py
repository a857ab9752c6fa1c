"""Regions that an account opts into."""

import pytest

from secureinfra.facts.opt_in_regions import _ALWAYS_ON, is_opt_in_region


@pytest.mark.parametrize("region", ["eu-south-1", "me-south-1", "af-south-1", "ap-southeast-7", "mx-central-1"])
def test_later_regions_are_opted_into(region: str) -> None:
    assert is_opt_in_region(region)


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "us-gov-west-1", "cn-north-1", "us-iso-east-1"])
def test_first_regions_and_other_partitions_are_not(region: str) -> None:
    assert not is_opt_in_region(region)


def test_first_regions_are_seventeen() -> None:
    assert len(_ALWAYS_ON) == 17
