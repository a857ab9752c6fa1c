"""Applies waivers to findings: those written in the configuration, and those of a file."""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secureinfra.check.finding import Finding
from secureinfra.config.waiver import Waiver
from secureinfra.controls.control import Control
from secureinfra.controls.registry import every, find
from secureinfra.errors import ConfigError
from secureinfra.suggest import did_you_mean
from secureinfra.terraform.model.configuration import Configuration

_FIELDS = ("control", "address", "reason", "owner", "until")
_OPTIONAL = ("at", "found")


@dataclass(frozen=True)
class ScopedWaiver:
    """A waiver and what it covers.

    Args:
        waiver: the waiver.
        origin: where it is written: a resource's address, or file and line.
        addresses: glob for the addresses of resources; empty for one written at a resource.
        beside: the resource that it is written at.
        construct: path of the construct that it covers; empty if it covers one resource.
        at: the part of the resource that it speaks for, e.g. `ingress[0]`; empty for all of it.
        found: what it excuses, as the finding says it; empty for whatever is found.
    """

    waiver: Waiver
    origin: str
    addresses: str = ""
    beside: str = ""
    construct: str = ""
    at: str = ""
    found: str = ""

    def covers(self, finding: Finding) -> bool:
        """Whether it covers a finding, if it is valid."""
        if finding.control.id != self.waiver.control or (self.found and finding.found != self.found):
            return False
        if self.at and not f"{finding.at}.".startswith((f"{self.at}.", f"{self.at}[")):
            return False
        if self.addresses:
            # An address may hold brackets of its own, which a glob would take for a choice of letters.
            return fnmatch.fnmatchcase(finding.address, self.addresses.replace("[", "[[]"))
        within = bool(self.construct) and f"{finding.construct_path}/".startswith(f"{self.construct}/")
        return finding.address == self.beside or within


