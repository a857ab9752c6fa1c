"""A report as JSON: every finding of every status."""

from __future__ import annotations

import json
from typing import Any

from secureinfra.check.finding import Finding
from secureinfra.check.report import Report
from secureinfra.controls.packs import PACKS, ids_in


def render(report: Report) -> str:
    """`{"version", "configurations", "packs", "totals", "notes", "findings": [...]}`, findings in the order of the code."""
    document = {
        "version": 1,
        "configurations": report.configurations,
        "packs": report.packs,
        "totals": {status.replace(" ", "_"): count for status, count in report.totals.items()},
        "known_to_baseline": report.baselined,
        "notes": report.notes,
        "findings": [entry(finding, known=finding.fingerprint in report.known) for finding in report.findings],
    }
    return json.dumps(document, indent=1) + "\n"


def entry(finding: Finding, *, known: bool = False) -> dict[str, Any]:
    """One finding as an object; what is empty is left out."""
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
        "known_to_baseline": known and finding.status == "failed",
    }
    if finding.status == "failed":
        held |= {"why": control.why, "mend": control.mend, "python": control.python}
        held["sources"] = {name: list(ids) for name in PACKS if name != "all" and (ids := ids_in(control, name))}
    return {name: value for name, value in held.items() if value not in ("", None, False, {})}
