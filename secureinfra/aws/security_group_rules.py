"""One rule resource for each permission, with an address from what it permits and what Terraform must judge of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from secureinfra.aws.peers import Peer
from secureinfra.aws.ports import Port
from secureinfra.aws.security_group_exposure import narrow_enough
from secureinfra.controls import security_group as controls
from secureinfra.engine import Resource
from secureinfra.errors import ConfigError
from secureinfra.values import is_token, matches
from secureinfra.waiver import Waiver

if TYPE_CHECKING:
    from secureinfra.aws.security_group import SecurityGroup

# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
DESCRIPTION = matches(
    r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}",
    "is no description that AWS takes: write 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{{}}!$*",
)

Way = Literal["ingress", "egress"]
_PREPOSITION = {"ingress": "from", "egress": "to"}


class Rules:
    """The rules of one group, no two of the same meaning.

    Args:
        group: the group.
    """

    def __init__(self, group: SecurityGroup) -> None:
        self._group = group
        self._written: set[tuple[object, ...]] = set()

    def write(
        self,
        way: Way,
        peer: Peer,
        port: Port,
        description: str,
        waivers: Iterable[Waiver] = (),
        *,
        by: SecurityGroup | None = None,
    ) -> Resource:
        """Add a rule.

        Args:
            way: in or out.
            peer: who is on the other side.
            port: what may be reached.
            description: what for; if empty, port and peer.
            waivers: what excuses it.
            by: the group that asks for it. When that is in another stack, the rule is written there: rules that refer
                to each other from both stacks would let neither be applied first.

        Raises:
            ConfigError: it is there already, or AWS would refuse its description.
        """
        preposition, path = _PREPOSITION[way], self._group.path
        owner = self._group if by is None or by.stack_state is self._group.stack_state else by
        id = f"{preposition}-{peer.name}-{port.name}"
        if owner is not self._group:
            id = f"{self._group.peer_name}-{id}"
        meaning = (way, peer.kind, peer.value, port)
        if meaning in self._written:
            raise ConfigError(
                f"{path}: a rule for {port} {preposition} {peer.value} is there already: AWS refuses a second one. "
                "Remove one of the two."
            )
        if id in owner.resources:
            raise ConfigError(
                f"{path}: two rules would share the address {id!r}: {peer.value} and another peer have one name. "
                "Write Peer.cidr(..., name=...) or the like around one of them."
            )
        text = description or f"{port} {preposition} {peer}"[:255]
        if complaint := DESCRIPTION.complaint(text):
            raise ConfigError(f"{path}: description={text!r} {complaint}.")
        self._written.add(meaning)
        side: dict[str, Any] = {peer.kind: peer.value}
        return Resource(
            owner,
            id,
            f"aws_vpc_security_group_{way}_rule",
            # With the group, so that a replaced group has its rules before anything moves to it.
            create_before_destroy=True,
            waivers=waivers,
            security_group_id=self._group.security_group_id,
            description=text,
            ip_protocol=port.protocol,
            from_port=port.from_port,
            to_port=port.to_port,
            **side,
        )


def internet(ipv6: bool) -> tuple[Peer, ...]:
    """Everybody, over IPv4 and, if asked, IPv6."""
    ipv4 = Peer("cidr_ipv4", "0.0.0.0/0", "internet")
    return (ipv4, Peer("cidr_ipv6", "::/0", "internet-ipv6")) if ipv6 else (ipv4,)


def judge_network_later(rule: Resource, peer: Peer, *, wide: bool) -> None:
    """Have Terraform judge a network that only it knows.

    Args:
        rule: the rule that names it.
        peer: the network; any other peer is passed by.
        wide: whether a wide public one is permitted.
    """
    if peer.kind in ("cidr_ipv4", "cidr_ipv6") and is_token(peer.value):
        message = f"{peer.name} is (a large part of) the internet, or no network. Name a narrower one"
        if not wide:
            message += f", or add Waiver(control='{controls.NARROW_PUBLIC_CIDR.id}', ...)"
        rule.demand(rule.id, peer.value, narrow_enough(peer, wide=wide), message)


def judge_port_later(rule: Resource, port: Port, expression: str, method: str) -> None:
    """Have Terraform judge a port that only it knows.

    Args:
        rule: the rule that names it.
        port: the port; one that is known is passed by.
        expression: what must be true of it, with `{value}` for it.
        method: what the caller wrote.

    Raises:
        ConfigError: it is a range, of which no one expression can say what it opens.
    """
    if not port.tokens:
        return
    if port.first != port.last:
        raise ConfigError(
            f"{rule.owner.path}: {method}({port}): only Terraform knows this range, so nothing can say what it opens. "
            "Write the range in numbers."
        )
    rule.demand(rule.id, port.tokens[0], expression, f"{method}({port}) opens a port that must stay shut")
