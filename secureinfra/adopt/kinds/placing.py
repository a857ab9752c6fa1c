"""Subnets of a VPC by tier and zone: where the address plan has them, or by what their routes and names say that they are for."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from secureinfra.adopt.existing import Estate, Existing, Unfit
from secureinfra.adopt.kinds.routes import INTERNET, NAT, way_out
from secureinfra.aws.vpc.cidr_plan import LETTERS, slot

TIERS: Final = ("public", "private", "isolated", "intra", "firewall")
# What people call subnets without a way to the internet, beside those of https://github.com/terraform-aws-modules/terraform-aws-vpc.
_DATA = frozenset("cache data database databases db elasticache isolated persistence rds redshift storage".split())
_INTRA = frozenset("internal intra local".split())
_PRIVATE = frozenset("app application apps compute nodes private services workers".split())

Place = tuple[str, str]
"""A tier and the letter of a zone."""


@dataclass(frozen=True)
class Placing:
    """Where the subnets of a VPC are in a `SecureVpc`.

    Args:
        subnets: by tier and zone letter.
        reserved: for how many zones the address plan has room.
        chosen: the networks that the plan would choose otherwise, by tier and zone letter; empty where it has all of them.
        cut_off: subnets that reach the internet today and are placed where nothing does.
    """

    subnets: Mapping[Place, Existing]
    reserved: int
    chosen: Mapping[str, str]
    cut_off: tuple[Existing, ...] = ()

    @property
    def letters(self) -> list[str]:
        """The letters of the zones."""
        return sorted({letter for _, letter in self.subnets})

    @property
    def tiers(self) -> tuple[str, ...]:
        """The tiers that have subnets."""
        return tuple(tier for tier in TIERS if any(tier == one for one, _ in self.subnets))


@dataclass(frozen=True)
class _Group:
    """Subnets of one name, with the same way out.

    Args:
        label: the name.
        way: how they reach the internet.
        hint: what the name says.
        subnets: by zone letter.
    """

    label: str
    way: str
    hint: str
    subnets: Mapping[str, Existing]


def placing_of(estate: Estate, vpc: Existing) -> Placing:
    """Where the subnets of a VPC are.

    Raises:
        Unfit: it has none, or more of a kind in one zone than the construct.
    """
    subnets = estate.with_value("aws_subnet", "vpc_id", vpc.id)
    if not subnets:
        raise Unfit("it has no subnets in this state, so nothing tells its zones and tiers")
    cidr = str(vpc.get("cidr_block"))
    for reserved in (4, 8):
        if placed := _as_planned(cidr, subnets, reserved):
            return Placing(placed, reserved, {})
    return _as_routed(estate, vpc, cidr, subnets)


def _as_planned(cidr: str, subnets: Sequence[Existing], reserved: int) -> dict[Place, Existing] | None:
    plan = {
        slot(tier, letter, reserved).within(cidr): (tier, letter)
        for tier in TIERS
        for letter in LETTERS[:reserved]
        if ipaddress.ip_network(cidr).prefixlen + slot(tier, letter, reserved).newbits <= 32
    }
    placed = {plan[network]: one for one in subnets if (network := str(one.get("cidr_block"))) in plan}
    fits = all(_letter(one) == letter for (_, letter), one in placed.items())
    return placed if fits and len(placed) == len(subnets) else None


def _as_routed(estate: Estate, vpc: Existing, cidr: str, subnets: Sequence[Existing]) -> Placing:
    groups = list(_groups(estate, vpc, subnets))
    has_nat = any(group.way == NAT for group in groups)
    placed: dict[Place, Existing] = {}
    cut_off: list[Existing] = []
    for group in groups:
        tiers = _tiers_for(group, has_nat=has_nat)
        tier = next((tier for tier in tiers if not any((tier, letter) in placed for letter in group.subnets)), None)
        if tier is None:
            raise Unfit(_too_many(group, tiers, placed))
        placed |= {(tier, letter): one for letter, one in group.subnets.items()}
        cut_off += group.subnets.values() if group.way == NAT and tier != "private" else ()
    letters = sorted({letter for _, letter in placed})
    reserved = 4 if set(letters) <= set(LETTERS[:4]) else 8
    chosen = {f"{tier}-{letter}": str(one.get("cidr_block")) for (tier, letter), one in placed.items()}
    chosen |= _missing(cidr, placed, letters)
    return Placing(placed, reserved, dict(sorted(chosen.items())), tuple(cut_off))


def _groups(estate: Estate, vpc: Existing, subnets: Iterable[Existing]) -> Iterator[_Group]:
    """The groups, in the order in which they choose a tier."""
    found: dict[tuple[str, str, str], dict[str, Existing]] = {}
    for one in subnets:
        label, hint = _named(one)
        letter = _letter(one)
        held = found.setdefault((way_out(estate, vpc, one), hint, label), {})
        if letter in held:
            raise Unfit(
                f"{held[letter].address} and {one.address} are of one kind in zone {letter}: SecureVpc has one subnet of each tier "
                "in a zone"
            )
        held[letter] = one
    order = {name: at for at, name in enumerate((INTERNET, NAT, "", "private", "data", "intra"))}
    for (way, hint, label), held in sorted(found.items(), key=lambda one: (order[one[0][0]], order[one[0][1]], one[0])):
        yield _Group(label, way, hint, held)


def _tiers_for(group: _Group, *, has_nat: bool) -> tuple[str, ...]:
    """The tiers that a group may be, the best one first."""
    if group.way == INTERNET:
        return ("public",)
    if group.way == NAT:
        return ("private", "isolated", "intra") if group.hint in ("data", "intra") else ("private",)
    # A private subnet would get a route to the NAT gateway.
    return ("isolated", "intra") if has_nat or group.hint in ("data", "intra") else ("private", "isolated", "intra")


def _too_many(group: _Group, tiers: Sequence[str], placed: Mapping[Place, Existing]) -> str:
    first = next(iter(group.subnets.values()))
    others = [placed[tier, letter].address for tier in tiers for letter in group.subnets if (tier, letter) in placed]
    return (
        f"{first.address} is in the place of {' and '.join(others[:2])}: SecureVpc has one subnet of each tier in a zone, and of those "
        "without a way to the internet isolated and intra. Keep the VPC where it is, and give its id to what takes vpc_id"
    )


def _missing(cidr: str, placed: Mapping[Place, Existing], letters: Sequence[str]) -> dict[str, str]:
    """Free networks for tiers that have no subnet in some zone."""
    taken = [ipaddress.IPv4Network(str(one.get("cidr_block"))) for one in placed.values()]
    found: dict[str, str] = {}
    for tier in TIERS:
        there = [
            ipaddress.IPv4Network(str(one.get("cidr_block"))) for (other, _), one in placed.items() if other == tier
        ]
        for letter in letters if there else ():
            if (tier, letter) not in placed:
                free = _free(ipaddress.IPv4Network(cidr), there[0].prefixlen, taken)
                if free is None:
                    raise Unfit(
                        f"it has no {tier} subnet in zone {letter}, and no network as large as {there[0]} is free for one"
                    )
                taken.append(free)
                found[f"{tier}-{letter}"] = str(free)
    return found


def _free(
    whole: ipaddress.IPv4Network, prefix: int, taken: Sequence[ipaddress.IPv4Network]
) -> ipaddress.IPv4Network | None:
    for one in whole.subnets(new_prefix=max(prefix, whole.prefixlen)):
        if not any(one.overlaps(other) for other in taken):
            return one
    return None


def _letter(subnet: Existing) -> str:
    zone = str(subnet.get("availability_zone", ""))
    if zone[-1:] not in LETTERS or not zone:
        raise Unfit(f"{subnet.address} is in zone {zone or '(unknown)'}: SecureVpc has zones a to {LETTERS[-1]}")
    return zone[-1]


def _named(subnet: Existing) -> tuple[str, str]:
    """What a subnet is called, without its zone and number, and what that says."""
    zone = re.escape(str(subnet.get("availability_zone", "")))
    tags = subnet.values.get("tags") or {}
    own = re.sub(r"^.*\baws_subnet\.", "", subnet.address)
    text = re.sub(zone, " ", own.lower()) if zone else own.lower()
    words = [word for word in re.findall("[a-z]+", text) if len(word) > 1]
    told = {
        *words,
        *re.findall("[a-z]+", " ".join(str(tags.get(name, "")) for name in ("Name", "Tier", "tier")).lower()),
    }
    hint = next(
        (name for name, known in (("data", _DATA), ("intra", _INTRA), ("private", _PRIVATE)) if told & known), ""
    )
    return " ".join(words), hint
