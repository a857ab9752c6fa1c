"""The network of a service: its subnets, what its tasks may connect to, and whether they can start there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from secureinfra.aws.ecs.image import is_public, region_of
from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.security_group.group import SecurityGroup
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine import AwsProvider
from secureinfra.errors import ConfigError

_WHOLE_NAME = re.compile(r"^(?:cn\.)?com\.amazonaws\.[^.]+\.")
_PURPOSE = "images, secrets, logs and AWS APIs"


@dataclass(frozen=True)
class Place:
    """Where tasks run.

    Args:
        vpc_id: the VPC.
        subnet_ids: their subnets.
        let_out: writes the rules of the tasks' group that they need to start.
    """

    vpc_id: str
    subnet_ids: list[str]
    let_out: Callable[[SecurityGroup], None]


def place_of(service: ServiceParts, vpc: SecureVpc | None) -> Place:
    """Where the tasks of a service run.

    Raises:
        ConfigError: no network is given, or two, or it lacks the tier.
    """
    config = service.config
    if (vpc is None) == (config.vpc_id is None):
        raise ConfigError(
            f"{service.path}: it needs one network: give vpc=network, or EcsServiceConfig(vpc_id='vpc-...', subnet_ids=(...))."
        )
    if vpc is None:
        return Place(
            str(config.vpc_id), list(config.subnet_ids), lambda group: group.allow_to_internet(Port.HTTPS, _PURPOSE)
        )
    subnets = vpc.subnet_ids(config.tier)
    if len(subnets) < 2:
        raise ConfigError(
            f"{service.path}: tier={config.tier!r} needs subnets in two zones or more, and {vpc.path} has {len(subnets)}: tasks are "
            "spread over zones. Add the tier to its VpcConfig, or name another one."
        )
    return Place(vpc.vpc_id, subnets, lambda group: _let_out(group, service, vpc))


def demand_way_out(service: ServiceParts) -> None:
    """Refuse a service whose tasks could not start, since images, secrets or logs are out of reach.

    Raises:
        ConfigError: what is missing, and what to add.
    """
    vpc = service.vpc
    if vpc is None or has_nat(service, vpc):
        return
    where = f"{vpc.path} has no NAT for {service.config.tier!r} subnets"
    there = {_WHOLE_NAME.sub("", name) for name in vpc.config.services()}
    if missing := [name for name in service.endpoints() if name not in there]:
        raise ConfigError(
            f"{service.path}: its tasks could not start: {where}, and lacks the interface endpoints {', '.join(missing)}. Add them to "
            f"VpcConfig(endpoints=(...)), or write VpcConfig(nat='per_zone')."
        )
    if not vpc.config.gateway_endpoints:
        raise ConfigError(
            f"{service.path}: its tasks could not start: {where} and no gateway endpoint for S3, which image layers come through. "
            "Write VpcConfig(gateway_endpoints=True)."
        )
    own = AwsProvider.region_of(service)
    for container in service.config.containers().values():
        image = container.image
        if is_public(image):
            raise ConfigError(
                f"{service.path}: its tasks could not start: {where}, and image={image!r} comes from the internet. Copy it to a "
                "Repository, or write VpcConfig(nat='per_zone')."
            )
        if own and region_of(image) not in (None, own):
            raise ConfigError(
                f"{service.path}: its tasks could not start: {where}, and image={image!r} is in another region than {own!r}, which "
                "endpoints do not reach. Replicate it to this region, or write VpcConfig(nat='per_zone')."
            )


def has_nat(service: ServiceParts, vpc: SecureVpc) -> bool:
    """Whether tasks reach the internet through NAT."""
    return vpc.config.nat != "none" and service.config.tier == "private"


def _let_out(group: SecurityGroup, service: ServiceParts, vpc: SecureVpc) -> None:
    if has_nat(service, vpc):
        group.allow_to_internet(Port.HTTPS, _PURPOSE)
        return
    # Without endpoints, `demand_way_out` refuses the service later, and says which it needs.
    if vpc.config.services():
        group.allow_to(vpc.endpoint_security_group, Port.HTTPS, _PURPOSE)
    if vpc.config.gateway_endpoints:
        # Layers of images are in S3: docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
        group.allow_to(Peer.prefix_list(vpc.prefix_list_id("s3"), name="s3"), Port.HTTPS, "layers of images")
