"""Where each tier, zone and group of a VPC is in the wide picture, and at which height its arrows meet it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from secureinfra.maps.network.facts import Bar, Permission, Tier, VpcFacts

__all__ = ["BAR_WIDTH", "BAR_X", "CELLS", "LANES", "PlacedBar", "PlacedTier", "PlacedVpc", "place"]

CELLS = (278, 890)
BAR_X, BAR_WIDTH = 290, 588
LANES = (912, 922, 932)
"""Where arrows between groups that are not neighbors go down or up."""
_BETWEEN_CELLS, _ABOVE, _LIST_ABOVE, _BETWEEN_TIERS = 24, 32, 12, 34
_LEFT, _RIGHT, _SERVICE = 24, 20, 40
_MANY_SERVICES = 4


@dataclass
class PlacedBar:
    """A group with its place.

    Args:
        bar: the group.
        top: its upper edge.
        height: of it.
        left: arrows that meet its left side, with their heights.
        right: arrows that meet its right side, with their heights.
        lines: rows of text below its name, beside its services.
    """

    bar: Bar
    top: int = 0
    height: int = 50
    left: list[tuple[Permission, int]] = field(default_factory=list)
    right: list[tuple[Permission | None, int]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.height

    def port(self, permission: Permission | None, side: str) -> int:
        """The height at which an arrow meets it."""
        for held, height in self.left if side == "left" else self.right:
            if held is permission:
                return height
        raise KeyError(side)


@dataclass
class PlacedTier:
    """A tier with its place.

    Args:
        tier: what it is.
        top: its upper edge.
        height: of it.
        rows: lines of subnets in its fullest cell.
        chips: the height of its row of gateways; 0 without one.
        bars: its groups.
    """

    tier: Tier
    top: int = 0
    height: int = 0
    rows: int = 1
    chips: int = 0
    bars: list[PlacedBar] = field(default_factory=list)

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.height


@dataclass
class PlacedVpc:
    """A VPC with its place.

    Args:
        facts: what it is.
        top: its upper edge.
        columns: left edge and width of each zone.
        tiers: in order.
        listed: whether groups name their callers instead of arrows between them.
        spoken: whether groups name the services that they reach instead of arrows to them.
        lanes: the lane of each arrow that needs one.
    """

    facts: VpcFacts
    top: int
    columns: dict[str, tuple[int, int]]
    tiers: list[PlacedTier]
    listed: bool = False
    spoken: bool = False
    lanes: dict[int, int] = field(default_factory=dict)
    bottom: int = 0

    @property
    def bars(self) -> dict[str, PlacedBar]:
        """Its groups, by key."""
        return {placed.bar.key: placed for tier in self.tiers for placed in tier.bars}

    def below(self, permission: Permission) -> bool:
        """Whether an arrow leads to the next group below."""
        keys = list(self.bars)
        return keys.index(permission.target) == keys.index(permission.source) + 1


def place(facts: VpcFacts, top: int) -> PlacedVpc:
    """Give everything in a VPC its place.

    Args:
        facts: what there is.
        top: the upper edge of its box.
    """
    count = max(1, len(facts.zones))
    width = (CELLS[1] - CELLS[0] - _BETWEEN_CELLS * (count - 1)) // count
    zones = list(facts.zones) or [""]
    columns = {zone: (CELLS[0] + position * (width + _BETWEEN_CELLS), width) for position, zone in enumerate(zones)}
    tiers = [PlacedTier(tier, bars=[PlacedBar(bar) for bar in tier.bars]) for tier in facts.tiers]
    placed = PlacedVpc(facts, top, columns, tiers)
    to_services = [held for held in facts.outwards if held.target in facts.services]
    placed.spoken = len(to_services) > _MANY_SERVICES
    arrows = [held for held in facts.between if held.source != held.target and not placed.below(held)]
    _stack(placed)
    placed.lanes = _lanes(placed, arrows)
    placed.listed = len(set(placed.lanes.values())) > len(LANES)
    if placed.listed:
        placed.lanes = {}
    _stack(placed)
    return placed


def _lanes(placed: PlacedVpc, arrows: list[Permission]) -> dict[int, int]:
    """Give each arrow a lane that is free over its height; more lanes than there is room for mean a list."""
    bars = placed.bars
    spans = {
        id(arrow): tuple(sorted((bars[arrow.source].port(arrow, "right"), bars[arrow.target].port(arrow, "right"))))
        for arrow in arrows
    }
    taken: list[list[tuple[int, ...]]] = []
    found: dict[int, int] = {}
    for arrow in sorted(arrows, key=lambda held: (spans[id(held)][1] - spans[id(held)][0], held.source, held.target)):
        own = spans[id(arrow)]
        for lane, held in enumerate(taken):
            if all(own[1] + 6 < other[0] or other[1] + 6 < own[0] for other in held):
                held.append(own)
                found[id(arrow)] = lane
                break
        else:
            taken.append([own])
            found[id(arrow)] = len(taken) - 1
    return found


def _stack(placed: PlacedVpc) -> None:
    """Put tiers below each other, and groups below each other within them."""
    height = placed.top + 66
    for tier in placed.tiers:
        tier.top = height
        tier.rows = max((_rows(placed, len(cell.subnets)) for cell in tier.tier.cells.values()), default=1)
        inner = height + 28 + 24 + 14 * (tier.rows - 1)
        tier.chips = 0
        if tier.tier.chips:
            tier.chips = inner + 17
            inner += 34
        for position, bar in enumerate(tier.bars):
            inner += 6 if position == 0 else _LIST_ABOVE if placed.listed else _ABOVE
            bar.top = inner
            _measure(placed, bar)
            inner = bar.bottom
        tier.height = inner + (16 if tier.bars else 8) - height
        height = tier.bottom + _BETWEEN_TIERS
    placed.bottom = (placed.tiers[-1].bottom if placed.tiers else placed.top + 66) + 18


def _rows(placed: PlacedVpc, subnets: int) -> int:
    return 1 if len(placed.columns) > 4 else min(subnets, 4)


def _measure(placed: PlacedVpc, bar: PlacedBar) -> None:
    """The height of a group, from its text and from what meets its sides."""
    facts, key = placed.facts, bar.bar.key
    bar.lines = list(_spoken(placed, key))
    text = 50 + 18 * (bool(bar.bar.services) + len(bar.lines))
    order = {name: position for position, name in enumerate(facts.outsides)}
    left = [held for held in facts.inwards if held.target == key]
    left += [held for held in facts.outwards if held.source == key and held.target in order]
    left.sort(key=lambda held: (order.get(held.source, order.get(held.target, 0)), held.source == key))
    right: list[tuple[Permission | None, int]] = []
    if not placed.spoken:
        services = [held for held in facts.outwards if held.source == key and held.target in facts.services]
        right += [(held, _SERVICE) for held in sorted(services, key=lambda held: facts.services[held.target].label)]
    if not placed.listed:
        for held in facts.between:
            if held.source != held.target and key in (held.source, held.target) and not placed.below(held):
                right.append((held, _RIGHT))
    if bar.bar.services:
        right.append((None, _RIGHT))
    needed = sum(room for _, room in right)
    bar.height = max(text, _LEFT * len(left) + 4, needed + 8)
    start = bar.top + (bar.height - _LEFT * len(left)) // 2 + _LEFT // 2
    bar.left = [(held, start + _LEFT * position) for position, held in enumerate(left)]
    height = bar.top + (bar.height - needed) // 2
    bar.right = []
    for held_or_none, room in right:
        bar.right.append((held_or_none, height + room // 2))
        height += room


def _spoken(placed: PlacedVpc, key: str) -> Iterator[str]:
    """What is said of a group instead of being drawn."""
    facts, bars = placed.facts, placed.facts.bars
    itself = [held for held in facts.between if held.source == held.target == key]
    if itself:
        yield f"from itself {', '.join(itself[0].ports)}"
    if placed.listed:
        callers = [held for held in facts.between if held.target == key and held.source != key]
        words = [f"{bars[held.source].label} {', '.join(held.ports)}" for held in callers]
        if words:
            more = f" · {len(words) - 3} more" if len(words) > 3 else ""
            yield f"from {' · '.join(words[:3])}{more}"
    if placed.spoken:
        reached = [held for held in facts.outwards if held.source == key and held.target in facts.services]
        if reached:
            yield "to " + " · ".join(f"{facts.services[held.target].label} {', '.join(held.ports)}" for held in reached)
