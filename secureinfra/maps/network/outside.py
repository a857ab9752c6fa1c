"""What is beyond a VPC: other networks at its left, AWS services at its right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from secureinfra.maps.metrics import fitted
from secureinfra.maps.network.facts import INTERNET, Outside, Permission
from secureinfra.maps.network.inside import label_of_ports, title_of
from secureinfra.maps.network.place import BAR_WIDTH, BAR_X, PlacedBar, PlacedVpc
from secureinfra.maps.shapes import Canvas, Mark, Point, Rect, Text

__all__ = ["draw_outsides", "draw_services"]

_SLAB = (24, 144)
_VPC_LEFT, _VPC_RIGHT = 224, 1012
_LEAST, _GAP, _PORT = 58, 14, 18
_CARD = (1052, 1180)
_LISTED = 10


@dataclass
class _Slab:
    """What is outside, with the arrows that meet it."""

    outside: Outside
    arrows: list[tuple[Permission, PlacedBar, int]] = field(default_factory=list)
    heights: list[int] = field(default_factory=list)
    top: int = 0
    straight: int = 0
    bottom: int = 0


class _Arrow(NamedTuple):
    """An arrow between a slab and a group; `port` and `lane` are 0 for a straight one."""

    slab: _Slab
    permission: Permission
    bar: PlacedBar
    height: int
    port: int = 0
    lane: int = 0

    def passes(self, top: int, bottom: int) -> bool:
        """Whether its vertical part passes some heights."""
        first, last = sorted((self.port, self.height))
        return first <= bottom and top <= last


def draw_outsides(canvas: Canvas, placed: PlacedVpc) -> None:
    """Other networks, with arrows to and from the groups."""
    slabs = _slabs(placed)
    free = placed.top + 40
    for slab in slabs:
        free = _extend(slab, slabs, free)
    bends = list(_bends(slabs))
    for slab in slabs:
        _draw_slab(canvas, slab)
    for bend in bends:
        _draw_arrow(canvas, bend, bends)
    _draw_gateway(canvas, placed, slabs)


def _extend(slab: _Slab, slabs: list[_Slab], free: int) -> int:
    """Give a slab its height: along its arrows, as far as no other's are in between; the others bend.

    Returns:
        Where the next slab may begin.
    """
    slab.top = max(free, min(slab.heights, default=free + 20) - 20)
    others = [height for other in slabs if other is not slab for height in other.heights if height > slab.top]
    limit = min(others, default=10**6) - 24
    reach = [height for height in slab.heights if slab.top + 8 <= height <= limit]
    bent = len(slab.heights) - len(reach)
    slab.straight = max(slab.top + _LEAST - 20, max(reach, default=0))
    slab.bottom = slab.straight + 20 + _PORT * bent
    return slab.bottom + _GAP


def _bends(slabs: list[_Slab]) -> Iterator[_Arrow]:
    """Each arrow, with its lane in the channel if it has to bend."""
    lane = _SLAB[1] + 6
    for slab in slabs:
        port = slab.straight + _PORT
        for permission, bar, height in slab.arrows:
            if slab.top + 8 <= height <= slab.straight:
                yield _Arrow(slab, permission, bar, height)
            else:
                yield _Arrow(slab, permission, bar, height, port, lane)
                port += _PORT
                lane += 5 if lane < _SLAB[1] + 26 else 0


def _slabs(placed: PlacedVpc) -> list[_Slab]:
    facts = placed.facts
    slabs = {key: _Slab(outside) for key, outside in facts.outsides.items()}
    for bar in placed.bars.values():
        for permission, height in bar.left:
            key = permission.source if permission.source in slabs else permission.target
            slabs[key].arrows.append((permission, bar, height))
            slabs[key].heights.append(height)
    if INTERNET in slabs and facts.gateway is not None and placed.tiers:
        slabs[INTERNET].heights.append(_gateway_height(placed))
    found = [slab for slab in slabs.values() if slab.heights or slab.outside.key == INTERNET]
    return sorted(found, key=lambda slab: (min(slab.heights, default=0), slab.outside.key))


def _gateway_height(placed: PlacedVpc) -> int:
    public = [tier for tier in placed.tiers if tier.tier.next == INTERNET]
    return (public or placed.tiers)[0].top + 15


def _draw_slab(canvas: Canvas, slab: _Slab) -> None:
    left, right = _SLAB
    internet = slab.outside.key == INTERNET
    incoming = any(permission.source == slab.outside.key for permission, _, _ in slab.arrows)
    look = "slab" + (" s-exposed" if internet and incoming else "" if internet else " s-other")
    title = slab.outside.key
    canvas.add(Rect(left, slab.top, right - left, slab.bottom - slab.top, look, 10, title=title))
    canvas.add(Rect(right - 4, slab.top + 8, 4, slab.bottom - slab.top - 16, _edge(internet, incoming), 2))
    start = left + 12
    if internet:
        canvas.add(Mark(_globe(left + 18, slab.top + 20), "globe"))
        start += 20
    room = right - start - 8
    canvas.add(
        Text(
            start,
            slab.top + 25,
            fitted(slab.outside.label, room, 14 if internet else 12, bold=True),
            "h2" if internet else "b",
        )
    )
    mono = "mono" if "/" in slab.outside.about else ""
    about = fitted(slab.outside.about, right - left - 20, 11.5 if mono else 12, mono=bool(mono))
    canvas.add(Text(left + 12, slab.top + 43, about, f"m {mono}".strip(), title=title))


def _edge(internet: bool, incoming: bool) -> str:
    return "f-other" if not internet else "f-exposed" if incoming else "f-rule"


def _globe(x: int, y: int) -> str:
    return f"M{x - 8} {y}a8 8 0 1 0 16 0a8 8 0 1 0 -16 0M{x - 8} {y}h16M{x} {y - 8}a4 8 0 1 0 0 16a4 8 0 1 0 0 -16"


def _draw_arrow(canvas: Canvas, arrow: _Arrow, arrows: list[_Arrow]) -> None:
    """One arrow; straight, or bent in the channel where the slab does not reach its height."""
    internet = arrow.slab.outside.key == INTERNET
    inwards = arrow.permission.target == arrow.bar.bar.key
    look = ("exposed" if inwards else "allow") if internet else "other"
    title, right, height = title_of(arrow.permission), _SLAB[1], arrow.height
    points = [Point(right, height), Point(BAR_X, height)]
    if arrow.lane:
        points = [
            Point(right, arrow.port),
            Point(arrow.lane, arrow.port),
            Point(arrow.lane, height),
            Point(BAR_X, height),
        ]
    canvas.arrow(points if inwards else points[::-1], look, title)
    # Left of the label may be lines of other arrows.
    passing = [other.lane for other in arrows if other.lane and other.passes(height - 18, height)]
    left = max([right, *(lane + 4 for lane in passing)])
    text = label_of_ports(arrow.permission.ports, _VPC_LEFT - left)
    canvas.add(Text((left + _VPC_LEFT) // 2, height - 7, text, f"t-{look} halo", "middle", title=title))


def _draw_gateway(canvas: Canvas, placed: PlacedVpc, slabs: list[_Slab]) -> None:
    """The internet gateway on the boundary, with the routes that lead through it."""
    gateway = placed.facts.gateway
    public = [tier for tier in placed.tiers if tier.tier.next == INTERNET]
    if gateway is None or not placed.tiers:
        return
    height = _gateway_height(placed)
    there = [slab for slab in slabs if slab.outside.key == INTERNET and slab.top <= height <= slab.bottom]
    if public and there:
        canvas.arrow((Point(268, height), Point(_SLAB[1] + 2, height)), "route", "the default route of the public tier")
    canvas.add(Rect(_VPC_LEFT - 30, height - 17, 60, 34, "card", 8, where=gateway))
    canvas.add(
        Text(_VPC_LEFT, height - 3, "internet", "", "middle", where=gateway),
        Text(_VPC_LEFT, height + 11, "gateway", "", "middle", where=gateway),
    )


def draw_services(canvas: Canvas, placed: PlacedVpc) -> None:
    """AWS services behind endpoints, with arrows from the groups that may reach them."""
    facts = placed.facts
    if not facts.services and not any(bar.services for bar in facts.bars.values()):
        return
    canvas.add(Text(_CARD[0], placed.top + 14, "AWS services", "h2"))
    reached: dict[str, list[tuple[Permission, int]]] = {}
    for bar in placed.bars.values():
        for permission, height in bar.right:
            if permission is not None and permission.target in facts.services:
                reached.setdefault(permission.target, []).append((permission, height))
    free = placed.top + 26
    rest = sorted(service.label for key, service in facts.services.items() if key not in reached)
    if rest:
        free = _draw_rest(canvas, free, rest, spoken=placed.spoken)
    cards = sorted((min(height for _, height in held), key) for key, held in reached.items())
    for _, key in cards:
        free = _draw_service(canvas, placed, key, reached[key], free)
    for bar in placed.bars.values():
        if bar.bar.services:
            free = _draw_interface_endpoints(canvas, bar, free)


def _draw_rest(canvas: Canvas, top: int, labels: list[str], *, spoken: bool) -> int:
    """Services that no arrow leads to: their route is there for every tier."""
    left, right = _CARD
    canvas.add(Rect(left, top, right - left, 56, "service", 8))
    canvas.add(Text(left + 10, top + 18, fitted(", ".join(labels), right - left - 16, bold=True), "b"))
    canvas.add(Text(left + 10, top + 34, "by gateway", "m"), Text(left + 10, top + 48, "endpoint", "m"))
    return top + 56 + _GAP


def _draw_service(canvas: Canvas, placed: PlacedVpc, key: str, held: list[tuple[Permission, int]], free: int) -> int:
    service = placed.facts.services[key]
    left, right = _CARD
    first = min(height for _, height in held)
    top = max(free, first - 17)
    canvas.add(Rect(left, top, right - left, 34, "service", 8, where=service.where))
    label = fitted(service.label, right - left - 16, 14, bold=True)
    canvas.add(Text(left + 10, top + 22, label, "h2", where=service.where))
    for permission, height in held:
        straight = top + 5 <= height <= top + 29
        points = [Point(BAR_X + BAR_WIDTH, height), Point(left, height)]
        if not straight:
            points = [points[0], Point(left - 5, height), Point(left - 5, top + 17), Point(left, top + 17)]
        canvas.arrow(points, "allow", title_of(permission))
        canvas.add(Rect(_VPC_RIGHT - 30, height - 17, 60, 34, "card", 8, where=service.where))
        canvas.add(
            Text(_VPC_RIGHT, height - 3, "gateway", "", "middle", where=service.where),
            Text(_VPC_RIGHT, height + 11, "endpoint", "", "middle", where=service.where),
        )
        text = label_of_ports(permission.ports, 38 + 32)
        canvas.add(Text(_VPC_RIGHT - 34, height - 6, text, "t-allow halo", "end", title=title_of(permission)))
    return top + 34 + 6


def _draw_interface_endpoints(canvas: Canvas, bar: PlacedBar, free: int) -> int:
    left, right = _CARD
    height = bar.port(None, "right")
    names = list(bar.bar.services)
    shown = names if len(names) <= _LISTED else [*names[:_LISTED], f"+{len(names) - _LISTED} more"]
    tall = 28 + 15 * len(shown)
    top = max(free, height - 21)
    canvas.add(Rect(left, top, right - left, tall, "service", 8, title=bar.bar.key))
    canvas.add(Text(left + 10, top + 18, "By endpoint", "h2"))
    for row, name in enumerate(shown):
        canvas.add(Text(left + 10, top + 35 + 15 * row, fitted(name, right - left - 16), "m", title=name))
    points = [Point(BAR_X + BAR_WIDTH, height), Point(left, height)]
    if not top + 6 <= height <= top + tall - 6:
        points = [points[0], Point(left - 5, height), Point(left - 5, top + 14), Point(left, top + 14)]
    canvas.arrow(points, "aws", f"{bar.bar.key}: {', '.join(names)}")
    return top + tall + _GAP
