"""A report for people, by control, readable at 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from secureinfra.check.finding import Finding
from secureinfra.check.report import Report
from secureinfra.controls.control import SEVERITIES, Control
from secureinfra.controls.packs import PACKS, ids_in

WIDTH = 80
# Of one control that breaks everywhere, so many resources are listed; the other formats list all.
MOST_OF_ONE_CONTROL = 20
_COLORS = {"critical": "\x1b[1;31m", "high": "\x1b[31m", "medium": "\x1b[33m", "low": "\x1b[36m"}
_END = "\x1b[0m"


def render(report: Report, *, color: bool = False) -> str:
    """The failures, the most severe first, then what is unknown and waived, and the totals in one last line."""
    return "\n".join(_lines(report, color=color)) + "\n"


def _lines(report: Report, *, color: bool) -> Iterator[str]:
    several = len(report.configurations) > 1
    failed = _by_control(report.of_status("failed"))
    for control in sorted(failed, key=lambda one: (-SEVERITIES.index(failed[one][0].severity), one.id)):
        yield from _failed(control, failed[control], several=several, color=color)
        yield ""
    yield from _listed(
        "Not known before Terraform runs, so neither met nor broken", report.of_status("unknown"), several
    )
    yield from _listed("Waived", report.of_status("waived"), several)
    if report.notes:
        yield "Notes"
        for note in report.notes:
            yield from _wrapped(note, "  ")
        yield ""
    yield report.totals_line


def _failed(control: Control, findings: list[Finding], *, several: bool, color: bool) -> Iterator[str]:
    severity = findings[0].severity
    word = f"{severity.upper():<8}"
    yield f"{_COLORS[severity] + word + _END if color else word} {control.id}"
    yield from _wrapped(f"{control.title}: otherwise {control.why}.", "         ")
    for finding in findings[:MOST_OF_ONE_CONTROL]:
        yield from _wrapped(_where(finding, several), "  ", "    ")
        yield from _wrapped(finding.found, "      is      ", "              ")
        if finding.expected:
            yield from _wrapped(finding.expected, "      should  ", "              ")
    if len(findings) > MOST_OF_ONE_CONTROL:
        yield f"  and {len(findings) - MOST_OF_ONE_CONTROL} more (--format json lists all)"
    if control.mend:
        yield from _wrapped(control.mend, "  Mend: ", "        ")
    if control.python:
        yield from _wrapped(control.python, "  Python: ", "          ")
    if cited := citation(control):
        yield from _wrapped(cited, "  Asked by: ", "            ")


def _where(finding: Finding, several: bool) -> str:
    parts = [finding.address or "the configuration as a whole"]
    if finding.file:
        parts.append(f"{finding.file}:{finding.line}" if finding.line else finding.file)
    elif several:
        parts.append(finding.configuration)
    if finding.construct_path:
        parts.append(f"construct {finding.construct_path}")
    return "  ".join(parts)


def _listed(title: str, findings: list[Finding], several: bool) -> Iterator[str]:
    if not findings:
        return
    yield title
    for control, group in sorted(_by_control(findings).items(), key=lambda pair: pair[0].id):
        yield f"  {control.id}"
        for finding in group[:MOST_OF_ONE_CONTROL]:
            where = finding.address or "the configuration as a whole"
            if several:
                where = f"{finding.configuration}: {where}"
            yield from _wrapped(f"{where}: {finding.waiver or finding.found}", "    ", "      ")
        if len(group) > MOST_OF_ONE_CONTROL:
            yield f"    and {len(group) - MOST_OF_ONE_CONTROL} more"
    yield ""


def _by_control(findings: Iterable[Finding]) -> dict[Control, list[Finding]]:
    found: dict[Control, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.control, []).append(finding)
    return found


def citation(control: Control) -> str:
    """Who else demands a control: `cis-v5 2.1.1, fsbp S3.5, pci-dss-4 4.2.1, checkov CKV_AWS_19`."""
    frameworks = [f"{name} {' '.join(ids)}" for name in PACKS if name != "all" and (ids := ids_in(control, name))]
    scanners = [
        f"{column[:-4]} {' '.join(ids)}" for column in ("checkov_ids", "trivy_ids") if (ids := control.source(column))
    ]
    return ", ".join([*frameworks, *scanners])


def _wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    # Long words stay whole: an address or a path that is broken in two can be neither read nor copied.
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
