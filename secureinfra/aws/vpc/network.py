"""A VPC and its subnets, as input for gateways, routes, ACLs, endpoints and flow logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from secureinfra.aws.vpc.config import Tier, VpcConfig
from secureinfra.engine import Resource, SecureConstruct


@dataclass(frozen=True)
class Network:
    """A VPC with its subnets.

    Args:
        owner: the construct that its resources belong to.
        config: what was chosen.
        vpc: the VPC itself.
        cidr: its network, as given or as a reference.
        subnets: by tier and letter of the zone, e.g. `private-a`.
    """

    owner: SecureConstruct
    config: VpcConfig
    vpc: Resource
    cidr: str
    subnets: Mapping[str, Resource]

    @property
    def vpc_id(self) -> str:
        """Reference to the VPC's id."""
        return self.vpc.ref("id")

    def subnet_ids(self, tier: Tier) -> list[str]:
        """References to the subnets of a tier, in the order of the zones; empty where the VPC has no such tier."""
        names = (f"{tier}-{letter}" for letter in self.config.letters)
        return [self.subnets[name].ref("id") for name in names if name in self.subnets]

    def named(self, name: str) -> dict[str, str]:
        """Tags with a name that the console shows."""
        return {"Name": f"{self.owner.path}/{name}", **self.config.tags}
