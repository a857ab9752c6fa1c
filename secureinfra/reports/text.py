"""The report as Markdown for a pull request, and as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from secureinfra.controls.packs import cited
from secureinfra.maps.network.sentences import headline
from secureinfra.maps.trust.sentences import headline as trust_headline
from secureinfra.reports.facts import STATES, ReportFacts
from secureinfra.reports.summary import verdict
from secureinfra.reports.words import LABELS, plural

__all__ = ["as_csv", "as_markdown"]

_ENTRIES, _PLACES = 20, 5
_COLUMNS = (
    "control",
    "severity",
    "state",
    "configuration",
    "address",
    "file",
    "line",
    "construct",
    "found",
    "expected",
    "waiver",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_markdown(facts: ReportFacts) -> str:
    """A comment for a pull request: numbers, what is broken, and nothing that is met."""
    return "\n".join([*_lines(facts), ""])


def _lines(facts: ReportFacts) -> Iterator[str]:
    yield f"## Security report: {_text(facts.title)}"
    yield ""
    yield _text(verdict(facts))
    yield ""
    yield "| " + " | ".join(LABELS[state] for state in STATES) + " |"
    yield "|" + "---:|" * len(STATES)
    yield "| " + " | ".join(f"{facts.report.totals[state]:,}" for state in STATES) + " |"
    broken = facts.of_state("failed")
    if broken:
        yield ""
        yield "| severity | where | found | control |"
        yield "|---|---|---|---|"
    for item in broken[:_ENTRIES]:
        for place in item.places[:_PLACES]:
            where = f"`{_code(place.name)}`" + (f" {_text(place.source)}" if place.source else "")
            yield f"| {item.severity} | {where} | {_text(place.found or item.control.title)} | `{item.control.id}` |"
        if len(item.places) > _PLACES:
            yield f"| {item.severity} | and {len(item.places) - _PLACES:,} more | | `{item.control.id}` |"
    if len(broken) > _ENTRIES:
        yield ""
        yield f"And {plural(len(broken) - _ENTRIES, 'more control')} that are broken."
    for held in facts.maps:
        yield ""
        yield f"Network of {_text(held.name)}: {_text(headline(held))}"
    for trust in facts.trusts:
        yield ""
        yield f"Who may do what in {_text(trust.name)}: {_text(trust_headline(trust))}"
    if facts.proofs is not None:
        yield ""
        yield f"Proofs: {facts.proofs.totals_line}."


def _text(text: str) -> str:
    """A text that is no Markdown and no mention."""
    return re.sub(r"([\\`*_{}\[\]<>#|!~])", r"\\\1", " ".join(text.split())).replace("@", "@\u200b")


def _code(text: str) -> str:
    return " ".join(text.split()).replace("`", "'").replace("|", "\\|")


def as_csv(facts: ReportFacts) -> str:
    """Every answer but those that do not apply, a row each. What a spreadsheet would take for a formula gets a `'` before it."""
    out = io.StringIO()
    frameworks = [held.name for held in facts.frameworks]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*_COLUMNS, *frameworks))
    for item in facts.items:
        if item.state == "not applicable":
            continue
        required = cited(item.control, facts.report.packs)
        for place in item.places:
            row = (
                item.control.id,
                item.severity,
                LABELS[item.state],
                place.configuration,
                place.address,
                place.file,
                str(place.line or ""),
                place.construct,
                place.found,
                place.expected,
                place.waiver,
                *(" ".join(required.get(name, ())) for name in frameworks),
            )
            writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
