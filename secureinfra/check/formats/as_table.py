"""A report as text, grouped by control, for 80 columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from secureinfra.check.finding import Finding
from secureinfra.check.formats.plain import plain, wrapped
from secureinfra.check.report import Report
from secureinfra.controls.control import SEVERITIES, Control
from secureinfra.controls.packs import cited

WIDTH = 80
# Of one control that breaks everywhere, so many resources are listed; the other formats list all.
MOST_OF_ONE_CONTROL = 20
_COLORS = {"critical": "\x1b[1;31m", "high": "\x1b[31m", "medium": "\x1b[33m", "low": "\x1b[36m"}
_END = "\x1b[0m"


def render(report: Report, *, color: bool = False) -> str:
    """The failures, the most severe first, then unknown and waived findings, and the totals in the last line."""
    return "\n".join(_lines(report, color=color)) + "\n"


def _lines(report: Report, *, color: bool) -> Iterator[str]:
    if len(report.configurations) > 1:
        for part in report.parts():
            yield f"== {plain(part.configurations[0])}: {part.totals_line}"
            yield from _findings(part, color=color)
    else:
        yield from _findings(report, color=color)
    if report.remarks:
        yield "Notes"
        for note in report.remarks:
            yield from wrapped(note, "  ")
        yield ""
    yield report.totals_line


def _findings(report: Report, *, color: bool) -> Iterator[str]:
    failed = _by_control(report.of_status("failed"))
    for control in sorted(failed, key=lambda one: (-SEVERITIES.index(failed[one][0].severity), one.id)):
        yield from _failed(control, failed[control], report.packs, color=color)
        yield ""
    yield from _listed("Unknown until apply", report.of_status("unknown"))
    yield from _listed("Waived", report.of_status("waived"))


def _failed(control: Control, findings: list[Finding], packs: Collection[str], *, color: bool) -> Iterator[str]:
    severity = findings[0].severity
    word = f"{severity.upper():<8}"
    yield f"{_COLORS[severity] + word + _END if color else word} {control.id}"
    yield from wrapped(f"{control.title}: otherwise {control.why}.", "         ")
    for finding in findings[:MOST_OF_ONE_CONTROL]:
        yield from wrapped(_where(finding), "  ", "    ")
        yield from wrapped(finding.found, "      found     ", "                ")
        if finding.expected:
            yield from wrapped(finding.expected, "      expected  ", "                ")
    if len(findings) > MOST_OF_ONE_CONTROL:
        yield f"  and {len(findings) - MOST_OF_ONE_CONTROL} more (--format json lists all)"
    if control.fix:
        yield from wrapped(control.fix, "  Fix: ", "       ")
    if control.python:
        yield from wrapped(control.python, "  Python: ", "          ")
    if sources := citation(control, packs):
        yield from wrapped(sources, "  Required by: ", "               ")


def _where(finding: Finding) -> str:
    parts = [finding.address or "the configuration as a whole"]
    if finding.file:
        parts.append(f"{finding.file}:{finding.line}" if finding.line else finding.file)
    if finding.construct_path:
        parts.append(f"construct {finding.construct_path}")
    return "  ".join(parts)


def _listed(title: str, findings: list[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield title
    for control, group in sorted(_by_control(findings).items(), key=lambda pair: pair[0].id):
        yield f"  {control.id}"
        for finding in group[:MOST_OF_ONE_CONTROL]:
            where = finding.address or "the configuration as a whole"
            yield from wrapped(f"{where}: {finding.waiver or finding.found}", "    ", "      ")
            if finding.status == "unknown" and finding.expected:
                yield from wrapped(finding.expected, "      ")
        if len(group) > MOST_OF_ONE_CONTROL:
            yield f"    and {len(group) - MOST_OF_ONE_CONTROL} more"
    yield ""


def _by_control(findings: Iterable[Finding]) -> dict[Control, list[Finding]]:
    found: dict[Control, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.control, []).append(finding)
    return found


def citation(control: Control, packs: Collection[str] = ()) -> str:
    """The frameworks and scanners that require a control: `cis-v5 2.1.1, fsbp S3.5, pci-dss-4 4.2.1, checkov CKV_AWS_19`.

    Args:
        control: the control.
        packs: those that ran.
    """
    frameworks = [f"{name} {' '.join(ids)}" for name, ids in cited(control, packs).items()]
    scanners = [
        f"{column[:-4]} {' '.join(ids)}" for column in ("checkov_ids", "trivy_ids") if (ids := control.source(column))
    ]
    return ", ".join([*frameworks, *scanners])
