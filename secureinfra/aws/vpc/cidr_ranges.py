"""Which networks AWS allows a VPC to have, alone and together.

docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: /16 to /28; a secondary network must not overlap another,
and what else is possible depends on where the first one lies.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import replace

from secureinfra.config.problem import Problem
from secureinfra.facts.networks import RFC_1918

LARGEST_PREFIX = 16
SMALLEST_PREFIX = 28

_PRIVATE = tuple(map(ipaddress.IPv4Network, RFC_1918))
_RANGE_172 = _PRIVATE[1]
# AWS uses these itself: within 10.0.0.0/15 and 172.16.0.0/12 for its internals, 198.19.0.0/16 for some services.
_KEPT_OF_RANGE_10 = (ipaddress.IPv4Network("10.0.0.0/15"), ipaddress.IPv4Network("10.0.0.0/16"))
_KEPT_OF_RANGE_172 = ipaddress.IPv4Network("172.31.0.0/16")
_KEPT = ipaddress.IPv4Network("198.19.0.0/16")


_FIELD = "secondary_cidrs"


def range_problems(cidr: str | None, secondary: Mapping[int, str]) -> Iterator[Problem]:
    """Problems with the networks of a VPC that AWS would reject.

    Args:
        cidr: the first network; `None` when Terraform alone will know it.
        secondary: those of the further ones that are known, by their positions.
    """
    first = ipaddress.IPv4Network(cidr) if cidr else None
    if first and (use := _other_use(first)):
        yield Problem("cidr", f"is {use}", "no VPC can have it", "Use a private network, e.g. '10.20.0.0/16'")
    known = [first] if first else []
    for number, text in secondary.items():
        network = ipaddress.IPv4Network(text)
        at, subject = (_FIELD, number), f"{_FIELD}: {network}"
        for problem in _secondary_problems(network, first):
            yield replace(problem, at=at, subject=subject)
        for other in known:
            if network.overlaps(other):
                advice = "Choose networks that lie apart"
                yield Problem(at, f"overlaps {other}", "AWS refuses it", advice, subject=subject)
        known.append(network)


def _secondary_problems(network: ipaddress.IPv4Network, first: ipaddress.IPv4Network | None) -> Iterator[Problem]:
    if not LARGEST_PREFIX <= network.prefixlen <= SMALLEST_PREFIX:
        advice = f"Use a /{LARGEST_PREFIX} to /{SMALLEST_PREFIX}"
        yield Problem((), "has a size that AWS does not accept", instead=advice)
    elif use := _other_use(network):
        yield Problem((), f"is {use}", "no VPC can have it", "Use e.g. '100.64.0.0/16'")
    elif first and (reason := _restriction(first, network)):
        advice = "Use a network that AWS permits beside it, e.g. from 100.64.0.0/10"
        yield Problem((), f"cannot join {first}", reason, advice)


def _other_use(network: ipaddress.IPv4Network) -> str | None:
    """What a network is for, when it is not for hosts."""
    uses = {
        "loopback": network.is_loopback,
        "link-local": network.is_link_local,
        "multicast": network.is_multicast,
        "reserved": network.is_reserved or network.network_address.packed[0] == 0,
    }
    return next((use for use, holds in uses.items() if holds), None)


def _restriction(first: ipaddress.IPv4Network, network: ipaddress.IPv4Network) -> str | None:
    """Why AWS does not add a network to a VPC that began with another."""
    home = next((private for private in _PRIVATE if first.subnet_of(private)), None)
    target = next((private for private in _PRIVATE if network.subnet_of(private)), None)
    if target and target != home:
        return f"AWS adds networks of {target} only to a VPC that began in that range"
    if home and network.subnet_of(_KEPT):
        return f"AWS keeps {_KEPT} for itself"
    within, kept = _KEPT_OF_RANGE_10
    if first.subnet_of(within) and network.subnet_of(kept):
        return f"AWS adds no network of {kept} to a VPC that began in {within}"
    if home == _RANGE_172 and network.subnet_of(_KEPT_OF_RANGE_172):
        return f"AWS keeps {_KEPT_OF_RANGE_172} for default VPCs"
    return None
