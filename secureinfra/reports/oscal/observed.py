"""What was observed, as OSCAL has it: one observation for each control and resource, and one for each verdict of a theorem."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from secureinfra.check.finding import Status, severity_of
from secureinfra.check.proofs.report import Finding as Proof
from secureinfra.controls.control import Control
from secureinfra.proofs.theorems.theorem import Theorem
from secureinfra.reports.facts import STATES, Place, ReportFacts
from secureinfra.reports.oscal.parts import (
    component,
    end_of_day,
    identified,
    line,
    prop,
    start_of_day,
    tool,
    without_empty,
)
from secureinfra.reports.words import LABELS

__all__ = ["Observed", "Subjects", "observations_of", "proofs_of"]

_NOT_OBSERVED: Status = "not applicable"
_TYPES = {"failed": "finding", "BROKEN": "finding"}
# What is read is examined; a theorem is tried with every request or packet.
_EXAMINE, _TEST = "EXAMINE", "TEST"


@dataclass(frozen=True)
class Observed:
    """An observation, and what findings and risks are made from.

    Args:
        entry: as OSCAL has it.
        about: the control, or the theorem.
        state: of the control, or the verdict on the theorem.
        waivers: in words, each that excuses a part of it.
    """

    entry: Mapping[str, Any]
    about: Control | Theorem
    state: str
    waivers: tuple[str, ...] = ()

    @property
    def reference(self) -> dict[str, str]:
        """How others refer to it."""
        return {"observation-uuid": self.entry["uuid"]}


class Subjects:
    """What observations are about: configurations as components, their resources as inventory items.

    Args:
        facts: of the report.
    """

    def __init__(self, facts: ReportFacts) -> None:
        self._components: dict[str, dict[str, Any]] = {}
        for name in facts.names.values():
            self._component(name)
        self._items: dict[tuple[str, str], dict[str, Any]] = {}

    @property
    def components(self) -> list[dict[str, Any]]:
        """The configurations, in the order of their names."""
        return [one for _, one in sorted(self._components.items())]

    @property
    def items(self) -> list[dict[str, Any]]:
        """The resources that were referred to, in the order of configuration and address."""
        return [item for _, item in sorted(self._items.items())]

    def reference(self, configuration: str, address: str) -> dict[str, Any]:
        """How an observation refers to a resource, or to a configuration as a whole.

        Args:
            configuration: its name in the report.
            address: of the resource; empty for the configuration.
        """
        whole = self._component(configuration)
        if not address:
            return {"subject-uuid": whole["uuid"], "type": "component", "title": whole["title"]}
        key = configuration, address
        if key not in self._items:
            self._items[key] = identified(
                "inventory-item",
                {
                    "description": f"{line(address)} in {line(whole['title'])}",
                    "props": [*prop("terraform-address", address), *prop("configuration", configuration)],
                    "implemented-components": [{"component-uuid": whole["uuid"]}],
                },
            )
        return {"subject-uuid": self._items[key]["uuid"], "type": "inventory-item", "title": line(address)}

    def _component(self, name: str) -> dict[str, Any]:
        if name not in self._components:
            made = component("software", name or "configuration", "A Terraform configuration.")
            self._components[name] = made
        return self._components[name]


def observations_of(facts: ReportFacts, subjects: Subjects, files: Mapping[str, str]) -> list[Observed]:
    """One observation for each control and resource; none where the control did not apply.

    Args:
        facts: of the report.
        subjects: takes the resources.
        files: the UUID of the resource that stands for each file.
    """
    held: dict[tuple[str, str, str], list[tuple[Status, Place]]] = {}
    controls: dict[str, Control] = {}
    for item in facts.items:
        controls[item.control.id] = item.control
        for place in item.places:
            if item.state != _NOT_OBSERVED:
                held.setdefault((item.control.id, place.configuration, place.address), []).append((item.state, place))
    return [
        _observation(controls[id], found, facts, subjects.reference(configuration, address), files)
        for (id, configuration, address), found in sorted(held.items())
    ]


def _observation(
    control: Control,
    found: Sequence[tuple[Status, Place]],
    facts: ReportFacts,
    subject: Mapping[str, Any],
    files: Mapping[str, str],
) -> Observed:
    state = min((status for status, _ in found), key=STATES.index)
    waivers = tuple(dict.fromkeys(place.waiver for status, place in found if status == "waived"))
    ends = {row.until for row in facts.waivers for words in waivers if words == row.words and row.control == control.id}
    entry = {
        "title": line(control.title),
        "description": _described(state, found, subject["title"]),
        "props": [
            *prop("control", control.id),
            *prop("state", LABELS[state]),
            *prop("severity", severity_of(control)),
            *prop("construct", found[0][1].construct),
        ],
        "methods": [_EXAMINE],
        "types": [_TYPES.get(state, "control-objective")],
        "origins": origins(),
        "subjects": [subject],
        "relevant-evidence": [_evidence(status, place, files) for status, place in found],
        "collected": start_of_day(facts.date),
        # From then on the waiver excuses nothing.
        "expires": end_of_day(min(ends)) if state == "waived" and ends else "",
        "remarks": line(" ".join(filter(None, (control.fix, control.python)))) if state == "failed" else "",
    }
    return Observed(identified("observation", entry), control, state, waivers)


def origins() -> list[dict[str, Any]]:
    """What made an observation: this library."""
    return [{"actors": [{"type": "tool", "actor-uuid": tool()["uuid"]}]}]


def _described(state: Status, found: Sequence[tuple[Status, Place]], name: str) -> str:
    said = "; ".join(dict.fromkeys(place.found for status, place in found if status == state and place.found))
    return line(f"{name}: {LABELS[state]}{f': {said}' if said else ''}.")


def _evidence(status: Status, place: Place, files: Mapping[str, str]) -> dict[str, Any]:
    said = [f"{LABELS[status]}: {place.source or place.name}"]
    said += [f"found: {place.found}"] if place.found else []
    said += [f"expected: {place.expected}"] if place.expected else []
    said += [f"waiver: {place.waiver}"] if place.waiver else []
    file = files.get(place.file)
    return without_empty({"href": f"#{file}" if file else "", "description": line("; ".join(said))})


def proofs_of(facts: ReportFacts, subjects: Subjects, files: Mapping[str, str]) -> list[Observed]:
    """One observation for each verdict of a theorem on a subject, by the method of a test.

    Args:
        facts: of the report.
        subjects: takes the resources.
        files: as for `observations_of`.
    """
    found = facts.proofs.findings if facts.proofs else ()
    return list(_once(_proof(one, facts, subjects, files) for one in found))


def _once(found: Iterable[Observed]) -> Iterator[Observed]:
    """Each once: two verdicts that say the same of the same subject are one observation."""
    yield from {one.entry["uuid"]: one for one in found}.values()


def _proof(one: Proof, facts: ReportFacts, subjects: Subjects, files: Mapping[str, str]) -> Observed:
    result, theorem = one.result, one.theorem
    configuration = facts.names.get(one.configuration, "") or facts.paths.of(one.configuration)
    subject = subjects.reference(configuration, result.address)
    said = result.reason if result.verdict == "UNKNOWN" else result.found
    steps = [
        without_empty(
            {
                "href": f"#{files[file]}" if (file := facts.paths.of(step.file)) in files else "",
                "description": line(f"{step.text} {step.address}"),
            }
        )
        for step in result.steps
    ]
    assumed = f" Assumed: {theorem.assumes}" if theorem.assumes else ""
    entry = {
        "title": line(theorem.title),
        "description": line(f"{subject['title']}: {result.verdict.lower()}{f': {said}' if said else ''}."),
        "props": [*prop("theorem", theorem.id), *prop("verdict", result.verdict.lower())],
        "methods": [_TEST],
        "types": [_TYPES.get(result.verdict, "control-objective")],
        "origins": origins(),
        "subjects": [subject],
        "relevant-evidence": steps,
        "collected": start_of_day(facts.date),
        "remarks": line(f"{theorem.scope}{assumed}"),
    }
    return Observed(identified("observation", entry), theorem, result.verdict)
