"""The network interfaces of a configuration: written ones, and those that instances, databases, functions and others get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.proofs.network.addresses import Spans, covers, parsed
from secureinfra.proofs.network.groups import Groups
from secureinfra.proofs.network.kinds import BY_SUBNET, KINDS, NEVER, SUBNET_GROUPS, Kind
from secureinfra.proofs.network.layout import SUBNETS, Layout, Subnet
from secureinfra.proofs.network.links import Links, flag
from secureinfra.terraform.unknown import Unknown, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

__all__ = ["Interface", "Interfaces"]

_INSTANCES = ("aws_instance", "aws_spot_instance_request")
_PUBLIC_VALUES = {
    "connectivity_type": "public",
    "broker_node_group_info.connectivity_info.public_access.type": "SERVICE_PROVIDED_EIPS",
}
_WITH_ELASTIC = ("aws_instance", "aws_network_interface")
_MEMBERS = ("aws_rds_cluster_instance", "aws_docdb_cluster_instance", "aws_neptune_cluster_instance")


@dataclass(frozen=True, eq=False)
class Interface:
    """The interfaces of one resource in one subnet.

    Args:
        key: the address of the resource.
        block: the resource; `None` for what is only imagined.
        subnet: where it is.
        groups: the keys of its security groups; empty where no group limits it.
        public: whether it has a public IPv4 address.
        ipv6: whether it has an IPv6 address.
        networks: the places of its addresses, by version.
        sure: whether it is in this subnet for sure.
        doubt: what decides on that.
    """

    key: str
    block: Block | None
    subnet: Subnet
    groups: tuple[str, ...]
    public: bool | Unknown
    ipv6: bool | Unknown
    networks: dict[int, Spans]
    sure: bool = True
    doubt: str = ""

    @property
    def type(self) -> str:
        """The type of the resource; empty for what is only imagined."""
        return self.block.type if self.block is not None else ""


class Interfaces:
    """All interfaces.

    Args:
        layout: the subnets.
        groups: the security groups.
    """

    def __init__(self, layout: Layout, groups: Groups) -> None:
        self.layout, self.groups, self.reader = layout, groups, layout.reader
        self.by_key: dict[str, list[Interface]] = {}
        self._addressed, self._perhaps_addressed = self._with_elastic_address()
        self._members: dict[str, list[str]] = {}
        for block in layout.configuration.of_type("aws_network_interface_sg_attachment"):
            links = self.reader.links(block, "network_interface_id", "aws_network_interface", "aws_instance")
            if links.unknown is not None:
                self._members.setdefault("", []).append(
                    groups.outside(f"whether it has the group of {block.address}").key
                )
            for held in links.any:
                self._members.setdefault(held.address, []).extend(groups.named(block, "security_group_id"))
        for type, kind in KINDS.items():
            for block in layout.configuration.of_type(type):
                self.by_key[block.address] = list(self._of(block, kind))
        for block in layout.configuration.of_type(*_MEMBERS):
            self.by_key[block.address] = list(self._of_member(block))
        for block in layout.configuration.of_type("aws_instance"):
            links = self.reader.links(block, "network_interface.network_interface_id", "aws_network_interface")
            for held in links.any:
                self.by_key[block.address] += self.by_key.get(held.address, [])
        self.by_key = {key: held for key, held in self.by_key.items() if held}

    def all(self) -> Iterator[Interface]:
        """Every interface."""
        for held in self.by_key.values():
            yield from held

    def _of(self, block: Block, kind: Kind) -> Iterator[Interface]:
        if block.type == "aws_vpc_endpoint" and not _has_interfaces(block):
            return
        if (
            block.type == "aws_instance"
            and block.get("network_interface") is not None
            and block.get("subnet_id") is None
        ):
            return
        links = Links()
        for path in kind.subnets:
            links.add(self._subnets(block, path))
        if block.type == "aws_vpc_endpoint":
            for held in self.layout.configuration.of_type("aws_vpc_endpoint_subnet_association"):
                if block in self.reader.links(held, "vpc_endpoint_id", "aws_vpc_endpoint").any:
                    links.add(self.reader.links(held, "subnet_id", *SUBNETS))
        if links.is_empty and block.type not in (
            "aws_instance",
            "aws_spot_instance_request",
            "aws_db_instance",
            "aws_rds_cluster",
        ):
            return
        if links.is_empty:
            links.literals.append(f"the subnet of {block.address}")
        subnets = self._may_be_in(links)
        keys = self._groups_of(block, kind)
        for subnet in subnets:
            sure = subnet.block is None or subnet.block in links.blocks
            own = keys if keys or kind.plain else (self.groups.default_of(subnet.vpc.key),)
            yield Interface(
                block.address,
                block,
                subnet,
                own,
                self._public(block, kind, subnet),
                self._ipv6(block, subnet),
                self._networks(block, subnet),
                sure,
                "" if sure else f"whether {block.address} is in {subnet.key}",
            )

    def _may_be_in(self, links: Links) -> list[Subnet]:
        """The subnets that an argument names; all of the configuration besides, where it is not known which."""
        found = self.layout.subnets_named(links)
        if links.unknown is not None:
            found += [held for held in self.layout.subnets.values() if held.block is not None and held not in found]
        return found

    def _of_member(self, block: Block) -> Iterator[Interface]:
        clusters = self.reader.links(
            block, "cluster_identifier", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"
        )
        for cluster in clusters.any:
            for held in self.by_key.get(cluster.address, ()):
                public = flag(block.get("publicly_accessible"))
                yield Interface(
                    block.address,
                    block,
                    held.subnet,
                    held.groups,
                    public,
                    held.ipv6,
                    held.networks,
                    held.sure,
                    held.doubt,
                )

    def _subnets(self, block: Block, path: str) -> Links:
        links = self.reader.links(block, path, *SUBNETS, *SUBNET_GROUPS)
        found = Links(literals=links.literals, unknown=links.unknown)
        for named in links.any:
            inner = Links(blocks=[named])
            if named.type in SUBNET_GROUPS:
                inner = self.reader.links(named, "subnet_ids", *SUBNETS)
            if named in links.perhaps:
                inner = Links(perhaps=inner.any, literals=inner.literals, unknown=inner.unknown)
            found.add(inner)
        return found

    def _groups_of(self, block: Block, kind: Kind) -> tuple[str, ...]:
        found = list(self.groups.named(block, *kind.groups)) if kind.groups else []
        found += self._members.get(block.address, [])
        found += self._members.get("", []) if block.type in _WITH_ELASTIC else []
        if block.type == "aws_vpc_endpoint":
            for held in self.layout.configuration.of_type("aws_vpc_endpoint_security_group_association"):
                if block in self.reader.links(held, "vpc_endpoint_id", "aws_vpc_endpoint").any:
                    found += self.groups.named(held, "security_group_id")
        if block.type == "aws_autoscaling_group" or (not found and block.get("launch_template") is not None):
            found += self._groups_of_launch(block)
        if block.type == "aws_eks_node_group":
            found.append(self.groups.outside(f"the groups of {block.address}").key)
        if block.type == "aws_eks_cluster":
            found.append(self.groups.outside(f"the cluster security group of {block.address}").key)
        return tuple(dict.fromkeys(found))

    def _groups_of_launch(self, block: Block) -> Iterator[str]:
        templates = Links()
        for path in ("launch_template.id", "launch_template.name", "launch_configuration"):
            templates.add(self.reader.links(block, path, "aws_launch_template", "aws_launch_configuration"))
        if len(templates.blocks) != 1 or templates.perhaps:
            yield self.groups.outside(f"the groups of {block.address}").key
            return
        template = templates.blocks[0]
        yield from self.groups.named(template, "vpc_security_group_ids", "security_groups")
        for node in template.blocks("network_interfaces"):
            yield from self.groups.named(node, "security_groups")

    def _public(self, block: Block, kind: Kind, subnet: Subnet) -> bool | Unknown:
        if block.address in self._addressed:
            return True
        unsure = block.type in _WITH_ELASTIC and "" in self._perhaps_addressed
        if unsure or block.address in self._perhaps_addressed:
            given = self._by_argument(block, kind, subnet)
            return given if given is True else Unknown("which interface has an Elastic IP address")
        return self._by_argument(block, kind, subnet)

    def _by_argument(self, block: Block, kind: Kind, subnet: Subnet) -> bool | Unknown:
        if kind.public == NEVER:
            return False
        if kind.public == BY_SUBNET:
            return self._by_launch(block, subnet) if block.type == "aws_autoscaling_group" else subnet.gives_public
        name = kind.public.removeprefix("!")
        value = block.get(name)
        if value is None and block.type in _INSTANCES:
            return subnet.gives_public
        if is_unknown(value) or (value is None and kind.absent is None):
            return Unknown(f"{name} of {block.address}")
        if value is None:
            return bool(kind.absent)
        says = value == _PUBLIC_VALUES[name] if name in _PUBLIC_VALUES else flag(value) is True
        return says != kind.public.startswith("!")

    def _by_launch(self, block: Block, subnet: Subnet) -> bool | Unknown:
        templates = self.reader.links(block, "launch_template.id", "aws_launch_template")
        if len(templates.blocks) == 1:
            value = templates.blocks[0].get("network_interfaces.associate_public_ip_address")
            return subnet.gives_public if value is None else flag(value)
        if not block.get("launch_configuration") and not templates.is_empty:
            return Unknown(f"the launch template of {block.address}")
        held = self.reader.links(block, "launch_configuration", "aws_launch_configuration").blocks
        value = held[0].get("associate_public_ip_address") if len(held) == 1 else None
        if value is not None:
            return flag(value)
        return subnet.gives_public if held else Unknown(f"how {block.address} starts instances")

    def _ipv6(self, block: Block, subnet: Subnet) -> bool | Unknown:
        if not subnet.networks.get(6):
            return False
        for name in ("ipv6_addresses", "ipv6_address_count"):
            value = block.get(name)
            if value is not None and not is_unknown(value) and value:
                return True
        if subnet.gives_ipv6 is True and block.type in ("aws_instance", "aws_network_interface"):
            return True
        return Unknown(f"whether {block.address} has an IPv6 address")

    def _networks(self, block: Block, subnet: Subnet) -> dict[int, Spans]:
        if block.type not in ("aws_instance", "aws_network_interface"):
            return subnet.networks
        values: Sequence[Any] = [*block.items("private_ip"), *block.items("private_ips")]
        known = [parsed(value, 4) for value in values if not is_unknown(value)]
        spans = tuple(sorted(part for part in known if part is not None))
        if not spans or len(spans) != len(values) or not covers(subnet.networks.get(4, ()), spans):
            return subnet.networks
        return {**subnet.networks, 4: spans}

    def _with_elastic_address(self) -> tuple[set[str], set[str]]:
        """The resources that have an Elastic IP address, and those that may; an empty name for any."""
        sure: set[str] = set()
        perhaps: set[str] = set()
        configuration = self.layout.configuration
        for block in configuration.of_type("aws_eip", "aws_eip_association"):
            for path in ("instance", "instance_id", "network_interface", "network_interface_id"):
                links = self.reader.links(block, path, *_WITH_ELASTIC)
                sure |= {held.address for held in links.blocks if block.is_as_sure_as(held)}
                perhaps |= {held.address for held in links.any}
                if links.unknown is not None:
                    perhaps.add("")
        for block in configuration.of_type("aws_instance"):
            attached = self.reader.links(block, "network_interface.network_interface_id", "aws_network_interface")
            if block.address in perhaps:
                perhaps |= {held.address for held in attached.any}
        return sure, perhaps


def _has_interfaces(endpoint: Block) -> bool:
    type = endpoint.get("vpc_endpoint_type", "Gateway")
    return is_unknown(type) or type in ("Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork")
