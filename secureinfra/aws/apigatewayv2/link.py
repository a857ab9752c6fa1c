"""The way from an HTTP API into a network: a VPC link with a security group of its own."""

from __future__ import annotations

from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError


class VpcLink:
    """A link to one network; its group may connect to the load balancers that routes lead to, and to nothing else.

    Args:
        owner: the API.
        vpc: the network.
        id: part of addresses.
    """

    def __init__(self, owner: SecureConstruct, vpc: SecureVpc, id: str) -> None:
        self.vpc = vpc
        self._opened: list[str] = []
        about = SecurityGroupConfig(description=f"{owner.path}: VPC link", tags=owner.config.tags)
        self.group = SecurityGroup(owner, f"{id}-group", about, vpc=vpc)
        self.link = Resource(
            owner,
            id,
            "aws_apigatewayv2_vpc_link",
            name=f"{owner.path.replace('/', '-')}-{id}"[:128],
            subnet_ids=vpc.private_subnet_ids,
            security_group_ids=[self.group.security_group_id],
            tags=owner.config.tags or None,
        )

    def open_to(self, balancer: SecureLoadBalancer) -> None:
        """Allow the link to reach a load balancer's listener, in the rules of both sides."""
        if balancer.path not in self._opened:
            self._opened.append(balancer.path)
            balancer.allow_from(self.group, "HTTP API")


def refuse_public(api: SecureConstruct, balancer: SecureLoadBalancer) -> None:
    """Refuse a load balancer that faces the internet: callers could go around the API's authorizers.

    Raises:
        ConfigError: it is not internal.
    """
    if not balancer.config.internal:
        raise ConfigError(
            f"{api.path}: {balancer.path} faces the internet, so callers could go around the API and its authorizers. Use an "
            "internal load balancer (the default)."
        )
