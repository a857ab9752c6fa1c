"""Security group: no rule until one is asked for, each described, nothing open by accident."""

from __future__ import annotations

from typing import Annotated, Any, Protocol, runtime_checkable

from constructs import Construct

from secureinfra.aws.peers import Connections, HasConnections, Peer, peer_of
from secureinfra.aws.ports import Port
from secureinfra.config import Config, refusal
from secureinfra.controls import security_group as controls
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError, ControlError
from secureinfra.values import VPC_ID, is_token, matches
from secureinfra.waiver import Waiver

# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
DESCRIPTION = matches(
    r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}",
    "is no description that AWS takes: up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{{}}!$*",
)
_INTERNET = {"": "0.0.0.0/0", "-ipv6": "::/0"}
_NOT_INTERNET = '!contains(["0", "1", "2", "3", "4", "5", "6", "7"], element(split("/", {value}), 1))'


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
    """What the group is for; it cannot be changed later without a new group."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""


class SecurityGroup(SecureConstruct):
    """A group that admits nothing and lets nothing out until a method says so.

    Creates the group, and one rule resource for each permission. It is replaced without a gap when it must be.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its description.
        vpc: a `SecureVpc`, or the id of a VPC.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `service.connections.allow_to(database, Port.tcp(5432))`
    """

    config: SecurityGroupConfig

    def __init__(
        self, scope: Construct, id: str, config: SecurityGroupConfig, *, vpc: HasVpc | str, provider: Any = None
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.group = Resource(
            self,
            "security-group",
            "aws_security_group",
            create_before_destroy=True,
            name_prefix=f"{self.path.replace('/', '-')[:200]}-",
            description=config.description,
            vpc_id=self._vpc_id(vpc),
            tags={"Name": self.path, **config.tags},
        )

    @property
    def security_group_id(self) -> str:
        """Reference to the group's id."""
        return self.group.ref("id")

    @property
    def connections(self) -> Connections:
        """Rules on both sides: `a.connections.allow_to(b, Port.tcp(5432))`."""
        return Connections(self)

    @property
    def peer_name(self) -> str:
        """How the rules of others call this group."""
        return "-".join(self._parts)

    def allow_from(
        self, peer: HasConnections | Peer | str, port: Port, description: str = "", *, waiver: Waiver | None = None
    ) -> None:
        """Admit connections from a group, a network or a prefix list.

        Args:
            peer: a `SecurityGroup` (or what has one), a CIDR, `sg-...`, `pl-...`, or a `Peer` around a token.
            port: e.g. `Port.tcp(443)`.
            description: what for; by default it names peer and port.
            waiver: for `security-group-narrow-public-cidr`, when the network is public and wider than /24.

        Raises:
            ConfigError: the peer cannot be told, or the rule is there already.
            ControlError: the network is the internet, or wide without a waiver.
        """
        known = peer_of(peer, self.path)
        if known.is_internet:
            raise ControlError(
                f"{self.path}: allow_from({known.value!r}) opens {port.name} to the internet: nobody should read that twice "
                "to see it. Write allow_from_internet(...), or name a narrower network."
            )
        waivers = self._narrow(known, port, waiver)
        self._rule("ingress", known, known.name, port, description, waivers)

    def allow_to(
        self, peer: HasConnections | Peer | str, port: Port, description: str = "", *, waiver: Waiver | None = None
    ) -> None:
        """Let connections out to a group, a network or a prefix list.

        Args:
            peer: a `SecurityGroup` (or what has one), a CIDR, `sg-...`, `pl-...`, or a `Peer` around a token.
            port: e.g. `Port.tcp(5432)`.
            description: what for; by default it names peer and port.
            waiver: for `security-group-narrow-public-cidr`, when the network is public and wider than /24.

        Raises:
            ConfigError: the peer cannot be told, or the rule is there already.
            ControlError: the network is the internet, or wide without a waiver.
        """
        known = peer_of(peer, self.path)
        if known.is_internet:
            raise ControlError(
                f"{self.path}: allow_to({known.value!r}) lets {port.name} out to the internet: write "
                "allow_to_internet(...), or name a narrower network, a prefix list or a VPC endpoint."
            )
        waivers = self._narrow(known, port, waiver)
        self._rule("egress", known, known.name, port, description, waivers)

    def allow_from_internet(
        self, port: Port, description: str = "", *, ipv6: bool = False, waiver: Waiver | None = None
    ) -> None:
        """Admit connections from everybody.

        Args:
            port: `Port.tcp(443)` or `Port.tcp(80)` as such; others with a waiver.
            description: what for.
            ipv6: from IPv6 addresses too.
            waiver: for `security-group-web-ports-from-internet`.

        Raises:
            ControlError: the port is neither 80 nor 443 and has no waiver; or it is, or its range holds, a port of
                administration or of a database, for which no waiver is accepted.
        """
        if risky := port.risky():
            control = controls.NO_RISKY_PORT_FROM_INTERNET
            broken = f"allow_from_internet({port.name}) opens {', '.join(risky[:4])} and breaks control {control.id}"
            raise ControlError(
                f"{self.path}: {refusal(broken, control)} Reach it through a VPN, Session Manager or a load balancer."
            )
        waivers = []
        if not port.is_web:
            broken = f"allow_from_internet({port.name})"
            waivers.append(self.require(controls.WEB_PORTS_FROM_INTERNET, waiver, broken))
        for suffix in ("", "-ipv6") if ipv6 else ("",):
            self._rule("ingress", Peer.cidr(_INTERNET[suffix]), f"internet{suffix}", port, description, waivers)

    def allow_to_internet(
        self, port: Port, description: str = "", *, ipv6: bool = False, waiver: Waiver | None = None
    ) -> None:
        """Let connections out to everybody.

        Args:
            port: `Port.tcp(443)` as such; others with a waiver.
            description: what for.
            ipv6: to IPv6 addresses too.
            waiver: for `security-group-egress-restricted`.

        Raises:
            ControlError: the port is not 443 and has no waiver.
        """
        waivers = []
        if port != Port.tcp(443):
            waivers.append(self.require(controls.EGRESS_RESTRICTED, waiver, f"allow_to_internet({port.name})"))
        for suffix in ("", "-ipv6") if ipv6 else ("",):
            self._rule("egress", Peer.cidr(_INTERNET[suffix]), f"internet{suffix}", port, description, waivers)

    def _vpc_id(self, vpc: HasVpc | str) -> str:
        id = vpc if isinstance(vpc, str) else vpc.vpc_id
        if complaint := VPC_ID.complaint(id):
            raise ConfigError(f"{self.path}: vpc={id!r} {complaint}")
        return id

    def _narrow(self, peer: Peer, port: Port, waiver: Waiver | None) -> list[Waiver]:
        if not peer.is_wide:
            return []
        return [
            self.require(controls.NARROW_PUBLIC_CIDR, waiver, f"{peer.value} on {port.name}, a wide public network,")
        ]

    def _rule(self, way: str, peer: Peer, name: str, port: Port, description: str, waivers: list[Waiver]) -> None:
        preposition = "from" if way == "ingress" else "to"
        id = f"{preposition}-{name}-{port.name}"
        if id in self.resources:
            raise ConfigError(
                f"{self.path}: {way} {preposition} {peer.value} on {port.name} is there already: AWS refuses a second rule "
                "of the same meaning. Remove one of the two."
            )
        text = description or f"{port.name} {preposition} {name}"
        if complaint := DESCRIPTION.complaint(text):
            raise ConfigError(f"{self.path}: description {text!r} {complaint}")
        target: dict[str, Any] = {peer.kind: peer.value}
        rule = Resource(
            self,
            id,
            f"aws_vpc_security_group_{way}_rule",
            waivers=waivers,
            security_group_id=self.security_group_id,
            description=text,
            ip_protocol=port.protocol,
            from_port=None if port.protocol == "-1" else port.first,
            to_port=None if port.protocol == "-1" else port.last,
            **target,
        )
        if peer.kind == "cidr_ipv4" and is_token(peer.value):
            message = f"{way} {preposition} {name}: the network is (half) the internet; name a narrower one"
            rule.demand(id, peer.value, _NOT_INTERNET, message)
