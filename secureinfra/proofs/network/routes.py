"""Route tables: which route takes a packet, by the longest prefix, as far as that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from secureinfra.facts.networks import BITS
from secureinfra.facts.spans import Span, without
from secureinfra.proofs.network.addresses import EVERYTHING, Match, Spans
from secureinfra.proofs.network.packets import Step
from secureinfra.terraform.unknown import is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.proofs.network.layout import Layout, Vpc
    from secureinfra.proofs.network.prefix_lists import PrefixLists
    from secureinfra.terraform.model.block import Block, Node

__all__ = [
    "APPLIANCE",
    "ATTACHMENT",
    "EGRESS_ONLY",
    "ELSEWHERE",
    "INTERNET",
    "LOCAL",
    "NAT",
    "NOWHERE",
    "PEERING",
    "SERVICE",
    "TRANSIT",
    "Route",
    "Table",
    "Taken",
    "read_routes",
    "shares",
]

LOCAL, INTERNET, EGRESS_ONLY, NAT, PEERING, TRANSIT = "local", "internet", "egress-only", "nat", "peering", "transit"
APPLIANCE, SERVICE, ELSEWHERE, NOWHERE, ATTACHMENT = "appliance", "service", "elsewhere", "nowhere", "attachment"

# Argument of a route, the types that it may name, and what they are; what it names of another type is elsewhere.
_TARGETS: tuple[tuple[str, dict[str, str]], ...] = (
    ("gateway_id", {"aws_internet_gateway": INTERNET, "data.aws_internet_gateway": INTERNET}),
    ("egress_only_gateway_id", {"aws_egress_only_internet_gateway": EGRESS_ONLY}),
    ("nat_gateway_id", {"aws_nat_gateway": NAT}),
    (
        "vpc_peering_connection_id",
        {"aws_vpc_peering_connection": PEERING, "aws_vpc_peering_connection_accepter": PEERING},
    ),
    ("transit_gateway_id", {"aws_ec2_transit_gateway": TRANSIT, "data.aws_ec2_transit_gateway": TRANSIT}),
    ("network_interface_id", {"aws_network_interface": APPLIANCE, "aws_instance": APPLIANCE}),
    ("instance_id", {"aws_instance": APPLIANCE}),
    ("vpc_endpoint_id", {"aws_networkfirewall_firewall": APPLIANCE, "aws_vpc_endpoint": APPLIANCE}),
    ("carrier_gateway_id", {}),
    ("local_gateway_id", {}),
    ("core_network_arn", {}),
    ("odb_network_arn", {}),
)
_DESTINATIONS = (
    ("cidr_block", 4),
    ("destination_cidr_block", 4),
    ("ipv6_cidr_block", 6),
    ("destination_ipv6_cidr_block", 6),
)
_LISTS = ("destination_prefix_list_id", "prefix_list_id")
# Lengths of the networks that a symbol may stand for: docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_OF_SYMBOLS = {4: (16, 28), 6: (44, 64)}
_SYMBOLS = 1 << 130


class Route(NamedTuple):
    """One route to one destination.

    Args:
        version: 4 or 6.
        match: the destination.
        kind: what the target is.
        target: its block, if it is in the configuration.
        step: where it is written.
        sure: whether it is there, and in this table, for sure.
        doubt: what decides on that, or on what the target is.
    """

    version: int
    match: Match
    kind: str
    target: Block | None
    step: Step
    sure: bool = True
    doubt: str = ""


class Taken(NamedTuple):
    """What a route takes of all packets that reach its table.

    Args:
        route: the route.
        may: destinations that it may take.
        must: destinations that it takes for sure.
    """

    route: Route
    may: Spans
    must: Spans


@dataclass(eq=False)
class Table:
    """A route table.

    Args:
        key: its address, or what names it.
        block: its block; `None` where AWS or another configuration makes it.
        routes: its routes, without the local ones.
        unknown: whether nothing is known of it.
    """

    key: str
    block: Block | None
    routes: list[Route] = field(default_factory=list)
    unknown: bool = False
    _taken: dict[tuple[str, int], list[Taken]] = field(default_factory=dict)

    def taken(self, vpc: Vpc, version: int) -> list[Taken]:
        """Which route takes which destinations.

        Args:
            vpc: the VPC of the subnet, whose own networks are local.
            version: 4 or 6.
        """
        key = (vpc.key, version)
        if key not in self._taken:
            routes = [route for route in self.routes if route.version == version]
            if self.unknown:
                step, doubt = Step(f"{self.key} may have a route for it", self.block), f"the routes of {self.key}"
                routes.append(Route(version, Match((), EVERYTHING), ELSEWHERE, None, step, sure=False, doubt=doubt))
            for part in vpc.networks.get(version, ()):
                match = Match((part,), (part,))
                routes.append(
                    Route(version, match, LOCAL, None, Step(f"{self.key} has the VPC's local route", self.block))
                )
            self._taken[key] = shares(routes, version)
        return self._taken[key]


def shares(routes: Sequence[Route], version: int) -> list[Taken]:
    """Longest prefix first; of equal ones, a written route stands for the local one that it replaces.

    docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
    """
    lengths = [_lengths(route.match, version) for route in routes]
    found = []
    for route, (least, most) in zip(routes, lengths, strict=True):
        surely_before: list[Span] = []
        perhaps_before: list[Span] = []
        for other, (other_least, other_most) in zip(routes, lengths, strict=True):
            if other is route:
                continue
            local, other_local = route.kind == LOCAL, other.kind == LOCAL
            equal_wins = local and not other_local
            if other.sure and (other_least > most or (equal_wins and other_least == most)):
                surely_before += other.match.must
            # A propagated route never takes what is local.
            if other_most > least or (other_most == least and not (other_local and not local)):
                perhaps_before += other.match.may
        may = tuple(without(route.match.may, surely_before))
        must = tuple(without(route.match.must, perhaps_before)) if route.sure else ()
        if may:
            found.append(Taken(route, may, must))
    return found


def _lengths(match: Match, version: int) -> tuple[int, int]:
    """The least and the greatest length of the prefix of a destination."""
    if match.must == EVERYTHING:
        return 0, 0
    written = [part for part in match.must if part[0] < _SYMBOLS]
    if len(written) == 1:
        length = BITS[version] - (written[0][1] - written[0][0]).bit_length() + 1
        return length, length
    if match.must and match.must[0][0] >= _SYMBOLS and len(match.must) == 1:
        return _OF_SYMBOLS[version]
    return 0, BITS[version]


def read_routes(block: Block, node: Node, layout: Layout, lists: PrefixLists, *, sure: bool) -> Iterator[Route]:
    """The routes that a block or nested block of a route writes: one for each destination.

    Args:
        block: the resource.
        node: the route within it, or the resource itself.
        layout: where references lead.
        lists: the prefix lists.
        sure: whether it is there, and in its table, for sure.
    """
    kind, target, doubt = _target(node, layout)
    for name, version in _DESTINATIONS:
        value = node.get(name)
        if value is None or (not is_unknown(value) and value == ""):
            continue
        match = layout.spaces[version].match(value, sorted(node.references(name)))
        yield Route(version, match, kind, target, _step(block, node, name, value), sure=sure, doubt=doubt)
    for name in _LISTS:
        if (value := node.get(name)) is not None and (is_unknown(value) or value != ""):
            for version, match in lists.named(node, name):
                step = _step(block, node, name, value)
                yield Route(version, match, kind, target, step, sure=sure, doubt=doubt)


def _step(block: Block, node: Node, name: str, value: Any) -> Step:
    return Step(f"{block.address} routes {text_of(value)}", block, f"{node.path}.{name}" if node.path else name)


def _target(node: Node, layout: Layout) -> tuple[str, Block | None, str]:
    for name, kinds in _TARGETS:
        value = node.get(name)
        if value is None or (not is_unknown(value) and value == ""):
            continue
        links = layout.reader.links(node, name, *kinds)
        if len(links.blocks) == 1 and not links.perhaps:
            block = links.blocks[0]
            return kinds[f"data.{block.type}" if block.section == "data" else block.type], block, ""
        found = {block.address: block for block in links.perhaps}
        kind = {kinds.get(block.type, "") for block in links.perhaps}
        if len(found) == 1 and kind == {APPLIANCE}:
            # The endpoints of a firewall are looked up in its own attributes.
            return APPLIANCE, next(iter(found.values())), ""
        if links.literals == ["local"]:
            return LOCAL, None, ""
        if links.literals and links.literals[0].startswith("igw-"):
            return INTERNET, None, ""
        return ELSEWHERE, None, f"where {text_of(value)} leads"
    return ELSEWHERE, None, f"the target of {node.path or 'a route'}"
