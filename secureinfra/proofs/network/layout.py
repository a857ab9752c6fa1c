"""The VPCs and subnets of a configuration, and the places of their addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from secureinfra.facts.spans import merged
from secureinfra.proofs.network.addresses import EVERYTHING, Space, Spans
from secureinfra.proofs.network.links import Links, Reader, flag
from secureinfra.terraform.unknown import Unknown, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node

__all__ = ["SUBNETS", "VPCS", "Layout", "Subnet", "Vpc"]

VPCS = ("aws_vpc", "aws_default_vpc", "data.aws_vpc")
SUBNETS = ("aws_subnet", "aws_default_subnet", "data.aws_subnet")
_MORE_NETWORKS = {4: "aws_vpc_ipv4_cidr_block_association", 6: "aws_vpc_ipv6_cidr_block_association"}
_CIDRS = {4: "cidr_block", 6: "ipv6_cidr_block"}


@dataclass(eq=False)
class Vpc:
    """A VPC, of the configuration or named by it.

    Args:
        key: its address, or what names it.
        block: its block; `None` where it is in another configuration.
        networks: the places of its addresses, by version.
        subnets: those that are known to be its own.
    """

    key: str
    block: Block | None
    networks: dict[int, Spans] = field(default_factory=dict)
    subnets: list[Subnet] = field(default_factory=list)


@dataclass(eq=False)
class Subnet:
    """A subnet, of the configuration or named by it.

    Args:
        key: its address, or what names it.
        block: its block; `None` where it is in another configuration.
        vpc: its VPC.
        networks: the places of its addresses, by version; nothing where it has none of the version.
        gives_public: whether resources in it get a public IPv4 address unless they say otherwise.
        gives_ipv6: whether resources in it get an IPv6 address.
    """

    key: str
    block: Block | None
    vpc: Vpc
    networks: dict[int, Spans]
    gives_public: bool | Unknown
    gives_ipv6: bool | Unknown


class Layout:
    """All VPCs and subnets.

    Args:
        reader: follows what arguments name.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.configuration = reader.configuration
        self.spaces = {4: Space(4), 6: Space(6)}
        self.vpcs: dict[str, Vpc] = {}
        self.subnets: dict[str, Subnet] = {}
        for block in self.configuration.of_type(*VPCS):
            self._add_vpc(block)
        for block in self.configuration.of_type(*SUBNETS):
            self._add_subnet(block)
        self._name_networks()

    def vpc_named(self, node: Node, path: str) -> Vpc:
        """The VPC that an argument names; one of its own for what is not in the configuration."""
        links = self.reader.links(node, path, *VPCS)
        if len(links.blocks) == 1 and not links.perhaps:
            return self.vpcs[links.blocks[0].address]
        value = node.get(path)
        return self._elsewhere("the default VPC" if value is None else text_of(value))

    def subnets_named(self, links: Links, vpc: Vpc | None = None) -> list[Subnet]:
        """The subnets that an argument names, those that it may name included.

        Args:
            links: what the argument names.
            vpc: the VPC of those that are not in the configuration.
        """
        found = [self.subnets[block.address] for block in links.any]
        texts = [*links.literals, *([links.unknown.text] if links.unknown is not None else [])]
        return [*found, *(self.subnet_elsewhere(text, vpc) for text in texts)]

    def subnet_elsewhere(self, text: str, vpc: Vpc | None = None) -> Subnet:
        """A subnet that is not in the configuration.

        Args:
            text: what names it.
            vpc: its VPC, where that is known.
        """
        if text not in self.subnets:
            vpc = vpc or self._elsewhere(f"the VPC of {text}")
            held = {
                version: self._network(vpc, Unknown(f"the addresses of {text}"), version, text) for version in (4, 6)
            }
            given = Unknown(f"what {text} is")
            self.subnets[text] = subnet = Subnet(text, None, vpc, held, given, given)
            self._belongs(subnet)
        return self.subnets[text]

    def _elsewhere(self, key: str) -> Vpc:
        if key not in self.vpcs:
            vpc = self.vpcs[key] = Vpc(key, None)
            for version, space in self.spaces.items():
                vpc.networks[version] = space.network_of(key, Unknown(f"the addresses of {key}"))
        return self.vpcs[key]

    def _add_vpc(self, block: Block) -> None:
        vpc = self.vpcs[block.address] = Vpc(block.address, block)
        for version, space in self.spaces.items():
            value = block.get(_CIDRS[version])
            if value is None and version == 6 and not self._may_have_ipv6(block):
                vpc.networks[6] = ()
                continue
            name = f"${{{block.address}.{_CIDRS[version]}}}"
            held = space.network_of(block.address, Unknown(name) if value is None else value)
            for more in self.configuration.of_type(_MORE_NETWORKS[version]):
                if self._is_for(more, block):
                    other = more.get(_CIDRS[version])
                    key = more.address
                    other = Unknown(f"${{{key}.{_CIDRS[version]}}}") if other is None else other
                    held = (*held, *space.network_of(block.address, other, key=key))
            vpc.networks[version] = tuple(merged(held))

    def _is_for(self, association: Block, vpc: Block) -> bool:
        links = self.reader.links(association, "vpc_id", *VPCS)
        return vpc in links.any or links.unknown is not None

    def _may_have_ipv6(self, vpc: Block) -> bool:
        generated = vpc.get("assign_generated_ipv6_cidr_block")
        by_itself = is_unknown(generated) or flag(generated) is True or vpc.get("ipv6_ipam_pool_id") is not None
        more = self.configuration.of_type(_MORE_NETWORKS[6])
        return vpc.section == "data" or by_itself or any(self._is_for(held, vpc) for held in more)

    def _add_subnet(self, block: Block) -> None:
        vpc = self.vpc_named(block, "vpc_id")
        held: dict[int, Spans] = {}
        for version in (4, 6):
            value = block.get(_CIDRS[version])
            if value is None and version == 6 and block.section != "data":
                held[6] = ()
                continue
            if value is None:
                value = Unknown(f"${{{block.address}.{_CIDRS[version]}}}")
            held[version] = self._network(vpc, value, version, block.address)
        # docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html: those of default VPCs give public addresses.
        default = block.type == "aws_default_subnet"
        data: Any = Unknown(f"what {block.address} is") if block.section == "data" else None
        gives = data if data is not None else flag(block.get("map_public_ip_on_launch"), default)
        ipv6 = data if data is not None else flag(block.get("assign_ipv6_address_on_creation"))
        subnet = Subnet(block.address, block, vpc, held, gives, ipv6)
        self.subnets[block.address] = subnet
        self._belongs(subnet)

    def _network(self, vpc: Vpc, value: Any, version: int, key: str) -> Spans:
        within = vpc.networks.get(version) or None
        if not within and version == 6 and not is_unknown(value):
            within = EVERYTHING
        return self.spaces[version].network_of(vpc.key, value, within, key) if within else ()

    def _belongs(self, subnet: Subnet) -> None:
        subnet.vpc.subnets.append(subnet)
        for version, held in subnet.networks.items():
            subnet.vpc.networks[version] = tuple(merged([*subnet.vpc.networks.get(version, ()), *held]))

    def _name_networks(self) -> None:
        """Give each network the names by which rules refer to it."""
        owners: list[Vpc | Subnet] = [*self.vpcs.values(), *self.subnets.values()]
        for owner in owners:
            if owner.block is None or owner.block.stands_for_several:
                continue
            for version, space in self.spaces.items():
                value = owner.block.get(_CIDRS[version])
                space.name(f"${{{owner.block.address}.{_CIDRS[version]}}}", owner.networks[version])
                if is_unknown(value) and isinstance(owner, Vpc):
                    space.name(value.text, owner.networks[version])
