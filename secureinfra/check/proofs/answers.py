"""Renders the answers to `who` and `can`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from secureinfra.check.formats.plain import quiet, wrapped
from secureinfra.check.proofs.formats import step_entry, step_line
from secureinfra.proofs.model.asking import Answer
from secureinfra.proofs.model.names import Named
from secureinfra.proofs.text import shown
from secureinfra.proofs.theorems.evidence import as_data, steps_of

if TYPE_CHECKING:
    from secureinfra.proofs.theorems.theorem import Step

__all__ = ["FORMATS", "exit_code", "rendered"]

FORMATS = ("table", "json")
_SAID = {"BROKEN": "ALLOWED", "PROVED": "NOT ALLOWED", "UNKNOWN": "UNKNOWN"}
_ORDER = ("BROKEN", "UNKNOWN", "PROVED")


def exit_code(answers: Iterable[Answer]) -> int:
    """0 where no principal may, 1 where one may, 3 where that is unknown."""
    found = {answer.verdict.answer for answer in answers}
    return 1 if "BROKEN" in found else 3 if "UNKNOWN" in found else 0


def rendered(answers: Sequence[Answer], action: str, resource: Named, format: str, *, everyone: bool) -> str:
    """Answers as text, with a line break at its end.

    Args:
        answers: what was found.
        action: what was asked.
        resource: of what.
        format: one of `FORMATS`.
        everyone: whether principals that may not are listed.
    """
    ordered = sorted(answers, key=lambda answer: _ORDER.index(answer.verdict.answer))
    if format == "json":
        return quiet(_json(ordered, action, resource), format)
    return quiet("\n".join(_lines(ordered, action, resource, everyone=everyone)) + "\n")


def _lines(answers: Sequence[Answer], action: str, resource: Named, *, everyone: bool) -> Iterator[str]:
    listed = [answer for answer in answers if everyone or answer.verdict.answer != "PROVED"]
    for answer in listed:
        verdict = answer.verdict
        yield f"{_SAID[verdict.answer]:<11} {answer.who}"
        if verdict.answer == "BROKEN":
            yield from wrapped(verdict.told(), "  request   ", "            ")
        elif verdict.answer == "UNKNOWN":
            yield from wrapped(verdict.why, "  reason    ", "            ")
        for step in _steps(answer, resource):
            yield from wrapped(step_line(step), "  by        ", "            ")
        if answer.assumes:
            yield from wrapped(answer.assumes, "  assumed   ", "            ")
    count = sum(1 for answer in answers if answer.verdict.answer == "PROVED")
    hidden = (
        "" if len(listed) == len(answers) else f"{count} of {len(answers)} callers may not {action} on {resource.name}."
    )
    if hidden:
        yield f"NOT ALLOWED {hidden}" if not listed else hidden


def _steps(answer: Answer, resource: Named) -> list[Step]:
    if answer.verdict.answer != "BROKEN" or resource.configuration is None:
        return []
    return steps_of(answer.verdict.statements, resource.configuration)


def _json(answers: Sequence[Answer], action: str, resource: Named) -> str:
    document = {
        "version": 1,
        "action": action,
        "resource": shown(resource.text),
        "address": resource.block.address if resource.block else "",
        "answers": [_entry(answer, resource) for answer in answers],
    }
    return json.dumps(document, indent=1) + "\n"


def _entry(answer: Answer, resource: Named) -> dict[str, Any]:
    verdict = answer.verdict
    held = {
        "principal": answer.who,
        "verdict": _SAID[verdict.answer],
        "found": verdict.told() if verdict.answer == "BROKEN" else "",
        "request": as_data(verdict.request) if verdict.request else {},
        "reason": verdict.why if verdict.answer == "UNKNOWN" else "",
        "steps": [step_entry(step) for step in _steps(answer, resource)],
        "assumes": answer.assumes,
        "candidates": len(verdict.tried),
    }
    return {name: value for name, value in held.items() if value not in ("", [], {})}
