"""The network map for a screen: 1200 units wide, each thing in a place of its own."""

from __future__ import annotations

from collections.abc import Sequence

from secureinfra.maps.metrics import fitted, width
from secureinfra.maps.network.facts import Bar, NetworkFacts
from secureinfra.maps.network.inside import draw_between, draw_routes
from secureinfra.maps.network.outside import draw_outsides, draw_services
from secureinfra.maps.network.place import BAR_WIDTH, BAR_X, PlacedBar, PlacedTier, PlacedVpc, place
from secureinfra.maps.network.sentences import NAME, footer, headline
from secureinfra.maps.shapes import Canvas, Head, Line, Point, Rect, Text

__all__ = ["draw_wide", "pill"]

_WIDTH, _LEFT = 1200, 24
_VPC = (224, 1012)
_BADGES = 4


def draw_wide(facts: NetworkFacts) -> Canvas:
    """The wide composition."""
    canvas = Canvas(_WIDTH)
    about = " · ".join(part for part in (facts.name, facts.region) if part)
    canvas.add(Text(_LEFT, 36, NAME, "h1"))
    start = _LEFT + round(width(NAME, 20, bold=True)) + 16
    canvas.add(Text(start, 36, fitted(about, _WIDTH - start - 24), "m"))
    first = headline(facts)
    canvas.add(Text(_LEFT, 60, fitted(first, 1150, bold=True), "t-exposed" if _is_exposed(facts) else "b", title=first))
    top = 84
    for vpc in facts.vpcs:
        placed = place(vpc, top)
        _draw_vpc(canvas, placed)
        top = max(placed.bottom, *_bottoms(canvas, placed)) + 40
    if not facts.vpcs:
        canvas.add(Text(_LEFT, 100, "There is no VPC in this configuration.", "m"))
        top = 120
    _draw_legend(canvas, facts, top - 6)
    canvas.add(Text(_LEFT, top + 28, footer(facts), "m"))
    canvas.height = top + 48
    return canvas


def _is_exposed(facts: NetworkFacts) -> bool:
    return any(bar.exposed for vpc in facts.vpcs for bar in vpc.bars.values())


def _bottoms(canvas: Canvas, placed: PlacedVpc) -> list[int]:
    """Lower edges of what stands beside a VPC."""
    return [shape.y + shape.height for shape in canvas.shapes if isinstance(shape, Rect) and shape.y >= placed.top]


