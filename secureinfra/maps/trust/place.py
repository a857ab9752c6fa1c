"""Where everything on a trust map stands: cards in three columns, and lanes for what passes no role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from secureinfra.maps.metrics import fitted, wrapped
from secureinfra.maps.trust.facts import AccountFacts
from secureinfra.maps.trust.rows import Row, holder_rows, role_rows

__all__ = ["HOLDER", "LANE", "ROLE", "ROW", "WHO", "Card", "Placed", "place"]

WHO, ROLE, HOLDER = (24, 196), (336, 312), (768, 400)
"""Left edge and width of the cards of each column."""
ROW = 23
"""Between the rows of a resource."""
LANE = 9
"""Between the lanes of a caller that passes no role."""
_GAP, _SWEEPS = 12, 12
_MOST_LINES = 60


@dataclass
class Card:
    """A card, or the lanes of a caller that passes no role.

    Args:
        key: of the caller, role or resource.
        height: of the card.
        rows: below its head.
        offsets: the base line of each row, from its upper edge.
        texts: what each row says, over one or two lines.
        top: its upper edge.
    """

    key: str
    height: int
    rows: list[Row] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    top: int = 0

    def row(self, number: int) -> int:
        """The base line of a row."""
        return self.top + self.offsets[number]

    @property
    def middle(self) -> float:
        """Half its height down."""
        return self.top + self.height / 2


@dataclass
class Placed:
    """What one account shows, with its places.

    Args:
        facts: what is shown.
        top: where the columns begin.
        callers: on the left.
        middle: roles, and the lanes of callers that have grants of their own.
        holders: on the right.
        services: upper and lower edge of the frame of each service.
        lines: whether there are few enough to draw.
    """

    facts: AccountFacts
    top: int
    callers: list[Card]
    middle: list[Card]
    holders: list[Card]
    services: dict[str, tuple[int, int]]
    lines: bool

    @property
    def bottom(self) -> int:
        """The lower edge of what stands lowest."""
        cards = [card.top + card.height for card in (*self.callers, *self.middle, *self.holders)]
        return max((self.top, *cards, *(bottom for _, bottom in self.services.values())))


def place(facts: AccountFacts, top: int) -> Placed:
    """The places of one account.

    Args:
        facts: what is shown.
        top: where the columns begin.
    """
    holders = [_holder(facts, key) for key in facts.holders]
    roles = [_role(facts, key) for key in facts.roles]
    count = sum(len(row.sources) for card in (*holders, *roles) for row in card.rows)
    lines = count <= _MOST_LINES
    lanes = _lanes(holders, facts) if lines else []
    middle = [*roles, *lanes]
    callers = [Card(key, 52) for key in facts.callers]
    if lines:
        callers, middle, holders = _in_order(facts, callers, middle, holders)
    placed = Placed(facts, top, callers, middle, holders, _stack_holders(facts, holders, top), lines)
    _settle(middle, _wanted(middle, holders), top) if lines else _stack(middle, top)
    _settle(callers, _wanted_callers(placed), top) if lines else _stack(callers, top)
    return placed


def _holder(facts: AccountFacts, key: str) -> Card:
    rows = holder_rows(facts, key)
    height = 38 + ROW * len(rows) + (18 if facts.holders[key].exposed else 0)
    return Card(key, height, rows, [45 + ROW * number for number in range(len(rows))])


def _role(facts: AccountFacts, key: str) -> Card:
    rows, role = role_rows(facts, key), facts.roles[key]
    head = 40 + 16 * (len(role.notes) + bool(facts.way_in(key)))
    card = Card(key, head - 6, rows)
    for row in rows:
        lines = list(wrapped(row.text, ROLE[1] - 32, bold=row.is_loose or row.look in ("exposed", "route")))
        if len(lines) > 2:
            lines[1:] = [fitted(" ".join(lines[1:]), ROLE[1] - 32, bold=True)]
        card.offsets.append(head)
        card.texts.append(lines)
        head += 16 * len(lines) + 5
        card.height = head - 7
    return card


def _lanes(holders: Sequence[Card], facts: AccountFacts) -> list[Card]:
    counts: dict[str, int] = {}
    for card in holders:
        for row in card.rows:
            for source in row.sources:
                if source in facts.callers:
                    counts[source] = counts.get(source, 0) + 1
    return [Card(f"lane:{key}", LANE * (count - 1) + 1) for key, count in counts.items()]


def _ends(holders: Sequence[Card]) -> dict[str, list[tuple[int, int]]]:
    """For each source, the cards and rows on the right at which its lines end."""
    found: dict[str, list[tuple[int, int]]] = {}
    for position, card in enumerate(holders):
        for number, row in enumerate(card.rows):
            for source in row.sources:
                found.setdefault(source, []).append((position, number))
    return found


def _in_order(
    facts: AccountFacts, callers: list[Card], middle: list[Card], holders: list[Card]
) -> tuple[list[Card], list[Card], list[Card]]:
    """The columns in the order in which lines cross least: each card at the mean of those that it has to do with."""
    into: dict[str, list[str]] = {}
    for card in middle:
        if card.key.startswith("lane:"):
            into.setdefault(card.key.removeprefix("lane:"), []).append(card.key)
        for row in card.rows:
            for source in row.sources:
                into.setdefault(source, []).append(card.key)
    for _ in range(_SWEEPS):
        ends = _ends(holders)
        middle = _by_mean(middle, {card.key: [n for n, _ in ends.get(_source(card), ())] for card in middle})
        at = {card.key: number for number, card in enumerate(middle)}
        callers = _by_mean(callers, {card.key: [at[key] for key in into.get(card.key, ())] for card in callers})
        where = {_source(card): number for number, card in enumerate(middle)}
        holders = _by_service(facts, holders, where)
        for card in holders:
            card.rows.sort(key=lambda row: (row.is_rest, _mean(row.sources, where)))
    return callers, middle, holders


def _mean(sources: Iterable[str], where: Mapping[str, int]) -> float:
    near = [where[source] for source in sources if source in where]
    return fmean(near) if near else 0.0


def _source(card: Card) -> str:
    return card.key.removeprefix("lane:")


def _by_mean(cards: Sequence[Card], near: Mapping[str, Sequence[float]]) -> list[Card]:
    means = {
        card.key: fmean(near[card.key]) if near.get(card.key) else float(number) for number, card in enumerate(cards)
    }
    return sorted(cards, key=lambda card: (means[card.key], card.key))


def _by_service(facts: AccountFacts, holders: Sequence[Card], where: Mapping[str, int]) -> list[Card]:
    """Resources in order within their services, and services as blocks."""

    def mean(cards: Iterable[Card]) -> float:
        return _mean((source for card in cards for row in card.rows for source in row.sources), where)

    blocks: dict[str, list[Card]] = {}
    for card in holders:
        blocks.setdefault(facts.holders[card.key].service, []).append(card)
    ordered = sorted(blocks.items(), key=lambda one: (mean(one[1]), one[0]))
    return [card for _, cards in ordered for card in sorted(cards, key=lambda card: (mean([card]), card.key))]


def _stack_holders(facts: AccountFacts, holders: Sequence[Card], top: int) -> dict[str, tuple[int, int]]:
    """Put resources below each other, in a frame for each service."""
    frames: dict[str, tuple[int, int]] = {}
    for card in holders:
        service = facts.holders[card.key].service
        if service not in frames:
            top += 14 if frames else 0
            frames[service] = (top, top)
            top += 30
        card.top = top
        top += card.height + 8
        frames[service] = (frames[service][0], top)
    return frames


def _wanted(middle: Sequence[Card], holders: Sequence[Card]) -> dict[str, float]:
    """Where each card of the middle column would like to have its own middle."""
    ends = _ends(holders)
    return {
        card.key: fmean(holders[position].row(number) for position, number in ends[_source(card)])
        for card in middle
        if _source(card) in ends
    }


def _wanted_callers(placed: Placed) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for card in placed.middle:
        if card.key.startswith("lane:"):
            found.setdefault(_source(card), []).append(card.middle)
        for number, row in enumerate(card.rows):
            for source in row.sources:
                found.setdefault(source, []).append(card.row(number) - 4)
    return {key: fmean(near) for key, near in found.items()}


def _stack(cards: Sequence[Card], top: int) -> None:
    for card in cards:
        card.top = top
        top += card.height + _GAP


def _settle(cards: list[Card], wanted: Mapping[str, float], top: int) -> None:
    """Put cards where they want to be, pushed down until none meets another, then up as far as there is room."""
    edge = top
    for card in cards:
        card.top = max(edge, round(wanted.get(card.key, edge + card.height / 2) - card.height / 2))
        edge = card.top + card.height + _GAP
    for before, card in zip(reversed(cards[:-1]), reversed(cards), strict=False):
        room = card.top - _GAP - before.height
        goal = round(wanted.get(before.key, before.middle) - before.height / 2)
        before.top = max(min(before.top, room), min(room, goal), top)
