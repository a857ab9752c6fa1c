"""Security group: no rules by default, each rule described, nothing open by accident.

Groups and connections refer to each other: a connection writes rules of two groups, and a group has connections.
"""

from __future__ import annotations

from typing import Annotated, Any, Protocol, runtime_checkable

from constructs import Construct

from secureinfra.aws.security_group import peers
from secureinfra.aws.security_group.exposure import (
    WEB,
    add_up_to_internet,
    closed_to_internet,
    is_internet,
    is_wide,
    no_risky_port,
    web_port,
)
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.security_group.rules import (
    DESCRIPTION,
    Rules,
    internet,
    judge_network_later,
    judge_port_later,
)
from secureinfra.aws.wiring.vpc_id import HasVpc, vpc_id_of
from secureinfra.config.adopted import Adopted
from secureinfra.config.config import Config
from secureinfra.config.problem import breaks, error_of
from secureinfra.config.rule import matches
from secureinfra.config.rules import Text, is_token
from secureinfra.config.waiver import Waiver
from secureinfra.controls.security_group import group as controls
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError, ControlError

__all__ = ["Connections", "HasConnections", "SecurityGroup", "SecurityGroupConfig"]

# The provider adds a suffix of 26 characters to a prefix, and AWS reserves `sg-`.
NAME_PREFIX = matches(
    r"([^s]|s[^g]|sg[^-])[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,97}",
    "is not a prefix of a group's name",
    "write 3 to 98 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, not 'sg-' first",
)


@runtime_checkable
class HasConnections(Protocol):
    """Anything that has a security group: a group itself, a load balancer, a database."""

    @property
    def connections(self) -> Connections:
        """Its network connections."""
        ...


