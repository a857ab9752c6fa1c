"""Networks of single subnets that were chosen by hand: what the address plan gives the others, and what cannot stand side by side."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence

from secureinfra.aws.vpc.cidr_plan import slot
from secureinfra.aws.vpc.cidr_ranges import LARGEST_PREFIX, SMALLEST_PREFIX
from secureinfra.config.problem import Problem
from secureinfra.config.rules import is_token
from secureinfra.suggest import did_you_mean

_FIELD = "subnet_cidrs"


def subnet_cidr(given: Mapping[str, str], tier: str, letter: str, reserved_zones: int, cidr: str) -> str:
    """The network of a subnet: as chosen, or as the address plan has it.

    Args:
        given: what was chosen, by tier and zone letter: `private-a`.
        tier: its tier.
        letter: its zone's letter.
        reserved_zones: how many zones the plan has room for.
        cidr: the VPC's network, or a reference to it.
    """
    return given.get(f"{tier}-{letter}") or slot(tier, letter, reserved_zones).within(cidr)


def subnet_problems(
    given: Mapping[str, str], places: Sequence[tuple[str, str]], reserved_zones: int, networks: Sequence[str]
) -> Iterator[Problem]:
    """Problems with networks that were chosen for single subnets.

    Args:
        given: what was chosen, by tier and zone letter.
        places: tier and zone letter of each subnet that the VPC has.
        reserved_zones: how many zones the plan has room for.
        networks: the VPC's networks, the first one first; none where Terraform alone will know that.
    """
    names = [f"{tier}-{letter}" for tier, letter in places]
    whole = [ipaddress.IPv4Network(one) for one in networks if not is_token(one)]
    sure = len(whole) == len(networks) > 0
    for name, cidr in given.items():
        if name not in names:
            hint = did_you_mean(name, names, f"Write a tier and a zone's letter, e.g. {names[0]!r}" if names else "")
            yield _problem(name, "is not one of the subnets", "nothing would have that network", hint)
        elif not is_token(cidr):
            yield from _place_problems(name, ipaddress.IPv4Network(cidr), whole if sure else ())
    yield from _overlaps(_known(given, places, reserved_zones, networks), given)


def _place_problems(
    name: str, network: ipaddress.IPv4Network, whole: Sequence[ipaddress.IPv4Network]
) -> Iterator[Problem]:
    # docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    if not LARGEST_PREFIX <= network.prefixlen <= SMALLEST_PREFIX:
        yield _problem(name, f"is {network}, a size that AWS does not accept", "", "Use a /16 to /28")
    if whole and not any(network.subnet_of(one) for one in whole):
        within = ", ".join(map(str, whole))
        yield _problem(
            name, f"is {network}, which is not within {within}", "AWS refuses it", "Use a network of the VPC"
        )


def _known(
    given: Mapping[str, str], places: Sequence[tuple[str, str]], reserved_zones: int, networks: Sequence[str]
) -> dict[str, ipaddress.IPv4Network]:
    """The networks of all subnets that are known by now, those of the plan included."""
    found: dict[str, ipaddress.IPv4Network] = {}
    for tier, letter in places:
        name = f"{tier}-{letter}"
        cidr = given.get(name)
        if cidr is None and networks and not is_token(networks[0]):
            first = ipaddress.IPv4Network(networks[0])
            chosen = slot(tier, letter, reserved_zones)
            cidr = chosen.within(str(first)) if first.prefixlen + chosen.newbits <= SMALLEST_PREFIX else None
        if cidr is not None and not is_token(cidr):
            found[name] = ipaddress.IPv4Network(cidr)
    return found


def _overlaps(known: Mapping[str, ipaddress.IPv4Network], given: Mapping[str, str]) -> Iterator[Problem]:
    names = list(known)
    for number, name in enumerate(names):
        for other in names[:number]:
            if {name, other} & set(given) and known[name].overlaps(known[other]):
                chosen, beside = (name, other) if name in given else (other, name)
                planned = "" if beside in given else ", where the address plan has it"
                what = f"is {known[chosen]}, which overlaps {beside} ({known[beside]}{planned})"
                advice = (
                    "Choose networks that lie apart" if not planned else f"Choose another one, or set {beside!r} too"
                )
                yield _problem(chosen, what, "AWS refuses it", advice)


def _problem(name: str, what: str, why: str, advice: str) -> Problem:
    return Problem((_FIELD, name), what, why, advice, subject=f"{_FIELD}[{name!r}]")
