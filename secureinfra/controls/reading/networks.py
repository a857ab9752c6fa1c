"""Networks as rules name them: how many public addresses they hold, as far as anybody can know before Terraform runs."""

from __future__ import annotations

import ipaddress
import re
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.configuration import Configuration

Span = tuple[int, int]
"""Numbers from the first to the one behind the last: addresses of a network, ports of a rule."""

# Networks that no packet from the internet comes from.
_PRIVATE = {
    4: ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
    6: ("fc00::/7", "fe80::/10"),
}
# All of IPv4 as a NAT gateway shows it to IPv6: docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# More public addresses than a network of this size holds count as the internet: no one owner has more.
_INTERNET_BELOW = {4: 8, 6: 32}
# /24 and /48 are the smallest networks that one owner announces; wider ones belong to many others too.
_WIDE_BELOW = {4: 24, 6: 48}
_BITS = {4: 32, 6: 128}

_OF_A_VPC = re.compile(r"(?:^|\.)aws_(?:default_)?(?:vpc|subnet|vpc_ipv[46]_cidr_block_association)\.")
_WITH_NETWORK = ("aws_vpc", "aws_subnet", "aws_vpc_ipv4_cidr_block_association")
# docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_WIDEST_VPC = 16
_OWN: weakref.WeakKeyDictionary[Configuration, frozenset[str]] = weakref.WeakKeyDictionary()
_PREFIX = re.compile(r"\}/(\d{1,3})$")


@dataclass(frozen=True)
class Addresses:
    """What one network of a rule holds.

    Args:
        text: the network as it is written.
        version: 4 or 6; a NAT64 network counts as the IPv4 one that it stands for.
        prefix: how many bits are fixed, where that is known.
        whole: all its addresses, where they are known.
        public: its public ones; empty for a private network, and for that of a VPC or subnet.
        unknown: what is not known of it.
    """

    text: str
    version: int
    prefix: int | None = None
    whole: Span | None = None
    public: tuple[Span, ...] = ()
    unknown: Unknown | None = None

    @property
    def everything(self) -> bool:
        """Whether it is `0.0.0.0/0` or `::/0`, written as such."""
        return self.prefix == 0 and "ff9b" not in self.text.lower()

    def is_internet(self) -> bool:
        """Whether it is the internet, or so large a part of it that a few rules could make up the whole.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        return share(self.version, self.spans()) > 1

    def is_wide(self) -> bool:
        """Whether it holds more public addresses than one owner is likely to have.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        if self.unknown is not None and (self.prefix is None or 0 < self.prefix < _WIDE_BELOW[self.version]):
            raise UnknownValueError(self.unknown)
        narrow = self.prefix is None or self.prefix >= _WIDE_BELOW[self.version]
        return not narrow and (self.prefix == 0 or bool(self.public))

    def spans(self) -> tuple[Span, ...]:
        """Its public addresses; none for a network of unknown place that is too small to count as the internet.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        if self.unknown is not None and (self.prefix is None or 0 < self.prefix < _INTERNET_BELOW[self.version]):
            raise UnknownValueError(self.unknown)
        return self.public

    def holds(self, other: Addresses) -> bool:
        """Whether the other network lies within it; that of a VPC or subnet which only AWS knows lies in none.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        for held in (self, other):
            if held.unknown is not None:
                raise UnknownValueError(held.unknown)
        if self.whole is None or other.whole is None or self.version != other.version:
            return False
        return self.whole[0] <= other.whole[0] and other.whole[1] <= self.whole[1]


def addresses(value: Any, version: int, configuration: Configuration | None = None) -> Addresses | None:
    """What one network holds; `None` where nothing is written.

    Args:
        value: the network, known or not.
        version: 4 or 6, as the argument that holds it says.
        configuration: whose VPCs and subnets may have this network, known or not.
    """
    written = str(value.text if is_unknown(value) else value)
    if configuration is not None and written in _own(configuration):
        return Addresses(written, version)
    if is_unknown(value):
        return _unknown(value, version)
    if value is None or value == "":
        return None
    text = str(value)
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return Addresses(text, version, unknown=Unknown(text))
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_NAT64):
        network = ipaddress.IPv4Network((int(network.network_address) & 0xFFFFFFFF, network.prefixlen - 96))
    public = tuple(_without_private(network))
    return Addresses(text, network.version, network.prefixlen, _span(network), public)


