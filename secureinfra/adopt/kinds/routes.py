"""Route tables of a VPC, with their routes, associations and gateways, by the roles that they have in `SecureVpc`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from secureinfra.adopt.candidate import Part, part_of
from secureinfra.adopt.existing import Estate, Existing, Unfit

_ANYWHERE: Final = "0.0.0.0/0"
_SHARED_BY_ZONES = ("public", "isolated", "intra")
_SERVICES = ("vpce-", "pl-")
INTERNET: Final = "internet"
"""A way out through an internet gateway."""
NAT: Final = "nat"
"""A way out through a NAT gateway."""
_TARGETS: Final = (
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
)
_DESTINATIONS: Final = ("destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id")


def table_of(estate: Estate, vpc: Existing, subnet: Existing) -> Existing | None:
    """The route table of a subnet: its own, or else the main one, where the state has it."""
    own = estate.one("aws_route_table_association", "subnet_id", subnet.id)
    main = own or estate.one("aws_main_route_table_association", "vpc_id", vpc.id)
    if main:
        return estate.one("aws_route_table", "id", main.values.get("route_table_id"))
    return estate.one("aws_default_route_table", "vpc_id", vpc.id)


def routes_of(estate: Estate, table: Existing) -> Iterator[Mapping[str, Any]]:
    """The routes of a table: those that are written within it, and those that are resources of their own."""
    yield from table.get("route", ())
    for route in estate.with_value("aws_route", "route_table_id", table.id):
        yield {name: route.values.get(name) for name in (*_DESTINATIONS, *_TARGETS)}


def way_out(estate: Estate, vpc: Existing, subnet: Existing) -> str:
    """How a subnet reaches the internet: `internet`, `nat`, or not at all.

    Raises:
        Unfit: by something else.
    """
    table = table_of(estate, vpc, subnet)
    for route in routes_of(estate, table) if table else ():
        if is_default(route):
            if str(route.get("gateway_id") or "").startswith("igw-"):
                return INTERNET
            if route.get("nat_gateway_id"):
                return NAT
            target = next((str(route[name]) for name in _TARGETS if route.get(name)), "something unknown")
            raise Unfit(f"{subnet.address} reaches the internet through {target}, and SecureVpc leads to gateways only")
    return ""


class Tables:
    """The route tables of one VPC.

    Args:
        estate: what exists.
        vpc: the VPC.
        placed: its subnets by tier and zone letter.
        cut_off: those of them that lose their way to the internet.

    Raises:
        Unfit: a table has a route that the construct does not write.
    """

    def __init__(
        self,
        estate: Estate,
        vpc: Existing,
        placed: Mapping[tuple[str, str], Existing],
        cut_off: Collection[Existing] = (),
    ) -> None:
        self._estate, self._vpc, self._placed, self._cut_off = estate, vpc, placed, cut_off
        self._associations = {
            place: one
            for place, subnet in placed.items()
            if (one := estate.one("aws_route_table_association", "subnet_id", subnet.id))
        }
        self._tables = {
            place: table
            for place, one in self._associations.items()
            if (table := estate.one("aws_route_table", "id", one.values.get("route_table_id")))
        }
        self._internet = estate.one("aws_internet_gateway", "vpc_id", vpc.id)
        for table in dict.fromkeys(self._tables.values()):
            self._refuse_other_routes(table)
            self._refuse_propagation(table)
        self._refuse_ways_in()

    def nat(self, letters: Sequence[str]) -> tuple[str, list[str]]:
        """How private subnets reach the internet, and the zones with that of a single NAT gateway first.

        Raises:
            Unfit: by a NAT gateway in some zones only, or by one in a private subnet.
        """
        zones = self._nat_gateways()
        if not zones:
            if used := [
                route
                for one in set(self._tables.values())
                for route in self._routes(one)
                if route.get("nat_gateway_id")
            ]:
                raise Unfit(f"{used[0]['nat_gateway_id']} is not in this state, or in none of its public subnets")
            return "none", list(letters)
        if len(zones) == 1 and len(letters) > 1:
            (only,) = zones
            return "single", [only, *(letter for letter in letters if letter != only)]
        if set(zones) == set(letters):
            return "per_zone", list(letters)
        raise Unfit(f"it has NAT gateways in zones {', '.join(zones)} only: SecureVpc has one, or one in each zone")

    def _nat_gateways(self) -> dict[str, Existing]:
        zones = {subnet.id: letter for (tier, letter), subnet in self._placed.items() if tier == "public"}
        found: dict[str, Existing] = {}
        for gateway in self._estate.of("aws_nat_gateway"):
            letter = zones.get(str(gateway.values.get("subnet_id")))
            if letter in found:
                raise Unfit(f"it has two NAT gateways in zone {letter}: SecureVpc has one, or one in each zone")
            if letter:
                found[letter] = gateway
        return found

    def parts(self) -> dict[str, Part]:
        """What exists, by role."""
        parts: dict[str, Part] = {}
        if self._internet and any(tier == "public" for tier, _ in self._placed):
            parts["internet-gateway"] = part_of(self._internet)
        for letter, gateway in self._nat_gateways().items():
            parts[f"nat-{letter}"] = part_of(gateway)
            if address := self._estate.one("aws_eip", "allocation_id", gateway.values.get("allocation_id")):
                parts[f"nat-{letter}-address"] = part_of(address)
        for name, table in self._chosen().items():
            parts[f"{name}-routes"] = part_of(table)
            if route := self._way_out(table):
                parts[f"{name}-to-internet"] = route
        for (tier, letter), one in self._associations.items():
            parts[f"{tier}-{letter}-association"] = part_of(one)
        return parts

    def superseded(self) -> tuple[tuple[Existing, str], ...]:
        """Tables of which another one of the same tier takes the place."""
        kept = set(self._chosen().values())
        spare = [table for table in dict.fromkeys(self._tables.values()) if table not in kept]
        routes = [
            route for table in spare for route in self._estate.with_value("aws_route", "route_table_id", table.id)
        ]
        return tuple((one, "its subnets get another route table of the tier") for one in (*spare, *routes))

    def _chosen(self) -> dict[str, Existing]:
        """The table for each role: the first that no role before it has."""
        found: dict[str, Existing] = {}
        for tier, letter in sorted(self._tables):
            name = tier if tier in _SHARED_BY_ZONES else f"{tier}-{letter}"
            table = self._tables[tier, letter]
            if self._placed[tier, letter] in self._cut_off:
                continue
            if name not in found and table not in found.values():
                found[name] = table
        return found

    def _way_out(self, table: Existing) -> Part | None:
        for route in self._estate.with_value("aws_route", "route_table_id", table.id):
            if route.values.get("destination_cidr_block") == _ANYWHERE:
                return part_of(route)
        for one in table.get("route", ()):
            if one.get("cidr_block") == _ANYWHERE:
                # Written within the table: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route#import
                read = {**one, "route_table_id": table.id, "destination_cidr_block": _ANYWHERE}
                return Part(table, f"{table.id}_{_ANYWHERE}", read)
        return None

    def _refuse_propagation(self, table: Existing) -> None:
        """A table that another zone gets would lack the routes that a VPN gateway propagates."""
        by_itself = self._estate.one("aws_vpn_gateway_route_propagation", "route_table_id", table.id)
        if by_itself or table.get("propagating_vgws"):
            raise Unfit(f"{table.address} has routes that a VPN gateway propagates, which SecureVpc does not write")

    def _refuse_other_routes(self, table: Existing) -> None:
        for route in self._routes(table):
            said = [str(value) for value in route.values() if value]
            # Gateway endpoints write their routes themselves.
            if not is_default(route) and not any(value.startswith(_SERVICES) for value in said):
                raise Unfit(f"{table.address} has a route that SecureVpc does not write ({', '.join(said[:2])})")

    def _routes(self, table: Existing) -> Iterator[Mapping[str, Any]]:
        return routes_of(self._estate, table)

    def _refuse_ways_in(self) -> None:
        """A tier is what its routes are: a private subnet with a route to the internet gateway is a public one."""
        for place, table in self._tables.items():
            tier, _ = place
            out = [route for route in self._routes(table) if is_default(route)]
            direct = any(str(one.get("gateway_id") or "").startswith("igw-") for one in out)
            if tier == "public" and out and not direct:
                raise Unfit(
                    f"{table.address} leads subnets where the plan has public ones elsewhere than to an internet gateway"
                )
            if tier != "public" and direct:
                raise Unfit(
                    f"{table.address} leads {tier} subnets to the internet gateway: they have public subnets' routes"
                )
            if tier in ("isolated", "intra") and out and self._placed[place] not in self._cut_off:
                raise Unfit(f"{table.address} leads {tier} subnets to the internet: SecureVpc gives them no such route")


def is_default(route: Mapping[str, Any]) -> bool:
    """Whether a route is for all of IPv4 or IPv6."""
    return _ANYWHERE in (route.get("cidr_block"), route.get("destination_cidr_block")) or "::/0" in (
        route.get("ipv6_cidr_block"),
        route.get("destination_ipv6_cidr_block"),
    )
