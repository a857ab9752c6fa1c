"""Address plan: one slot for each tier and zone letter, used or not.

The plan is contract. Growing from two zones to three, or adding a tier, fills empty slots and moves nothing. With
four reserved zones the network is divided like this (of a /16, as an example):

| tier     | share of the VPC                | one subnet     | of 10.20.0.0/16, zone a |
|----------|---------------------------------|----------------|-------------------------|
| private  | first half                      | 3 bits (/19)   | 10.20.0.0/19            |
| isolated | third quarter                   | 4 bits (/20)   | 10.20.128.0/20          |
| public   | first half of the last quarter  | 5 bits (/21)   | 10.20.192.0/21          |
| firewall | first half of the last eighth   | 6 bits (/22)   | 10.20.224.0/22          |
| intra    | first half of the last 16th     | 7 bits (/23)   | 10.20.240.0/23          |
| (spare)  | rest, for tiers of later releases |              | 10.20.248.0/21          |

With eight reserved zones each subnet is half as large.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from secureinfra.config.rules import is_token

LETTERS = "abcdefgh"
SMALLEST_PREFIX = 28  # AWS accepts subnets of /16 to /28.

# Bits that choose the tier's share, and the number of that share among those of its size.
_SHARES = {
    "private": (1, 0b0),
    "isolated": (2, 0b10),
    "public": (3, 0b110),
    "firewall": (4, 0b1110),
    "intra": (5, 0b11110),
}
_IPV6_BLOCK = {"private": 0, "isolated": 1, "public": 2, "firewall": 3, "intra": 4}


@dataclass(frozen=True)
class Slot:
    """A subnet's place in the network, as Terraform's `cidrsubnet` counts it.

    Args:
        newbits: bits to add to the network's prefix.
        netnum: which of the subnets of that size.
    """

    newbits: int
    netnum: int

    def within(self, cidr: str) -> str:
        """The subnet of a network: literal for a known one, a `cidrsubnet` call for a token."""
        if is_token(cidr):
            whole = re.fullmatch(r"\$\{([^{}]+)\}", cidr)
            network = whole[1] if whole else f'"{cidr}"'
            return f"${{cidrsubnet({network}, {self.newbits}, {self.netnum})}}"
        known = ipaddress.ip_network(cidr)
        size = 1 << (known.max_prefixlen - known.prefixlen - self.newbits)
        first = known.network_address + self.netnum * size
        return f"{first}/{known.prefixlen + self.newbits}"


def slot(tier: str, letter: str, reserved_zones: int) -> Slot:
    """The slot of a tier in a zone, IPv4.

    Args:
        tier: `public`, `private`, `isolated`, `intra` or `firewall`.
        letter: the zone's letter, `a` to `d`, with eight reserved zones to `h`.
        reserved_zones: 4 or 8.
    """
    bits, share = _SHARES[tier]
    zone_bits = reserved_zones.bit_length() - 1
    return Slot(bits + zone_bits, (share << zone_bits) + LETTERS.index(letter))


def ipv6_slot(tier: str, letter: str) -> Slot:
    """The slot of a tier in a zone: a /64 of the VPC's /56."""
    return Slot(8, _IPV6_BLOCK[tier] * 16 + LETTERS.index(letter))


def widest_prefix(tiers: tuple[str, ...], reserved_zones: int) -> int:
    """The longest prefix of a VPC in which every subnet still is a /28 or larger."""
    return SMALLEST_PREFIX - max(slot(tier, "a", reserved_zones).newbits for tier in tiers)
