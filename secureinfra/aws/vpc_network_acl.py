"""Network ACLs: a second, stateless net under the security groups, one for each tier.

Stateless rules must admit answers: they arrive on the caller's ephemeral port, 1024 to 65535 (NAT gateways and load
balancers use them all). That range holds RDP's 3389, so it is admitted in two parts. SSH, RDP and FTP are admitted
from nowhere but the VPC (EC2.21, CIS 5.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secureinfra.engine import Resource

if TYPE_CHECKING:
    from secureinfra.aws.vpc import SecureVpc

_EPHEMERAL = (("low", 1024, 3388), ("high", 3390, 65535))
_ANYWHERE = "0.0.0.0/0"
_ANYWHERE_IPV6 = "::/0"


@dataclass(frozen=True)
class _Rule:
    """One entry of an ACL.

    Args:
        name: its role; part of the address.
        number: its place; fixed, so that growth renumbers nothing.
        protocol: `tcp`, `udp` or `-1`.
        cidr: the other side.
        first: first port.
        last: last port.
        egress: outwards.
    """

    name: str
    number: int
    protocol: str
    cidr: str
    first: int = 0
    last: int = 0
    egress: bool = False


def guard_tier(vpc: SecureVpc, tier: str) -> None:
    """Give a tier an ACL of its own, with the rules that it needs."""
    acl = Resource(
        vpc,
        f"{tier}-acl",
        "aws_network_acl",
        vpc_id=vpc.vpc_id,
        subnet_ids=vpc.subnet_ids(tier),
        tags=vpc.named(f"{tier}-acl"),
    )
    for rule in _rules(vpc, tier):
        Resource(
            vpc,
            f"{tier}-acl-{rule.name}",
            "aws_network_acl_rule",
            network_acl_id=acl.ref("id"),
            rule_number=rule.number,
            egress=rule.egress,
            protocol=rule.protocol,
            rule_action="allow",
            from_port=None if rule.protocol == "-1" else rule.first,
            to_port=None if rule.protocol == "-1" else rule.last,
            **{"ipv6_cidr_block" if ":" in rule.cidr or "ipv6" in rule.cidr else "cidr_block": rule.cidr},  # type: ignore[arg-type]
        )


def _rules(vpc: SecureVpc, tier: str) -> Iterator[_Rule]:
    yield from _within(vpc)
    for suffix, anywhere, step in _families(vpc):
        yield from _outside(vpc, tier, suffix, anywhere, step)


def _within(vpc: SecureVpc) -> Iterator[_Rule]:
    """Everything within the VPC: the security groups decide there."""
    own = [("vpc", 100, vpc.cidr)]
    own += [(f"vpc-{words(cidr)}", 101 + at, cidr) for at, cidr in enumerate(vpc.config.secondary_cidrs)]
    if vpc.config.ipv6:
        own.append(("vpc-ipv6", 150, vpc.vpc.ref("ipv6_cidr_block")))
    for name, number, cidr in own:
        yield _Rule(f"from-{name}", number, "-1", cidr)
        yield _Rule(f"to-{name}", number, "-1", cidr, egress=True)


def _families(vpc: SecureVpc) -> Iterator[tuple[str, str, int]]:
    yield "", _ANYWHERE, 0
    if vpc.config.ipv6:
        yield "-ipv6", _ANYWHERE_IPV6, 1000


def _outside(vpc: SecureVpc, tier: str, suffix: str, anywhere: str, step: int) -> Iterator[_Rule]:
    goes_out = tier == "public" or (tier == "private" and vpc.config.nat != "none")
    if tier == "public":
        yield _Rule(f"from-internet-https{suffix}", 200 + step, "tcp", anywhere, 443, 443)
        yield _Rule(f"from-internet-http{suffix}", 210 + step, "tcp", anywhere, 80, 80)
    # Gateway endpoints answer from public addresses, to which an isolated subnet has a route too.
    if goes_out or vpc.config.gateway_endpoints:
        for at, (part, first, last) in enumerate(_EPHEMERAL):
            yield _Rule(f"answers-tcp-{part}{suffix}", 300 + 10 * at + step, "tcp", anywhere, first, last)
            if goes_out:
                yield _Rule(f"answers-udp-{part}{suffix}", 320 + 10 * at + step, "udp", anywhere, first, last)
    # Both, so that turning NAT on later adds a rule and replaces none.
    if vpc.config.gateway_endpoints:
        yield _Rule(f"to-endpoints{suffix}", 200 + step, "tcp", anywhere, 443, 443, egress=True)
    if goes_out:
        yield _Rule(f"to-anywhere{suffix}", 250 + step, "-1", anywhere, egress=True)


def words(cidr: str) -> str:
    """A network as a part of an address."""
    return "".join(letter if letter.isalnum() else "-" for letter in cidr).strip("-").lower()
