"""The trust map for a screen: who, assumes which role, may do what on which resource."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from secureinfra.maps.metrics import fitted, width, wrapped
from secureinfra.maps.shapes import Canvas, Curve, Head, Line, Point, Rect, Text
from secureinfra.maps.trust.facts import AccountFacts, Caller, TrustFacts
from secureinfra.maps.trust.place import HOLDER, LANE, ROLE, WHO, Card, Placed, place
from secureinfra.maps.trust.rows import Row
from secureinfra.maps.trust.sentences import NAME, footers, headline, is_open

__all__ = ["BARS", "draw_wide"]

_WIDTH, _LEFT = 1200, 24
BARS = {"anyone": "exposed", "outside": "other", "service": "aws", "inside": "rule", "unknown": "route"}
"""The color of the bar at the left of a caller, by its kind."""
_TEXTS = {"route": "t-route", "allow": "t-allow", "exposed": "t-exposed", "other": "t-other", "aws": "t-aws"}
_LEGEND = {
    "exposed": "anyone, or everything",
    "other": "outside this account",
    "aws": "AWS service",
    "allow": "policy of this account",
    "route": "not known",
}


def draw_wide(facts: TrustFacts) -> Canvas:
    """The wide composition."""
    canvas = Canvas(_WIDTH)
    about = " · ".join(filter(None, (facts.name, *dict.fromkeys(one.region for one in facts.accounts if one.region))))
    canvas.add(Text(_LEFT, 36, NAME, "h1"))
    start = _LEFT + round(width(NAME, 20, bold=True)) + 16
    canvas.add(Text(start, 36, fitted(about, _WIDTH - start - 24), "m"))
    look, top = "t-exposed" if is_open(facts) else "b", 60
    for line in wrapped(headline(facts), 1150, bold=True):
        canvas.add(Text(_LEFT, top, line, look))
        top += 18
    top += 16
    drawn = [account for account in facts.accounts if not account.is_empty]
    for account in drawn:
        top = _draw_account(canvas, account, top, named=len(facts.accounts) > 1) + 36
    if drawn:
        _draw_legend(canvas, top - 6)
        top += 28
    for text in footers(facts):
        for line in wrapped(text, 1150):
            canvas.add(Text(_LEFT, top, line, "m"))
            top += 17
    canvas.height = top + 8
    return canvas


def _draw_account(canvas: Canvas, facts: AccountFacts, top: int, *, named: bool) -> int:
    if named:
        canvas.add(Text(_LEFT, top + 8, fitted(facts.name, 1150, 14, bold=True), "h2"))
        top += 26
    heads = ("Who", "assumes which role", "may do what, on which resource")
    for (x, _), text in zip((WHO, ROLE, HOLDER), heads, strict=True):
        canvas.add(Text(x, top, text, "m b"))
    placed = place(facts, top + 18)
    for service, (upper, lower) in placed.services.items():
        canvas.add(Rect(HOLDER[0] - 8, upper, HOLDER[1] + 16, lower - upper, "slab", 10))
        canvas.add(Text(HOLDER[0] + 6, upper + 20, fitted(service, HOLDER[1] - 20, bold=True), "m b"))
    if placed.lines:
        _draw_lines(canvas, placed)
    for card in placed.callers:
        _draw_caller(canvas, facts.callers[card.key], card)
    for card in placed.middle:
        if not card.key.startswith("lane:"):
            _draw_role(canvas, facts, card)
    for card in placed.holders:
        _draw_holder(canvas, facts, card)
    return placed.bottom


def _draw_caller(canvas: Canvas, caller: Caller, card: Card) -> None:
    (x, wide), top = WHO, card.top
    bar = BARS[caller.kind]
    look = "card s-exposed strong" if caller.kind == "anyone" else "card s-other" if bar == "other" else "card"
    size, words = (14, "h2") if width(caller.label, 14, bold=True) <= wide - 28 else (12, "b")
    title = "; ".join((caller.where.address if caller.where else caller.key, *caller.notes))
    canvas.add(
        Rect(x, top, wide, card.height, look, 8, title=title, where=caller.where),
        Rect(x, top, 5, card.height, f"f-{bar}", 2),
        Text(
            x + 18, top + 22, fitted(caller.label, wide - 28, size, bold=True), words, title=title, where=caller.where
        ),
        Text(x + 18, top + 40, fitted(caller.about, wide - 28), "m", title=caller.about),
    )


def _draw_role(canvas: Canvas, facts: AccountFacts, card: Card) -> None:
    role, (x, wide), top = facts.roles[card.key], ROLE, card.top
    look = "card s-exposed strong" if role.exposed else "card"
    names = ", ".join(role.members) or role.key
    canvas.add(Rect(x, top, wide, card.height, look, 8, title=names, where=role.where))
    about = fitted(role.about, wide - 48 - min(width(role.label, 14, bold=True), 140))
    canvas.add(Text(x + wide - 14, top + 22, about, "m", "end"))
    room = wide - 44 - width(about)
    canvas.add(Text(x + 17, top + 22, fitted(role.label, room, 14, bold=True), "h2", title=names, where=role.where))
    height = top + 40
    if way := facts.way_in(card.key):
        canvas.add(Text(x + 17, height, way, "t-exposed"))
        height += 16
    for note in role.notes:
        canvas.add(Text(x + 17, height, fitted(note, wide - 32), "m", title=note))
        height += 16
    for number, row in enumerate(card.rows):
        look = "t-exposed" if row.is_loose else "" if row.look in ("allow", "aws", "other") else _TEXTS[row.look]
        for line, text in enumerate(card.texts[number]):
            canvas.add(Text(x + 17, card.row(number) + 16 * line, text, look, title=row.title, where=row.where))


def _draw_holder(canvas: Canvas, facts: AccountFacts, card: Card) -> None:
    holder, (x, wide), top = facts.holders[card.key], HOLDER, card.top
    names = ", ".join(holder.members) or holder.key
    look = "card s-exposed strong" if holder.exposed else "card"
    canvas.add(Rect(x, top, wide, card.height, look, 8, title=names, where=holder.where))
    note = fitted(", ".join(holder.notes), 180)
    canvas.add(Text(x + wide - 12, top + 22, note, "m", "end")) if note else None
    room = wide - 42 - width(note)
    canvas.add(Text(x + 17, top + 22, fitted(holder.label, room, 14, bold=True), "h2", title=names, where=holder.where))
    for number, row in enumerate(card.rows):
        aside = fitted(row.aside, 150)
        canvas.add(Text(x + wide - 12, card.row(number), aside, "m", "end", title=row.title)) if aside else None
        text = fitted(row.text, wide - 42 - width(aside), bold=True)
        canvas.add(Text(x + 17, card.row(number), text, _TEXTS[row.look], title=row.title, where=row.where))
    if holder.exposed:
        canvas.add(Text(x + 17, top + card.height - 14, "reachable by anyone", "t-exposed"))


class _Leg(NamedTuple):
    """A line through one channel.

    Args:
        source: the key of the card where it begins.
        goal: where it ends.
        row: what it stands for.
        through: whether it goes on between the roles.
    """

    source: str
    goal: Point
    row: Row
    through: bool = False


def _draw_lines(canvas: Canvas, placed: Placed) -> None:
    """From who to the row of the role, from the role to the row of the resource, or straight through between roles."""
    middle = {card.key: card for card in placed.middle}
    left: list[_Leg] = []
    right: list[_Leg] = []
    for card in placed.middle:
        for number, row in enumerate(card.rows):
            goal = Point(ROLE[0], card.row(number) - 4)
            left += [_Leg(source, goal, row) for source in row.sources if source in placed.facts.callers]
    lanes: dict[str, int] = {}
    for card in placed.holders:
        for number, row in enumerate(card.rows):
            goal = Point(HOLDER[0], card.row(number) - 4)
            for source in row.sources:
                if source in placed.facts.roles:
                    right.append(_Leg(source, goal, row))
                    continue
                lane = middle[f"lane:{source}"].top + LANE * lanes.get(source, 0)
                lanes[source] = lanes.get(source, 0) + 1
                left.append(_Leg(source, Point(ROLE[0], lane), row, through=True))
                look = f"ln l-{row.look}"
                canvas.add(Line((Point(ROLE[0], lane), Point(sum(ROLE), lane)), look, row.title))
                _curve(canvas, Point(sum(ROLE), lane), goal, row)
    _draw_legs(canvas, placed.callers, left, sum(WHO))
    _draw_legs(canvas, placed.middle, right, sum(ROLE))


def _draw_legs(canvas: Canvas, cards: Sequence[Card], legs: Sequence[_Leg], x: int) -> None:
    """The lines of each card, in the order of their goals, so that those of one card do not cross."""
    for card in cards:
        own = sorted((leg for leg in legs if leg.source == card.key), key=lambda leg: leg.goal.y)
        step = min(13, (card.height - 16) // (len(own) - 1)) if len(own) > 1 else 0
        first = round(card.middle - step * (len(own) - 1) / 2)
        for number, leg in enumerate(own):
            start = Point(x, first + step * number)
            if leg.through:
                canvas.add(Curve(start, leg.goal, f"ln l-{leg.row.look}", leg.row.title))
            else:
                _curve(canvas, start, leg.goal, leg.row)


def _curve(canvas: Canvas, start: Point, goal: Point, row: Row) -> None:
    size = 10 if row.look == "exposed" else 8
    canvas.add(Curve(start, Point(goal.x - size + 1, goal.y), f"ln l-{row.look}", row.title))
    canvas.add(Head(goal, "right", f"f-{row.look}", size))


def _draw_legend(canvas: Canvas, middle: int) -> None:
    """What the lines in this picture mean; where there are too many to draw, what the words mean."""
    lines = {look for shape in canvas.shapes if isinstance(shape, Curve) for look in shape.look.split()}
    words = {look for shape in canvas.shapes if isinstance(shape, Text) for look in shape.look.split()}
    x = _LEFT
    for name, text in _LEGEND.items():
        if f"l-{name}" in lines:
            canvas.arrow((Point(x, middle), Point(x + 36, middle)), name)
            canvas.add(Text(x + 44, middle + 4, text, "m"))
            x += 62 + round(width(text))
        elif not lines and f"t-{name}" in words:
            canvas.add(Text(x, middle + 4, text, f"t-{name}"))
            x += 24 + round(width(text, bold=True))
    if not lines:
        canvas.add(Text(x, middle + 4, "Too many lines to draw: each row says who.", "m"))
