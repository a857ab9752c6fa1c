"""Functions of IP networks."""

from __future__ import annotations

import ipaddress
import re
from typing import TypeAlias

from secureinfra.terraform.expressions.functions.registry import TEXT, WHOLE, function
from secureinfra.terraform.expressions.values import NotKnownError, RefusedError

Network: TypeAlias = "ipaddress.IPv4Network | ipaddress.IPv6Network"


def _network(prefix: str) -> Network:
    # Terraform reads leading zeros in decimal, as it did before Go refused them.
    prefix = re.sub(r"(?<![\w:])0+(?=\d)", "", prefix) if "." in prefix else prefix
    if "/" not in prefix:
        raise RefusedError("no prefix length")
    try:
        return ipaddress.ip_network(prefix, strict=False)
    except ValueError:
        raise RefusedError("no network") from None


@function(TEXT, WHOLE)
def cidrhost(prefix: str, number: int) -> str:
    """An address in a network; a negative number counts from its end."""
    network = _network(prefix)
    size = 1 << (network.max_prefixlen - network.prefixlen)
    if not -size <= number < size:
        raise RefusedError("the network has no such host")
    return str(network[number])


@function(TEXT)
def cidrnetmask(prefix: str) -> str:
    """The mask of an IPv4 network."""
    network = _network(prefix)
    if network.version != 4:
        raise RefusedError("IPv6 has no masks")
    return str(network.netmask)


def _subnet(network: Network, more_bits: int, number: int) -> Network:
    length = network.prefixlen + more_bits
    if more_bits < 0 or length > network.max_prefixlen or not 0 <= number < 1 << more_bits:
        raise RefusedError("the network has no such subnet")
    first = int(network.network_address) + (number << (network.max_prefixlen - length))
    return type(network)((first, length))


@function(TEXT, WHOLE, WHOLE)
def cidrsubnet(prefix: str, more_bits: int, number: int) -> str:
    """A subnet by its number."""
    network = _network(prefix)
    if more_bits < 0 or number < 0:
        # Terraform answers with an address outside of the network, which nobody means.
        raise NotKnownError
    return str(_subnet(network, more_bits, number))


@function(TEXT, variadic=WHOLE)
def cidrsubnets(prefix: str, *more_bits: int) -> list[str]:
    """Subnets of some sizes, one after the other."""
    network = _network(prefix)
    free = int(network.network_address)
    end = free + (1 << (network.max_prefixlen - network.prefixlen))
    subnets = []
    for bits in more_bits:
        length = network.prefixlen + bits
        if bits < 1 or length > network.max_prefixlen:
            raise RefusedError("the network has no such subnet")
        size = 1 << (network.max_prefixlen - length)
        first = -(-free // size) * size
        free = first + size
        if free > end:
            raise RefusedError("the network is full")
        subnets.append(str(type(network)((first, length))))
    return subnets
