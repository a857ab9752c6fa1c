"""What an adoption comes to, resource by resource: on the terminal, and as Markdown in the project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from secureinfra.adopt.adopt import Adoption
from secureinfra.adopt.trial import Adopted, Outcome
from secureinfra.check.formats.plain import plain, quiet, wrapped


@dataclass(frozen=True)
class Row:
    """One resource that exists.

    Args:
        fate: `unchanged`, `in place`, `replaced` or `let go`.
        address: where it is.
        becomes: where the program has it; empty if the program does without it.
        why: the arguments that change, or the reason.
    """

    fate: str
    address: str
    becomes: str
    why: str


def rows_of(outcome: Outcome) -> list[Row]:
    """What a construct stands for."""
    rows = [_row(part) for part in outcome.adopted]
    return [*rows, *(Row("let go", one.address, "", why) for one, why in outcome.candidate.superseded)]


def _row(part: Adopted) -> Row:
    names = ", ".join(one.text for one in part.changes)
    fate = "replaced" if part.replaced else "in place" if part.changes else "unchanged"
    return Row(fate, part.existing.address, part.address, names)


def summary(adoption: Adoption) -> str:
    """The numbers of it, in one sentence."""
    rows = [row for one in adoption.outcomes for row in rows_of(one)]
    counted = {fate: sum(row.fate == fate for row in rows) for fate in ("unchanged", "in place", "replaced", "let go")}
    created = sum(len(one.created) for one in adoption.outcomes) + len(adoption.shared)
    imported = counted["unchanged"] + counted["in place"] + counted["replaced"]
    told = [f"{number} {fate}" for fate, number in counted.items() if number]
    return (
        f"{len(adoption.outcomes)} constructs import {imported} resources ({', '.join(told)}) and create {created}; "
        f"left out: {len(adoption.left_out)}, without a construct: {len(adoption.without_construct)}."
    )


def as_text(adoption: Adoption) -> str:
    """The table for a terminal."""
    lines = [summary(adoption), ""]
    for outcome in adoption.outcomes:
        lines.append(f"{outcome.candidate.construct} {outcome.candidate.id}")
        for row in rows_of(outcome):
            why = f": {row.why}" if row.why else ""
            lines += wrapped(f"{row.fate:<9}  {row.address}{why}", "  ", " " * 13, width=120)
        lines += _others(outcome)
    if adoption.shared:
        lines += wrapped(f"Shared by them, created: {_short(adoption.shared)}", "", "  ", width=120)
    if adoption.left_out:
        lines += ["", "Left out:"]
        for existing, reason in adoption.left_out:
            lines += wrapped(f"{existing.address}: {reason}.", "  ", "    ", width=120)
    if adoption.without_construct:
        lines += ["", "No construct:"]
        lines += [f"  {plain(one.address)}" for one in adoption.without_construct]
    return quiet("\n".join(lines)) + "\n"


def _others(outcome: Outcome) -> Iterator[str]:
    if outcome.created:
        yield from wrapped(f"created    {_short(outcome.created)}", "  ", " " * 13, width=120)
    for note in outcome.candidate.notes:
        yield from wrapped(f"note       {note}", "  ", " " * 13, width=120)


def _short(addresses: tuple[str, ...]) -> str:
    return ", ".join(addresses) if len(addresses) <= 8 else f"{', '.join(addresses[:6])} and {len(addresses) - 6} more"


def as_markdown(adoption: Adoption) -> str:
    """The tables for the project's README."""
    lines = [summary(adoption), ""]
    for outcome in adoption.outcomes:
        lines += [f"### {outcome.candidate.construct} `{outcome.candidate.id}`", ""]
        lines += ["| what exists | becomes | the plan | arguments, reason |", "|---|---|---|---|"]
        lines += [
            f"| {_code(row.address)} | {_code(row.becomes)} | {row.fate} | {_cell(row.why)} |"
            for row in rows_of(outcome)
        ]
        lines += [f"| | {_code(address)} | created | |" for address in outcome.created]
        lines += (
            ["", *(f"- {_cell(note)}" for note in outcome.candidate.notes), ""] if outcome.candidate.notes else [""]
        )
    if adoption.shared:
        lines += [f"Shared by them, and created: {', '.join(map(_code, adoption.shared))}.", ""]
    if adoption.left_out:
        lines += ["### Left out", "", "| what exists | reason |", "|---|---|"]
        lines += [f"| {_code(one.address)} | {_cell(reason)} |" for one, reason in adoption.left_out] + [""]
    if adoption.without_construct:
        lines += ["### No construct", ""]
        lines += [f"- {_code(one.address)}" for one in adoption.without_construct] + [""]
    return "\n".join(lines).rstrip() + "\n"


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    return f"`{_cell(text).replace('`', '')}`" if text else ""
