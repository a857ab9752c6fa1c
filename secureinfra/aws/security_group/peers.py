"""Peers of security-group rules: another group, a network, a prefix list."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal

from secureinfra.config.rules import is_token
from secureinfra.engine.naming import words
from secureinfra.errors import ConfigError
from secureinfra.facts.networks import Network

__all__ = ["Peer"]

# A group of a peered VPC may be written with its account: docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
_GROUP = re.compile(r"([0-9]{12}/)?sg-([0-9a-f]{8}|[0-9a-f]{17})")
_PREFIX_LIST = re.compile(r"pl-([0-9a-f]{8}|[0-9a-f]{17})")
_NAME = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Peer:
    """One peer of a rule.

    Args:
        kind: the argument of the rule that it is given to.
        value: an id, a network, or a token.
        name: its name in addresses and descriptions.
    """

    kind: Literal["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]
    value: str
    name: str

    @classmethod
    def cidr(cls, cidr: str, name: str = "") -> Peer:
        """A network, or a token that will be an IPv4 network.

        Args:
            cidr: e.g. `10.20.0.0/16`, `2001:db8::/48` or `${var.office}`.
            name: its name in addresses, which then stay the same when the network changes.
        """
        known = cidr if is_token(cidr) else _normal(cidr)
        return cls("cidr_ipv6" if ":" in known and not is_token(cidr) else "cidr_ipv4", known, name or words(known))

    @classmethod
    def ipv6_cidr(cls, cidr: str, name: str = "") -> Peer:
        """An IPv6 network, or a token that will be one.

        Args:
            cidr: e.g. `2001:db8::/48` or `${var.office_ipv6}`.
            name: its name in addresses, which then stay the same when the network changes.
        """
        return cls("cidr_ipv6", cidr if is_token(cidr) else _normal(cidr), name or words(cidr))

    @classmethod
    def prefix_list(cls, id: str, name: str = "") -> Peer:
        """A prefix list by id or token; its entries are not checked here.

        A rule with a prefix list counts as many times as the list has room for entries toward the 60 rules that a group
        has in each direction: CloudFront's list counts 55 times.

        Args:
            id: `pl-...` or a token.
            name: its name in addresses.
        """
        return cls("prefix_list_id", id, name or words(id))

    @classmethod
    def security_group(cls, id: str, name: str = "") -> Peer:
        """A security group by id or token.

        Args:
            id: `sg-...`, `111122223333/sg-...` for a group of a peered VPC, or a token.
            name: its name in addresses.
        """
        return cls("referenced_security_group_id", id, name or words(id))

    @property
    def network(self) -> Network | None:
        """The network, if it is a known one."""
        if self.kind not in ("cidr_ipv4", "cidr_ipv6") or is_token(self.value):
            return None
        try:
            return ipaddress.ip_network(self.value)
        except ValueError:
            return None

    def __str__(self) -> str:
        """Its text in descriptions: a known network or id, with its name."""
        if is_token(self.value) or self.name == "internet":
            return self.name
        return self.value if self.name == words(self.value) else f"{self.name} ({self.value})"

    def problem(self) -> str | None:
        """What is wrong with it, and what to write instead; `None` if it is valid."""
        if is_token(self.value):
            # An engine's placeholder is numbered in order of creation: an address must not depend on that.
            unstable = "tftoken" in self.name or not self.name
            return f"is known to Terraform only, {_NAME_IT}" if unstable else self._name_problem()
        if self.kind == "referenced_security_group_id" and not _GROUP.fullmatch(self.value):
            return "is not a security group: write e.g. 'sg-0a1b2c3d4e5f60718'"
        if self.kind == "prefix_list_id" and not _PREFIX_LIST.fullmatch(self.value):
            return "is not a prefix list: write e.g. 'pl-0a1b2c3d4e5f60718'"
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


def peer_of(text: str, where: str) -> Peer:
    """The peer that an id, a network or a token stands for.

    Args:
        text: the id, network or token.
        where: beginning of an error message.

    Raises:
        ConfigError: the kind of peer is unclear.
    """
    if is_token(text):
        return _token_peer(text, where)
    if text.startswith("sg-") or "/sg-" in text:
        return Peer.security_group(text)
    if text.startswith("pl-"):
        return Peer.prefix_list(text)
    return Peer.cidr(text)


def _token_peer(token: str, where: str) -> Peer:
    """The kind of a reference, taken from its attribute; for others the caller must state it."""
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
    """The canonical form of a network, so that `0.0.0.0/0.0.0.0` is recognized."""
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
        return "is not a network, group or prefix list: write e.g. '10.20.0.0/16', 'sg-...' or 'pl-...'"
    if "/" not in value:
        return f"has no prefix length: write {str(network)!r} for this one address"
    return f"has host bits set: write the network itself, {str(network)!r}"
