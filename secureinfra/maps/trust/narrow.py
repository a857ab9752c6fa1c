"""The trust map for a telephone: a card for each role, then for each principal with grants of its own."""

from __future__ import annotations

from secureinfra.maps.metrics import fitted, width, wrapped
from secureinfra.maps.shapes import Canvas, Rect, Text, Where
from secureinfra.maps.svg import NARROW_WIDTH
from secureinfra.maps.trust.facts import EVERYTHING, AccountFacts, Assumption, Grant, TrustFacts, look_of
from secureinfra.maps.trust.rows import title_of
from secureinfra.maps.trust.sentences import NAME, footers, headline, is_open
from secureinfra.maps.trust.wide import BARS

__all__ = ["draw_narrow"]

_LEFT, _RIGHT = 12, NARROW_WIDTH - 12
_ROOM = _RIGHT - _LEFT - 32


def draw_narrow(facts: TrustFacts) -> Canvas:
    """The narrow composition."""
    canvas = Canvas(NARROW_WIDTH)
    canvas.add(Text(_LEFT, 32, NAME, "h1"))
    canvas.add(Text(_LEFT, 52, fitted(facts.name, _RIGHT - _LEFT), "m"))
    top = _lines(canvas, headline(facts), 76, "t-exposed" if is_open(facts) else "b")
    for account in facts.accounts:
        if len(facts.accounts) > 1:
            canvas.add(Text(_LEFT, top + 14, fitted(account.name, _RIGHT - _LEFT, 14, bold=True), "h2"))
            top += 24
        for key in account.roles:
            top = _draw_role(canvas, account, key, top)
        for key in account.callers:
            if any(held.source == key for held in account.grants):
                top = _draw_caller(canvas, account, key, top)
    top += 16
    for text in footers(facts):
        top = _lines(canvas, text, top, "m")
    canvas.height = top
    return canvas


def _lines(canvas: Canvas, text: str, top: int, look: str) -> int:
    """A text over several lines.

    Returns:
        The base line after the last one.
    """
    for line in wrapped(text, _RIGHT - _LEFT - 4, bold=look != "m"):
        canvas.add(Text(_LEFT, top, line, look))
        top += 17
    return top


def _head(canvas: Canvas, label: str, about: str, top: int, where: Where | None) -> None:
    aside = fitted(about, 150)
    canvas.add(Text(_RIGHT - 14, top + 22, aside, "m", "end", title=about))
    room = _ROOM - 12 - width(aside)
    canvas.add(Text(_LEFT + 16, top + 22, fitted(label, room, 14, bold=True), "h2", title=label, where=where))


def _draw_role(canvas: Canvas, facts: AccountFacts, key: str, top: int) -> int:
    role, start = facts.roles[key], len(canvas.shapes)
    _head(canvas, role.label, role.about, top, role.where)
    height = top + 40
    way = facts.way_in(key)
    notes = [(way, "t-exposed")] if way else []
    for text, look in [*notes, *((note, "m") for note in role.notes)]:
        canvas.add(Text(_LEFT + 16, height, fitted(text, _ROOM, bold=look != "m"), look, title=text))
        height += 17
    for held in facts.assumptions:
        if held.role == key:
            height = _draw_assumption(canvas, facts, held, height)
    height = _draw_grants(canvas, facts, key, height)
    look = "card s-exposed strong" if role.exposed else "card"
    names = ", ".join(role.members) or key
    canvas.shapes.insert(
        start, Rect(_LEFT, top, _RIGHT - _LEFT, height - 8 - top, look, 8, title=names, where=role.where)
    )
    return height + 4


def _draw_caller(canvas: Canvas, facts: AccountFacts, key: str, top: int) -> int:
    caller, start = facts.callers[key], len(canvas.shapes)
    _head(canvas, caller.label, caller.about, top, caller.where)
    height = _draw_grants(canvas, facts, key, top + 40)
    look = "card s-exposed strong" if caller.kind == "anyone" else "card"
    canvas.shapes[start:start] = [
        Rect(_LEFT, top, _RIGHT - _LEFT, height - 8 - top, look, 8, title=key, where=caller.where),
        Rect(_LEFT, top, 5, height - 8 - top, f"f-{BARS[caller.kind]}", 2),
    ]
    return height + 4


def _draw_assumption(canvas: Canvas, facts: AccountFacts, held: Assumption, top: int) -> int:
    look = look_of(facts.kind(held.caller), sure=held.sure)
    text = f"assumed by {facts.label(held.caller)}" if held.sure else f"not known: by {facts.label(held.caller)}"
    title, rule = title_of(facts, held), held.rules[0] if held.rules else None
    canvas.add(Text(_LEFT + 16, top, fitted(text, _ROOM, bold=True), f"t-{look}", title=title, where=rule))
    top += 17
    loose = facts.is_loose(held)
    if held.words or loose:
        words = fitted(f"if {', '.join(held.words)}" if held.words else "no condition", _ROOM - 12, bold=loose)
        canvas.add(Text(_LEFT + 28, top, words, "t-exposed" if loose else "m", title=title))
        top += 17
    return top + 4


def _draw_grants(canvas: Canvas, facts: AccountFacts, key: str, top: int) -> int:
    for grant in facts.grants:
        if grant.source == key:
            top = _draw_grant(canvas, facts, grant, top)
    return top


def _draw_grant(canvas: Canvas, facts: AccountFacts, grant: Grant, top: int) -> int:
    holder = facts.holders[grant.target]
    look = look_of(facts.kind(grant.source), sure=grant.sure, verbs=grant.verbs)
    what = f"do {grant.what}" if EVERYTHING in grant.verbs else grant.what
    text = f"may {what}" if grant.sure else f"not known: may {what}"
    title, rule = title_of(facts, grant), grant.rules[0] if grant.rules else None
    canvas.add(Text(_LEFT + 16, top, fitted(text, _ROOM, bold=True), f"t-{look}", title=title, where=rule))
    place = fitted(f"on {holder.label} · {holder.service}", _ROOM - 12)
    canvas.add(Text(_LEFT + 28, top + 17, place, "t-exposed" if holder.exposed else "m", title=title))
    return top + 38
