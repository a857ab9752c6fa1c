"""Sets of packets, and what a filter lets through of them: surely, or perhaps."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from secureinfra.facts.spans import merged, without
from secureinfra.proofs.network.addresses import Spans, common, covers

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

__all__ = [
    "ALL_PORTS",
    "EPHEMERAL",
    "ICMP",
    "ICMPV6",
    "OTHER",
    "TCP",
    "UDP",
    "Area",
    "Packets",
    "Step",
    "passed",
    "without_repeats",
]

TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
OTHER = 256
"""Any protocol that no rule names."""
ALL_PORTS: Spans = ((0, 65536),)
EPHEMERAL: Spans = ((1024, 65536),)
"""Ports of clients: docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports."""
_MOST_NAMED = 3
_NAMES = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6", OTHER: "any other protocol"}


class Step(NamedTuple):
    """One thing that a packet passes, or that stops it.

    Args:
        text: what it does.
        block: where it is written; `None` for what AWS does by itself.
        at: where within the block.
        traffic: what it stops; it stands for `{}` in the text.
    """

    text: str
    block: Block | None = None
    at: str = ""
    traffic: str = ""


def without_repeats(stops: Iterable[Step]) -> list[Step]:
    """What stops packets, with what each stops together: `tcp, udp` instead of two lines."""
    found: dict[tuple[str, Block | None, str], list[str]] = {}
    for stop in stops:
        held = found.setdefault((stop.text, stop.block, stop.at), [])
        if stop.traffic not in held:
            held.append(stop.traffic)
    return [
        Step(text.replace("{}", "any traffic" if len(traffic) > _MOST_NAMED else ", ".join(traffic)), block, at)
        for (text, block, at), traffic in found.items()
    ]


@dataclass(frozen=True)
class Packets:
    """A set of packets: every source with every destination and port.

    Args:
        version: 4 or 6.
        protocol: its number; `OTHER` for those that no rule names.
        sources: addresses.
        destinations: addresses.
        ports: destination ports, or types of ICMP.
        one_source: the source is one address of these, and it is not known which.
        one_destination: the same of the destination.
        sender: the interface that sends them, where its groups count.
        receiver: the interface that they are for, where its groups count.
    """

    version: int
    protocol: int
    sources: Spans
    destinations: Spans
    ports: Spans
    one_source: bool = False
    one_destination: bool = False
    sender: Any = None
    receiver: Any = None

    def reply(self, ports: Spans = EPHEMERAL) -> Packets:
        """The packets that answer these."""
        return replace(
            self,
            sources=self.destinations,
            destinations=self.sources,
            one_source=self.one_destination,
            one_destination=self.one_source,
            sender=self.receiver,
            receiver=self.sender,
            ports=ports if self.protocol in (TCP, UDP) else self.ports,
        )

    @property
    def traffic(self) -> str:
        """Protocol and ports, for people: `tcp 443`, `udp`, `all ports of tcp`."""
        name = _NAMES.get(self.protocol, f"protocol {self.protocol}")
        if self.protocol not in (TCP, UDP) or self.ports == ALL_PORTS:
            return name
        parts = [str(start) if end == start + 1 else f"{start}-{end - 1}" for start, end in self.ports]
        return f"{name} {', '.join(parts[:3])}{', ...' if len(parts) > 3 else ''}"


class Area(NamedTuple):
    """Packets that one rule allows, by the address on the other side and the port.

    Args:
        addresses: those that it allows, surely or perhaps.
        sure: those that it allows surely.
        ports: the ports.
        step: the rule.
        doubt: what decides on the difference.
    """

    addresses: Spans
    sure: Spans
    ports: Spans
    step: Step
    doubt: str = ""


def passed(packets: Packets, areas: Sequence[Area], *, source: bool, sure: bool) -> list[tuple[Packets, Step, str]]:
    """What some areas allow of a set of packets, each with its rule and what it depends on.

    Args:
        packets: the set.
        areas: what is allowed; those that overlap allow what the first of them does.
        source: whether the areas are about the source of packets, or their destination.
        sure: allow only what passes whatever the values are that are not known, the address included if it is one.
    """
    held = packets.sources if source else packets.destinations
    one = packets.one_source if source else packets.one_destination
    if sure and one:
        return _for_every_address(packets, held, areas)
    found = []
    left = [(held, packets.ports)]
    for area in sorted(areas, key=lambda area: bool(area.doubt)):
        allowed = area.sure if sure else area.addresses
        rest = []
        for addresses, ports in left:
            both, open_ports = common(addresses, allowed), common(ports, area.ports)
            if not both or not open_ports:
                rest.append((addresses, ports))
                continue
            found.append(_piece(packets, both, open_ports, area, source=source, whole=held, one=one))
            rest += [(tuple(without(addresses, both)), ports), (both, tuple(without(ports, open_ports)))]
        left = [part for part in rest if all(part)]
    return found


def _piece(
    packets: Packets, addresses: Spans, ports: Spans, area: Area, *, source: bool, whole: Spans, one: bool
) -> tuple[Packets, Step, str]:
    doubt = area.doubt if area.doubt and not covers(area.sure, addresses) else ""
    if not doubt and one and addresses != whole:
        owner = packets.sender if source else packets.receiver
        doubt = f"which address {getattr(owner, 'key', '') or 'the other side'} gets: not all are allowed"
    cut = replace(packets, sources=addresses) if source else replace(packets, destinations=addresses)
    return replace(cut, ports=ports), area.step, doubt


def _for_every_address(packets: Packets, held: Spans, areas: Iterable[Area]) -> list[tuple[Packets, Step, str]]:
    """The ports that are allowed for each of the addresses."""
    fitting = [area for area in areas if common(area.sure, held) and common(area.ports, packets.ports)]
    found = []
    left = packets.ports
    for area in fitting:
        if covers(area.sure, held) and (ports := common(left, area.ports)):
            found.append((replace(packets, ports=ports), area.step, ""))
            left = tuple(without(left, ports))
    partial = [area for area in fitting if not covers(area.sure, held)]
    edges = sorted({edge for area in partial for part in area.ports for edge in part})
    for start, end in itertools.pairwise(edges):
        ports = common(left, ((start, end),))
        open_here = [area for area in partial if common(area.ports, ((start, end),))]
        if ports and covers(merged(span for area in open_here for span in area.sure), held):
            found.append((replace(packets, ports=ports), open_here[0].step, ""))
    return found
