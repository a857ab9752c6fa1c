"""VPCs with subnets, gateways and routes: `SecureVpc`, where the subnets have the addresses of its plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.adopt.candidate import Candidate, Part, part_of
from secureinfra.adopt.existing import Estate, Existing, Unfit
from secureinfra.adopt.kinds.routes import Tables
from secureinfra.adopt.source import Call
from secureinfra.aws.vpc.cidr_plan import LETTERS, slot
from secureinfra.engine.naming import words

_TIERS = ("public", "private", "isolated", "firewall")
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
        Unfit: a subnet has other addresses than the plan gives it, or the VPC has what the construct does not.
    """
    _refuse_other_kinds(estate, vpc)
    cidr = str(vpc.get("cidr_block"))
    subnets = estate.with_value("aws_subnet", "vpc_id", vpc.id)
    reserved, placed = _placed(cidr, subnets)
    letters = sorted({letter for _, letter in placed})
    tiers = tuple(tier for tier in _TIERS if any(tier == one for one, _ in placed))
    if "firewall" in tiers:
        raise Unfit("it has subnets where the plan has the firewall's, whose routes are not adopted")
    tables = Tables(estate, vpc, placed)
    nat, letters = tables.nat(letters)
    zones = {letter: str(placed[tier, letter].get("availability_zone")) for tier, letter in placed}
    config: dict[str, Any] = {"cidr": cidr, "zones": tuple(zones[letter] for letter in letters), "tiers": tiers}
    if reserved != 4:
        config["reserved_zones"] = reserved
    if nat != "none":
        config["nat"] = nat
    more = estate.with_value("aws_vpc_ipv4_cidr_block_association", "vpc_id", vpc.id)
    if more:
        config["secondary_cidrs"] = tuple(str(one.get("cidr_block")) for one in more)
    if tags := {name: value for name, value in vpc.get("tags", {}).items() if name != "Name"}:
        config["tags"] = tags
    parts: dict[str, Part] = {"vpc": part_of(vpc)}
    parts |= {f"{tier}-{letter}": part_of(one) for (tier, letter), one in placed.items()}
    parts |= {f"cidr-{words(str(one.get('cidr_block')))}": part_of(one) for one in more}
    parts |= {role: part_of(one) for role, type in _DEFAULTS.items() if (one := estate.one(type, "vpc_id", vpc.id))}
    parts |= _endpoints(estate, vpc)
    parts |= tables.parts()
    return Candidate(
        vpc,
        "network",
        "SecureVpc",
        Call("VpcConfig", named=config),
        parts=parts,
        superseded=tables.superseded(),
        notes=_NOTES,
    )


def _placed(cidr: str, subnets: list[Existing]) -> tuple[int, dict[tuple[str, str], Existing]]:
    """The subnets by tier and zone letter, and for how many zones the plan has room.

    Raises:
        Unfit: one has other addresses.
    """
    if not subnets:
        raise Unfit("it has no subnets in this state, so nothing tells its zones and tiers")
    misplaced: list[str] = []
    for reserved in (4, 8):
        plan = {
            slot(tier, letter, reserved).within(cidr): (tier, letter)
            for tier in _TIERS
            for letter in LETTERS[:reserved]
        }
        placed: dict[tuple[str, str], Existing] = {}
        wrong = [one for one in subnets if not _fits(one, plan, placed)]
        if not wrong:
            return reserved, placed
        misplaced = misplaced or [f"{one.address} ({one.values.get('cidr_block')})" for one in wrong]
    most = f" and {len(misplaced) - 2} more" if len(misplaced) > 2 else ""
    raise Unfit(
        f"{', '.join(misplaced[:2])}{most} would be replaced: the address plan of SecureVpc has no such subnet in that zone. Keep "
        "the VPC where it is, and give its id to what takes vpc_id"
    )


def _fits(subnet: Existing, plan: Mapping[str, tuple[str, str]], placed: dict[tuple[str, str], Existing]) -> bool:
    place = plan.get(str(subnet.get("cidr_block")))
    if place is None or not str(subnet.get("availability_zone", "")).endswith(place[1]):
        return False
    placed[place] = subnet
    return True


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


def _endpoints(estate: Estate, vpc: Existing) -> Iterator[tuple[str, Part]]:
    for endpoint in estate.with_value("aws_vpc_endpoint", "vpc_id", vpc.id):
        service = str(endpoint.get("service_name", "")).rpartition(".")[2]
        if endpoint.get("vpc_endpoint_type", "Gateway") == "Gateway" and service in ("s3", "dynamodb"):
            yield f"endpoint-{service}", part_of(endpoint)
