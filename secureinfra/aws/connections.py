"""Connections: the rules on both sides of a connection, written together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from secureinfra.aws.peers import Peer
    from secureinfra.aws.ports import Port
    from secureinfra.aws.security_group import SecurityGroup
    from secureinfra.waiver import Waiver


@runtime_checkable
class HasConnections(Protocol):
    """Anything that has a security group: a group itself, a load balancer, a database."""

    @property
    def connections(self) -> Connections:
        """Its network connections."""
        ...


class Connections:
    """Writes rules on both sides of a connection, so that neither is forgotten.

    Where the peer is a network, a prefix list or a group that somebody else manages, there is only this side to write.

    Args:
        group: the group on this side.
    """

    def __init__(self, group: SecurityGroup) -> None:
        self.group = group

    def allow_to(self, other: HasConnections | Peer | str, port: Port, description: str = "") -> None:
        """Let this side open connections to the other: egress here, ingress there.

        Args:
            other: what has a security group, or a CIDR, `sg-...`, `pl-...` or a `Peer`.
            port: e.g. `Port.tcp(5432)`.
            description: what for, on both rules.
        """
        self.group.allow_to(other, port, description)
        if isinstance(other, HasConnections):
            other.connections.group.rules.write("ingress", self.group.peer, port, description, by=self.group)

    def allow_from(
        self, other: HasConnections | Peer | str, port: Port, description: str = "", *, waiver: Waiver | None = None
    ) -> None:
        """Let the other side open connections to this one: ingress here, egress there.

        Args:
            other: what has a security group, or a CIDR, `sg-...`, `pl-...` or a `Peer`.
            port: e.g. `Port.tcp(5432)`.
            description: what for, on both rules.
            waiver: as in `SecurityGroup.allow_from`.
        """
        self.group.allow_from(other, port, description, waiver=waiver)
        if isinstance(other, HasConnections):
            other.connections.group.rules.write("egress", self.group.peer, port, description, by=self.group)

    def allow_within(self, port: Port, description: str = "") -> None:
        """Let the members of this group open connections to each other: egress and ingress here."""
        self.allow_to(self.group, port, description)

    def allow_from_internet(
        self, port: Port, description: str = "", *, ipv6: bool = False, waiver: Waiver | None = None
    ) -> None:
        """Admit connections from everybody, as `SecurityGroup.allow_from_internet` does."""
        self.group.allow_from_internet(port, description, ipv6=ipv6, waiver=waiver)

    def allow_to_internet(
        self, port: Port, description: str = "", *, ipv6: bool = False, waiver: Waiver | None = None
    ) -> None:
        """Let connections out to everybody, as `SecurityGroup.allow_to_internet` does."""
        self.group.allow_to_internet(port, description, ipv6=ipv6, waiver=waiver)
