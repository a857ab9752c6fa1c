"""Which route table a subnet or an internet gateway has, and what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.facts.spans import without
from secureinfra.proofs.network.addresses import EVERYTHING, Match
from secureinfra.proofs.network.layout import SUBNETS, VPCS, Layout, Subnet, Vpc
from secureinfra.proofs.network.packets import Step
from secureinfra.proofs.network.prefix_lists import PrefixLists, service_of
from secureinfra.proofs.network.routes import ELSEWHERE, INTERNET, SERVICE, Route, Table, read_routes
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

__all__ = ["Tables"]

_TABLES = ("aws_route_table", "aws_default_route_table")
_GATEWAY = "Gateway"


class Tables:
    """All route tables.

    Args:
        layout: the subnets that they are for.
        lists: the prefix lists that routes name.
    """

    def __init__(self, layout: Layout, lists: PrefixLists) -> None:
        self.layout, self.reader, self.lists = layout, layout.reader, lists
        self.by_key: dict[str, Table] = {}
        self._of_subnet: dict[str, list[Table]] = {}
        self._perhaps: dict[str, list[Table]] = {}
        self._main: dict[str, list[Table]] = {}
        self._edges: dict[str, Table] = {}
        self.unknown_edge = ""
        self._read_tables()
        self._read_associations()
        self._read_routes()
        self._read_endpoints()
        self._read_propagations()

    def of(self, subnet: Subnet) -> list[Table]:
        """The table of a subnet; several where it is not known which of them."""
        found = self._of_subnet.get(subnet.key)
        if found:
            return found
        perhaps = self._perhaps.get(subnet.key, []) + self._perhaps.get("", [])
        if subnet.block is None or subnet.block.section == "data":
            key = f"the route table of {subnet.key}"
            return [*perhaps, self.by_key.setdefault(key, Table(key, None, unknown=True))]
        return [*perhaps, *self._main_of(subnet.vpc)]

    def of_gateway(self, vpc: Vpc) -> Table | None:
        """The table that the internet gateway of a VPC has for what comes in, if there is one."""
        return self._edges.get(vpc.key)

    def _main_of(self, vpc: Vpc) -> list[Table]:
        if vpc.key in self._main:
            return self._main[vpc.key]
        key = f"the main route table of {vpc.key}"
        if key not in self.by_key:
            table = self.by_key[key] = Table(key, None, unknown=vpc.block is None or vpc.block.section == "data")
            if vpc.block is not None and vpc.block.type == "aws_default_vpc":
                # docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html: it has a route to an internet gateway.
                step = Step(f"{key} routes 0.0.0.0/0", vpc.block)
                table.routes.append(Route(4, Match(EVERYTHING, EVERYTHING), INTERNET, None, step))
        return [self.by_key[key]]

    def _read_tables(self) -> None:
        for block in self.layout.configuration.of_type(*_TABLES):
            table = self.by_key[block.address] = Table(block.address, block)
            for node in block.blocks("route"):
                table.routes += read_routes(block, node, self.layout, self.lists, sure=True)
            if block.type == "aws_default_route_table":
                for vpc in self.reader.links(block, "default_route_table_id", *VPCS).blocks:
                    self._main[vpc.address] = [table]

    def _read_associations(self) -> None:
        configuration = self.layout.configuration
        for block in configuration.of_type("aws_main_route_table_association"):
            links = self.reader.links(block, "vpc_id", *VPCS)
            for vpc in links.blocks:
                self._main[vpc.address] = self._named(block)
            if links.perhaps or links.unknown is not None:
                self._perhaps.setdefault("", []).extend(self._named(block))
        for block in configuration.of_type("aws_route_table_association"):
            tables, gateway = self._named(block), block.get("gateway_id")
            if is_unknown(gateway) or gateway:
                self._read_edge(block, tables)
            else:
                self._associate(block, tables)

    def _read_edge(self, block: Block, tables: list[Table]) -> None:
        gateways = self.reader.links(block, "gateway_id", "aws_internet_gateway", "aws_vpn_gateway")
        if gateways.perhaps or gateways.unknown is not None:
            self.unknown_edge = block.address
        for gateway in gateways.blocks:
            self._edges[self.layout.vpc_named(gateway, "vpc_id").key] = tables[0]

    def _associate(self, block: Block, tables: list[Table]) -> None:
        links = self.reader.links(block, "subnet_id", *SUBNETS)
        for subnet in links.blocks:
            held = self._of_subnet if block.is_as_sure_as(subnet) else self._perhaps
            held.setdefault(subnet.address, []).extend(tables)
        for subnet in links.perhaps:
            self._perhaps.setdefault(subnet.address, []).extend(tables)
        for text in links.literals:
            self._of_subnet.setdefault(text, []).extend(tables)
        if links.unknown is not None:
            # It is that of what has the same name, and may be one of any subnet without another.
            self._of_subnet.setdefault(links.unknown.text, []).extend(tables)
            self._perhaps.setdefault("", []).extend(tables)

    def _named(self, block: Block) -> list[Table]:
        """The table that an association names; several where it is not known which of them."""
        links = self.reader.links(block, "route_table_id", *_TABLES, *VPCS)
        found = [self._table(held) for held in links.any]
        texts = [*links.literals, *([links.unknown.text] if links.unknown is not None else [])]
        found += [self.by_key.setdefault(text, Table(text, None, unknown=True)) for text in texts]
        return found

    def _table(self, block: Block) -> Table:
        if block.address in self.by_key:
            return self.by_key[block.address]
        return self._main_of(self.layout.vpcs[block.address])[0]

    def _read_routes(self) -> None:
        for block in self.layout.configuration.of_type("aws_route"):
            for table, owner in self._owners(block, "route_table_id"):
                sure = owner is not None and block.is_as_sure_as(owner)
                table.routes += read_routes(block, block, self.layout, self.lists, sure=sure)

    def _owners(self, block: Block, path: str) -> list[tuple[Table, Block | None]]:
        """The tables to which something belongs, each with its block if that is sure; all, if it may be any."""
        links = self.reader.links(block, path, *_TABLES, *VPCS)
        found: list[tuple[Table, Block | None]] = [(self._table(owner), owner) for owner in links.blocks]
        found += [(self._table(owner), None) for owner in links.perhaps]
        if links.unknown is not None:
            found += [(table, None) for table in self.by_key.values() if table.block is not None]
        return found

    def _read_endpoints(self) -> None:
        configuration = self.layout.configuration
        named: list[tuple[Block, Block]] = []
        for block in configuration.of_type("aws_vpc_endpoint"):
            type = block.get("vpc_endpoint_type", _GATEWAY)
            if not is_unknown(type) and type == _GATEWAY:
                named.append((block, block))
        for block in configuration.of_type("aws_vpc_endpoint_route_table_association"):
            named += [(block, held) for held in self.reader.links(block, "vpc_endpoint_id", "aws_vpc_endpoint").any]
        for holder, endpoint in named:
            path = "route_table_ids" if holder is endpoint else "route_table_id"
            for table, owner in self._owners(holder, path):
                step = Step(f"{endpoint.address} has a route in {table.key}", holder, path)
                for version, space in self.layout.spaces.items():
                    place = space.apart(service_of(endpoint) or endpoint.address)
                    sure = owner is not None
                    table.routes.append(
                        Route(
                            version,
                            Match(place, place),
                            SERVICE,
                            endpoint,
                            step,
                            sure,
                            f"the routes of {endpoint.address}",
                        )
                    )

    def _read_propagations(self) -> None:
        configuration = self.layout.configuration
        found = [(table, table.key, block) for table in self.by_key.values() if (block := table.block) is not None]
        for table, key, block in found:
            if block.items("propagating_vgws"):
                self._propagate(table, block, f"the routes that are propagated to {key}")
        for type in ("aws_vpn_gateway_route_propagation", "aws_vpc_route_server_propagation"):
            for block in configuration.of_type(type):
                for table, _ in self._owners(block, "route_table_id"):
                    self._propagate(table, block, f"the routes that {block.address} propagates")

    def _propagate(self, table: Table, block: Block, doubt: str) -> None:
        networks = self.layout.vpcs
        for version in (4, 6):
            local = [part for vpc in networks.values() for part in vpc.networks.get(version, ())]
            match = Match((), tuple(without(EVERYTHING, local)))
            step = Step(f"{block.address} may propagate a route for it", block)
            table.routes.append(Route(version, match, ELSEWHERE, None, step, False, doubt))
