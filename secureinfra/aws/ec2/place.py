"""Where a single instance is: its network, subnet and zone, and what must be there before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from secureinfra.aws.ec2.config import InstanceConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine import Data, Resource, SecureConstruct
from secureinfra.errors import ConfigError


@dataclass(frozen=True)
class Place:
    """Where an instance is.

    Args:
        vpc_id: its network.
        subnet_id: its subnet.
        zone: name of the subnet's zone; never the instance's own, which is unknown when it is replaced, so that volumes in it
            would be replaced too.
        cidr: the subnet's range.
        before: what its first start needs: routes, and the internet gateway for an elastic IP.
    """

    vpc_id: str
    subnet_id: str
    zone: str
    cidr: str
    before: list[Resource]


def place_of(owner: SecureConstruct, config: InstanceConfig, vpc: SecureVpc | None) -> Place:
    """The place of an instance: in a private subnet, or in a public one if it has a public address.

    Args:
        owner: the instance.
        config: its zone, or its network and subnet by id.
        vpc: its network.

    Raises:
        ConfigError: none or two networks are given, or the network has no such subnet.
    """
    if vpc is not None and config.vpc_id is not None:
        raise ConfigError(f"{owner.path}: vpc= and vpc_id are both given. Leave vpc_id and subnet_id out.")
    if vpc is not None:
        return _within(owner, config, vpc)
    if config.vpc_id is None or config.subnet_id is None:
        raise ConfigError(
            f"{owner.path}: no network is given: it could not be reached. Pass vpc=network, or set vpc_id and subnet_id."
        )
    subnet = Data(owner, "subnet", "aws_subnet", id=config.subnet_id)
    return Place(config.vpc_id, config.subnet_id, subnet.ref("availability_zone"), subnet.ref("cidr_block"), [])


def _within(owner: SecureConstruct, config: InstanceConfig, vpc: SecureVpc) -> Place:
    letters = vpc.config.letters
    letter = letters[0] if config.zone is None else config.zone
    if letter not in letters:
        raise ConfigError(f"{owner.path}: zone={letter!r} is not in {vpc.path}. It has: {', '.join(letters)}.")
    tiers = ("private", "isolated") if config.private else ("public",)
    tier = next((one for one in tiers if f"{one}-{letter}" in vpc.subnets), None)
    if tier is None:
        advice = "Add 'private' to its tiers." if config.private else "Add 'public' to its tiers."
        raise ConfigError(f"{owner.path}: {vpc.path} has no {tiers[0]} subnets, where it belongs. {advice}")
    subnet = vpc.subnets[f"{tier}-{letter}"]
    # A script of the first start runs once: without a route it would fail for good.
    before = [
        one
        for id, one in vpc.resources.items()
        if isinstance(one, Resource)
        and one.type in ("aws_route", "aws_route_table_association")
        and id.startswith((f"{tier}-to-", f"{tier}-{letter}-"))
        and one.owner.stack_state is owner.stack_state
    ]
    return Place(vpc.vpc_id, subnet.ref("id"), vpc.zone(letter), subnet.ref("cidr_block"), before)
