"""The network of one configuration: what each part of a path is looked up in."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from secureinfra.proofs.network.acls import Acls
from secureinfra.proofs.network.groups import Groups
from secureinfra.proofs.network.interfaces import Interfaces
from secureinfra.proofs.network.layout import Layout
from secureinfra.proofs.network.links import Reader
from secureinfra.proofs.network.packets import ICMP, ICMPV6, OTHER, TCP, UDP
from secureinfra.proofs.network.tables import Tables
from secureinfra.proofs.network.transit import Transit
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["Network"]


class Network:
    """VPCs, subnets, interfaces, and all that decides which packets get from one to another.

    Args:
        configuration: what was read.
    """

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.reader = Reader(configuration)
        self.layout = Layout(self.reader)
        self.groups = Groups(self.layout)
        self.interfaces = Interfaces(self.layout, self.groups)
        self.groups.read()
        self.acls = Acls(self.layout)
        self.tables = Tables(self.layout, self.groups.prefix_lists)
        self.transit = Transit(self.layout, self.groups.prefix_lists)
        self.protocols = self._protocols()

    @classmethod
    def of(cls, configuration: Configuration) -> Network:
        """The network of a configuration, read once."""
        return _network_of(configuration)

    @property
    def unread(self) -> str:
        """What of the configuration could not be read, which may change any answer; empty if it was read whole."""
        return self.configuration.unread[0].what if self.configuration.unread else ""

    def blocks_public(self, *, inwards: bool) -> Block | None:
        """The setting of the account that blocks public access, if it may block connections of a direction.

        docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html; which networks are excluded is not looked at.

        Args:
            inwards: connections from the internet.
        """
        for block in self.configuration.of_type("aws_vpc_block_public_access_options"):
            mode = block.get("internet_gateway_block_mode")
            if is_unknown(mode) or mode == "block-bidirectional" or (inwards and mode == "block-ingress"):
                return block
        return None

    def _protocols(self) -> tuple[int, ...]:
        """The protocols that rules tell apart, and one for all others."""
        found = {TCP, UDP, ICMP, ICMPV6, OTHER}
        for group in self.groups.by_key.values():
            found |= {rule.protocol for rules in group.rules.values() for rule in rules if rule.protocol is not None}
        for acl in self.acls.by_key.values():
            found |= {entry.protocol for entry in acl.entries if entry.protocol is not None}
        # The usual ones first: they are what people ask about.
        usual = (TCP, UDP, ICMP, ICMPV6)
        return (*usual, *sorted(number for number in found.difference(usual) if number >= 0))


@functools.lru_cache(maxsize=8)
def _network_of(configuration: Configuration) -> Network:
    return Network(configuration)
