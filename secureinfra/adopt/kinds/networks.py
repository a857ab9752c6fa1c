"""VPCs with subnets, gateways, routes and endpoints: `SecureVpc`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from secureinfra.adopt.candidate import Candidate, Part, part_of
from secureinfra.adopt.existing import Estate, Existing, Unfit
from secureinfra.adopt.kinds.endpoints import endpoints_of
from secureinfra.adopt.kinds.placing import Placing, placing_of
from secureinfra.adopt.kinds.routes import Tables
from secureinfra.adopt.source import Call
from secureinfra.engine.naming import words

_DEFAULTS = {
    "default-security-group": "aws_default_security_group",
    "default-acl": "aws_default_network_acl",
    "default-routes": "aws_default_route_table",
}
_NOTES = (
    "a network ACL for each tier takes the place of the default one: SSH, RDP and FTP are allowed from within the VPC only, and tiers "
    "without a way to the internet reach nothing outside but S3 and DynamoDB",
    "all rules of the default security group are removed, and all routes of the default route table",
)


def candidate(estate: Estate, vpc: Existing) -> Candidate:
    """The `SecureVpc` for a VPC.

    Raises:
        Unfit: it has more subnets of a kind than the construct, or what the construct does not have.
    """
    _refuse_other_kinds(estate, vpc)
    placing = placing_of(estate, vpc)
    if "firewall" in placing.tiers:
        raise Unfit("it has subnets where the plan has the firewall's, whose routes are not adopted")
    tables = Tables(estate, vpc, placing.subnets, placing.cut_off)
    nat, letters = tables.nat(placing.letters)
    more = estate.with_value("aws_vpc_ipv4_cidr_block_association", "vpc_id", vpc.id)
    endpoints = endpoints_of(estate, vpc)
    parts: dict[str, Part] = {"vpc": part_of(vpc)}
    parts |= {f"{tier}-{letter}": part_of(one) for (tier, letter), one in placing.subnets.items()}
    parts |= {f"cidr-{words(str(one.get('cidr_block')))}": part_of(one) for one in more}
    parts |= {role: part_of(one) for role, type in _DEFAULTS.items() if (one := estate.one(type, "vpc_id", vpc.id))}
    parts |= endpoints.parts
    parts |= tables.parts()
    return Candidate(
        vpc,
        "network",
        "SecureVpc",
        Call("VpcConfig", named=_config(vpc, placing, letters, nat, more, endpoints.services)),
        parts=parts,
        superseded=tables.superseded(),
        apart=(*endpoints.apart, *_flow_logs(estate, vpc)),
        notes=(*_NOTES, *_cut_off(placing), *endpoints.notes),
    )


def _config(
    vpc: Existing,
    placing: Placing,
    letters: Sequence[str],
    nat: str,
    more: Sequence[Existing],
    services: tuple[str, ...],
) -> dict[str, Any]:
    zones = {letter: str(one.get("availability_zone")) for (_, letter), one in placing.subnets.items()}
    config: dict[str, Any] = {"cidr": str(vpc.get("cidr_block")), "zones": tuple(zones[one] for one in letters)}
    config["tiers"] = placing.tiers
    if placing.chosen:
        config["subnet_cidrs"] = dict(placing.chosen)
    if placing.reserved != 4:
        config["reserved_zones"] = placing.reserved
    if nat != "none":
        config["nat"] = nat
    if more:
        config["secondary_cidrs"] = tuple(str(one.get("cidr_block")) for one in more)
    if services:
        config["endpoints"] = services
    if tags := {name: value for name, value in vpc.get("tags", {}).items() if name != "Name"}:
        config["tags"] = tags
    return config


def _cut_off(placing: Placing) -> tuple[str, ...]:
    if not placing.cut_off:
        return ()
    addresses = ", ".join(one.address for one in placing.cut_off)
    return (f"{addresses}: the way to the internet through a NAT gateway ends, as for every isolated subnet",)


def _flow_logs(estate: Estate, vpc: Existing) -> Iterator[tuple[Existing, str]]:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/flow_log: a change of an argument replaces it.
    for one in estate.with_value("aws_flow_log", "vpc_id", vpc.id):
        yield (
            one,
            (
                "it would be replaced, since SecureVpc records more fields, under a key: that one is created beside it. Remove this one "
                "when the new one has records"
            ),
        )


def _refuse_other_kinds(estate: Estate, vpc: Existing) -> None:
    if vpc.get("assign_generated_ipv6_cidr_block") or vpc.get("ipv6_cidr_block"):
        raise Unfit("it has IPv6 addresses, which are not adopted")
    if vpc.get("instance_tenancy", "default") != "default":
        raise Unfit("its instances have dedicated hardware, which SecureVpc does not choose")
    if vpc.get("ipv4_ipam_pool_id"):
        raise Unfit("its network comes from IPAM, which is not adopted")
    for acl in estate.with_value("aws_network_acl", "vpc_id", vpc.id):
        raise Unfit(
            f"it has a network ACL of its own, {acl.address}, and SecureVpc writes one for each tier: traffic that the first "
            "allows may be denied. Remove it first if the security groups suffice"
        )
