"""VPC encryption controls: whether traffic within a network and between networks must be encrypted."""

from __future__ import annotations

from typing import Any

from secureinfra.aws.vpc.network import Network
from secureinfra.aws.vpc.routing import Gateways
from secureinfra.engine import Resource
from secureinfra.engine.provider_major import require_major


def control_encryption(network: Network, gateways: Gateways) -> Resource | None:
    """Watch whether traffic is encrypted, or allow only what encrypts it.

    Traffic to the internet leaves AWS, so that `enforce` takes no gateway to it without an exclusion:
    docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html. `monitor` takes no exclusions; provider 6 creates
    each control in that mode and changes it then.

    Args:
        network: the network.
        gateways: its gateways to the internet.

    Raises:
        ConfigError: the stack is not written for provider 6.
    """
    mode = network.config.encryption_control
    if mode is None:
        return None
    require_major(network.owner, 6, f"encryption_control={mode!r}")
    excluded: list[str] = list(network.config.encryption_exclusions)
    if mode == "enforce":
        own = {
            "internet_gateway": gateways.internet,
            "nat_gateway": gateways.nat,
            "egress_only_internet_gateway": gateways.egress,
        }
        excluded += [name for name, gateway in own.items() if gateway]
    exclusions: dict[str, Any] = {f"{name}_exclusion": "enable" for name in sorted(excluded)}
    return Resource(
        network.owner,
        "encryption-control",
        "aws_vpc_encryption_control",
        vpc_id=network.vpc_id,
        mode=mode,
        tags=network.named("encryption-control"),
        **exclusions,
    )
