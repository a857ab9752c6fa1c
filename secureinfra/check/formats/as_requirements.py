"""A report by the requirements of frameworks, as Markdown: what auditors ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from secureinfra.check.formats.plain import plain
from secureinfra.check.report import Report
from secureinfra.controls.control import Control
from secureinfra.controls.packs import ALL, CITED, controls_by_requirement, standing_of, title_of

# In this order, the first that some control answered is the result of a requirement.
_STATUSES = ("failed", "unknown", "waived", "passed", "not applicable")
_NO_CONTROL = "no control"
_LEGEND = (
    "`passed`: each control that touches the requirement and found something here passed. That is evidence, and not that the "
    "requirement is met: a control sees one part of it, in code. `not applicable`: nothing here that its controls look at. "
    "`no control`: code does not show it, or no control does yet."
)


def render(report: Report) -> str:
    """One table for each framework that was asked, or of those that every report cites, and who permitted what."""
    frameworks = [name for name in report.packs if name != ALL] or CITED
    read = plain(", ".join(report.configurations))
    lines = ["# Requirements", "", f"Read: {read}.", "", _LEGEND]
    for name in frameworks:
        lines += ["", *_framework(name, report)]
    return "\n".join([*lines, *_waivers(report), *_not_read(report)]) + "\n"


def _framework(name: str, report: Report) -> Iterator[str]:
    counts: dict[Control, Counter[str]] = {}
    for finding in report.findings:
        counts.setdefault(finding.control, Counter())[finding.status] += 1
    rows, results = [], Counter[str]()
    for id, controls in controls_by_requirement(name).items():
        total = sum((counts.get(control, Counter()) for control in controls), Counter[str]())
        result = _result(controls, total)
        results[result] += 1
        numbers = " | ".join(str(total[status]) if controls else "" for status in _STATUSES)
        rows.append(f"| {id} | {result} | {numbers} | {', '.join(control.id for control in controls)} |")
    yield f"## {name}: {title_of(name)}"
    yield ""
    yield _sentence(name, results, len(rows))
    yield ""
    yield f"| requirement | result | {' | '.join(_STATUSES)} | controls |"
    yield "|---" * (len(_STATUSES) + 3) + "|"
    yield from rows


def _result(controls: Sequence[Control], total: Counter[str]) -> str:
    if not controls:
        return _NO_CONTROL
    return next((status for status in _STATUSES if total[status]), "not applicable")


def _sentence(name: str, results: Counter[str], listed: int) -> str:
    total = standing_of(name).total
    found = ", ".join(f"{results[result]} {result}" for result in (*_STATUSES, _NO_CONTROL) if results[result])
    more = f" The framework has {total}; the others are not in the catalogue." if total and total > listed else ""
    return f"{listed} requirements: {found}.{more}"


def _waivers(report: Report) -> Iterator[str]:
    if report.waivers:
        yield from ("", "## Waivers", "", "| control | reason | owner | until | excuses |", "|---|---|---|---|---|")
    for permit, count in report.waivers.items():
        waiver = permit.waiver
        cells = (waiver.control, waiver.reason, waiver.owner, waiver.until, count)
        yield f"| {' | '.join(plain(str(cell)).replace('|', '/') for cell in cells)} |"


def _not_read(report: Report) -> Iterator[str]:
    if report.remarks:
        yield from ("", "## Notes", "", *(f"- {plain(remark)}" for remark in report.remarks))
