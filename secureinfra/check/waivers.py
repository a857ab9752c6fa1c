"""Waivers held against findings: those written beside resources, and those of a file."""

from __future__ import annotations

import dataclasses
import fnmatch
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secureinfra.check.finding import Finding
from secureinfra.controls.control import find
from secureinfra.controls.packs import is_in
from secureinfra.errors import ConfigError, ConfigurationError
from secureinfra.terraform.configuration import Configuration
from secureinfra.waiver import Waiver

_FIELDS = ("control", "address", "reason", "owner", "until")


@dataclass(frozen=True)
class Permit:
    """A waiver and what it covers.

    Args:
        waiver: the waiver.
        origin: where it is written, for people: a resource's address, or file and line.
        addresses: glob that the addresses of resources must match; empty for one written beside a resource.
        beside: the resource that it is written beside.
        construct: path of the construct that it speaks for; empty where it speaks for one resource.
    """

    waiver: Waiver
    origin: str
    addresses: str = ""
    beside: str = ""
    construct: str = ""

    def covers(self, finding: Finding) -> bool:
        """Whether it excuses a finding, were it good."""
        if finding.control.id != self.waiver.control:
            return False
        if self.addresses:
            # An address may hold brackets of its own, which a glob would take for a choice of letters.
            return fnmatch.fnmatchcase(finding.address, self.addresses.replace("[", "[[]"))
        within = bool(self.construct) and f"{finding.construct_path}/".startswith(f"{self.construct}/")
        return finding.address == self.beside or within


def permits_in(configuration: Configuration) -> Iterator[Permit]:
    """The waivers written beside the resources of a configuration."""
    for block in configuration.blocks:
        for entry in block.waivers:
            waiver = Waiver(**{name: str(entry.get(name, "")) for name in ("control", "reason", "owner", "until")})
            construct = str(entry.get("construct", ""))
            yield Permit(waiver, block.address, beside=block.address, construct=construct)


def read_permits(path: Path) -> list[Permit]:
    """The waivers of a YAML or JSON file: a list of objects with control, address, reason, owner and until.

    Raises:
        ConfigurationError: it cannot be read, or is no such list.
        ConfigError: a waiver lacks something, or names no control that may be waived. One that has run out is reported
            later, with what it excuses no more.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 - most runs read no file of waivers
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        entries = YAML(typ="rt").load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}. Give a file of waivers.") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: is no UTF-8 text. Write the waivers as YAML or JSON.") from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise ConfigurationError(f"{where}: {getattr(error, 'problem', None) or 'is no YAML'}.") from None
    if isinstance(entries, Mapping) and set(entries) == {"waivers"}:
        entries = entries["waivers"]
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise ConfigurationError(f"{path}: holds no list of waivers. Write one entry each with {', '.join(_FIELDS)}.")
    return [_permit(entry, path, entries) for entry in entries]


def _permit(entry: Any, path: Path, entries: Any) -> Permit:
    line = entry.lc.line if hasattr(entry, "lc") else entries.lc.line if hasattr(entries, "lc") else 0
    where = f"{path}:{line + 1}"
    if not isinstance(entry, Mapping):
        raise ConfigurationError(f"{where}: {entry!r} is no waiver. Write an object with {', '.join(_FIELDS)}.")
    if unknown := [str(name) for name in entry if name not in _FIELDS]:
        raise ConfigError(f"{where}: a waiver has no {unknown[0]!r}. It has {', '.join(_FIELDS)}.")
    if not entry.get("address"):
        raise ConfigError(
            f"{where}: the waiver has no address: it would excuse the control everywhere. Name the resource, e.g. "
            "'aws_s3_bucket.scratch', or a glob such as 'module.lab.*'."
        )
    values = {name: entry.get(name, "") for name in ("control", "reason", "owner", "until")}
    waiver = Waiver(**{name: value if name == "until" else str(value) for name, value in values.items()})
    problem = waiver.problem()
    if problem and not waiver.ended:
        raise ConfigError(f"{where}: {problem}")
    return Permit(waiver, where, addresses=str(entry["address"]))


def excuse(findings: Iterable[Finding], permits: Sequence[Permit]) -> tuple[list[Finding], set[Permit]]:
    """Findings with those that a good waiver covers set to `waived`, and the waivers that did something.

    What is not known may be waived like what fails. A waiver that has run out excuses nothing.

    Args:
        findings: of one configuration.
        permits: the waivers written in it, and those of a file.
    """
    by_control: dict[str, list[Permit]] = {}
    for permit in permits:
        by_control.setdefault(permit.waiver.control, []).append(permit)
    excused: list[Finding] = []
    used: set[Permit] = set()
    for finding in findings:
        covering = [
            permit
            for permit in by_control.get(finding.control.id, ())
            if finding.status in ("failed", "unknown") and permit.covers(finding)
        ]
        used.update(covering)
        good = next((permit for permit in covering if permit.waiver.problem() is None), None)
        excused.append(dataclasses.replace(finding, status="waived", waiver=in_words(good)) if good else finding)
    return excused, used


def notes_on(permits: Iterable[Permit], used: set[Permit], packs: Collection[str]) -> Iterator[str]:
    """What somebody should know about waivers: those that have run out or are refused, and those that excuse nothing.

    Args:
        permits: all of them.
        used: those that cover a finding.
        packs: what was asked; a waiver of another control cannot be judged.
    """
    for permit in permits:
        if problem := permit.waiver.problem():
            yield f"{permit.origin}: {problem}"
        elif permit not in used and any(is_in(find(permit.waiver.control), name) for name in packs):
            yield f"{permit.origin}: Waiver(control={permit.waiver.control!r}) excuses nothing any more. Remove it."


def in_words(permit: Permit) -> str:
    """Why, who and until when: `rebuilt every night (data-team, until 2027-06-30)`."""
    waiver = permit.waiver
    return f"{waiver.reason} ({waiver.owner}, until {waiver.last_day})"
