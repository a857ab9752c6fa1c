"""Where something without public address belongs: the isolated or private subnets of a network, by zone."""

from __future__ import annotations

from collections.abc import Mapping

from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.errors import ConfigError


def private_subnets(
    path: str,
    vpc: SecureVpc | None,
    vpc_id: str | None,
    subnet_ids: Mapping[str, str],
    *,
    tiers: tuple[str, ...] = ("isolated", "private"),
) -> tuple[str, dict[str, str]]:
    """The id of a network, and its subnets without public addresses by letter of the zone.

    Args:
        path: the construct's, for errors.
        vpc: its network, or
        vpc_id: the id of one, with
        subnet_ids: private subnets of it by letter of the zone.
        tiers: the first of these that the network has.

    Raises:
        ConfigError: none or two networks are given, or the network has public subnets only.
    """
    if vpc is not None and vpc_id is not None:
        raise ConfigError(f"{path}: vpc= and vpc_id are both given. Leave vpc_id and subnet_ids out.")
    if vpc is None:
        if vpc_id is None or not subnet_ids:
            raise ConfigError(
                f"{path}: no network is given: it could not be reached. Pass vpc=network, or set vpc_id and subnet_ids, e.g. "
                "{'a': 'subnet-...'}."
            )
        return vpc_id, dict(subnet_ids)
    for tier in tiers:
        subnets = {
            letter: vpc.subnets[f"{tier}-{letter}"].ref("id")
            for letter in vpc.config.letters
            if f"{tier}-{letter}" in vpc.subnets
        }
        if subnets:
            return vpc.vpc_id, subnets
    raise ConfigError(
        f"{path}: {vpc.path} has public subnets only, where it does not belong. Add 'private' to its tiers."
    )
