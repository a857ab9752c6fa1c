"""A function in a VPC: two zones or more, a security group without rules, and no way that leads nowhere."""

from __future__ import annotations

from typing import Any, Literal

from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine import SecureConstruct
from secureinfra.errors import ConfigError

_EVERYWHERE = ("0.0.0.0/0", "::/0")


class InVpc:
    """Where a function runs in a network.

    Args:
        owner: the function.
        vpc: its network.
        tier: its subnets.

    Raises:
        ConfigError: there are no such subnets in two zones.
    """

    def __init__(self, owner: SecureConstruct, vpc: SecureVpc, tier: Literal["private", "isolated"]) -> None:
        self.owner, self.vpc, self.tier = owner, vpc, tier
        self.subnet_ids = vpc.subnet_ids(tier)
        if len(self.subnet_ids) < 2:
            raise ConfigError(
                f"{owner.path}: subnets={tier!r} needs {tier} subnets in two zones or more, and {vpc.path} has "
                f"{len(self.subnet_ids)}: an outage of one zone would stop the function. Add them to its VpcConfig (tiers, zones)."
            )
        about = SecurityGroupConfig(description=f"{owner.path}: function", tags=owner.config.tags)
        self.group = SecurityGroup(owner, "group", about, vpc=vpc)

    def arguments(self) -> dict[str, Any]:
        """The function's `vpc_config`."""
        return {"subnet_ids": self.subnet_ids, "security_group_ids": [self.group.security_group_id]}

    def refuse_dead_ends(self) -> None:
        """Refuse a group that allows the internet in subnets without a way there.

        Raises:
            ConfigError: calls to the internet would hang until the function times out.
        """
        if not any(self._leads_outside(block.attributes) for block in self.group.resources.values()):
            return
        if self.tier == "isolated":
            what = "isolated subnets have no way there"
            instead = "Set FunctionConfig(subnets='private') in a VPC with NAT"
        elif self.vpc.config.nat == "none":
            what = f"{self.vpc.path} has no NAT gateway"
            instead = "Set VpcConfig(nat='per_zone')"
        else:
            return
        raise ConfigError(
            f"{self.owner.path}: its security group allows the internet, and {what}: calls would hang until the function times "
            f"out. {instead}, or allow only what it needs, e.g. the VPC's interface endpoints."
        )

    def _leads_outside(self, attributes: Any) -> bool:
        return any(attributes.get(name) in _EVERYWHERE for name in ("cidr_ipv4", "cidr_ipv6"))
