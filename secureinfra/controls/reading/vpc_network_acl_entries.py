"""What network ACLs admit, judged as AWS does: entries in the order of their numbers, of which the first that matches decides."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secureinfra.controls.reading.arguments import is_true, number
from secureinfra.controls.reading.networks import Addresses, Span, addresses, merged, share, without
from secureinfra.controls.reading.traffic import Traffic
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

ACLS = ("aws_network_acl", "aws_default_network_acl")
RULE = "aws_network_acl_rule"
_VPCS = ("aws_vpc", "aws_default_vpc")
_EVERYTHING = {4: (0, 2**32), 6: (0, 2**128)}

_ENTRIES: weakref.WeakKeyDictionary[Configuration, dict[str, list[Entry]]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Entry:
    """One entry for traffic that comes in.

    Args:
        block: the resource in which it is written.
        at: where within the block.
        place: its number; `None` where only Terraform knows it, or whether the entry is there.
        allows: whether it allows or denies; `None` where only Terraform knows.
        traffic: protocol and ports.
        network: where the traffic comes from.
    """

    block: Block
    at: str
    place: float | None
    allows: bool | None
    traffic: Traffic
    network: Addresses


Question = Callable[[Entry], bool]


def entries_of(block: Block, configuration: Configuration) -> Sequence[Entry]:
    """Every entry for incoming traffic of the ACL that a resource is, or belongs to.

    Args:
        block: an ACL, or a rule of one.
        configuration: what it stands in.
    """
    if configuration not in _ENTRIES:
        found = _ENTRIES[configuration] = {}
        for acl in configuration.of_type(*ACLS, RULE):
            found.setdefault(_acl(acl, configuration), []).extend(_read(acl, configuration))
    return _ENTRIES[configuration].get(_acl(block, configuration), ())


def admitting(entries: Sequence[Entry], asked: Question, *, sure: bool) -> list[Entry]:
    """The entries by which the internet comes in, alone or several together.

    Args:
        entries: those of one ACL.
        asked: whether an entry speaks of the traffic in question.
        sure: take what is not known for what protects best; else for what admits most.
    """
    found: list[Entry] = []
    for version in (4, 6):
        admitted = _admitted([entry for entry in entries if entry.network.version == version], asked, version, sure)
        small = [span for spans in admitted.values() if share(version, spans) <= 1 for span in spans]
        adds_up = share(version, small) > 1
        found += [entry for entry, spans in admitted.items() if share(version, spans) > 1 or (adds_up and spans)]
    return found


def _admitted(entries: list[Entry], asked: Question, version: int, sure: bool) -> dict[Entry, list[Span]]:
    """The public addresses that each entry lets in, as far as none before it has decided about them."""
    undecided: list[Span] = [_EVERYTHING[version]]
    admitted: dict[Entry, list[Span]] = {}
    for entry in sorted(entries, key=lambda entry: -1 if entry.place is None else entry.place):
        answer = _answer(asked, entry)
        if answer is False:
            continue
        whole, public, network_known = _spans(entry, version)
        if answer and network_known and None not in (entry.place, entry.allows):
            if entry.allows:
                admitted[entry] = _common(undecided, public)
            undecided = without(undecided, whole)
        elif sure and entry.allows is not True:
            undecided = without(undecided, whole)
        elif not sure and entry.allows is not False:
            admitted[entry] = _common(undecided, public)
    return admitted


def _answer(asked: Question, entry: Entry) -> bool | None:
    try:
        return asked(entry)
    except UnknownValueError:
        return None


def _spans(entry: Entry, version: int) -> tuple[list[Span], list[Span], bool]:
    """All addresses of an entry and its public ones, everything where they are not known; and whether they are."""
    try:
        public = list(entry.network.spans())
    except UnknownValueError:
        return [_EVERYTHING[version]], [_EVERYTHING[version]], False
    return [entry.network.whole] if entry.network.whole else public, public, True


def _common(spans: list[Span], others: list[Span]) -> list[Span]:
    return without(merged(spans), without(spans, others))


def _acl(block: Block, configuration: Configuration) -> str:
    """What all resources that make up one ACL have in common."""
    if block.type == "aws_network_acl":
        return block.address
    name = "network_acl_id" if block.type == RULE else "default_network_acl_id"
    for acl in configuration.targets(block, name, *ACLS):
        return _acl(acl, configuration)
    for vpc in configuration.targets(block, name, *_VPCS):
        return f"default of {vpc.address}"
    value = block.get(name)
    return str(value.text if is_unknown(value) else value)


def _read(block: Block, configuration: Configuration) -> Iterator[Entry]:
    if block.type == RULE:
        yield from _entries(block, block, "rule_number", "rule_action", block.get("egress"), configuration)
    else:
        for node in block.blocks("ingress"):
            yield from _entries(block, node, "rule_no", "action", False, configuration)


def _entries(
    block: Block, node: Node, place: str, action: str, egress: object, configuration: Configuration
) -> Iterator[Entry]:
    outwards = None if is_unknown(egress) else is_true(egress)
    if outwards:
        return
    traffic = Traffic(node.get("protocol"), node.get("from_port"), node.get("to_port"))
    allows = node.get(action)
    known = None if is_unknown(allows) else str(allows).lower() == "allow"
    at = None if outwards is None or is_unknown(node.get(place)) else number(node.get(place))
    for name, version in (("cidr_block", 4), ("ipv6_cidr_block", 6)):
        network = addresses(node.get(name), version, configuration)
        if network is not None:
            yield Entry(block, f"{node.path}.{name}" if node.path else name, at, known, traffic, network)


def unknown_of(entry: Entry) -> Unknown:
    """What to say where an answer depends on something that only Terraform knows, in an entry or in one before it."""
    return entry.network.unknown or Unknown(f"{entry.block.address}, or an entry with a lower number")
