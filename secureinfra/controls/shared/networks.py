"""Networks in rules: how many public addresses they contain, as far as can be known before Terraform runs."""

from __future__ import annotations

import ipaddress
import re
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.facts.networks import (
    BITS,
    INTERNET_BELOW,
    WIDE_BELOW,
    add_up_to_internet,
    public_spans,
    span,
    without_nat64,
)
from secureinfra.facts.spans import Span
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

_OF_A_VPC = re.compile(r"(?:^|\.)aws_(?:default_)?(?:vpc|subnet|vpc_ipv[46]_cidr_block_association)\.")
_WITH_NETWORK = ("aws_vpc", "aws_subnet", "aws_vpc_ipv4_cidr_block_association")
# docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_WIDEST_VPC = 16
_OWN: weakref.WeakKeyDictionary[Configuration, frozenset[str]] = weakref.WeakKeyDictionary()
_PREFIX = re.compile(r"\}/(\d{1,3})$")


@dataclass(frozen=True)
class Addresses:
    """One network in a rule.

    Args:
        text: the network as written.
        version: 4 or 6; a NAT64 network counts as the IPv4 network that it translates to.
        prefix: the length of the prefix, if known.
        whole: all its addresses, if known.
        public: its public addresses; empty for a private network, and for the CIDR of a VPC or subnet.
        unknown: the part of it that is unknown.
    """

    text: str
    version: int
    prefix: int | None = None
    whole: Span | None = None
    public: tuple[Span, ...] = ()
    unknown: Unknown | None = None

    @property
    def everything(self) -> bool:
        """Whether it is written as `0.0.0.0/0` or `::/0`."""
        return self.prefix == 0 and "ff9b" not in self.text.lower()

    def is_internet(self) -> bool:
        """Whether it is the internet, or so large a part of it that a few rules could cover the whole.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        return add_up_to_internet(self.version, self.spans())

    def is_wide(self) -> bool:
        """Whether it holds more public addresses than a single owner is likely to have.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        if self.unknown is not None and (self.prefix is None or 0 < self.prefix < WIDE_BELOW[self.version]):
            raise UnknownValueError(self.unknown)
        narrow = self.prefix is None or self.prefix >= WIDE_BELOW[self.version]
        return not narrow and (self.prefix == 0 or bool(self.public))

    def spans(self) -> tuple[Span, ...]:
        """Its public addresses; none for an unknown network that is too small to count as the internet.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        if self.unknown is not None and (self.prefix is None or 0 < self.prefix < INTERNET_BELOW[self.version]):
            raise UnknownValueError(self.unknown)
        return self.public

    def holds(self, other: Addresses) -> bool:
        """Whether it contains the other network; the CIDR of a VPC or subnet that only AWS knows is in none.

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
    """One network; `None` if nothing is written.

    Args:
        value: the network, known or not.
        version: 4 or 6, according to the argument that holds it.
        configuration: its VPCs and subnets may have this network, known or not.
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
    network = without_nat64(network)
    return Addresses(text, network.version, network.prefixlen, span(network), tuple(public_spans(network)))


def all_addresses(values: Any, version: int, configuration: Configuration | None = None) -> list[Addresses]:
    """The networks of a list; an unknown list counts as one unknown network.

    Args:
        values: the list, or nothing.
        version: 4 or 6, according to the argument that holds it.
        configuration: as for `addresses`.
    """
    found = (
        addresses(value, version, configuration)
        for value in (values if isinstance(values, list | tuple) else (values,))
    )
    return [held for held in found if held is not None]


def of_prefix_list(value: Any, configuration: Configuration) -> list[Addresses]:
    """The networks of a prefix list: those of one in the configuration; AWS's own lists hold its services.

    What any other list holds is not known: its owner may add every network.

    Args:
        value: the id of a prefix list, or a reference.
        configuration: what references are resolved in.
    """
    block = configuration.target(value) if is_unknown(value) else None
    if block is None:
        return _of_unknown_list(value)
    if block.type != "aws_ec2_managed_prefix_list":
        return []
    if block.section == "data":
        # docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html: AWS's own begin so.
        ours = text_of(block.get("name")).startswith(_OF_AWS)
        return [] if ours else _of_unknown_list(Unknown(f"what the prefix list {block.address} contains"))
    family = block.get("address_family")
    version = 6 if not is_unknown(family) and family == "IPv6" else 4
    held = [node.get("cidr") for node in block.blocks("entry")]
    try:
        held += [entry.get("cidr") for entry in configuration.attached(block, _ENTRY, "prefix_list_id")]
    except UnknownValueError as error:
        held.append(error.value)
    return all_addresses(held, version, configuration)


def _of_unknown_list(value: Any) -> list[Addresses]:
    if not is_unknown(value):
        if not value:
            return []
        value = Unknown(f"what the prefix list {value} contains")
    return [Addresses(value.text, 4, unknown=value)]


_OF_AWS = ("com.amazonaws.", "cn.com.amazonaws.", "eu.amazonaws.")
_ENTRY = "aws_ec2_managed_prefix_list_entry"


def _own(configuration: Configuration) -> frozenset[str]:
    """The networks of VPCs and subnets, as written."""
    if configuration not in _OWN:
        values = (block.get("cidr_block") for block in configuration.of_type(*_WITH_NETWORK))
        _OWN[configuration] = frozenset(filter(_may_be_of_a_vpc, (text_of(held) for held in values)))
    return _OWN[configuration]


def _may_be_of_a_vpc(text: str) -> bool:
    """Whether a network is a fixed private one, no wider than a VPC may be."""
    prefix = re.search(r"/(\d{1,3})$", text)
    if prefix is not None:
        return int(prefix[1]) >= _WIDEST_VPC
    return text.startswith("${") and not re.search(r"\b(?:count|each)\.", text)


def _unknown(value: Unknown, version: int) -> Addresses:
    # A VPC is a /16 at most, and callers within it are not the internet.
    within = value.references and all(map(_OF_A_VPC.search, value.references)) and "cidr_block" in value.text
    if within and "/" not in value.text:
        return Addresses(value.text, version)
    prefix = _PREFIX.search(value.text)
    if prefix is None:
        return Addresses(value.text, version, unknown=value)
    length = int(prefix[1])
    public = ((0, 2 ** BITS[version]),) if length == 0 else ()
    return Addresses(value.text, version, length, public=public, unknown=value)
