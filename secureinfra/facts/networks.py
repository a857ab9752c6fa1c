"""Networks: which are private, which count as the internet, and which are wider than one owner's."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from secureinfra.facts.spans import Span, merged, without

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

RFC_1918 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
"""The well-known private IPv4 ranges."""
OF_VPCS = {4: (*RFC_1918, "100.64.0.0/10"), 6: ("fc00::/7",)}
"""Private ranges that VPCs use, by version: RFC 1918, RFC 6598, RFC 4193. Python's `is_private` also holds documentation ranges."""
PRIVATE = {4: (*OF_VPCS[4], "169.254.0.0/16", "127.0.0.0/8"), 6: (*OF_VPCS[6], "fe80::/10")}
"""Ranges that are never the source of packets from the internet, by version: those of VPCs, of one link, of one host."""

INTERNET_BELOW = {4: 8, 6: 32}
"""A public network with a shorter prefix counts as the internet: no single owner has more, and a few of them cover the internet."""
WIDE_BELOW = {4: 24, 6: 48}
"""A public network with a shorter prefix is wide: /24 and /48 are the smallest networks that one owner announces."""
BITS = {4: 32, 6: 128}
"""Length of an address in bits, by version."""

# All of IPv4, as seen by IPv6 clients through NAT64: docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PRIVATE = {version: tuple(map(ipaddress.ip_network, ranges)) for version, ranges in PRIVATE.items()}


def without_nat64(network: Network) -> Network:
    """The IPv4 network of a NAT64 network; any other network unchanged."""
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_NAT64):
        return ipaddress.IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    return network


def is_private(network: Network) -> bool:
    """Whether none of its addresses is the source of packets from the internet."""
    return any(network.subnet_of(private) for private in _PRIVATE[network.version])  # type: ignore[arg-type]


def is_internet(network: Network) -> bool:
    """Whether it is the internet, or a part so large that a few rules could cover all of it."""
    return _is_public_below(INTERNET_BELOW, network)


def is_wide(network: Network) -> bool:
    """Whether it is a public network with more addresses than one owner is likely to have."""
    return _is_public_below(WIDE_BELOW, network)


def span(network: Network) -> Span:
    """All addresses of the network."""
    first = int(network.network_address)
    return first, first + network.num_addresses


def public_spans(network: Network) -> list[Span]:
    """The public addresses of the network; empty for a private one."""
    return without([span(network)], map(span, _PRIVATE[network.version]))


def add_up_to_internet(version: int, spans: Iterable[Span]) -> bool:
    """Whether public addresses together are more than the largest network that does not count as the internet.

    Args:
        version: 4 or 6.
        spans: they may overlap.
    """
    return sum(end - start for start, end in merged(spans)) > 1 << (BITS[version] - INTERNET_BELOW[version])


def _is_public_below(prefixes: dict[int, int], network: Network) -> bool:
    network = without_nat64(network)
    return network.prefixlen < prefixes[network.version] and not is_private(network)
