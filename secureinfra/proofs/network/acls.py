"""What network ACLs allow, evaluated as AWS does: entries in the order of their numbers; the first that matches decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.facts.spans import without
from secureinfra.proofs.network.addresses import EVERYTHING, Match, Spans, common
from secureinfra.proofs.network.entries import ALL, ports_of, protocol_of
from secureinfra.proofs.network.layout import SUBNETS, VPCS, Layout, Subnet
from secureinfra.proofs.network.links import flag, number
from secureinfra.proofs.network.packets import ALL_PORTS, Area, Step
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node

__all__ = ["Acl", "Acls"]

_ACLS = ("aws_network_acl", "aws_default_network_acl")
_RULE = "aws_network_acl_rule"
_Cells = list[tuple[Spans, Spans]]


@dataclass(frozen=True)
class _Entry:
    """One entry.

    Args:
        place: its number; `None` if not known.
        allows: whether it allows; `None` if not known.
        outwards: whether it is for outbound traffic; `None` if not known.
        sure: whether it is there, and in this ACL, for sure.
    """

    block: Block
    at: str
    version: int
    place: int | None
    allows: bool | None
    outwards: bool | None
    protocol: int | None
    first: Any
    last: Any
    match: Match
    sure: bool


class Acl:
    """A network ACL.

    Args:
        key: its address, or what names it.
        block: its block; `None` where AWS or another configuration makes it.
        open: whether it allows everything, as the ACL does that AWS makes for each VPC.
        unknown: whether nothing is known of it.
    """

    def __init__(self, key: str, block: Block | None, *, open: bool = False, unknown: bool = False) -> None:
        self.key, self.block, self.open, self.unknown = key, block, open, unknown
        self.entries: list[_Entry] = []
        self._areas: dict[tuple[bool, int, int], list[Area]] = {}

    def areas(self, outwards: bool, version: int, protocol: int) -> list[Area]:
        """What it allows, by the address on the other side.

        Args:
            outwards: traffic that leaves the subnet.
            version: 4 or 6.
            protocol: its number.
        """
        key = (outwards, version, protocol)
        if key not in self._areas:
            self._areas[key] = self._allowed(*key)
        return self._areas[key]

    def _allowed(self, outwards: bool, version: int, protocol: int) -> list[Area]:
        step = Step(f"{self.key} allows it", self.block)
        if self.unknown:
            return [Area(EVERYTHING, (), ALL_PORTS, step, f"what {self.key} allows")]
        entries = [
            entry
            for entry in self.entries
            if entry.version == version
            and entry.outwards in (None, outwards)
            and entry.protocol in (None, ALL, protocol)
        ]
        entries.sort(key=lambda entry: -1 if entry.place is None else entry.place)
        surely = list(self._surely(entries, protocol))
        perhaps = list(self._perhaps(entries, protocol))
        if self.open:
            surely += self._rest(entries, protocol, surely=True)
            perhaps += self._rest(entries, protocol, surely=False)
        return [*surely, *perhaps]

    def _surely(self, entries: list[_Entry], protocol: int) -> Iterator[Area]:
        left: _Cells = [(EVERYTHING, ALL_PORTS)]
        for entry in entries:
            sure_ports, ports = _ports(entry, protocol)
            if entry.allows and _is_sure(entry):
                for addresses, open_ports in _shared(left, entry.match.must, sure_ports):
                    yield Area(addresses, addresses, open_ports, self._step(entry))
            left = _minus(left, entry.match.may, ports)

    def _perhaps(self, entries: list[_Entry], protocol: int) -> Iterator[Area]:
        left: _Cells = [(EVERYTHING, ALL_PORTS)]
        for entry in entries:
            sure_ports, ports = _ports(entry, protocol)
            if entry.allows is not False:
                for addresses, open_ports in _shared(left, entry.match.may, ports):
                    doubt = entry.match.doubt or f"which traffic {self.key} allows"
                    yield Area(addresses, (), open_ports, self._step(entry), doubt)
            if _is_sure(entry):
                left = _minus(left, entry.match.must, sure_ports)

    def _rest(self, entries: list[_Entry], protocol: int, *, surely: bool) -> Iterator[Area]:
        left: _Cells = [(EVERYTHING, ALL_PORTS)]
        for entry in entries:
            sure_ports, ports = _ports(entry, protocol)
            if surely:
                left = _minus(left, entry.match.may, ports)
            elif _is_sure(entry):
                left = _minus(left, entry.match.must, sure_ports)
        for addresses, ports in left:
            step = Step(f"{self.key} allows everything else")
            yield Area(addresses, addresses if surely else (), ports, step, "" if surely else f"what {self.key} allows")

    def _step(self, entry: _Entry) -> Step:
        number = "an entry" if entry.place is None else f"entry {entry.place}"
        way = "outbound" if entry.outwards else "inbound"
        return Step(f"{self.key} allows {way} by {number}", entry.block, entry.at)


class Acls:
    """All network ACLs.

    Args:
        layout: the subnets that they are for.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout, self.reader = layout, layout.reader
        self.by_key: dict[str, Acl] = {}
        self._of_subnet: dict[str, list[Acl]] = {}
        self._perhaps: dict[str, list[Acl]] = {}
        configuration = layout.configuration
        for block in configuration.of_type(*_ACLS):
            acl = self.by_key.setdefault(self._key(block), Acl(block.address, block))
            acl.block = acl.block or block
            for node, outwards in (
                (n, o) for name, o in (("ingress", False), ("egress", True)) for n in block.blocks(name)
            ):
                acl.entries += self._entries(block, node, "rule_no", "action", outwards, True)
            self._join(block, "subnet_ids", acl)
        for block in configuration.of_type("aws_network_acl_association"):
            for owner in self.reader.links(block, "network_acl_id", *_ACLS).any:
                self._join(block, "subnet_id", self.by_key[self._key(owner)])
        for block in configuration.of_type(_RULE):
            self._read_rule(block)

    def of(self, subnet: Subnet) -> list[Acl]:
        """The ACL of a subnet; several where it is not known which of them."""
        found = self._of_subnet.get(subnet.key)
        if found:
            return found
        perhaps = self._perhaps.get(subnet.key, []) + self._perhaps.get("", [])
        return [*perhaps, self._default(subnet)]

    def _default(self, subnet: Subnet) -> Acl:
        vpc = subnet.vpc
        key = f"the default network ACL of {vpc.key}"
        if key not in self.by_key:
            # docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html: it allows all traffic.
            self.by_key[key] = Acl(key, None, open=True, unknown=vpc.block is None or subnet.block is None)
        return self.by_key[key]

    def _join(self, block: Block, path: str, acl: Acl) -> None:
        links = self.reader.links(block, path, *SUBNETS)
        for subnet in links.blocks:
            held = self._of_subnet if block.is_as_sure_as(subnet) else self._perhaps
            held.setdefault(subnet.address, []).append(acl)
        for subnet in links.perhaps:
            self._perhaps.setdefault(subnet.address, []).append(acl)
        if links.unknown is not None:
            self._perhaps.setdefault("", []).append(acl)

    def _read_rule(self, block: Block) -> None:
        links = self.reader.links(block, "network_acl_id", *_ACLS, *VPCS)
        owners = {self._key(owner): owner in links.blocks and block.is_as_sure_as(owner) for owner in links.any}
        if links.unknown is not None:
            # It may be one of any ACL.
            owners.update({key: False for key, acl in self.by_key.items() if acl.block is not None})
        for key, sure in owners.items():
            if key not in self.by_key:
                self.by_key[key] = Acl(key, None, open=True)
            outwards = flag(block.get("egress"))
            known = None if is_unknown(outwards) else bool(outwards)
            self.by_key[key].entries += self._entries(block, block, "rule_number", "rule_action", known, sure)

    def _key(self, block: Block) -> str:
        if block.type in ("aws_vpc", "aws_default_vpc"):
            return f"the default network ACL of {block.address}"
        if block.type == "aws_default_network_acl":
            for vpc in self.reader.links(block, "default_network_acl_id", *VPCS).blocks:
                return f"the default network ACL of {vpc.address}"
        return block.address

    def _entries(
        self, block: Block, node: Node, place: str, action: str, outwards: bool | None, sure: bool
    ) -> Iterator[_Entry]:
        allows = node.get(action)
        known = None if is_unknown(allows) else str(allows).lower() == "allow"
        at = number(node.get(place))
        protocol, first, last = protocol_of(node.get("protocol")), node.get("from_port"), node.get("to_port")
        if protocol in (1, 58):
            first, last = node.get("icmp_type"), node.get("icmp_code")
        for name, version in (("cidr_block", 4), ("ipv6_cidr_block", 6)):
            value = node.get(name)
            if value is not None and (is_unknown(value) or value != ""):
                match = self.layout.spaces[version].match(value, sorted(node.references(name)))
                path = f"{node.path}.{name}" if node.path else name
                yield _Entry(block, path, version, at, known, outwards, protocol, first, last, match, sure)


def _is_sure(entry: _Entry) -> bool:
    return entry.sure and None not in (entry.place, entry.allows, entry.outwards, entry.protocol)


def _ports(entry: _Entry, protocol: int) -> tuple[Spans, Spans]:
    if entry.protocol in (None, ALL):
        return ALL_PORTS, ALL_PORTS
    return ports_of(protocol, entry.first, entry.last)


def _shared(cells: _Cells, addresses: Spans, ports: Spans) -> Iterator[tuple[Spans, Spans]]:
    for held, open_ports in cells:
        both, left = common(held, addresses), common(open_ports, ports)
        if both and left:
            yield both, left


def _minus(cells: _Cells, addresses: Spans, ports: Spans) -> _Cells:
    found: _Cells = []
    for held, open_ports in cells:
        both, shut = common(held, addresses), common(open_ports, ports)
        if not both or not shut:
            found.append((held, open_ports))
            continue
        found += [(tuple(without(held, both)), open_ports), (both, tuple(without(open_ports, shut)))]
    return [cell for cell in found if all(cell)]
