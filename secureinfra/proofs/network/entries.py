"""Protocols and ports as rules of security groups and network ACLs write them."""

from __future__ import annotations

from typing import Any

from secureinfra.proofs.network.addresses import Spans
from secureinfra.proofs.network.links import number
from secureinfra.proofs.network.packets import ALL_PORTS, ICMP, ICMPV6, TCP, UDP
from secureinfra.terraform.unknown import is_unknown

__all__ = ["ALL", "ports_of", "protocol_of"]

ALL = -1
_TYPES: Spans = ((0, 256),)
# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html; the provider accepts `all` for -1.
_NUMBERS = {"all": ALL, "-1": ALL, "tcp": TCP, "udp": UDP, "icmp": ICMP, "icmpv6": ICMPV6}


def protocol_of(value: Any) -> int | None:
    """The number of a protocol, `ALL` for all; `None` where only Terraform knows."""
    if is_unknown(value):
        return None
    text = ALL if value is None or value == "" else str(value).strip().lower()
    return _NUMBERS.get(str(text), number(text))


def ports_of(protocol: int, first: Any, last: Any) -> tuple[Spans, Spans]:
    """The ports, or types of ICMP, that a rule matches surely, and those that it may match.

    Args:
        protocol: of the packet.
        first: `from_port`; of ICMP the type.
        last: `to_port`; of ICMP the code.
    """
    if protocol in (ICMP, ICMPV6):
        return _types(first, last)
    if protocol not in (TCP, UDP):
        return ALL_PORTS, ALL_PORTS
    if is_unknown(first) or is_unknown(last):
        return (), ALL_PORTS
    start, end = number(first), number(last)
    start = 0 if start is None or start < 0 else start
    end = 65535 if end is None or end < 0 else end
    span: Spans = ((start, end + 1),) if start <= end else ()
    return span, span


def _types(first: Any, last: Any) -> tuple[Spans, Spans]:
    if is_unknown(first):
        return (), _TYPES
    kind = number(first)
    if kind is None or kind < 0:
        return _TYPES, _TYPES
    span: Spans = ((kind, kind + 1),)
    # One code of a type is a part of it.
    every_code = not is_unknown(last) and (number(last) is None or number(last) == -1)
    return (span if every_code else ()), span
