"""Network ACLs: a second, stateless net under the security groups, one for each tier.

Stateless rules must admit answers: they arrive on the caller's ephemeral port, 1024 to 65535 (NAT gateways and load
balancers use them all). That range holds RDP's 3389, so it is admitted in two parts. SSH, RDP and FTP are admitted
from nowhere but the VPC (EC2.21, CIS 5.2).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.engine import Resource
from secureinfra.engine.naming import words

if TYPE_CHECKING:
    from secureinfra.aws.vpc import SecureVpc
    from secureinfra.aws.vpc_config import Tier

_EPHEMERAL = (("low", 1024, 3388), ("high", 3390, 65535))


@dataclass(frozen=True)
class _Rule:
    """One entry of an ACL.

    Args:
        name: its role; part of the address.
        number: its place; fixed, so that growth renumbers nothing.
        protocol: `tcp`, `udp`, `icmp`, `58` (ICMPv6) or `-1` for all.
        side: which argument holds the other side, and its network.
        span: first and last port, or type and code of an ICMP message; none for all.
        egress: outwards.
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


def guard_tier(vpc: SecureVpc, tier: Tier) -> None:
    """Give a tier an ACL of its own, with the rules that it needs."""
    acl = Resource(
        vpc,
        f"{tier}-acl",
        "aws_network_acl",
        vpc_id=vpc.vpc_id,
        subnet_ids=vpc.subnet_ids(tier),
        tags=vpc.named(f"{tier}-acl"),
    )
    for rule in (*_within(vpc), *_ipv4(vpc, tier), *_ipv6(vpc, tier)):
        id = f"{tier}-acl-{rule.name}"
        Resource(vpc, id, "aws_network_acl_rule", network_acl_id=acl.ref("id"), **rule.arguments())


def _within(vpc: SecureVpc) -> Iterator[_Rule]:
    """Everything within the VPC: the security groups decide there."""
    own = [("vpc", 100, ("cidr_block", vpc.cidr))]
    own += [
        (f"vpc-{words(cidr)}", number, ("cidr_block", cidr))
        for cidr, number in _numbers(vpc.config.secondary_cidrs).items()
    ]
    if vpc.config.ipv6:
        own.append(("vpc-ipv6", 150, ("ipv6_cidr_block", vpc.vpc.ref("ipv6_cidr_block"))))
    for name, number, side in own:
        yield _Rule(f"from-{name}", number, "-1", side)
        yield _Rule(f"to-{name}", number, "-1", side, egress=True)


def _ipv4(vpc: SecureVpc, tier: Tier) -> Iterator[_Rule]:
    anywhere = ("cidr_block", "0.0.0.0/0")
    # Gateway endpoints answer from public addresses, to which an isolated subnet has a route too.
    yield from _outside(tier, "", 0, anywhere, goes_out=_goes_out(vpc, tier), endpoints=vpc.config.gateway_endpoints)


def _ipv6(vpc: SecureVpc, tier: Tier) -> Iterator[_Rule]:
    if vpc.config.ipv6:
        yield from _outside(tier, "-ipv6", 1000, ("ipv6_cidr_block", "::/0"), goes_out=_goes_out(vpc, tier))


def _goes_out(vpc: SecureVpc, tier: Tier) -> bool:
    # A firewall's endpoints pass on what private subnets send, and the answers.
    return tier == "public" or (tier in ("private", "firewall") and vpc.config.nat != "none")


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
    # Without it, senders of large packets never hear that the path is narrower, and connections hang (path MTU discovery:
    # docs.aws.amazon.com/vpc/latest/userguide/path_mtu_discovery.html).
    if goes_out:
        protocol, message = ("58", (2, 0)) if suffix else ("icmp", (3, 4))
        yield _Rule(f"packet-too-big{suffix}", 340 + step, protocol, anywhere, message)
    # Both, so that turning NAT on later adds a rule and replaces none.
    if endpoints:
        yield _Rule(f"to-endpoints{suffix}", 200 + step, "tcp", anywhere, (443, 443), egress=True)
    if goes_out:
        yield _Rule(f"to-anywhere{suffix}", 250 + step, "-1", anywhere, egress=True)


def _numbers(cidrs: tuple[str, ...]) -> dict[str, int]:
    """A rule number for each network that comes from the network itself, so that adding or removing one moves no other."""
    numbers: dict[str, int] = {}
    for cidr in sorted(cidrs):
        number = 10_000 + zlib.crc32(cidr.encode()) % 20_000
        while number in numbers.values():
            number += 1
        numbers[cidr] = number
    return {cidr: numbers[cidr] for cidr in cidrs}
