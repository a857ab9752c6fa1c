"""A report as SARIF 2.1.0, which code hosts and review tools read."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from pathlib import Path, PurePath
from typing import Any

from secureinfra.check.finding import Finding, severity_of
from secureinfra.check.identity import identities
from secureinfra.check.report import Report
from secureinfra.controls.control import Control
from secureinfra.controls.packs import cited
from secureinfra.controls.pages import page_of
from secureinfra.version import __version__

_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
# What code hosts sort by, on the scale of CVSS.
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "3.0"}
_SHOWN = ("failed", "waived", "unknown")


def render(report: Report) -> str:
    """Failures as results, waived ones as suppressed results, unknown ones as open results."""
    findings = [finding for finding in report.findings if finding.status in _SHOWN]
    rules = sorted({finding.control for finding in findings}, key=lambda control: control.id)
    positions = {control.id: position for position, control in enumerate(rules)}
    driver = {
        "name": "secureinfra",
        "semanticVersion": __version__,
        "rules": [_rule(control, report) for control in rules],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(finding, positions[finding.control.id], own, compared=report.compared)
            for finding, own in zip(findings, identities(findings, report.paths, Path.cwd()), strict=True)
        ],
    }
    if report.remarks:
        notes = [{"level": "note", "message": {"text": note}} for note in report.remarks]
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": notes}]
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(control: Control, report: Report) -> dict[str, Any]:
    severity = severity_of(control)
    sources = [f"{name} {id}" for name, ids in cited(control, report.packs).items() for id in ids]
    help_text = "\n\n".join(filter(None, (f"Otherwise {control.why}.", control.fix, control.python)))
    return {
        "id": control.id,
        "name": "".join(word.capitalize() for word in control.id.split("-")),
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": f"{control.title}: otherwise {control.why}."},
        "help": {"text": help_text, "markdown": help_text},
        **({"helpUri": page_of(control.id, report.docs_url)} if report.docs_url else {}),
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"security-severity": _SCORES[severity], "tags": ["security", *sources]},
    }


def _result(finding: Finding, rule: int, identity: str, *, compared: bool) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.control.id,
        "ruleIndex": rule,
        "message": {"text": _render_message(finding)},
        "locations": [_location(finding)],
        "partialFingerprints": {"secureinfra/v2": hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()},
    }
    if finding.status == "unknown":
        return {**result, "kind": "open", "level": "none"}
    result["level"] = _LEVELS[finding.severity]
    if compared:
        result["baselineState"] = "unchanged" if finding.known else "new"
    if finding.status == "waived":
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", "justification": finding.waiver}]
    return result


def _render_message(finding: Finding) -> str:
    where = finding.address or "The configuration"
    if finding.status == "unknown":
        return f"{where}: {finding.control.title}: unknown until apply ({finding.found})."
    expected = f" Expected: {finding.expected}." if finding.expected else ""
    return f"{where}: {finding.found}.{expected} Otherwise {finding.control.why}."


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if finding.address:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.address, "kind": "resource"}]
    # What stands in a plan, or concerns a configuration as a whole, has no line. GitHub refuses the whole report all the
    # same if one result names no file: github.com/github/codeql-action/issues/2459
    if file := finding.file or finding.configuration:
        uri = urllib.parse.quote(PurePath(file).as_posix())
        location["physicalLocation"] = {"artifactLocation": {"uri": uri}, "region": {"startLine": finding.line or 1}}
    return location