def waivers_in(configuration: Configuration) -> Iterator[ScopedWaiver]:
    """The waivers written at the resources of a configuration."""
    for block in configuration.blocks:
        for entry in block.waivers:
            waiver = Waiver(**{name: str(entry.get(name, "")) for name in ("control", "reason", "owner", "until")})
            construct = str(entry.get("construct", ""))
            at, found = (str(entry.get(name, "")) for name in _OPTIONAL)
            yield ScopedWaiver(waiver, block.address, beside=block.address, construct=construct, at=at, found=found)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a file of waivers. What it rejects, `read_waivers` rejects too."""
    said = {
        "control": "The control that is excused.",
        "address": "The resource, or a glob such as module.lab.*",
        "reason": "Why the control cannot be met here, in a sentence an auditor can follow.",
        "owner": "The person or team responsible.",
        "until": "The last day on which it is valid, YYYY-MM-DD.",
        "at": "The part of the resource that it is about, e.g. ingress[0].",
        "found": "What it excuses, as the report says it was found; nothing else is excused then.",
    }
    fields: dict[str, Any] = {name: {"type": "string", "description": text} for name, text in said.items()}
    for name in ("address", "reason", "owner"):
        fields[name]["pattern"] = r"\S"
    fields["control"]["enum"] = [control.id for control in every() if control.waivable]
    fields["until"] |= {"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    waivers = {"type": "array", "items": {"$ref": "#/$defs/waiver"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:secureinfra:schema:waivers",
        "title": "Waivers of secureinfra",
        "oneOf": [
            waivers,
            {
                "type": "object",
                "properties": {"waivers": waivers},
                "required": ["waivers"],
                "additionalProperties": False,
            },
        ],
        "$defs": {
            "waiver": {
                "type": "object",
                "properties": fields,
                "required": list(_FIELDS),
                "additionalProperties": False,
            }
        },
    }


def read_waivers(path: Path) -> list[ScopedWaiver]:
    """The waivers of a YAML or JSON file: a list of objects with control, address, reason, owner and until.

    Raises:
        ConfigError: it cannot be read, or is not such a list; or waivers lack something, or name a control that does not
            exist or cannot be waived, all of them together. An expired one is reported later, with what it covers.
    """
    from secureinfra.files.yaml import text_of, value_of  # noqa: PLC0415 - most runs read no file of waivers

    value, places = value_of(text_of(path, what="waivers"), str(path), what="waivers")
    if isinstance(value, Mapping) and set(value) == {"waivers"}:
        value, places = value["waivers"], places.below("waivers")
    if not isinstance(value, list):
        raise ConfigError(f"{places.at()}: is not a list of waivers. Write entries with {', '.join(_FIELDS)}.")
    permits, problems = [], []
    for number, entry in enumerate(value):
        where = places.at((number,))
        try:
            permits.append(_read_waiver(entry, where))
        except ConfigError as error:
            problems.append(f"{where}: {error}")
    if problems:
        raise ConfigError("\n".join(problems))
    return permits


def _read_waiver(entry: Any, where: str) -> ScopedWaiver:
    if not isinstance(entry, Mapping):
        raise ConfigError(f"{entry!r} is not a waiver. Write an object with {', '.join(_FIELDS)}.")
    for name in entry:
        if name not in (*_FIELDS, *_OPTIONAL):
            fields = f"It has {', '.join(_FIELDS)}, and may have {' and '.join(_OPTIONAL)}."
            raise ConfigError(f"a waiver has no field {name!r}. {did_you_mean(name, (*_FIELDS, *_OPTIONAL), fields)}")
    if not entry.get("address"):
        raise ConfigError(
            "the waiver has no address: it would excuse the control everywhere. Name the resource, e.g. "
            "'aws_s3_bucket.scratch', or a glob such as 'module.lab.*'."
        )
    values = {name: entry.get(name, "") for name in ("control", "reason", "owner", "until")}
    waiver = Waiver(**{name: value if name == "until" else str(value) for name, value in values.items()})
    problem = waiver.problem()
    if problem and not waiver.ended:
        raise ConfigError(problem)
    at, found = (str(entry.get(name) or "") for name in _OPTIONAL)
    return ScopedWaiver(waiver, where, addresses=str(entry["address"]), at=at, found=found)


def excuse(
    findings: Iterable[Finding], permits: Sequence[ScopedWaiver]
) -> tuple[list[Finding], dict[ScopedWaiver, int]]:
    """The findings, with those that a valid waiver covers set to `waived`, and how many each waiver that was used excuses.

    An unknown finding can be waived like a failed one. An expired waiver covers nothing.

    Args:
        findings: of one configuration.
        permits: the waivers written in it, and those of a file.
    """
    by_control: dict[str, list[ScopedWaiver]] = {}
    for permit in permits:
        by_control.setdefault(permit.waiver.control, []).append(permit)
    excused: list[Finding] = []
    used: dict[ScopedWaiver, int] = {}
    for finding in findings:
        covering = [
            permit
            for permit in by_control.get(finding.control.id, ())
            if finding.status in ("failed", "unknown") and permit.covers(finding)
        ]
        good = next((permit for permit in covering if permit.waiver.problem() is None), None)
        for permit in covering:
            used[permit] = used.get(permit, 0) + (permit is good)
        excused.append(dataclasses.replace(finding, status="waived", waiver=in_words(good)) if good else finding)
    return excused, used


def notes_on(
    permits: Iterable[ScopedWaiver], used: Collection[ScopedWaiver], asks: Callable[[Control], bool]
) -> Iterator[str]:
    """Notes on waivers: expired or invalid ones, and those that cover nothing.

    Args:
        permits: all of them.
        used: those that cover a finding.
        asks: whether a control was checked; a waiver of another one cannot be.
    """
    for permit in permits:
        if problem := permit.waiver.problem():
            yield f"{permit.origin}: {problem}"
        elif permit not in used and asks(find(permit.waiver.control)):
            yield f"{permit.origin}: Waiver(control={permit.waiver.control!r}) no longer covers a finding. Remove it."


def in_words(permit: ScopedWaiver) -> str:
    """Why, who and until when: `rebuilt every night (data-team, until 2027-06-30)`."""
    waiver = permit.waiver
    return f"{waiver.reason} ({waiver.owner}, until {waiver.last_day})"
