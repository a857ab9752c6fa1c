"""The network map for a telephone: one column, the same order, rules as rows instead of arrows."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.maps.metrics import fitted, width, wrapped
from secureinfra.maps.network.facts import INTERNET, Bar, NetworkFacts, Permission, Tier, VpcFacts
from secureinfra.maps.network.inside import title_of
from secureinfra.maps.network.sentences import NAME, footer, headline
from secureinfra.maps.shapes import Canvas, Head, Line, Point, Rect, Text
from secureinfra.maps.svg import NARROW_WIDTH

__all__ = ["draw_narrow"]

_LEFT, _RIGHT = 12, NARROW_WIDTH - 12
_EXPOSED = {
    "reachable": "reachable from the internet",
    "open": "open to the internet",
    "no route": "open rule, no route",
}
_RANGES = 2


def draw_narrow(facts: NetworkFacts) -> Canvas:
    """The narrow composition."""
    canvas = Canvas(NARROW_WIDTH)
    canvas.add(Text(_LEFT, 32, NAME, "h1"))
    about = " · ".join(part for part in (facts.name, facts.region) if part)
    canvas.add(Text(_LEFT, 52, fitted(about, _RIGHT - _LEFT), "m"))
    exposed = any(bar.exposed for vpc in facts.vpcs for bar in vpc.bars.values())
    top = _lines(canvas, headline(facts), 76, "t-exposed" if exposed else "b") + 4
    for vpc in facts.vpcs:
        top = _draw_vpc(canvas, vpc, top) + 16
    canvas.height = _lines(canvas, footer(facts), top + 12, "m") + 8
    return canvas


def _lines(canvas: Canvas, text: str, top: int, look: str, left: int = _LEFT) -> int:
    """A text over several lines.

    Returns:
        The base line after the last one.
    """
    for line in wrapped(text, _RIGHT - left - 8, bold=look != "m"):
        canvas.add(Text(left, top, line, look))
        top += 17
    return top


def _draw_vpc(canvas: Canvas, vpc: VpcFacts, top: int) -> int:
    start = len(canvas.shapes)
    name = fitted(f"VPC {vpc.label}", 200, 14, bold=True)
    canvas.add(Text(_LEFT + 12, top + 22, name, "h2", where=vpc.where))
    room = _LEFT + 24 + round(width(name, 14, bold=True))
    canvas.add(Text(room, top + 22, fitted(vpc.ranges, _RIGHT - room - 12, 11.5, mono=True), "m mono"))
    height = top + 40
    for badge in vpc.badges:
        look = "t-exposed" if badge.missing else "m"
        canvas.add(Text(_LEFT + 12, height, badge.text, look, title=badge.where.address))
        height += 17
    if vpc.gateway is not None:
        canvas.add(Text(_LEFT + 12, height, "internet gateway", "m", where=vpc.gateway))
        height += 17
    for service in vpc.services.values():
        canvas.add(
            Text(_LEFT + 12, height, fitted(f"{service.label} by gateway endpoint", 330), "m", where=service.where)
        )
        height += 17
    for tier in vpc.tiers:
        height = _draw_tier(canvas, vpc, tier, height)
    canvas.shapes.insert(start, Rect(_LEFT, top, _RIGHT - _LEFT, height + 4 - top, "vpc", 12, where=vpc.where))
    return height + 4


def _draw_tier(canvas: Canvas, vpc: VpcFacts, tier: Tier, top: int) -> int:
    start, left = len(canvas.shapes), _LEFT + 10
    canvas.add(Text(left + 10, top + 19, tier.label, "h2"))
    canvas.add(Text(left + 22 + round(width(tier.label, 14, bold=True)), top + 19, tier.way, "m"))
    height = top + 30
    for zone, cell in tier.cells.items():
        texts = [text for text, _ in cell.subnets]
        shown = ", ".join(texts[:_RANGES]) + (f" +{len(texts) - _RANGES}" if len(texts) > _RANGES else "")
        chips = [chip.text for chip in tier.chips.get(zone, ())]
        canvas.add(Rect(left + 8, height, _RIGHT - left - 26, 24, f"c-{tier.kind}", 6, where=cell.subnets[0][1]))
        canvas.add(Text(left + 16, height + 16, fitted(vpc.zones[zone], 76), "m"))
        canvas.add(Text(left + 96, height + 16, fitted(shown, 110, 11.5, mono=True), "m mono", title=", ".join(texts)))
        if chips:
            canvas.add(Text(_RIGHT - 26, height + 16, fitted(", ".join(chips), 126), "", "end"))
        height += 28
    for bar in tier.bars:
        height = _draw_bar(canvas, vpc, bar, height + 4)
    look = f"{tier.kind} guess" if tier.kind == "unknown" else tier.kind
    canvas.shapes.insert(start, Rect(left, top, _RIGHT - left - 10, height + 6 - top, look, 10))
    return height + 16


def _draw_bar(canvas: Canvas, vpc: VpcFacts, bar: Bar, top: int) -> int:
    start, left, right = len(canvas.shapes), _LEFT + 18, _RIGHT - 18
    room = right - left - 24
    canvas.add(Text(left + 12, top + 20, fitted(bar.label, room, 14, bold=True), "h2", title=bar.key, where=bar.where))
    canvas.add(Text(left + 12, top + 37, fitted(bar.about, room), "m", title=bar.about))
    height = top + 55
    notes = [(_EXPOSED[bar.exposed], "t-exposed")] if bar.exposed else [] if bar.sure else [("placed by rules", "m")]
    notes += [(tag, "t-allow" if ": " in tag else "m") for tag in bar.tags]
    notes += [(f"to {', '.join(bar.services)}", "t-aws")] if bar.services else []
    for text, look in notes:
        canvas.add(Text(left + 12, height, fitted(text, room, bold=look != "m"), look, title=text))
        height += 18
    for text, permission, inwards in _rows(vpc, bar):
        _draw_row(canvas, left + 12, right - 12, height, text, permission, inwards)
        height += 18
    look = ("card" if bar.sure else "card guess") + (" s-exposed strong" if bar.exposed else "")
    canvas.shapes.insert(start, Rect(left, top, right - left, height - 6 - top, look, 8, title=f"{bar.key}: {bar.why}"))
    return height - 6


def _rows(vpc: VpcFacts, bar: Bar) -> Iterator[tuple[str, Permission, bool]]:
    for held in vpc.inwards:
        if held.target == bar.key:
            outside = vpc.outsides[held.source]
            yield f"from {'internet' if held.source == INTERNET else outside.about}", held, True
    for held in vpc.between:
        if held.target == bar.key:
            yield f"from {'itself' if held.source == bar.key else vpc.bars[held.source].label}", held, True
    for held in vpc.outwards:
        if held.source == bar.key:
            service, outside_or_none = vpc.services.get(held.target), vpc.outsides.get(held.target)
            name = service.label if service else outside_or_none.about if outside_or_none else held.target
            yield f"to {'internet' if held.target == INTERNET else name}", held, False


def _draw_row(
    canvas: Canvas, left: int, right: int, height: int, text: str, permission: Permission, inwards: bool
) -> None:
    """One rule: an arrow to a tick comes in, an arrow from a tick goes out."""
    internet = INTERNET in (permission.source, permission.target)
    look = "exposed" if internet and inwards else "allow"
    middle, title = height - 4, title_of(permission)
    canvas.add(Line((Point(left + (0 if inwards else 3), middle), Point(left + 9, middle)), f"ln l-{look}"))
    canvas.add(Head(Point(left + 16, middle), "right", f"f-{look}"))
    tick = left + 18 if inwards else left + 2
    canvas.add(Line((Point(tick, middle - 5), Point(tick, middle + 5)), f"ln l-{look}"))
    ports = fitted(", ".join(permission.ports), 130, bold=True)
    canvas.add(Text(right, height, ports, f"t-{look}", "end", title=title))
    room = right - left - 34 - width(ports, bold=True)
    canvas.add(Text(left + 26, height, fitted(text, room), "", title=title))
