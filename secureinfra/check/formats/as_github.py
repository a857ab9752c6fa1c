"""A report as GitHub Actions workflow commands, which GitHub shows at the code."""

from __future__ import annotations

from secureinfra.check.finding import Finding
from secureinfra.check.formats.workflow_command import workflow_command
from secureinfra.check.report import Report

_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "notice"}


def render(report: Report) -> str:
    """One command for each failure, one `notice` for each note, and the totals."""
    lines = [_command(finding) for finding in report.of_status("failed")]
    lines += [workflow_command("notice", note, {"title": "secureinfra"}) for note in report.remarks]
    return "\n".join([*lines, report.totals_line]) + "\n"


def _command(finding: Finding) -> str:
    properties = {
        "file": finding.file,
        "line": str(finding.line or ""),
        "title": f"{finding.control.id} ({finding.severity})",
    }
    control = finding.control
    where = finding.address or "configuration"
    message = f"{where}: {finding.found}; expected {finding.expected or control.title}. {control.fix}"
    return workflow_command(_LEVELS[finding.severity], message.strip(), properties)