class SecurityGroupConfig(Config):
    """What a caller may choose about a group."""

    description: Annotated[str, DESCRIPTION]
    """Purpose of the group. AWS cannot change it: another text replaces the group."""
    name_prefix: Annotated[Text, NAME_PREFIX] | None = None
    """Prefix of the group's name; by default the construct's path. Another prefix replaces the group."""
    adopt: Adopted = {}
    """Import ids of what exists already, by role in the construct, which are imported instead of created:
    `{"security-group": "sg-0123456789abcdef0"}`. `True` stands for what exists and whose id follows from the others.
    The group keeps its name and description for as long as this is here, since AWS changes neither."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(
    module="security-group",
    page="network",
    examples={"description": "Service behind the load balancer"},
    yours=("Rules: as written, the group allows no traffic except what its settings say.",),
)
class SecurityGroup(SecureConstruct):
    """A security group that allows no traffic in or out until a method adds a rule.

    Creates the group, and one rule resource for each permission. If the group must be replaced, the new one is created
    with its rules before the old one is deleted.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its description.
        vpc: a `SecureVpc`, or anything else that has a `vpc_id`; or the id of a VPC.
        vpc_id: the id of a VPC, where there is no `vpc`.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or no VPC is given: AWS would take the default one.

    Example:
        `service.connections.allow_to(database, Port.tcp(5432))`
    """

    config: SecurityGroupConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: SecurityGroupConfig,
        *,
        vpc: HasVpc | str | None = None,
        vpc_id: str | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self._admitted: list[tuple[Peer, Port]] = []
        self._let_out: list[tuple[Peer, Port]] = []
        self.group = Resource(
            self,
            "security-group",
            "aws_security_group",
            create_before_destroy=True,
            ignore_changes=["description", "name", "name_prefix"] if "security-group" in config.adopt else (),
            name_prefix=config.name_prefix or _name_prefix(self.path),
            description=config.description,
            vpc_id=vpc_id_of(self.path, vpc, vpc_id),
            tags={"Name": self.path, **config.tags},
        )
        self.rules = Rules(self, self.security_group_id, self.peer_name)

    @property
    def security_group_id(self) -> str:
        """Reference to the group's id."""
        return self.group.ref("id")

    @property
    def arn(self) -> str:
        """Reference to the group's ARN."""
        return self.group.ref("arn")

    @property
    def connections(self) -> Connections:
        """Rules on both sides: `a.connections.allow_to(b, Port.tcp(5432))`."""
        return Connections(self)

    @property
    def peer(self) -> Peer:
        """This group as a peer of others' rules."""
        return Peer.security_group(self.security_group_id, self.peer_name)

    @property
    def peer_name(self) -> str:
        """Name of this group in rules of other groups."""
        return "-".join(self.locations.first.parts) or "main"

    def allow_from(
        self, peer: HasConnections | Peer | str, port: Port, description: str = "", *, waiver: Waiver | None = None
    ) -> None:
        """Allow connections from a group, a network or a prefix list. The entries of a prefix list are not checked.

        Args:
            peer: a `SecurityGroup` (or what has one), a CIDR, `sg-...`, `pl-...`, a reference, or a `Peer` around one.
            port: e.g. `Port.tcp(443)`.
            description: purpose of the rule; by default it names both.
            waiver: for `security-group-narrow-public-cidr`, when the network is public and wider than /24 (IPv6: /48).

        Raises:
            ConfigError: the kind of peer is unclear, or the rule already exists.
            ControlError: the network is the internet, or wide without a waiver.
        """
        known = peer_of(peer, self.path)
        self._judge(port)
        others = [other for other, its_port in self._admitted if its_port.overlaps(port)]
        if is_internet(known) or add_up_to_internet([*others, known]):
            raise self._opened("allow_from", known, port, "allow_from_internet(port)")
        wide = is_wide(known) or (waiver is not None and is_token(known.value))
        broken = f"allow_from({known.value!r}, {port})"
        waivers = [self.require(controls.NARROW_PUBLIC_CIDR, waiver, broken)] if wide else []
        rule = self.rules.write("ingress", known, port, description, waivers)
        self._admitted.append((known, port))
        judge_network_later(rule, known, wide=wide)

    def allow_to(self, peer: HasConnections | Peer | str, port: Port, description: str = "") -> None:
        """Allow connections to a group, a network or a prefix list. The entries of a prefix list are not checked.

        Args:
            peer: a `SecurityGroup` (or what has one), a CIDR, `sg-...`, `pl-...`, a reference, or a `Peer` around one.
            port: e.g. `Port.tcp(5432)`.
            description: purpose of the rule; by default it names both.

        Raises:
            ConfigError: the kind of peer is unclear, or the rule already exists.
            ControlError: the network is the internet, or adds up to a large part of it with others.
        """
        known = peer_of(peer, self.path)
        self._judge(port)
        others = [other for other, its_port in self._let_out if its_port.overlaps(port)]
        if is_internet(known) or add_up_to_internet([*others, known]):
            raise self._opened("allow_to", known, port, "allow_to_internet(port)")
        rule = self.rules.write("egress", known, port, description)
        self._let_out.append((known, port))
        judge_network_later(rule, known, wide=True)

    def allow_from_internet(
        self, port: Port, description: str = "", *, ipv6: bool = False, waiver: Waiver | None = None
    ) -> None:
        """Allow connections from the internet.

        Args:
            port: `Port.tcp(443)` or `Port.tcp(80)` as such; others with a waiver.
            description: purpose of the rule; by default it names the port.
            ipv6: from IPv6 addresses too.
            waiver: for `security-group-web-ports-from-internet`.

        Raises:
            ConfigError: the rule already exists.
            ControlError: the port is neither 80 nor 443 and has no waiver; or it is, or its range includes, an
                administration or database port, for which no waiver is accepted.
        """
        self._judge(port)
        if closed := closed_to_internet(port):
            control, services = closed
            broken = f"allow_from_internet({port}) opens {services} to the internet and"
            more = "Reach it through a VPN, Session Manager or a load balancer."
            raise error_of(self.path, [breaks(broken, control, more=more)])
        waivers = []
        if port not in WEB and (waiver or not port.tokens or port.protocol != "tcp"):
            waivers.append(self.require(controls.WEB_PORTS_FROM_INTERNET, waiver, f"allow_from_internet({port})"))
        judged = no_risky_port() if waivers else web_port(WEB)
        for peer in internet(ipv6):
            rule = self.rules.write("ingress", peer, port, description, waivers)
            judge_port_later(rule, port, judged, "allow_from_internet")

    def allow_to_internet(
        self, port: Port, description: str = "", *, ipv6: bool = False, waiver: Waiver | None = None
    ) -> None:
        """Allow connections to the internet.

        Args:
            port: `Port.tcp(443)` as such; others with a waiver.
            description: purpose of the rule; by default it names the port.
            ipv6: to IPv6 addresses too.
            waiver: for `security-group-egress-restricted`.

        Raises:
            ConfigError: the rule already exists.
            ControlError: the port is not 443 and has no waiver.
        """
        self._judge(port)
        waivers = []
        if port != Port.HTTPS and (waiver or not port.tokens or port.protocol != "tcp"):
            waivers.append(self.require(controls.EGRESS_RESTRICTED, waiver, f"allow_to_internet({port})"))
        for peer in internet(ipv6):
            rule = self.rules.write("egress", peer, port, description, waivers)
            if not waivers:
                judge_port_later(rule, port, web_port((Port.HTTPS,)), "allow_to_internet")

    def _judge(self, port: Port) -> None:
        if not isinstance(port, Port):
            raise ConfigError(
                f"{self.path}: {port!r} is not a port: write Port.tcp({port!r}), or another kind of Port."
            )
        if complaint := port.problem():
            raise ConfigError(f"{self.path}: {complaint}")

    def _opened(self, method: str, peer: Peer, port: Port, way_out: str) -> ControlError:
        control = controls.INTERNET_BY_NAME
        return ControlError(
            f"{self.path}: {method}({peer.value!r}, {port}) reaches the internet or a large part of it and breaks control "
            f"{control.id}: {control.why}. Write {way_out}, or name a narrower network."
        )


