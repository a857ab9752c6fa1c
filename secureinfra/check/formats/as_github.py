"""A report as workflow commands of GitHub Actions, which shows them beside the code."""

from __future__ import annotations

from secureinfra.check.finding import Finding
from secureinfra.check.report import Report

_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "notice"}


def render(report: Report) -> str:
    """One command for each failure, one `notice` for each note, and the totals."""
    lines = [_command(finding) for finding in report.of_status("failed")]
    lines += [f"::notice title=secureinfra::{_message(note)}" for note in report.notes]
    return "\n".join([*lines, report.totals_line]) + "\n"


def _command(finding: Finding) -> str:
    properties = {
        "file": finding.file,
        "line": str(finding.line or ""),
        "title": f"{finding.control.id} ({finding.severity})",
    }
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    control = finding.control
    where = finding.address or "configuration"
    message = f"{where}: {finding.found}; should be {finding.expected or control.title}. {control.mend}"
    return f"::{_LEVELS[finding.severity]} {given}::{_message(message.strip())}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
