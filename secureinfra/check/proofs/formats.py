"""Renders a report of proofs for people and tools."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from secureinfra.check.formats.plain import quiet, wrapped
from secureinfra.check.formats.workflow_command import workflow_command
from secureinfra.check.proofs.report import Finding, ProofReport
from secureinfra.proofs.theorems.theorem import Step, Theorem
from secureinfra.terraform.model.block import Block
from secureinfra.version import __version__

__all__ = ["FORMATS", "WIDTH", "rendered", "step_entry", "step_line"]

FORMATS = ("table", "json", "sarif", "github")
WIDTH = 80


def rendered(report: ProofReport, format: str) -> str:
    """A report as text, with a line break at its end.

    Args:
        report: the result of a run.
        format: one of `FORMATS`.
    """
    text = {"table": _table, "json": _json, "sarif": _sarif, "github": _github}[format](report)
    return text if format == "github" else quiet(text, format)


def _table(report: ProofReport) -> str:
    lines: list[str] = []
    for answer in ("BROKEN", "UNKNOWN"):
        for theorem in report.theorems:
            findings = [one for one in report.of_answer(answer) if one.theorem is theorem]
            if findings:
                lines += [*_of_theorem(answer, theorem, findings, len(report.configurations) > 1), ""]
    proved = [line for theorem in report.theorems for line in _proved(theorem, report)]
    if proved:
        lines += ["PROVED", *proved, ""]
    if report.notes:
        lines += ["Notes", *(line for note in report.notes for line in wrapped(note, "  ")), ""]
    return "\n".join([*lines, report.totals_line]) + "\n"


def _of_theorem(answer: str, theorem: Theorem, findings: list[Finding], several: bool) -> Iterator[str]:
    yield f"{answer:<8} {theorem.id}"
    yield from wrapped(f"{theorem.title}: otherwise {theorem.why}.", "         ")
    for finding in findings:
        result = finding.result
        yield from wrapped(_where(finding, several), "  ", "    ")
        if result.verdict == "BROKEN":
            yield from wrapped(result.found, "      request   ", "                ")
        else:
            yield from wrapped(result.reason, "      reason    ", "                ")
        for step in result.steps:
            yield from wrapped(step_line(step), "      by        ", "                ")


def _proved(theorem: Theorem, report: ProofReport) -> Iterator[str]:
    of_it = [finding for finding in report.findings if finding.theorem is theorem]
    count = sum(1 for finding in of_it if finding.result.verdict == "PROVED")
    if not count:
        return
    yield f"  {theorem.id}: {count} of {len(of_it)}"
    if theorem.assumes:
        yield from wrapped(f"assumed: {theorem.assumes}", "    ", "      ")


def _where(finding: Finding, several: bool) -> str:
    block = finding.result.subject
    parts = [finding.result.address or "the configuration as a whole"]
    if block is not None and block.file:
        parts.append(_place(block))
    elif several:
        parts.append(finding.configuration)
    if block is not None and block.construct_path:
        parts.append(f"construct {block.construct_path}")
    return "  ".join(parts)


def _place(block: Block, at: str = "") -> str:
    line = block.line_of(at)
    return f"{block.file}:{line}" if line else block.file


def step_line(step: Step) -> str:
    """One step in words, with its place."""
    place = _place(step.block, step.at) if step.block is not None and step.block.file else ""
    return "  ".join(filter(None, (step.text, step.address, place)))


def _json(report: ProofReport) -> str:
    document = {
        "version": 1,
        "configurations": report.configurations,
        "theorems": [
            {"id": one.id, "title": one.title, "why": one.why, "scope": one.scope, "assumes": one.assumes}
            for one in report.theorems
        ],
        "totals": {answer.lower(): count for answer, count in report.totals.items()},
        "notes": report.notes,
        "results": [_entry(finding) for finding in report.findings],
    }
    return json.dumps(document, indent=1) + "\n"


def _entry(finding: Finding) -> dict[str, Any]:
    result, block = finding.result, finding.result.subject
    held = {
        "theorem": finding.theorem.id,
        "verdict": result.verdict,
        "configuration": finding.configuration,
        "address": result.address,
        "file": block.file if block else "",
        "line": block.line_of() if block and result.verdict != "PROVED" else None,
        "construct": block.construct_path if block else "",
        "found": result.found,
        "reason": result.reason,
        "request": result.request,
        "steps": [step_entry(step) for step in result.steps],
    }
    return {name: value for name, value in held.items() if value not in ("", None, [], {})}


def step_entry(step: Step) -> dict[str, Any]:
    """One step as an object, without empty values."""
    held = {"text": step.text, "address": step.address, "at": step.at, "file": step.file, "line": step.line}
    return {name: value for name, value in held.items() if value not in ("", None)}


def _sarif(report: ProofReport) -> str:
    shown = [finding for finding in report.findings if finding.result.verdict != "PROVED"]
    rules = {finding.theorem.id: finding.theorem for finding in shown}
    positions = {id: position for position, id in enumerate(rules)}
    driver = {
        "name": "secureinfra",
        "semanticVersion": __version__,
        "rules": [_rule(theorem) for theorem in rules.values()],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, positions[finding.theorem.id]) for finding in shown],
    }
    if report.notes:
        notes = [{"level": "note", "message": {"text": note}} for note in report.notes]
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": notes}]
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(theorem: Theorem) -> dict[str, Any]:
    help_text = f"{theorem.scope} {theorem.assumes}".strip()
    return {
        "id": theorem.id,
        "name": "".join(word.capitalize() for word in theorem.id.split("-")),
        "shortDescription": {"text": theorem.title},
        "fullDescription": {"text": f"{theorem.title}: otherwise {theorem.why}."},
        "help": {"text": help_text, "markdown": help_text},
        "defaultConfiguration": {"level": "error"},
        "properties": {"security-severity": "8.0", "tags": ["security", "proof"]},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    result = finding.result
    where = result.address or "The configuration"
    identity = "\n".join((finding.theorem.id, finding.configuration, result.address))
    held: dict[str, Any] = {
        "ruleId": finding.theorem.id,
        "ruleIndex": rule,
        "message": {"text": f"{where}: {result.found or result.reason}."},
        "locations": [_location(result.subject, finding)],
        "partialFingerprints": {
            "secureinfra/proof/v1": hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest()
        },
    }
    if result.verdict == "UNKNOWN":
        return {**held, "kind": "open", "level": "none"}
    held["level"] = "error"
    if result.steps:
        flow = [
            {"location": {**_location(step.block, finding, step.at), "message": {"text": step.text}}}
            for step in result.steps
        ]
        held["codeFlows"] = [{"message": {"text": result.found}, "threadFlows": [{"locations": flow}]}]
    return held


def _location(block: Block | None, finding: Finding, at: str = "") -> dict[str, Any]:
    location: dict[str, Any] = {}
    if block is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": block.address, "kind": "resource"}]
    # As in reports of controls: GitHub refuses the whole report if one result names no file.
    if file := (block.file if block else "") or finding.configuration:
        uri = urllib.parse.quote(PurePath(file).as_posix())
        line = (block.line_of(at) if block else None) or 1
        location["physicalLocation"] = {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}
    return location


def _github(report: ProofReport) -> str:
    shown = [finding for finding in report.findings if finding.result.verdict != "PROVED"]
    lines = [_command(finding) for finding in shown]
    lines += [workflow_command("notice", note, {"title": "secureinfra"}) for note in report.notes]
    return "\n".join([*lines, report.totals_line]) + "\n"


def _command(finding: Finding) -> str:
    result, block = finding.result, finding.result.subject
    level = "error" if result.verdict == "BROKEN" else "warning"
    properties = {
        "file": block.file if block else "",
        "line": str((block.line_of() if block else "") or ""),
        "title": f"{finding.theorem.id} ({result.verdict})",
    }
    where = result.address or "configuration"
    return workflow_command(level, f"{where}: {result.found or result.reason}", properties)
