"""A report as JSON: every finding of every status."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from secureinfra.check.finding import Finding
from secureinfra.check.report import Report
from secureinfra.controls.packs import cited


def render(report: Report) -> str:
    """`{"version", "configurations", "packs", "totals", "notes", "findings": [...]}`, findings in the order of the code."""
    document = {
        "version": 1,
        "configurations": report.configurations,
        "packs": report.packs,
        "only_controls": report.only,
        "skipped_controls": report.skipped,
        "totals": _totals(report),
        "failed_by_severity": report.severities,
        "totals_by_configuration": {part.configurations[0]: _totals(part) for part in report.parts()},
        "known_to_baseline": report.baselined,
        "not_read": report.unread,
        "notes": report.remarks,
        "waivers": [
            {"control": permit.waiver.control, "origin": permit.origin, "excuses": count}
            for permit, count in report.waivers.items()
        ],
        "coverage": report.coverage.as_object(),
        "ignored_by_other_scanners": [
            {"tool": one.tool, "id": one.id, "reason": one.reason, "place": one.place}
            | {"control": one.finding.control.id, "address": one.finding.address}
            for one in report.candidates
        ],
        "findings": [entry(finding, report.packs) for finding in report.findings],
    }
    return json.dumps(document, indent=1) + "\n"


def _totals(report: Report) -> dict[str, int]:
    return {status.replace(" ", "_"): count for status, count in report.totals.items()}


def entry(finding: Finding, packs: Collection[str] = ()) -> dict[str, Any]:
    """One finding as an object, without empty values."""
    control = finding.control
    held: dict[str, Any] = {
        "control": control.id,
        "title": control.title,
        "severity": finding.severity,
        "status": finding.status.replace(" ", "_"),
        "configuration": finding.configuration,
        "address": finding.address,
        "at": finding.at,
        "file": finding.file,
        "line": finding.line if finding.status in ("failed", "unknown", "waived") else None,
        "construct": finding.construct_path,
        "found": finding.found,
        "expected": finding.expected,
        "waiver": finding.waiver,
        "known_to_baseline": finding.known,
    }
    if finding.status == "failed":
        # `mend` is what version 1 called `fix`; it goes in the next release.
        held |= {"why": control.why, "fix": control.fix, "mend": control.fix, "python": control.python}
        held["sources"] = {name: list(ids) for name, ids in cited(control, packs).items()}
    return {name: value for name, value in held.items() if value not in ("", None, False, {})}
