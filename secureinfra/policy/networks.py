"""Networks in conditions: which ones AWS sees as the source of a request, and under which key."""

from __future__ import annotations

import ipaddress
from typing import Literal

from secureinfra.values import ANY_CIDR, Rule, is_token

# What VPCs use: RFC 1918, RFC 6598, RFC 4193. Python's `is_private` also holds documentation ranges.
PRIVATE = tuple(
    ipaddress.ip_network(cidr)
    for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)

Kind = Literal["private", "public", "both", "everything"]


def kind_of(cidr: str) -> Kind:
    """Whether a network is of private addresses, of public ones, of both, or no limit at all; a token passes for public."""
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
            return "limits nothing: it is every address there is. Name the networks, or leave the condition out."
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
            return "limits nothing: it is every address there is. Write source_vpc(...) for the whole VPC."
        case "both":
            return "holds both private and public addresses, which AWS sees under different keys. Write them apart."
        case "public":
            return (
                "is a public network: requests from it come over the internet and carry "
                f"aws:SourceIp. Write source_ip({cidr!r}) in a statement of its own."
            )
        case "private":
            return None


# The same in Terraform's language: how each private network begins, and how long its prefix is at least.
_BEGINNINGS = (
    ("10[.]", 8),
    ("172[.](1[6-9]|2[0-9]|3[01])[.]", 12),
    ("192[.]168[.]", 16),
    ("100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.]", 10),
    ("[fF][cCdD][0-9a-fA-F]{2}:", 7),
)
_LIST = ", ".join(f'["^{beginning}", {length}]' for beginning, length in _BEGINNINGS)
_IS_PRIVATE = (
    f"anytrue([for own in [{_LIST}] : "
    'can(regex(own[0], {value})) && tonumber(split("/", format("%s/32", {value}))[1]) >= own[1]])'
)

# A policy may name a single address without a prefix length.
_IS_NETWORK = 'can(cidrhost(length(regexall("/", {value})) > 0 ? {value} : format("%s/32", {value}), 0))'

SOURCE_IP = Rule(
    lambda cidr: source_ip_complaint(cidr) is None,
    "is no public network, as aws:SourceIp needs: a request from a private one carries aws:VpcSourceIp. "
    "Write from_private_network(..., vpc=...)",
    f'{_IS_NETWORK} && !endswith({{value}}, "/0") && !{_IS_PRIVATE}',
)
"""A network for `aws:SourceIp`."""

VPC_SOURCE_IP = Rule(
    lambda cidr: vpc_source_ip_complaint(cidr) is None,
    "is no private network, as aws:VpcSourceIp needs: a request from a public one carries aws:SourceIp. "
    "Write source_ip(...) in a statement of its own",
    f"{_IS_NETWORK} && {_IS_PRIVATE}",
)
"""A network for `aws:VpcSourceIp`."""
