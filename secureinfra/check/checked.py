"""What comes of one configuration: its findings, with waivers applied, and its notes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from secureinfra.check.coverage import unchecked_types
from secureinfra.check.finding import Finding, Seen
from secureinfra.check.identity import content_of
from secureinfra.check.run import run_selection
from secureinfra.check.selection import Selection
from secureinfra.check.suppressions import Candidate, candidates
from secureinfra.check.waivers import ScopedWaiver, excuse, notes_on, waivers_in
from secureinfra.terraform.model.configuration import Configuration

_PLACE = re.compile(r"(?P<file>[^\n:]+):(?P<line>\d+)(?::\d+)?: (?P<said>.*)", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """What is asked of every configuration.

    Args:
        selection: the controls.
        waivers: those of a file.
        providers: majors of the AWS provider whose schema every block must fit.
    """

    selection: Selection = field(default_factory=Selection)
    waivers: tuple[ScopedWaiver, ...] = ()
    providers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """What came of one configuration.

    Args:
        name: of the configuration.
        path: where it lies, if it is called by its path.
        findings: every answer.
        notes: waivers that expired or cover nothing, and what was not read.
        used: the waivers that cover a finding, and how many each of them excuses.
        unread: how many parts of it were not read.
        called: the folders of the modules that it calls.
        candidates: the findings that comments tell other scanners to ignore.
        unchecked: how many resources it has of each type that no control checks.
    """

    name: str
    path: Path | None
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    used: Mapping[ScopedWaiver, int] = field(default_factory=dict)
    unread: int = 0
    called: frozenset[Path] = frozenset()
    candidates: tuple[Candidate, ...] = ()
    unchecked: Mapping[str, int] = field(default_factory=dict)

    def detached(self) -> Checked:
        """The same without the configuration, as another process can have it."""
        apart = {id(finding): finding.detached(content_of(finding)) for finding in self.findings}
        return replace(
            self,
            findings=tuple(apart.values()),
            candidates=tuple(replace(one, finding=apart[id(one.finding)]) for one in self.candidates),
        )


def checked(configuration: Configuration, asked: Asked) -> Checked:
    """Check one configuration."""
    written = list(waivers_in(configuration))
    answers = run_selection(configuration, asked.selection)
    if asked.providers:
        from secureinfra.check.schema import schema_findings  # noqa: PLC0415 - jsonschema takes as long as a run

        answers += (finding for major in asked.providers for finding in schema_findings(configuration, major))
    excused, used = excuse(answers, [*written, *asked.waivers])
    notes = (*notes_on(written, used, asked.selection.asks), *configuration.notes, *map(str, configuration.unread))
    path = None if configuration.path is None else configuration.path.resolve()
    return Checked(
        configuration.name,
        path,
        tuple(excused),
        notes,
        used,
        len(configuration.unread),
        configuration.called,
        tuple(candidates(configuration, excused)),
        unchecked_types(configuration),
    )


def broken_root(path: Path, name: str, error: str) -> Checked:
    """What comes of a folder or file that cannot be read: one failure, at the place that the error names.

    Args:
        path: the folder or file.
        name: as reports call it.
        error: what is wrong, which begins with file and line where they are known.
    """
    from secureinfra.controls.provider.readable import READABLE  # noqa: PLC0415 - most runs read everything

    place = _PLACE.match(error)
    seen = Seen(file=place["file"], line=int(place["line"])) if place else Seen(file=name)
    said = place["said"] if place else error.removeprefix(f"{name}: ")
    finding = Finding(READABLE, "failed", None, name, found=said.rstrip("."), seen=seen)
    return Checked(name, path.resolve(), (finding,), unread=1)
