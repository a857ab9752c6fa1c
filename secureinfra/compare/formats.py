"""A comparison as text: a table for people, JSON, and annotations of GitHub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

from secureinfra.check.formats.plain import plain, quiet, wrapped
from secureinfra.check.formats.workflow_command import workflow_command
from secureinfra.compare.change import KINDS, Change, Comparison
from secureinfra.compare.compare import in_words

_WIDTH = 100


def rendered(comparisons: Sequence[Comparison], format: str) -> str:
    """Comparisons as text, with a line break at its end.

    Args:
        comparisons: one for each stack.
        format: `table`, `json` or `github`.
    """
    text = FORMATS[format](comparisons)
    return text if format == "github" else quiet(text, format)


def _table(comparisons: Sequence[Comparison]) -> str:
    return "\n".join(line for one in comparisons for line in _lines(one, named=len(comparisons) > 1)) + "\n"


def _lines(comparison: Comparison, *, named: bool) -> Iterator[str]:
    if named:
        yield f"== {plain(comparison.name)}"
    for kind, heading in KINDS.items():
        for certain, title in ((True, heading), (False, f"{heading}: not known")):
            changes = list(comparison.of([kind], certain=certain))
            if changes:
                yield title
                for change in changes:
                    yield from _change(change)
                yield ""
    for note in comparison.notes:
        yield from wrapped(f"Note: {note}", "", "  ", width=_WIDTH)
    yield in_words(comparison.totals)


def _change(change: Change) -> Iterator[str]:
    parts = [change.block.address, change.place, f"construct {path}" if (path := change.block.construct_path) else ""]
    yield from wrapped("  ".join(filter(None, parts)), "  ", "      ", width=_WIDTH)
    yield from wrapped(": ".join(filter(None, (change.subject, change.found))), "      ", width=_WIDTH)


def _json(comparisons: Sequence[Comparison]) -> str:
    held = [
        {
            "name": one.name,
            "totals": one.totals,
            "changes": [_data(change) for change in one.changes],
            "notes": list(one.notes),
        }
        for one in comparisons
    ]
    return json.dumps({"comparisons": held}, indent=1, ensure_ascii=False) + "\n"


def _data(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind,
        "certain": change.certain,
        "address": change.block.address,
        "construct": change.block.construct_path or None,
        "file": change.block.file or None,
        "line": change.block.line_of(change.at),
        "at": change.at,
        "subject": change.subject,
        "found": change.found,
    }


def _github(comparisons: Sequence[Comparison]) -> str:
    return "".join(f"{_annotation(change)}\n" for one in comparisons for change in one.changes)


def _annotation(change: Change) -> str:
    properties = {
        "file": change.block.file,
        "line": str(change.block.line_of(change.at) or ""),
        "title": KINDS[change.kind],
    }
    text = ": ".join(filter(None, (change.block.address, change.subject, change.found)))
    return workflow_command("error" if change.certain else "warning", text, properties)


FORMATS: dict[str, Callable[[Sequence[Comparison]], str]] = {"table": _table, "json": _json, "github": _github}
"""The formats by name."""
