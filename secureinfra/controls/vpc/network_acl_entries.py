"""What network ACLs allow, evaluated as AWS does: entries in the order of their numbers; the first that matches decides."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secureinfra.controls.shared.arguments import is_true, number
from secureinfra.controls.shared.networks import Addresses, addresses
from secureinfra.controls.shared.traffic import Traffic
from secureinfra.facts.networks import add_up_to_internet
from secureinfra.facts.spans import Span, merged, without
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

ACLS = ("aws_network_acl", "aws_default_network_acl")
RULE = "aws_network_acl_rule"
_VPCS = ("aws_vpc", "aws_default_vpc")
_EVERYTHING = {4: (0, 2**32), 6: (0, 2**128)}

_ENTRIES: weakref.WeakKeyDictionary[Configuration, dict[str, list[Entry]]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Entry:
    """One entry for inbound traffic.

    Args:
        block: the resource that contains it.
        at: the path within the block.
        place: its number; `None` if it, or the existence of the entry, is known only to Terraform.
        allows: whether it allows or denies; `None` if only Terraform knows.
        traffic: protocol and ports.
        network: the source of the traffic.
    """

    block: Block
    at: str
    place: float | None
    allows: bool | None
    traffic: Traffic
    network: Addresses


Question = Callable[[Entry], bool]


def entries_of(block: Block, configuration: Configuration) -> Sequence[Entry]:
    """Every inbound entry of the ACL that a resource is, or belongs to.

    Args:
        block: an ACL, or a rule of one.
        configuration: its configuration.
    """
    if configuration not in _ENTRIES:
        found = _ENTRIES[configuration] = {}
        for acl in configuration.of_type(*ACLS, RULE):
            found.setdefault(_acl(acl, configuration), []).extend(_read(acl, configuration))
    return _ENTRIES[configuration].get(_acl(block, configuration), ())


def admitting(entries: Sequence[Entry], asked: Question, *, sure: bool) -> list[Entry]:
    """The entries that allow the internet, alone or several together.

    Args:
        entries: those of one ACL.
        asked: whether an entry is about the traffic in question.
        sure: assume that unknown entries protect best; otherwise that they allow most.
    """
    found: list[Entry] = []
    for version in (4, 6):
        admitted = _admitted([entry for entry in entries if entry.network.version == version], asked, version, sure)
        small = [span for spans in admitted.values() if not add_up_to_internet(version, spans) for span in spans]
        adds_up = add_up_to_internet(version, small)
        found += [
            entry for entry, spans in admitted.items() if add_up_to_internet(version, spans) or (adds_up and spans)
        ]
    return found


def _admitted(entries: list[Entry], asked: Question, version: int, sure: bool) -> dict[Entry, list[Span]]:
    """The public addresses that each entry allows, unless an earlier entry has already decided on them."""
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
        answer = asked(entry)
    except UnknownValueError:
        return None
    # A deny that may not be there protects nothing for sure.
    return None if answer and entry.allows is False and entry.block.doubts else answer


def _spans(entry: Entry, version: int) -> tuple[list[Span], list[Span], bool]:
    """All addresses of an entry and its public ones, everything if unknown; and whether they are known."""
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
    """The message if an answer depends on a value that only Terraform knows, in an entry or in one before it."""
    return entry.network.unknown or Unknown(f"{entry.block.address}, or an entry with a lower number")
