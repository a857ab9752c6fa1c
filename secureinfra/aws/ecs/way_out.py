"""What tasks and instances connect to before any of them works: rules of their groups, and whether the network has it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from secureinfra.aws.security_group.group import SecurityGroup
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.errors import ConfigError

_WHOLE_NAME = re.compile(r"^(?:cn\.)?com\.amazonaws\.[^.]+\.")
_PURPOSE = "images, secrets, logs and AWS APIs"


def has_nat(vpc: SecureVpc, tier: str) -> bool:
    """Whether subnets of a tier reach the internet through NAT."""
    return vpc.config.nat != "none" and tier == "private"


def let_out(group: SecurityGroup, vpc: SecureVpc | None, tier: str) -> None:
    """Allow HTTPS to the endpoints of a network, or to the internet where it has NAT or is not known."""
    if vpc is None or has_nat(vpc, tier):
        group.allow_to_internet(Port.HTTPS, _PURPOSE)
        return
    # Without endpoints, `demand_endpoints` refuses the construct later, and says which it needs.
    if vpc.config.services():
        group.allow_to(vpc.endpoint_security_group, Port.HTTPS, _PURPOSE)
    if vpc.config.gateway_endpoints:
        # Layers of images are in S3: docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
        group.allow_to(Peer.prefix_list(vpc.prefix_list_id("s3"), name="s3"), Port.HTTPS, "layers of images")


def demand_endpoints(path: str, otherwise: str, vpc: SecureVpc, tier: str, endpoints: Sequence[str]) -> None:
    """Refuse a network without NAT that lacks endpoints.

    Raises:
        ConfigError: what is missing, and what to add.
    """
    if has_nat(vpc, tier):
        return
    where = f"{vpc.path} has no NAT for {tier!r} subnets"
    there = {_WHOLE_NAME.sub("", name) for name in vpc.config.services()}
    if missing := [name for name in endpoints if name not in there]:
        raise ConfigError(
            f"{path}: {otherwise}: {where}, and lacks the interface endpoints {', '.join(missing)}. Add them to "
            f"VpcConfig(endpoints=(...)), or write VpcConfig(nat='per_zone')."
        )
    if not vpc.config.gateway_endpoints:
        raise ConfigError(
            f"{path}: {otherwise}: {where} and no gateway endpoint for S3, which image layers come through. "
            "Write VpcConfig(gateway_endpoints=True)."
        )
