"""Peers of security-group rules: another group, a network, a prefix list."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from secureinfra.errors import ConfigError
from secureinfra.values import is_token

if TYPE_CHECKING:
    from secureinfra.aws.security_group import SecurityGroup

_PRIVATE = tuple(
    ipaddress.ip_network(cidr)
    for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7")
)


@runtime_checkable
class HasConnections(Protocol):
    """Anything that has security groups: a group itself, a load balancer, a database."""

    @property
    def connections(self) -> Connections:
        """Its network connections."""
        ...


class Connections:
    """Writes rules on both sides of a connection, so that neither is forgotten.

    Args:
        group: the group on this side.
    """

    def __init__(self, group: SecurityGroup) -> None:
        self.group = group

    def allow_to(self, other: HasConnections, port: object, description: str = "") -> None:
        """Let this side open connections to the other: egress here, ingress there."""
        self.group.allow_to(other, port, description)  # type: ignore[arg-type]
        other.connections.group.allow_from(self.group, port, description)  # type: ignore[arg-type]

    def allow_from(self, other: HasConnections, port: object, description: str = "") -> None:
        """Let the other side open connections to this one: ingress here, egress there."""
        other.connections.allow_to(self.group, port, description)


@dataclass(frozen=True)
class Peer:
    """One peer of a rule.

    Args:
        kind: which argument of the rule holds it.
        value: an id, a network, or a token.
        name: how addresses and descriptions call it.
    """

    kind: Literal["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]
    value: str
    name: str

    @classmethod
    def cidr(cls, cidr: str) -> Peer:
        """A network, or a token that will be one (IPv4)."""
        return cls("cidr_ipv6" if ":" in cidr and not is_token(cidr) else "cidr_ipv4", cidr, _words(cidr))

    @classmethod
    def prefix_list(cls, id: str) -> Peer:
        """A prefix list by id or token."""
        return cls("prefix_list_id", id, _words(id))

    @classmethod
    def security_group(cls, id: str) -> Peer:
        """A security group by id or token."""
        return cls("referenced_security_group_id", id, _words(id))

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
        """The network, when it is one that is known."""
        if self.kind not in ("cidr_ipv4", "cidr_ipv6") or is_token(self.value):
            return None
        return ipaddress.ip_network(self.value)

    @property
    def is_internet(self) -> bool:
        """Whether it is the internet or so large a part of it that two rules could make up the whole."""
        network = self.network
        return (
            network is not None and not _is_private(network) and network.prefixlen < (8 if network.version == 4 else 32)
        )

    @property
    def is_wide(self) -> bool:
        """Whether it is a public network with more addresses than one owner is likely to have."""
        network = self.network
        return (
            network is not None
            and not _is_private(network)
            and network.prefixlen < (24 if network.version == 4 else 48)
        )


def peer_of(given: object, where: str) -> Peer:
    """The peer that somebody means by a group, an id, a network or a token.

    Raises:
        ConfigError: it cannot be told what it is.
    """
    if isinstance(given, Peer):
        return given
    if isinstance(given, HasConnections):
        group = given.connections.group
        return Peer("referenced_security_group_id", group.security_group_id, group.peer_name)
    if not isinstance(given, str):
        raise ConfigError(f"{where}: peer {given!r} is no peer: give a SecurityGroup, a CIDR, a prefix list or an id.")
    if is_token(given):
        if "aws_security_group." in given:
            return Peer.security_group(given)
        if "prefix_list" in given:
            return Peer.prefix_list(given)
        if "cidr" in given or "ipam" in given:
            return Peer.cidr(given)
        raise ConfigError(
            f"{where}: peer {given!r} may be a network, a group or a prefix list: it is not known before Terraform runs. "
            "Write Peer.cidr(...), Peer.security_group(...) or Peer.prefix_list(...) around it."
        )
    if re.fullmatch(r"sg-[0-9a-f]+", given):
        return Peer.security_group(given)
    if re.fullmatch(r"pl-[0-9a-f]+", given):
        return Peer.prefix_list(given)
    try:
        ipaddress.ip_network(given)
    except ValueError as error:
        raise ConfigError(
            f"{where}: peer {given!r} is no network, group or prefix list ({error}): write e.g. '10.20.0.0/16', 'sg-...' "
            "or 'pl-...'."
        ) from None
    return Peer.cidr(given)


def _is_private(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    return any(network.version == own.version and network.subnet_of(own) for own in _PRIVATE)  # type: ignore[arg-type]


def _words(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", value).strip("-").lower()