class Connections:
    """Writes rules on both sides of a connection, so that neither is missing.

    If the peer is a network, a prefix list or a group managed elsewhere, only this side is written.

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
            description: purpose, on both rules.
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
            description: purpose, on both rules.
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
        """Allow connections from the internet, as `SecurityGroup.allow_from_internet` does."""
        self.group.allow_from_internet(port, description, ipv6=ipv6, waiver=waiver)

    def allow_to_internet(
        self, port: Port, description: str = "", *, ipv6: bool = False, waiver: Waiver | None = None
    ) -> None:
        """Allow connections to the internet, as `SecurityGroup.allow_to_internet` does."""
        self.group.allow_to_internet(port, description, ipv6=ipv6, waiver=waiver)


def peer_of(given: object, where: str) -> Peer:
    """The peer that a group, an id, a network or a token stands for.

    Raises:
        ConfigError: the kind of peer is unclear.
    """
    peer = _peer_of(given, where)
    if complaint := peer.problem():
        raise ConfigError(f"{where}: peer {peer.value!r} {complaint}.")
    return peer


def _peer_of(given: object, where: str) -> Peer:
    if isinstance(given, Peer):
        return given
    if isinstance(given, HasConnections):
        return given.connections.group.peer
    if isinstance(given, str):
        return peers.peer_of(given, where)
    raise ConfigError(
        f"{where}: {given!r} is not a peer: give a SecurityGroup or what has one, a CIDR, 'sg-...', 'pl-...' or a Peer."
    )


def _name_prefix(path: str) -> str:
    prefix = f"{path.replace('/', '-')[:97]}-"
    return f"group-{prefix[:92]}" if prefix.startswith("sg-") else prefix


def refuse_another_vpc(path: str, group: SecurityGroup, vpc_id: str) -> None:
    """Refuse a group for what is in another VPC, which AWS would refuse in the apply.

    Args:
        path: of what is given the group.
        group: the group.
        vpc_id: where that is.

    Raises:
        ConfigError: the group is surely in another VPC.
    """
    its = str(group.group.attributes["vpc_id"])
    # Two references may lead to one VPC, unless both are VPCs of this stack.
    alike = all(one.startswith("${aws_vpc.") for one in (its, vpc_id)) or not any(map(is_token, (its, vpc_id)))
    if alike and its != vpc_id:
        raise ConfigError(
            f"{path}: security_group={group.path!r} is of another VPC: AWS refuses it there. Create it with the same vpc=."
        )
