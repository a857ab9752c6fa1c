"""A report as OSCAL assessment results: observations, a finding for each requirement, risks with waivers as deviations."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

from secureinfra.check.finding import severity_of
from secureinfra.controls.control import Control
from secureinfra.reports.facts import Digest, Framework, ReportFacts, WaiverRow
from secureinfra.reports.oscal.observed import Observed, Subjects, observations_of, origins, proofs_of
from secureinfra.reports.oscal.parts import (
    control_id,
    end_of_day,
    framework_resource,
    identified,
    line,
    metadata,
    prop,
    sealed,
    source_of,
    start_of_day,
    tool,
    without_empty,
)
from secureinfra.reports.words import LABELS, plural

__all__ = ["as_oscal"]

# The state of a requirement -> whether it is satisfied, and the reason, of those that OSCAL has.
_STATUS = {
    "failed": ("not-satisfied", "fail"),
    "unknown": ("not-satisfied", "other"),
    "waived": ("not-satisfied", "other"),
    "passed": ("satisfied", "pass"),
}
_RULES = {"failed": "Broken", "waived": "Waived", "BROKEN": "Refuted"}
_CAUTION = "As far as the Terraform that was read shows it: the framework asks for processes and evidence besides."


def as_oscal(facts: ReportFacts) -> str:
    """Assessment results as JSON, for OSCAL 1.2.1.

    A requirement is satisfied only if every control that stands for it and applied was met. What is unknown or waived is
    not satisfied, and says so. The same facts give the same bytes; every UUID is made from content.

    Args:
        facts: of the report.
    """
    files = {held.path: _file(held)["uuid"] for held in facts.digests}
    written = {one["uuid"]: one for one in map(_file, (*facts.digests, *facts.settings))}
    resources = [_how(facts), *written.values(), *(framework_resource(one.name) for one in facts.frameworks)]
    subjects = Subjects(facts)
    observed = [*observations_of(facts, subjects, files), *proofs_of(facts, subjects, files)]
    risks = [*_open(observed), *_deviations(observed, facts.waivers)]
    findings, objectives = _requirements(facts, observed, risks)
    local = {
        "components": subjects.components,
        "inventory-items": subjects.items,
        "assessment-assets": {"components": [tool()], "assessment-platforms": [_platform()]},
    }
    result = {
        "title": line(facts.title) or "Results",
        "description": "Controls and theorems, held against Terraform as it is written.",
        "start": start_of_day(facts.date),
        "end": start_of_day(facts.date),
        "props": [entry for state, count in facts.report.totals.items() for entry in prop(_token(state), str(count))],
        "local-definitions": without_empty(local),
        "reviewed-controls": _reviewed(facts, observed),
        "observations": [one.entry for one in observed],
        "risks": [risk for risk, _ in risks],
        "findings": findings,
        "remarks": "\n".join(line(note) for note in _remarks(facts)),
    }
    document = {
        "metadata": metadata(f"Security report: {facts.title}", facts.date),
        "import-ap": {
            "href": f"#{resources[0]['uuid']}",
            "remarks": "There is no assessment plan in OSCAL: the resource says what was assessed, and how to repeat it.",
        },
        "local-definitions": without_empty({"objectives-and-methods": objectives}),
        "results": [identified("result", result)],
        "back-matter": {"resources": resources},
    }
    return sealed("assessment-results", {name: value for name, value in document.items() if value})


def _requirements(
    facts: ReportFacts, observed: Sequence[Observed], risks: Sequence[tuple[dict[str, Any], set[str]]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A finding for each requirement that some control answered, and the objectives that the findings are about."""
    of_control: dict[str, list[Observed]] = {}
    for one in observed:
        of_control.setdefault(one.about.id, []).append(one)
    asked = [
        (framework, id)
        for framework in facts.frameworks
        for id, state in framework.requirements.items()
        if state in _STATUS
    ]
    return [_finding(*one, of_control, risks) for one in asked], [_objective(*one) for one in asked]


def _token(state: str) -> str:
    return LABELS.get(state, state).replace(" ", "-")


def _how(facts: ReportFacts) -> dict[str, Any]:
    packs = ", ".join(facts.report.packs)
    return identified(
        "how", {"title": "How the assessment is repeated", "description": line(f"{facts.command} (packs: {packs})")}
    )


def _file(held: Digest) -> dict[str, Any]:
    hashes = [{"algorithm": "SHA-256", "value": held.sha256}]
    return identified(
        "file", {"title": line(held.path), "rlinks": [{"href": urllib.parse.quote(held.path), "hashes": hashes}]}
    )


def _platform() -> dict[str, Any]:
    own = tool()
    return identified("platform", {"title": own["title"], "uses-components": [{"component-uuid": own["uuid"]}]})


