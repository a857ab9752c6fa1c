"""The network of a service: its subnets, what its tasks may connect to, and whether they can start there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from secureinfra.aws.ecs.image import is_public, region_of
from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.ecs.way_out import demand_endpoints, has_nat, let_out
from secureinfra.aws.security_group.group import SecurityGroup
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine import AwsProvider
from secureinfra.errors import ConfigError


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
        return Place(str(config.vpc_id), list(config.subnet_ids), lambda group: let_out(group, None, config.tier))
    subnets = vpc.subnet_ids(config.tier)
    if len(subnets) < 2:
        raise ConfigError(
            f"{service.path}: tier={config.tier!r} needs subnets in two zones or more, and {vpc.path} has {len(subnets)}: tasks are "
            "spread over zones. Add the tier to its VpcConfig, or name another one."
        )
    return Place(vpc.vpc_id, subnets, lambda group: let_out(group, vpc, config.tier))


def demand_way_out(service: ServiceParts) -> None:
    """Refuse a service whose tasks could not start, since images, secrets or logs are out of reach.

    Raises:
        ConfigError: what is missing, and what to add.
    """
    vpc = service.vpc
    if vpc is None or has_nat(vpc, service.config.tier):
        return
    demand_endpoints(service.path, "its tasks could not start", vpc, service.config.tier, service.endpoints())
    where = f"{vpc.path} has no NAT for {service.config.tier!r} subnets"
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
