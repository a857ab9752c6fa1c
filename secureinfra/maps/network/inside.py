"""Arrows within a VPC: from group to group, and the ways out of its tiers."""

from __future__ import annotations

import itertools

from secureinfra.maps.metrics import fitted, width
from secureinfra.maps.network.facts import Permission
from secureinfra.maps.network.names import some
from secureinfra.maps.network.place import BAR_WIDTH, BAR_X, CELLS, LANES, PlacedTier, PlacedVpc
from secureinfra.maps.shapes import Canvas, Line, Point, Rect, Text

__all__ = ["draw_between", "draw_routes", "label_of_ports", "title_of"]

_LABEL = (938, 1006)


def label_of_ports(ports: tuple[str, ...], room: float) -> str:
    """The ports of an arrow, in the room there is: `tcp 80, 443`, or `6 ports`."""
    text = some(ports)
    if width(text, bold=True) <= room:
        return text
    return f"{len(ports)} ports" if len(ports) > 1 else fitted(text, room, bold=True)


def title_of(permission: Permission) -> str:
    """All of what an arrow stands for: its ports, and the rules that allow them."""
    rules = ", ".join(dict.fromkeys(rule.address for rule in permission.rules))
    return f"{', '.join(permission.ports)}: {rules}"


def draw_between(canvas: Canvas, placed: PlacedVpc) -> None:
    """Arrows from group to group, unless they are listed."""
    if placed.listed:
        return
    for permission in placed.facts.between:
        if permission.source == permission.target:
            continue
        if placed.below(permission):
            _down(canvas, placed, permission)
        else:
            _around(canvas, placed, permission)


def _down(canvas: Canvas, placed: PlacedVpc, permission: Permission) -> None:
    """To the next group below, through the rightmost gap between zones."""
    source, target = placed.bars[permission.source], placed.bars[permission.target]
    columns = list(placed.columns.values())
    last = columns[-1]
    x = last[0] - 12 if len(columns) > 1 else CELLS[1] - 60
    points = (Point(x, source.bottom), Point(x, target.top))
    canvas.arrow(points, "allow", title_of(permission), half=permission.one_sided)
    tiers = [tier for tier in placed.tiers if source in tier.bars]
    same = target in tiers[0].bars
    height = (source.bottom + target.top) // 2 + 4 if same else tiers[0].bottom + 21
    start = x + 20
    text = label_of_ports(permission.ports, CELLS[1] - start - 10)
    canvas.add(Text(start, height, text, "t-allow halo", title=title_of(permission)))


def _around(canvas: Canvas, placed: PlacedVpc, permission: Permission) -> None:
    """To another group, along a lane at the right."""
    source, target = placed.bars[permission.source], placed.bars[permission.target]
    right, lane = BAR_X + BAR_WIDTH, LANES[placed.lanes[id(permission)]]
    start, end = source.port(permission, "right"), target.port(permission, "right")
    points = (Point(right, start), Point(lane, start), Point(lane, end), Point(right, end))
    canvas.arrow(points, "allow", title_of(permission), half=permission.one_sided)
    text = label_of_ports(permission.ports, _LABEL[1] - _LABEL[0])
    canvas.add(Text(_LABEL[0], end + 4, text, "t-allow", title=title_of(permission)))


def draw_routes(canvas: Canvas, placed: PlacedVpc) -> None:
    """How each tier gets out, in the gutter at the left."""
    lane = 257
    for tier in placed.tiers:
        aim = _target(placed, tier)
        if aim is None:
            continue
        first = _first_chip(canvas, aim)
        points = (
            Point(268, tier.top + 15),
            Point(lane, tier.top + 15),
            Point(lane, aim.chips),
            Point(first, aim.chips),
        )
        canvas.arrow(points, "route", f"{tier.tier.label}: {tier.tier.way}")
        lane -= 11
    for tier in placed.tiers:
        chips = _chips(canvas, tier)
        for one, other in itertools.pairwise(chips):
            start, end = one.x + one.width, other.x
            if end - start > 6 and any(_target(placed, held) is tier for held in placed.tiers):
                canvas.add(Line((Point(start, tier.chips), Point(end, tier.chips)), "ln l-route"))


def _target(placed: PlacedVpc, tier: PlacedTier) -> PlacedTier | None:
    """The tier whose gateways a tier's default route leads to."""
    wanted = {"nat": "NAT gateway", "appliance": "Firewall endpoint"}.get(tier.tier.next)
    for held in placed.tiers:
        if held is not tier and any(chip.text == wanted for chips in held.tier.chips.values() for chip in chips):
            return held
    return None


def _chips(canvas: Canvas, tier: PlacedTier) -> list[Rect]:
    if not tier.chips:
        return []
    found = [shape for shape in canvas.shapes if isinstance(shape, Rect) and shape.radius == 11]
    return sorted((shape for shape in found if shape.y == tier.chips - 11), key=lambda shape: shape.x)


def _first_chip(canvas: Canvas, tier: PlacedTier) -> int:
    return _chips(canvas, tier)[0].x
