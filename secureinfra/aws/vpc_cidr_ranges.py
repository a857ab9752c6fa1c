"""Which networks AWS lets a VPC have, alone and together.

docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: /16 to /28; a secondary network must not overlap another,
and what else is possible depends on where the first one lies.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

LARGEST_PREFIX = 16
SMALLEST_PREFIX = 28

_TENS = ipaddress.IPv4Network("10.0.0.0/8")
_SEVENTEENS = ipaddress.IPv4Network("172.16.0.0/12")
_NINETEENS = ipaddress.IPv4Network("192.168.0.0/16")
_PRIVATE = (_TENS, _SEVENTEENS, _NINETEENS)
# AWS uses these itself: within 10.0.0.0/15 and 172.16.0.0/12 for its internals, 198.19.0.0/16 for some services.
_KEPT_OF_TENS = (ipaddress.IPv4Network("10.0.0.0/15"), ipaddress.IPv4Network("10.0.0.0/16"))
_KEPT_OF_SEVENTEENS = ipaddress.IPv4Network("172.31.0.0/16")
_KEPT = ipaddress.IPv4Network("198.19.0.0/16")


def range_problems(cidr: str | None, secondary: Iterable[str]) -> Iterator[str]:
    """What AWS would refuse about the networks of a VPC, one sentence each.

    Args:
        cidr: the first network; `None` when Terraform alone will know it.
        secondary: those of the further ones that are known.
    """
    first = ipaddress.IPv4Network(cidr) if cidr else None
    if first and (use := _other_use(first)):
        yield f"cidr='{first}' is {use}: no VPC can have it. Use a private network, e.g. '10.20.0.0/16'."
    known = [first] if first else []
    for network in map(ipaddress.IPv4Network, secondary):
        yield from _secondary_problems(network, first)
        for other in known:
            if network.overlaps(other):
                yield f"secondary_cidrs: {network} overlaps {other}: AWS refuses it. Choose networks that lie apart."
        known.append(network)


def _secondary_problems(network: ipaddress.IPv4Network, first: ipaddress.IPv4Network | None) -> Iterator[str]:
    if not LARGEST_PREFIX <= network.prefixlen <= SMALLEST_PREFIX:
        yield f"secondary_cidrs: {network} has a size that AWS does not accept. Use a /{LARGEST_PREFIX} to /{SMALLEST_PREFIX}."
    elif use := _other_use(network):
        yield f"secondary_cidrs: {network} is {use}: no VPC can have it. Use e.g. '100.64.0.0/16'."
    elif first and (reason := _restriction(first, network)):
        yield (
            f"secondary_cidrs: {network} cannot join {first}: {reason}. Use a network that AWS permits beside it, e.g. "
            "from 100.64.0.0/10."
        )


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
    within, kept = _KEPT_OF_TENS
    if first.subnet_of(within) and network.subnet_of(kept):
        return f"AWS adds no network of {kept} to a VPC that began in {within}"
    if home == _SEVENTEENS and network.subnet_of(_KEPT_OF_SEVENTEENS):
        return f"AWS keeps {_KEPT_OF_SEVENTEENS} for default VPCs"
    return None
