"""Networks in conditions: which ones AWS sees as the source of a request, and under which key."""

from __future__ import annotations

import ipaddress
from typing import Literal

from secureinfra.config.rule import Predicate
from secureinfra.config.rules import ANY_CIDR, is_token
from secureinfra.facts.networks import OF_VPCS

PRIVATE = tuple(ipaddress.ip_network(cidr) for ranges in OF_VPCS.values() for cidr in ranges)

Kind = Literal["private", "public", "both", "everything"]


def kind_of(cidr: str) -> Kind:
    """Whether a network is private, public, mixed or unlimited; a token counts as public."""
    if is_token(cidr):
        return "public"
    network = ipaddress.ip_network(cidr)
    if network.prefixlen == 0:
        return "everything"
    same = [own for own in PRIVATE if own.version == network.version]
    if any(network.subnet_of(own) for own in same):  # type: ignore[arg-type]
        return "private"
    return "both" if any(network.overlaps(own) for own in same) else "public"


def source_ip_complaint(cidr: str) -> str | None:
    """What is wrong with a network under `aws:SourceIp`, as the end of a sentence; `None` for a public one."""
    if complaint := ANY_CIDR.complaint(cidr):
        return complaint
    match kind_of(cidr):
        case "everything":
            return "limits nothing: it covers every address. Name the networks, or leave the condition out."
        case "both":
            return "holds both private and public addresses, which AWS sees under different keys. Write them apart."
        case "private":
            return (
                "would never match: AWS sees the public address of a request over the internet, and one from a private "
                "network arrives through a VPC endpoint, which carries aws:VpcSourceIp instead. "
                f"Write from_private_network({cidr!r}, vpc=...) or (..., vpc_endpoint=...)."
            )
        case "public":
            return None


def vpc_source_ip_complaint(cidr: str) -> str | None:
    """What is wrong with a network under `aws:VpcSourceIp`, as the end of a sentence; `None` for a private one."""
    if complaint := ANY_CIDR.complaint(cidr):
        return complaint
    if is_token(cidr):
        return None
    match kind_of(cidr):
        case "everything":
            return "limits nothing: it covers every address. Write source_vpc(...) for the whole VPC."
        case "both":
            return "holds both private and public addresses, which AWS sees under different keys. Write them apart."
        case "public":
            return (
                "is a public network: requests from it come over the internet and carry "
                f"aws:SourceIp. Write source_ip({cidr!r}) in a statement of its own."
            )
        case "private":
            return None


# The same in Terraform's language: the prefixes of the private networks.
_BEGINNINGS = (
    "10[.]",
    "172[.](1[6-9]|2[0-9]|3[01])[.]",
    "192[.]168[.]",
    "100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.]",
    "[fF][cCdD][0-9a-fA-F]{2}:",
)
_LIST = ", ".join(
    f'["^{beginning}", {network.prefixlen}]' for beginning, network in zip(_BEGINNINGS, PRIVATE, strict=True)
)
_IS_PRIVATE = (
    f"anytrue([for own in [{_LIST}] : "
    'can(regex(own[0], {value})) && tonumber(split("/", format("%s/32", {value}))[1]) >= own[1]])'
)

# A policy may name a single address without a prefix length.
_IS_NETWORK = 'can(cidrhost(length(regexall("/", {value})) > 0 ? {value} : format("%s/32", {value}), 0))'

SOURCE_IP = Predicate(
    lambda cidr: source_ip_complaint(cidr) is None,
    "is not a public network, as aws:SourceIp needs",
    f'{_IS_NETWORK} && !endswith({{value}}, "/0") && !{_IS_PRIVATE}',
    "a request from a private one carries aws:VpcSourceIp. Write from_private_network(..., vpc=...)",
)
"""A network for `aws:SourceIp`."""

VPC_SOURCE_IP = Predicate(
    lambda cidr: vpc_source_ip_complaint(cidr) is None,
    "is not a private network, as aws:VpcSourceIp needs",
    f"{_IS_NETWORK} && {_IS_PRIVATE}",
    "a request from a public one carries aws:SourceIp. Write source_ip(...) in a statement of its own",
)
"""A network for `aws:VpcSourceIp`."""
