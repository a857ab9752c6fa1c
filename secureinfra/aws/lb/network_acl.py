"""Network ACL entries that let clients outside the VPC reach an internal load balancer."""

from __future__ import annotations

import ipaddress
import weakref
import zlib
from collections.abc import Iterable
from typing import Any

from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.rules import is_token
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.facts.networks import Network

# Between the numbers of a tier's own rules and those of a VPC's additional networks.
_FIRST, _MANY = 2000, 8000
_TAKEN: weakref.WeakKeyDictionary[SecureVpc, set[tuple[int, bool]]] = weakref.WeakKeyDictionary()


def let_through(owner: SecureConstruct, vpc: SecureVpc, peer: Peer, ports: Iterable[Port]) -> None:
    """Allow a network outside the VPC, and responses to it, in the network ACL of the private subnets, each rule once.

    An ACL supports neither groups nor prefix lists; it already allows the VPC's own networks. AWS allows 20 rules in
    each direction, of which a tier has up to 11 (docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html).

    Args:
        owner: the load balancer.
        vpc: its network.
        peer: the network to allow.
        ports: the ports to allow.
    """
    if not peer.kind.startswith("cidr") or _is_within(peer.network, vpc):
        return
    side: dict[str, Any] = {"cidr_block" if peer.kind == "cidr_ipv4" else "ipv6_cidr_block": peer.value}
    ports = list(ports)
    rules = [(f"acl-from-{peer.name}-{port.name}", False, port) for port in ports]
    # Clients receive responses on ephemeral ports.
    for protocol in dict.fromkeys(port.protocol for port in ports):
        id = f"acl-to-{peer.name}" if protocol == "tcp" else f"acl-to-{peer.name}-{protocol}"
        rules.append((id, True, Port(protocol, 1024, 65535)))
    for id, egress, port in rules:
        if id in owner.resources:
            continue
        Resource(
            owner,
            id,
            "aws_network_acl_rule",
            network_acl_id=vpc.resources["private-acl"].ref("id"),
            rule_number=_number(vpc, f"{owner.path}/{id}", egress=egress),
            egress=egress,
            protocol=port.protocol,
            rule_action="allow",
            from_port=port.first,
            to_port=port.last,
            **side,
        )


def _is_within(network: Network | None, vpc: SecureVpc) -> bool:
    own = [cidr for cidr in (vpc.config.cidr, *vpc.config.secondary_cidrs) if cidr and not is_token(cidr)]
    return isinstance(network, ipaddress.IPv4Network) and any(
        network.subnet_of(ipaddress.IPv4Network(cidr)) for cidr in own
    )


def _number(vpc: SecureVpc, name: str, *, egress: bool) -> int:
    """A number derived from the rule's name, so that a new client does not renumber others."""
    taken = _TAKEN.setdefault(vpc, set())
    number = _FIRST + zlib.crc32(name.encode()) % _MANY
    while (number, egress) in taken:
        number += 1
    taken.add((number, egress))
    return number
