"""One rule resource for each permission, with an address derived from it, and the conditions that Terraform checks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from secureinfra.aws.security_group.exposure import narrow_enough
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.config.rule import matches
from secureinfra.config.rules import is_token
from secureinfra.config.waiver import Waiver
from secureinfra.controls.security_group import group as controls
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError

# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
DESCRIPTION = matches(
    r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}",
    "is not a description that AWS takes",
    "write 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
)

Way = Literal["ingress", "egress"]
_PREPOSITION = {"ingress": "from", "egress": "to"}


class Rules:
    """The rules of one group, without duplicates.

    Args:
        group: the construct of the group.
        security_group_id: reference to the group's id.
        name: its name in rules of other groups.
    """

    def __init__(self, group: SecureConstruct, security_group_id: str, name: str) -> None:
        self._group = group
        self._security_group_id = security_group_id
        self._name = name
        self._written: set[tuple[object, ...]] = set()

    def write(
        self,
        way: Way,
        peer: Peer,
        port: Port,
        description: str,
        waivers: Iterable[Waiver] = (),
        *,
        by: SecureConstruct | None = None,
    ) -> Resource:
        """Add a rule.

        Args:
            way: ingress or egress.
            peer: the other side.
            port: the ports to allow.
            description: purpose; if empty, port and peer.
            waivers: waivers for the rule.
            by: the group that requested it. If that group is in another stack, the rule is written there: if rules in
                both stacks referred to each other, neither stack could be applied first.

        Raises:
            ConfigError: it already exists, or AWS would reject its description.
        """
        owner = self._group if by is None or by.stack_state is self._group.stack_state else by
        id = f"{_PREPOSITION[way]}-{peer.name}-{port.name}"
        if owner is not self._group:
            id = f"{self._name}-{id}"
        self._refuse_a_second(way, peer, port, taken=id in owner.resources, id=id)
        text = description or f"{port} {_PREPOSITION[way]} {peer}"[:255]
        if complaint := DESCRIPTION.complaint(text):
            raise ConfigError(f"{self._group.path}: description={text!r} {complaint}.")
        self._written.add((way, peer.kind, peer.value, port))
        side: dict[str, Any] = {peer.kind: peer.value}
        return Resource(
            owner,
            id,
            f"aws_vpc_security_group_{way}_rule",
            # Replaced with the group, so that a new group has its rules before anything uses it.
            create_before_destroy=True,
            waivers=waivers,
            security_group_id=self._security_group_id,
            description=text,
            ip_protocol=port.protocol,
            from_port=port.from_port,
            to_port=port.to_port,
            **side,
        )

    def _refuse_a_second(self, way: Way, peer: Peer, port: Port, *, taken: bool, id: str) -> None:
        if (way, peer.kind, peer.value, port) in self._written:
            raise ConfigError(
                f"{self._group.path}: a rule for {port} {_PREPOSITION[way]} {peer.value} already exists: AWS refuses a second "
                "one. Remove one of the two."
            )
        if taken:
            raise ConfigError(
                f"{self._group.path}: two rules would share the address {id!r}: {peer.value} and another peer have one name. "
                "Write Peer.cidr(..., name=...) or the like around one of them."
            )


def internet(ipv6: bool) -> tuple[Peer, ...]:
    """The internet, over IPv4 and, if requested, IPv6."""
    ipv4 = Peer("cidr_ipv4", "0.0.0.0/0", "internet")
    return (ipv4, Peer("cidr_ipv6", "::/0", "internet-ipv6")) if ipv6 else (ipv4,)


def judge_network_later(rule: Resource, peer: Peer, *, wide: bool) -> None:
    """Have Terraform check a network that is unknown until it runs.

    Args:
        rule: the rule that names it.
        peer: the network; other peers are skipped.
        wide: whether a wide public one is allowed.
    """
    if peer.kind in ("cidr_ipv4", "cidr_ipv6") and is_token(peer.value):
        message = f"{peer.name} is (a large part of) the internet, or no network. Name a narrower one"
        if not wide:
            message += f", or add Waiver(control='{controls.NARROW_PUBLIC_CIDR.id}', ...)"
        rule.demand(rule.id, peer.value, narrow_enough(peer, wide=wide), message)


def judge_port_later(rule: Resource, port: Port, expression: str, method: str) -> None:
    """Have Terraform check a port that is unknown until it runs.

    Args:
        rule: the rule that names it.
        port: the port; a known one is skipped.
        expression: the condition, with `{value}` for the port.
        method: what the caller wrote.

    Raises:
        ConfigError: it is a range, which one expression cannot check.
    """
    if not port.tokens:
        return
    if port.first != port.last:
        raise ConfigError(
            f"{rule.owner.path}: {method}({port}): only Terraform knows this range, so nothing can say what it opens. "
            "Write the range in numbers."
        )
    rule.demand(rule.id, port.tokens[0], expression, f"{method}({port}) opens a port that must stay shut")
