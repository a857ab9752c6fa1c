"""The rows of a card: who may assume a role, and who may do what on a resource."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from secureinfra.maps.shapes import Where
from secureinfra.maps.trust.facts import AccountFacts, Assumption, Grant, look_of

__all__ = ["Row", "holder_rows", "named", "role_rows", "title_of"]

_ROWS = 8
"""Of more rows in one card, those that say the same join; of still more, the last are counted."""


class Row(NamedTuple):
    """One row.

    Args:
        text: what is allowed.
        aside: to whom; empty where the text says it.
        look: the class of its words and lines.
        sources: the keys of callers and roles whose lines end here.
        title: the whole, for a tooltip.
        where: the rule that the row links to.
        is_loose: whether a principal from outside is not limited by a condition.
        is_rest: whether it counts the rows for which there is no room.
    """

    text: str
    aside: str
    look: str
    sources: tuple[str, ...]
    title: str
    where: Where | None = None
    is_loose: bool = False
    is_rest: bool = False


def role_rows(facts: AccountFacts, key: str) -> list[Row]:
    """Who may assume a role."""
    found = []
    for held in facts.assumptions:
        if held.role != key:
            continue
        kind = facts.kind(held.caller)
        who = facts.label(held.caller) if kind != "role" else f"role {facts.label(held.caller)}"
        loose = facts.is_loose(held)
        words = ", ".join(held.words) or ("no condition" if loose else "")
        words = words if held.sure else "" if kind == "unknown" else "not known"
        text = f"{who}: {words}" if words else who
        look = look_of(kind, sure=held.sure)
        found.append(Row(text, "", look, (held.caller,), title_of(facts, held), _first(held), loose))
    return _few(found)


def holder_rows(facts: AccountFacts, key: str) -> list[Row]:
    """Who may do what on a resource."""
    found: dict[tuple[str, str, object], list[Grant]] = {}
    grants = [held for held in facts.grants if held.target == key]
    for held in grants:
        look = look_of(facts.kind(held.source), sure=held.sure, verbs=held.verbs)
        text = held.what if held.sure else f"not known: {held.what}"
        found.setdefault((text, look, None if len(grants) > _ROWS else held), []).append(held)
    rows = []
    for (text, look, _), held_by in found.items():
        sources = tuple(dict.fromkeys(one.source for one in held_by))
        title = " · ".join(title_of(facts, one) for one in held_by[:6])
        rows.append(Row(text, named(facts, sources), look, sources, title, _first(held_by[0])))
    return _few(rows)


def _first(held: Grant | Assumption) -> Where | None:
    return held.rules[0] if held.rules else None


def _few(rows: list[Row]) -> list[Row]:
    if len(rows) <= _ROWS:
        return rows
    kept, rest = rows[: _ROWS - 1], rows[_ROWS - 1 :]
    sources = tuple(dict.fromkeys(source for row in rest for source in row.sources))
    title = " · ".join(row.text if not row.aside else f"{row.aside}: {row.text}" for row in rest)
    return [*kept, Row(f"{len(rest)} more", "", "allow", sources, title, is_rest=True)]


def named(facts: AccountFacts, keys: Iterable[str]) -> str:
    """Several callers or roles in few words."""
    found = list(keys)
    if len(found) < 3:
        return ", ".join(map(facts.label, found))
    roles = sum(key in facts.roles for key in found)
    return f"{len(found)} roles" if roles == len(found) else f"{len(found)} principals"


def title_of(facts: AccountFacts, held: Grant | Assumption) -> str:
    """A line in words, with where it is written."""
    if isinstance(held, Assumption):
        text = f"{facts.label(held.caller)} may assume {facts.label(held.role)}"
    else:
        scope = f" {', '.join(held.scope)}" if held.scope else ""
        text = f"{facts.label(held.source)} may {', '.join(held.verbs)}{scope} on {facts.holders[held.target].label}"
    if held.words:
        text += f" ({', '.join(held.words)})"
    if not held.sure:
        text = f"Not known whether {text}: {held.why}"
    return "; ".join([text, *dict.fromkeys(where.address for where in held.rules)])
