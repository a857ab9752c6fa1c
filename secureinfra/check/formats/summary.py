"""A report in short: how many failures of each severity, control, root module and file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from secureinfra.check.finding import severity_of
from secureinfra.check.formats.plain import plain, quiet
from secureinfra.check.report import Report
from secureinfra.controls.control import SEVERITIES, Control

MOST = 10
"""So many lines of each list are shown."""


def summarized(report: Report) -> str:
    """The short form, the totals in the last line."""
    return quiet("\n".join(_lines(report)) + "\n")


def _lines(report: Report) -> Iterator[str]:
    failed = report.of_status("failed")
    controls = Counter(finding.control for finding in failed)

    def rank(one: tuple[Control, int]) -> tuple[int, int, str]:
        return (-SEVERITIES.index(severity_of(one[0])), -one[1], one[0].id)

    if failed:
        yield "Failed, by severity"
        yield from (f"{count:>7}  {severity}" for severity, count in report.severities.items())
        yield ""
    yield from _list(
        "Failed, by control",
        [(count, f"{severity_of(one):<9}{one.id}") for one, count in sorted(controls.items(), key=rank)],
    )
    if len(report.configurations) > 1:
        yield from _list("Failed, by root module", _ranked(Counter(finding.configuration for finding in failed)))
    yield from _list("Failed, by file", _ranked(Counter(one.file or one.configuration for one in failed)))
    if report.remarks:
        yield "Notes"
        yield from (f"  {plain(note)}" for note in report.remarks)
        yield ""
    yield report.totals_line


def _ranked(counted: Counter[str]) -> list[tuple[int, str]]:
    return sorted(((count, name) for name, count in counted.items()), key=lambda one: (-one[0], one[1]))


def _list(title: str, rows: list[tuple[int, str]]) -> Iterator[str]:
    if not rows:
        return
    yield title
    yield from (f"{count:>7}  {plain(text)}" for count, text in rows[:MOST])
    if len(rows) > MOST:
        left = sum(count for count, _ in rows[MOST:])
        yield f"{left:>7}  in {len(rows) - MOST} more"
    yield ""
