"""Sets of IP addresses in which networks that only AWS will choose have a place of their own.

The addresses of one version are a line of whole numbers. Behind those that can be written lie symbols: a span for each
network of the configuration that is not known, disjoint from all others. What is written is compared with a symbol by
what is known of it, its bounds, so that each network in a rule matches some addresses surely and some perhaps.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from secureinfra.facts.networks import BITS, PRIVATE, span
from secureinfra.facts.spans import Span, merged, without
from secureinfra.terraform.unknown import Unknown, is_unknown, text_of

__all__ = ["EVERYTHING", "Match", "Space", "Spans", "common", "covers", "parsed"]

Spans = tuple[Span, ...]

_SYMBOLS, _TOP = 1 << 130, 1 << 200
_WIDTH, _PART = 1 << 60, 1 << 30
EVERYTHING: Spans = ((0, _TOP),)
"""All addresses of a version, symbols included."""
# Unicast addresses that Amazon assigns to VPCs: docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
_OF_AMAZON: Spans = (span(ipaddress.ip_network("2000::/3")),)


class Match(NamedTuple):
    """The addresses that a network in a rule matches.

    Args:
        must: those that it matches whatever the values are that are not known.
        may: those that it matches for some of these values.
        doubt: what decides on the difference; empty where there is none.
    """

    must: Spans
    may: Spans
    doubt: str = ""


class _Symbol(NamedTuple):
    place: Span
    bounds: Spans
    owner: str


class Space:
    """The addresses of one version.

    Args:
        version: 4 or 6.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        self.line: Spans = ((0, 1 << BITS[version]),)
        self._symbols: dict[str, _Symbol] = {}
        self._services: set[str] = set()
        self._texts: dict[str, Spans] = {}
        self._parts: dict[str, int] = {}
        self._written: list[tuple[str, Spans]] = []
        self._internet: dict[int, Spans] = {}
        self._matches: dict[tuple[str, str], Match] = {}

    def network_of(self, owner: str, value: Any, within: Spans | None = None, key: str = "") -> Spans:
        """The place of a network of the configuration: what is written, or a symbol.

        Args:
            owner: the VPC that it is, or belongs to: networks of one VPC do not overlap.
            value: its CIDR block, known or not.
            within: the network that holds it; `None` for a VPC.
            key: what it is, for a symbol; the owner by default.
        """
        if not is_unknown(value) and (known := parsed(value, self.version)) is not None:
            self._written.append((owner, (known,)))
            return (known,)
        place = self._place(owner, within, key or owner)
        if is_unknown(value) and not any(part in value.text for part in ("count.", "each.")):
            self._texts.setdefault(value.text, place)
        return place

    def name(self, text: str, place: Spans) -> None:
        """Add addresses to what a text stands for, such as `${aws_vpc.v.cidr_block}`."""
        self._texts[text] = tuple(merged([*self._texts.get(text, ()), *place]))

    def apart(self, key: str) -> Spans:
        """Public addresses of AWS that belong to one service, such as those of a prefix list."""
        if key not in self._symbols:
            self._symbols[key] = _Symbol(self._next(), self.line, key)
            self._services.add(key)
        return (self._symbols[key].place,)

    def internet(self) -> Spans:
        """Public addresses that are not of the configuration's own networks."""
        if len(self._written) not in self._internet:
            own = [part for _, spans in self._written for part in spans]
            private = [span(ipaddress.ip_network(text)) for text in PRIVATE[self.version]]
            self._internet = {len(self._written): tuple(without(self.line, [*own, *private]))}
        return self._internet[len(self._written)]

    def public(self) -> Spans:
        """The internet, and what belongs to one service of AWS."""
        services = [self._symbols[key].place for key in self._services]
        return tuple(merged([*self.internet(), *services]))

    def beyond(self, spans: Iterable[Span]) -> Spans:
        """Everything but some addresses, and but what belongs to one service of AWS."""
        services = [self._symbols[key].place for key in self._services]
        return tuple(without(EVERYTHING, [*spans, *services]))

    def match(self, value: Any, parts: Iterable[str] = ()) -> Match:
        """What a network in a rule matches.

        Args:
            value: as written: a CIDR block, known or not.
            parts: the traversals that it depends on, where the value does not say.
        """
        names = tuple(value.references) if is_unknown(value) else tuple(parts)
        key = (text_of(value), "" if not is_unknown(value) else ",".join(names))
        if key not in self._matches:
            self._matches[key] = self._unknown(value, names) if is_unknown(value) else self._literal(value)
        return self._matches[key]

    def _literal(self, value: Any) -> Match:
        known = parsed(value, self.version)
        if known is None:
            return Match((), EVERYTHING, str(value))
        if known == self.line[0]:
            return Match(EVERYTHING, EVERYTHING)
        must = [symbol.place for symbol in self._symbols.values() if covers((known,), symbol.bounds)]
        may = [symbol.place for symbol in self._symbols.values() if common((known,), symbol.bounds)]
        doubt = f"whether {value} holds addresses that only AWS will choose" if len(may) > len(must) else ""
        return Match(tuple(merged([known, *must])), tuple(merged([known, *may])), doubt)

    def _unknown(self, value: Unknown, references: Sequence[str]) -> Match:
        place = self._texts.get(value.text)
        if place is not None:
            may = self._may_be(place)
            return Match(place, may, "" if may == place else value.text)
        # A part that is cut out of a network lies within it.
        held = [self._texts.get(f"${{{reference}}}") for reference in references]
        if "cidrsubnet(" in value.text and len(held) == 1 and held[0] is not None:
            return Match((), self._may_be(held[0]), value.text)
        return Match((), EVERYTHING, value.text)

    def _may_be(self, place: Spans) -> Spans:
        """All addresses that may be those of a network: another VPC may have the same private ones."""
        found = list(place)
        for symbol in self._symbols.values():
            if self.version == 6 or not common(place, (symbol.place,)):
                continue
            for other in self._symbols.values():
                if other.owner != symbol.owner and common(other.bounds, symbol.bounds):
                    found.append(other.place)
            private = [span(ipaddress.ip_network(text)) for text in PRIVATE[4]]
            others = [part for owner, spans in self._written if owner != symbol.owner for part in spans]
            own = [part for owner, spans in self._written if owner == symbol.owner for part in spans]
            found += without(common(symbol.bounds, tuple(merged([*private, *others]))), own)
        return tuple(merged(found))

    def _place(self, owner: str, within: Spans | None, key: str) -> Spans:
        if key in self._symbols:
            return (self._symbols[key].place,)
        if within is not None and len(within) == 1 and within[0][0] >= _SYMBOLS:
            # A part of a network that is itself a symbol.
            number = self._parts[owner] = self._parts.get(owner, 0) + 1
            start = within[0][0] + number * _PART
            return ((start, start + _PART),)
        bounds = within if within is not None else (self.line if self.version == 4 else _OF_AMAZON)
        self._symbols[key] = _Symbol(self._next(), tuple(bounds), owner)
        return (self._symbols[key].place,)

    def _next(self) -> Span:
        start = _SYMBOLS + len(self._symbols) * _WIDTH
        return start, start + _WIDTH


def parsed(value: Any, version: int) -> Span | None:
    """The addresses of a CIDR block or a single address; `None` for what is not one of the version."""
    try:
        network = ipaddress.ip_network(str(value).strip(), strict=False)
    except ValueError:
        return None
    return span(network) if network.version == version else None


def common(spans: Sequence[Span], others: Sequence[Span]) -> Spans:
    """The numbers in both, both in order."""
    if tuple(others) == EVERYTHING or tuple(spans) == tuple(others):
        return tuple(spans)
    found: list[Span] = []
    one = two = 0
    while one < len(spans) and two < len(others):
        start, end = max(spans[one][0], others[two][0]), min(spans[one][1], others[two][1])
        if start < end:
            found.append((start, end))
        if spans[one][1] < others[two][1]:
            one += 1
        else:
            two += 1
    return tuple(found)


def covers(spans: Sequence[Span], others: Sequence[Span]) -> bool:
    """Whether the first hold every number of the others, both in order."""
    return not without(others, spans)
