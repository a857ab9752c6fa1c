"""Subnets of a VPC that is made elsewhere, for a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["DatabaseSubnets"]


@dataclass(frozen=True)
class DatabaseSubnets:
    """Where a database goes in a VPC that another configuration makes, instead of a `SecureVpc`.

    Args:
        vpc_id: id of the VPC.
        subnet_ids: ids of subnets in two zones or more, without a route to an internet gateway: that is not checked here.

    Example:
        `DatabaseSubnets(vpc_id="vpc-0a1b2c3d4e5f60718", subnet_ids=("subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"))`
    """

    vpc_id: str
    subnet_ids: Sequence[str]
