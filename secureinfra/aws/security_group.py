"""Security group: no rule until one is asked for, each described, nothing open by accident."""

from __future__ import annotations

from typing import Annotated, Any, Protocol, runtime_checkable

from constructs import Construct

from secureinfra.aws.connections import Connections, HasConnections
from secureinfra.aws.peers import Peer, peer_of
from secureinfra.aws.ports import Port
from secureinfra.aws.security_group_exposure import (
    WEB,
    add_up_to_internet,
    closed_to_internet,
    is_internet,
    is_wide,
    no_risky_port,
    web_port,
)
from secureinfra.aws.security_group_rules import (
    DESCRIPTION,
    Rules,
    internet,
    judge_network_later,
    judge_port_later,
)
from secureinfra.config import Config, refusal
from secureinfra.controls import security_group as controls
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError, ControlError
from secureinfra.values import VPC_ID, Text, is_token, matches
from secureinfra.waiver import Waiver

# The provider adds a suffix of 26 characters to a prefix, and AWS keeps `sg-` to itself.
NAME_PREFIX = matches(
    r"([^s]|s[^g]|sg[^-])[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,97}",
    "is no prefix of a group's name: write 3 to 98 letters, digits, spaces and ._-:/()#,@[]+=&;{{}}!$*, not 'sg-' first",
)


@runtime_checkable
class HasVpc(Protocol):
    """Anything that has a VPC: a `SecureVpc`."""

    @property
    def vpc_id(self) -> str:
        """Id of the VPC."""
        ...


class SecurityGroupConfig(Config):
    """What a caller says about a group."""

    description: Annotated[str, DESCRIPTION]
    """What the group is for. AWS cannot change it: another text makes another group."""
    name_prefix: Annotated[Text, NAME_PREFIX] | None = None
    """What the group's name starts with; by default the construct's path. Another prefix makes another group."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""


class SecurityGroup(SecureConstruct):
    """A group that admits nothing and lets nothing out until a method says so.

    Creates the group, and one rule resource for each permission. A group that must be replaced is made before the old
    one goes, with its rules.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its description.
        vpc: a `SecureVpc`, or anything else that has a `vpc_id`; or the id of a VPC.
        vpc_id: the id of a VPC, where there is no `vpc`.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or there is no VPC: AWS would take the default one.

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
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.rules = Rules(self)
        self._admitted: list[tuple[Peer, Port]] = []
        self._let_out: list[tuple[Peer, Port]] = []
        self.group = Resource(
            self,
            "security-group",
            "aws_security_group",
            create_before_destroy=True,
            name_prefix=config.name_prefix or _name_prefix(self.path),
            description=config.description,
            vpc_id=self._vpc_id(vpc, vpc_id),
            tags={"Name": self.path, **config.tags},
        )

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
        """How the rules of others call this group."""
        return "-".join(self._parts) or "main"

    def allow_from(
        self, peer: HasConnections | Peer | str, port: Port, description: str = "", *, waiver: Waiver | None = None
    ) -> None:
        """Admit connections from a group, a network or a prefix list. What a prefix list holds is not judged.

        Args:
            peer: a `SecurityGroup` (or what has one), a CIDR, `sg-...`, `pl-...`, a reference, or a `Peer` around one.
            port: e.g. `Port.tcp(443)`.
            description: what for; by default it names both.
            waiver: for `security-group-narrow-public-cidr`, when the network is public and wider than /24 (IPv6: /48).

        Raises:
            ConfigError: the peer cannot be told, or the rule is there already.
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
        """Let connections out to a group, a network or a prefix list. What a prefix list holds is not judged.

        Args:
            peer: a `SecurityGroup` (or what has one), a CIDR, `sg-...`, `pl-...`, a reference, or a `Peer` around one.
            port: e.g. `Port.tcp(5432)`.
            description: what for; by default it names both.

        Raises:
            ConfigError: the peer cannot be told, or the rule is there already.
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
        """Admit connections from everybody.

        Args:
            port: `Port.tcp(443)` or `Port.tcp(80)` as such; others with a waiver.
            description: what for; by default it names the port.
            ipv6: from IPv6 addresses too.
            waiver: for `security-group-web-ports-from-internet`.

        Raises:
            ConfigError: the rule is there already.
            ControlError: the port is neither 80 nor 443 and has no waiver; or it is, or its range holds, a port of
                administration or of a database, for which no waiver is accepted.
        """
        self._judge(port)
        if closed := closed_to_internet(port):
            control, services = closed
            broken = f"allow_from_internet({port}) opens {services} to everybody and breaks control {control.id}"
            raise ControlError(
                f"{self.path}: {refusal(broken, control)} Reach it through a VPN, Session Manager or a load balancer."
            )
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
        """Let connections out to everybody.

        Args:
            port: `Port.tcp(443)` as such; others with a waiver.
            description: what for; by default it names the port.
            ipv6: to IPv6 addresses too.
            waiver: for `security-group-egress-restricted`.

        Raises:
            ConfigError: the rule is there already.
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

    def _vpc_id(self, vpc: HasVpc | str | None, vpc_id: str | None) -> str:
        if (vpc is None) == (vpc_id is None):
            raise ConfigError(
                f"{self.path}: it needs one VPC, or AWS puts it into the default one: give vpc=network, or "
                "vpc_id='vpc-...'."
            )
        given = vpc_id if vpc is None else getattr(vpc, "vpc_id", vpc)
        if not isinstance(given, str) or VPC_ID.complaint(given):
            raise ConfigError(f"{self.path}: vpc={given!r} {VPC_ID.problem}.")
        return given

    def _judge(self, port: Port) -> None:
        if not isinstance(port, Port):
            raise ConfigError(f"{self.path}: {port!r} is no port: write Port.tcp({port!r}), or another kind of Port.")
        if complaint := port.problem():
            raise ConfigError(f"{self.path}: {complaint}")

    def _opened(self, method: str, peer: Peer, port: Port, way_out: str) -> ControlError:
        control = controls.INTERNET_BY_NAME
        return ControlError(
            f"{self.path}: {method}({peer.value!r}, {port}) reaches the internet or a large part of it and breaks control "
            f"{control.id}: {control.why}. Write {way_out}, or name a narrower network."
        )


def _name_prefix(path: str) -> str:
    prefix = f"{path.replace('/', '-')[:97]}-"
    return f"group-{prefix[:92]}" if prefix.startswith("sg-") else prefix