def _reviewed(facts: ReportFacts, observed: Sequence[Observed]) -> dict[str, Any]:
    own = sorted({one.about.id for one in observed if isinstance(one.about, Control)})
    described = "Controls of secureinfra that applied to what was read."
    selections: list[dict[str, Any]] = [
        {"description": described, "include-controls": [{"control-id": id} for id in own]}
        if own
        else {"description": "Every control that was asked; none applied to what was read.", "include-all": {}}
    ]
    objectives = []
    for framework in facts.frameworks:
        asked = [id for id, state in framework.requirements.items() if state in _STATUS]
        if asked:
            ids = [{"control-id": control_id(framework.name, id)} for id in asked]
            link = {"href": source_of(framework.name), "rel": "source"}
            selections.append({"description": framework.title, "links": [link], "include-controls": ids})
            objectives += [{"objective-id": _objective_id(framework.name, id)} for id in asked]
    return without_empty(
        {
            "control-selections": selections,
            "control-objective-selections": [{"include-objectives": objectives}] if objectives else [],
        }
    )


def _objective_id(framework: str, id: str) -> str:
    return f"{control_id(framework, id)}_code"


def _objective(framework: Framework, id: str) -> dict[str, Any]:
    """What code can show of a requirement: the objective that its finding is about."""
    part = {
        "id": _objective_id(framework.name, id),
        "name": "objective",
        "title": line(f"{framework.name} {id}, as far as code shows it"),
    }
    return {
        "control-id": control_id(framework.name, id),
        "description": line(f"{framework.title}, {id}"),
        "parts": [part],
    }


def _finding(
    framework: Framework,
    id: str,
    observed: Mapping[str, Sequence[Observed]],
    risks: Sequence[tuple[dict[str, Any], set[str]]],
) -> dict[str, Any]:
    state = framework.requirements[id]
    satisfied, reason = _STATUS[state]
    controls = set(framework.controls[id])
    related = [one for control in sorted(controls) for one in observed.get(control, ())]
    title = line(f"{framework.name} {id}: {LABELS[state]}")
    target = {
        "type": "objective-id",
        "target-id": _objective_id(framework.name, id),
        "status": {"state": satisfied, "reason": reason, "remarks": f"{LABELS[state]}. {_CAUTION}"},
    }
    return identified(
        "finding",
        {
            "title": title,
            "description": line(f"{framework.title}, {id}: {LABELS[state]}, by {plural(len(related), 'observation')}."),
            "props": [*prop("pack", framework.name), *prop("requirement", id), *prop("state", LABELS[state])],
            "origins": origins(),
            "target": target,
            "related-observations": [one.reference for one in related],
            "related-risks": [{"risk-uuid": risk["uuid"]} for risk, of in risks if of & controls],
        },
    )


def _open(observed: Sequence[Observed]) -> list[tuple[dict[str, Any], set[str]]]:
    """A risk for each control that is broken and each theorem that is refuted, with the ids that it concerns."""
    held: dict[str, list[Observed]] = {}
    for one in observed:
        if one.state in ("failed", "BROKEN"):
            held.setdefault(one.about.id, []).append(one)
    return [(_risk(found, "open"), {id}) for id, found in held.items()]


def _deviations(observed: Sequence[Observed], waivers: Sequence[WaiverRow]) -> list[tuple[dict[str, Any], set[str]]]:
    """A risk that is accepted until a date for each waiver that excuses something."""
    found = []
    for row in waivers:
        covered = [one for one in observed if one.about.id == row.control and row.words in one.waivers]
        if covered:
            about = [*prop("owner", row.owner), *prop("reason", row.reason), *prop("until", row.until)]
            origin = prop("waiver-written-at", row.origin)
            risk = _risk(covered, "deviation-approved", [*about, *origin], end_of_day(row.until))
            found.append((risk, {row.control}))
    return found


def _risk(
    found: Sequence[Observed], status: str, props: Sequence[Mapping[str, str]] = (), deadline: str = ""
) -> dict[str, Any]:
    about = found[0].about
    severity = prop("severity", severity_of(about)) if isinstance(about, Control) else []
    fix = " ".join(filter(None, (about.fix, about.python))) if isinstance(about, Control) else ""
    subjects = line("; ".join(one.entry["description"] for one in found[:3]))
    more = f" And {len(found) - 3} more." if len(found) > 3 else ""
    remediation = {"lifecycle": "recommendation", "title": "How to meet the control", "description": line(fix)}
    return identified(
        "risk",
        {
            "title": line(f"{_RULES[found[0].state]}: {about.title}"),
            "description": f"{subjects}{more}",
            "statement": line(f"Otherwise {about.why}."),
            "props": [*prop("about", about.id), *severity, *props],
            "status": status,
            "origins": origins(),
            "deadline": deadline,
            "remediations": [identified(f"remediation {about.id} {status} {props}", remediation)] if fix else [],
            "related-observations": [one.reference for one in found],
        },
    )


def _remarks(facts: ReportFacts) -> list[str]:
    notes = [*map(facts.paths.within, facts.report.notes), *facts.coverage.sentences()]
    if facts.proofs is None:
        notes.append("Theorems were left out.")
    count = facts.report.totals["not applicable"]
    return [
        *notes,
        f"{count} answers of controls that did not apply are left out. Requirements with such answers alone are, too.",
    ]