def all_addresses(values: Any, version: int, configuration: Configuration | None = None) -> list[Addresses]:
    """What each network of a list holds; a list that is not known is one network that is not.

    Args:
        values: the list, or nothing.
        version: 4 or 6, as the argument that holds it says.
        configuration: as for `addresses`.
    """
    found = (
        addresses(value, version, configuration)
        for value in (values if isinstance(values, list | tuple) else (values,))
    )
    return [held for held in found if held is not None]


def of_prefix_list(value: Any, configuration: Configuration) -> list[Addresses]:
    """The networks of a prefix list that the configuration makes; those of any other are judged where it is made.

    Args:
        value: the id of a prefix list, or a reference.
        configuration: where references lead.
    """
    if not is_unknown(value):
        return []
    block = configuration.target(value)
    if block is None:
        return [Addresses(value.text, 4, unknown=value)]
    if block.section == "data" or block.type != "aws_ec2_managed_prefix_list":
        return []
    family = block.get("address_family")
    version = 6 if not is_unknown(family) and family == "IPv6" else 4
    held = [node.get("cidr") for node in block.blocks("entry")]
    try:
        held += [entry.get("cidr") for entry in configuration.attached(block, _ENTRY, "prefix_list_id")]
    except UnknownValueError as error:
        held.append(error.value)
    return all_addresses(held, version, configuration)


_ENTRY = "aws_ec2_managed_prefix_list_entry"


def share(version: int, spans: Iterable[Span]) -> float:
    """How large a part of the internet some addresses are: more than 1 counts as the whole.

    Args:
        version: 4 or 6.
        spans: they may overlap.
    """
    held = sum(end - start for start, end in merged(spans))
    return held / float(2 ** (_BITS[version] - _INTERNET_BELOW[version]))


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same numbers in as few spans as possible, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return found


def without(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """The numbers of some spans that are in none of the others."""
    left = merged(spans)
    for start, end in merged(others):
        halves = (half for held in left for half in ((held[0], min(held[1], start)), (max(held[0], end), held[1])))
        left = [half for half in halves if half[0] < half[1]]
    return left


def _own(configuration: Configuration) -> frozenset[str]:
    """The networks of VPCs and subnets, as they are written."""
    if configuration not in _OWN:
        values = (block.get("cidr_block") for block in configuration.of_type(*_WITH_NETWORK))
        _OWN[configuration] = frozenset(filter(_may_be_of_a_vpc, (text_of(held) for held in values)))
    return _OWN[configuration]


def _may_be_of_a_vpc(text: str) -> bool:
    """Whether a network is the same wherever it is written, and no wider than AWS lets a VPC be."""
    prefix = re.search(r"/(\d{1,3})$", text)
    if prefix is not None:
        return int(prefix[1]) >= _WIDEST_VPC
    return text.startswith("${") and not re.search(r"\b(?:count|each)\.", text)


def _unknown(value: Unknown, version: int) -> Addresses:
    # A VPC is a /16 at most, and whoever is within it is not the internet.
    within = value.references and all(map(_OF_A_VPC.search, value.references)) and "cidr_block" in value.text
    if within and "/" not in value.text:
        return Addresses(value.text, version)
    prefix = _PREFIX.search(value.text)
    if prefix is None:
        return Addresses(value.text, version, unknown=value)
    length = int(prefix[1])
    public = ((0, 2 ** _BITS[version]),) if length == 0 else ()
    return Addresses(value.text, version, length, public=public, unknown=value)


def _without_private(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Iterator[Span]:
    own = (ipaddress.ip_network(cidr) for cidr in _PRIVATE[network.version])
    yield from without([_span(network)], map(_span, own))


def _span(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Span:
    first = int(network.network_address)
    return first, first + network.num_addresses
