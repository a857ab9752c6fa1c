"""Network ACLs: a second, stateless layer below the security groups, one for each tier.

Stateless rules must allow responses, which arrive on the caller's ephemeral port, 1024 to 65535 (NAT gateways and load
balancers use them all). That range includes RDP's 3389, so it is allowed in two parts. SSH, RDP and FTP are allowed
only from within the VPC (EC2.21, CIS 5.2).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from secureinfra.aws.vpc.config import Tier
from secureinfra.aws.vpc.network import Network
from secureinfra.engine import Resource
from secureinfra.engine.naming import words

_EPHEMERAL = (("low", 1024, 3388), ("high", 3390, 65535))


@dataclass(frozen=True)
class _Rule:
    """One entry of an ACL.

    Args:
        name: its role; part of the address.
        number: its rule number; fixed, so that growth renumbers nothing.
        protocol: `tcp`, `udp`, `icmp`, `58` (ICMPv6) or `-1` for all.
        side: the argument for the other side, and its network.
        span: first and last port, or type and code of an ICMP message; none for all.
        egress: whether it is for outbound traffic.
    """

    name: str
    number: int
    protocol: str
    side: tuple[str, str]
    span: tuple[int, int] | None = None
    egress: bool = False

    def arguments(self) -> dict[str, Any]:
        """The rule as the provider takes it."""
        names = ("icmp_type", "icmp_code") if self.protocol in ("icmp", "58") else ("from_port", "to_port")
        return {
            "rule_number": self.number,
            "egress": self.egress,
            "protocol": self.protocol,
            "rule_action": "allow",
            self.side[0]: self.side[1],
            **dict(zip(names, self.span or (), strict=False)),
        }


def guard_tier(network: Network, tier: Tier) -> None:
    """Give a tier its own ACL, with the rules that it needs."""
    acl = Resource(
        network.owner,
        f"{tier}-acl",
        "aws_network_acl",
        vpc_id=network.vpc_id,
        subnet_ids=network.subnet_ids(tier),
        tags=network.named(f"{tier}-acl"),
    )
    for rule in (*_within(network), *_ipv4(network, tier), *_ipv6(network, tier)):
        id = f"{tier}-acl-{rule.name}"
        Resource(network.owner, id, "aws_network_acl_rule", network_acl_id=acl.ref("id"), **rule.arguments())


def _within(network: Network) -> Iterator[_Rule]:
    """Everything within the VPC: the security groups decide there."""
    own = [("vpc", 100, ("cidr_block", network.cidr))]
    own += [
        (f"vpc-{words(cidr)}", number, ("cidr_block", cidr))
        for cidr, number in _numbers(network.config.secondary_cidrs).items()
    ]
    if network.config.ipv6:
        own.append(("vpc-ipv6", 150, ("ipv6_cidr_block", network.vpc.ref("ipv6_cidr_block"))))
    for name, number, side in own:
        yield _Rule(f"from-{name}", number, "-1", side)
        yield _Rule(f"to-{name}", number, "-1", side, egress=True)


def _ipv4(network: Network, tier: Tier) -> Iterator[_Rule]:
    anywhere = ("cidr_block", "0.0.0.0/0")
    # Gateway endpoints answer from public addresses, to which an isolated subnet has a route too.
    yield from _outside(
        tier, "", 0, anywhere, goes_out=_goes_out(network, tier), endpoints=network.config.gateway_endpoints
    )


def _ipv6(network: Network, tier: Tier) -> Iterator[_Rule]:
    if network.config.ipv6:
        yield from _outside(tier, "-ipv6", 1000, ("ipv6_cidr_block", "::/0"), goes_out=_goes_out(network, tier))


def _goes_out(network: Network, tier: Tier) -> bool:
    # A firewall's endpoints forward traffic of private subnets, and the responses.
    return tier == "public" or (tier in ("private", "firewall") and network.config.nat != "none")


def _outside(
    tier: Tier, suffix: str, step: int, anywhere: tuple[str, str], *, goes_out: bool, endpoints: bool = False
) -> Iterator[_Rule]:
    if tier == "public":
        yield _Rule(f"from-internet-https{suffix}", 200 + step, "tcp", anywhere, (443, 443))
        yield _Rule(f"from-internet-http{suffix}", 210 + step, "tcp", anywhere, (80, 80))
    for at, (part, *span) in enumerate(_EPHEMERAL):
        ports = (span[0], span[1])
        if goes_out or endpoints:
            yield _Rule(f"answers-tcp-{part}{suffix}", 300 + 10 * at + step, "tcp", anywhere, ports)
        if goes_out:
            yield _Rule(f"answers-udp-{part}{suffix}", 320 + 10 * at + step, "udp", anywhere, ports)
    # Without it, senders of large packets are not notified of a smaller MTU, and connections hang (path MTU discovery:
    # docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html).
    if goes_out:
        protocol, message = ("58", (2, 0)) if suffix else ("icmp", (3, 4))
        yield _Rule(f"packet-too-big{suffix}", 340 + step, protocol, anywhere, message)
    # What answers a ping and a traceroute, so that a firewall or a security group which allows them does not do so in vain.
    # Not for IPv6, whose rules may count toward the same 20 of an ACL.
    if goes_out and not suffix:
        yield _Rule("echo-reply", 350, "icmp", anywhere, (0, -1))
        yield _Rule("time-exceeded", 360, "icmp", anywhere, (11, -1))
    # Both, so that turning NAT on later adds a rule and replaces none.
    if endpoints:
        yield _Rule(f"to-endpoints{suffix}", 200 + step, "tcp", anywhere, (443, 443), egress=True)
    if goes_out:
        yield _Rule(f"to-anywhere{suffix}", 250 + step, "-1", anywhere, egress=True)


def _numbers(cidrs: tuple[str, ...]) -> dict[str, int]:
    """A rule number derived from each network, so that adding or removing one does not renumber others."""
    numbers: dict[str, int] = {}
    for cidr in sorted(cidrs):
        number = 10_000 + zlib.crc32(cidr.encode()) % 20_000
        while number in numbers.values():
            number += 1
        numbers[cidr] = number
    return {cidr: numbers[cidr] for cidr in cidrs}