def _draw_vpc(canvas: Canvas, placed: PlacedVpc) -> None:
    facts = placed.facts
    left, right = _VPC
    box = Rect(left, placed.top, right - left, placed.bottom - placed.top, "vpc", 12, where=facts.where)
    canvas.add(box)
    end = _draw_badges(canvas, placed)
    name = fitted(f"VPC {facts.label}", 330, 14, bold=True)
    canvas.add(Text(left + 18, placed.top + 26, name, "h2", title=f"VPC {facts.label}", where=facts.where))
    start = left + 30 + round(width(name, 14, bold=True))
    canvas.add(Text(start, placed.top + 26, fitted(facts.ranges, end - start - 10, 11.5, mono=True), "m mono"))
    for zone, (x, wide) in placed.columns.items():
        label = fitted(facts.zones.get(zone, ""), wide, bold=True)
        if label:
            canvas.add(Text(x + wide // 2, placed.top + 57, label, "m b", "middle", title=zone))
    for tier in placed.tiers:
        _draw_tier(canvas, placed, tier)
    draw_routes(canvas, placed)
    for tier in placed.tiers:
        for bar in tier.bars:
            _draw_bar(canvas, bar)
    draw_outsides(canvas, placed)
    draw_services(canvas, placed)
    draw_between(canvas, placed)


def _draw_badges(canvas: Canvas, placed: PlacedVpc) -> int:
    """Safeguards in the head of the VPC, from the right.

    Returns:
        Where they begin.
    """
    badges = sorted(placed.facts.badges, key=lambda badge: not badge.missing)
    more = len(badges) - _BADGES
    end = _VPC[1] - 14
    if more > 0:
        end = pill(
            canvas, end, placed.top + 15, f"+{more}", "quiet", "m", title=", ".join(b.text for b in badges[_BADGES:])
        )
    for badge in reversed(badges[:_BADGES]):
        look, words = ("bad", "t-exposed") if badge.missing else ("quiet", "m")
        end = pill(canvas, end, placed.top + 15, badge.text, look, words, title=badge.where.address)
    return end


def pill(canvas: Canvas, end: int, top: int, text: str, look: str, words: str, title: str = "") -> int:
    """A short word in a round frame, from its right end.

    Returns:
        Where the next one may end.
    """
    bold = words.startswith("t-") or words == "on"
    wide = round(width(text, bold=bold)) + 24
    canvas.add(
        Rect(end - wide, top, wide, 20, look, 10, title=title),
        Text(end - wide // 2, top + 14, text, words, "middle", title=title),
    )
    return end - wide - 6


def _draw_tier(canvas: Canvas, placed: PlacedVpc, tier: PlacedTier) -> None:
    kind = tier.tier.kind
    look = f"{kind} guess" if kind == "unknown" else kind
    canvas.add(Rect(268, tier.top, 632, tier.height, look, 10))
    canvas.add(Text(280, tier.top + 19, tier.tier.label, "h2"))
    start = 291 + round(width(tier.tier.label, 14, bold=True))
    canvas.add(Text(start, tier.top + 19, tier.tier.way, "m"))
    for zone, cell in tier.tier.cells.items():
        x, wide = placed.columns[zone]
        named = ", ".join(where.address for _, where in cell.subnets)
        canvas.add(Rect(x, tier.top + 28, wide, tier.height - 36, f"c-{kind}", 6, title=named))
        for row, text in enumerate(_ranges(placed, [text for text, _ in cell.subnets])):
            where = cell.subnets[min(row, len(cell.subnets) - 1)][1]
            mono = "mono" if "." in text or ":" in text else ""
            shown = fitted(text, wide - 14, 11.5 if mono else 12, mono=bool(mono))
            canvas.add(Text(x + 8, tier.top + 44 + 14 * row, shown, f"m {mono}".strip(), where=where))
        room = x + 8
        for chip in tier.tier.chips.get(zone, ()):
            shown = fitted(chip.text, min(wide - 40, x + wide - room - 32))
            size = round(width(shown)) + 24
            canvas.add(
                Rect(room, tier.chips - 11, size, 22, "card", 11, where=chip.where),
                Text(room + size // 2, tier.chips + 4, shown, "", "middle", where=chip.where),
            )
            room += size + 6


def _ranges(placed: PlacedVpc, texts: Sequence[str]) -> list[str]:
    if len(placed.columns) > 4:
        return [f"{len(texts)} subnet{'' if len(texts) == 1 else 's'}"]
    return list(texts) if len(texts) <= 4 else [*texts[:3], f"+{len(texts) - 3} more"]


def _draw_bar(canvas: Canvas, placed: PlacedBar) -> None:
    bar = placed.bar
    top, right = placed.top, BAR_X + BAR_WIDTH
    look = "card" if bar.sure else "card guess"
    if bar.exposed:
        look += " s-exposed strong"
    canvas.add(Rect(BAR_X, top, BAR_WIDTH, placed.height, look, 8, title=f"{bar.key}: {bar.why}", where=bar.where))
    if bar.exposed:
        canvas.add(Rect(BAR_X, top, 5, placed.height, "f-exposed", 2))
    end = _draw_tags(canvas, bar, right - 14, top + 15)
    room = end - BAR_X - 26
    canvas.add(Text(BAR_X + 18, top + 21, fitted(bar.label, room, 14, bold=True), "h2", title=bar.key, where=bar.where))
    canvas.add(Text(BAR_X + 18, top + 38, fitted(bar.about, room), "m", title=bar.about))
    height = top + 56
    if bar.services:
        listed = " · ".join(bar.services) if len(bar.services) <= 6 else f"{len(bar.services)} AWS services"
        canvas.add(Text(BAR_X + 18, height, fitted(listed, BAR_WIDTH - 36), "m", title=", ".join(bar.services)))
        height += 18
    for line in placed.lines:
        into = not line.startswith("to ")
        middle, start = height - 4, BAR_X + 18
        canvas.add(Line((Point(start, middle), Point(start + 9, middle)), "ln l-allow"))
        canvas.add(Head(Point(start + 16, middle), "right", "f-allow"))
        if into:
            canvas.add(Line((Point(start + 18, middle - 5), Point(start + 18, middle + 5)), "ln l-allow"))
        canvas.add(Text(start + 28, height, fitted(line, BAR_WIDTH - 70, bold=True), "t-allow", title=line))
        height += 18


def _draw_tags(canvas: Canvas, bar: Bar, end: int, top: int) -> int:
    words = {
        "reachable": "reachable from the internet",
        "open": "open to the internet",
        "no route": "open rule, no route",
    }
    if bar.exposed == "no route":
        end = pill(canvas, end, top, words[bar.exposed], "bad", "t-exposed", title=bar.why)
    elif bar.exposed:
        end = pill(canvas, end, top, words[bar.exposed], "f-exposed", "on", title=bar.why)
    elif not bar.sure:
        end = pill(canvas, end, top, "placed by rules", "quiet", "m", title=bar.why)
    for position, tag in enumerate(bar.tags):
        allow = ": " in tag
        if end - width(tag, bold=allow) < BAR_X + 200:
            return pill(
                canvas, end, top, f"+{len(bar.tags) - position}", "quiet", "m", title=", ".join(bar.tags[position:])
            )
        end = pill(canvas, end, top, tag, "tag" if allow else "quiet", "t-allow" if allow else "m", title=tag)
    return end


def _draw_legend(canvas: Canvas, facts: NetworkFacts, middle: int) -> None:
    """What the lines and frames in this picture mean."""
    looks = {line.look for line in canvas.shapes if isinstance(line, Line)}
    shown = {
        "exposed": "from the internet",
        "allow": "security group rule",
        "other": "another network",
        "aws": "private endpoint",
        "route": "route",
    }
    x = _LEFT
    for name, words in shown.items():
        if any(f"l-{name}" in look.split() for look in looks):
            canvas.arrow((Point(x, middle), Point(x + 36, middle)), name)
            canvas.add(Text(x + 44, middle + 4, words, "m"))
            x += 62 + round(width(words))
    if any("l-half" in look.split() for look in looks):
        canvas.add(Line((Point(x, middle), Point(x + 36, middle)), "ln l-allow l-half"))
        canvas.add(Text(x + 44, middle + 4, "one side only", "m"))
        x += 62 + round(width("one side only"))
    bars = [bar for vpc in facts.vpcs for bar in vpc.bars.values()]
    for there, look, words in (
        (any(bar.sure for bar in bars), "card", "placed by what uses it"),
        (any(not bar.sure for bar in bars), "card guess", "placed by its rules"),
    ):
        if there:
            canvas.add(Rect(x, middle - 9, 32, 18, look, 6), Text(x + 42, middle + 4, words, "m"))
            x += 60 + round(width(words))
