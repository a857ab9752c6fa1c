"""Peers of security-group rules: another group, a network, a prefix list."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal

from secureinfra.aws.connections import HasConnections
from secureinfra.engine.naming import words
from secureinfra.errors import ConfigError
from secureinfra.values import is_token

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A group of a peered VPC may be written with its account: docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
_GROUP = re.compile(r"([0-9]{12}/)?sg-([0-9a-f]{8}|[0-9a-f]{17})")
_PREFIX_LIST = re.compile(r"pl-([0-9a-f]{8}|[0-9a-f]{17})")
_NAME = re.compile(r"[A-Za-z0-9_-]+")


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
    def cidr(cls, cidr: str, name: str = "") -> Peer:
        """A network, or a token that will be an IPv4 network.

        Args:
            cidr: e.g. `10.20.0.0/16`, `2001:db8::/48` or `${var.office}`.
            name: how addresses call it, so that they stay when the network changes.
        """
        known = cidr if is_token(cidr) else _normal(cidr)
        return cls("cidr_ipv6" if ":" in known and not is_token(cidr) else "cidr_ipv4", known, name or words(known))

    @classmethod
    def ipv6_cidr(cls, cidr: str, name: str = "") -> Peer:
        """An IPv6 network, or a token that will be one.

        Args:
            cidr: e.g. `2001:db8::/48` or `${var.office_ipv6}`.
            name: how addresses call it, so that they stay when the network changes.
        """
        return cls("cidr_ipv6", cidr if is_token(cidr) else _normal(cidr), name or words(cidr))

    @classmethod
    def prefix_list(cls, id: str, name: str = "") -> Peer:
        """A prefix list by id or token; what is on it is not judged here.

        Args:
            id: `pl-...` or a token.
            name: how addresses call it.
        """
        return cls("prefix_list_id", id, name or words(id))

    @classmethod
    def security_group(cls, id: str, name: str = "") -> Peer:
        """A security group by id or token.

        Args:
            id: `sg-...`, `111122223333/sg-...` for a group of a peered VPC, or a token.
            name: how addresses call it.
        """
        return cls("referenced_security_group_id", id, name or words(id))

    @property
    def network(self) -> Network | None:
        """The network, when it is one that is known."""
        if self.kind not in ("cidr_ipv4", "cidr_ipv6") or is_token(self.value):
            return None
        try:
            return ipaddress.ip_network(self.value)
        except ValueError:
            return None

    def __str__(self) -> str:
        """How descriptions call it: a known network or id as it is, with the name that it was given."""
        if is_token(self.value) or self.name == "internet":
            return self.name
        return self.value if self.name == words(self.value) else f"{self.name} ({self.value})"

    def problem(self) -> str | None:
        """What is wrong with it, and what to write instead; `None` for a good one."""
        if is_token(self.value):
            # An engine's placeholder is numbered in the order of its making: an address must not hang on that.
            unstable = "tftoken" in self.name or not self.name
            return f"is known to Terraform only, {_NAME_IT}" if unstable else self._name_problem()
        if self.kind == "referenced_security_group_id" and not _GROUP.fullmatch(self.value):
            return "is no security group: write e.g. 'sg-0a1b2c3d4e5f60718'"
        if self.kind == "prefix_list_id" and not _PREFIX_LIST.fullmatch(self.value):
            return "is no prefix list: write e.g. 'pl-0a1b2c3d4e5f60718'"
        if self.kind.startswith("cidr"):
            return self._network_problem() or self._name_problem()
        return self._name_problem()

    def _network_problem(self) -> str | None:
        network = self.network
        if network is None or "/" not in self.value:
            return _not_a_network(self.value)
        if (network.version == 6) != (self.kind == "cidr_ipv6"):
            return f"is an IPv{network.version} network under {self.kind}: write Peer.cidr(...), which tells them apart"
        return None

    def _name_problem(self) -> str | None:
        if _NAME.fullmatch(self.name):
            return None
        return f"has a name {self.name!r} that no address can hold: write letters, digits, '-' and '_'"


_NAME_IT = "so its rule would have no stable address: write Peer.cidr(..., name='office') or the like around it"


def peer_of(given: object, where: str) -> Peer:
    """The peer that somebody means by a group, an id, a network or a token.

    Raises:
        ConfigError: it cannot be told what it is.
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
    if not isinstance(given, str):
        raise ConfigError(
            f"{where}: {given!r} is no peer: give a SecurityGroup or what has one, a CIDR, 'sg-...', 'pl-...' or a Peer."
        )
    if is_token(given):
        return _token_peer(given, where)
    if given.startswith("sg-") or "/sg-" in given:
        return Peer.security_group(given)
    if given.startswith("pl-"):
        return Peer.prefix_list(given)
    return Peer.cidr(given)


def _token_peer(token: str, where: str) -> Peer:
    """What a reference will be, read off the attribute it ends in; anything else must be said."""
    attribute = token.removesuffix("}").split(".")[-1]
    if attribute == "prefix_list_id" or ("prefix_list." in token and attribute == "id"):
        return Peer.prefix_list(token)
    if attribute.endswith("security_group_id") or ("security_group." in token and attribute == "id"):
        return Peer.security_group(token)
    if attribute in ("ipv6_cidr_block", "ipv6_cidr"):
        return Peer.ipv6_cidr(token)
    if attribute in ("cidr_block", "cidr"):
        return Peer.cidr(token)
    raise ConfigError(
        f"{where}: peer {token!r} may be a network, a group or a prefix list: only Terraform will know. Write "
        "Peer.cidr(...), Peer.ipv6_cidr(...), Peer.security_group(...) or Peer.prefix_list(...) around it."
    )


def _normal(cidr: str) -> str:
    """One spelling for one network, so that `0.0.0.0/0.0.0.0` is seen for what it is."""
    if "/" not in cidr:
        return cidr
    try:
        return str(ipaddress.ip_network(cidr))
    except ValueError:
        return cidr


def _not_a_network(value: str) -> str:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return "is no network, group or prefix list: write e.g. '10.20.0.0/16', 'sg-...' or 'pl-...'"
    if "/" not in value:
        return f"has no prefix length: write {str(network)!r} for this one address"
    return f"has host bits set: write the network itself, {str(network)!r}"
