"""The result of a run: findings of all configurations, notes, totals, and whether it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from secureinfra.check.baseline import Baseline, read_baseline
from secureinfra.check.checked import Asked, Checked, checked
from secureinfra.check.coverage import Coverage, coverage_of
from secureinfra.check.finding import Finding, Status
from secureinfra.check.selection import Selection
from secureinfra.check.suppressions import Candidate, note_on
from secureinfra.check.waivers import ScopedWaiver, notes_on, read_waivers
from secureinfra.controls.control import SEVERITIES
from secureinfra.controls.packs import ALL
from secureinfra.terraform.model.configuration import Configuration

STATUSES: tuple[Status, ...] = ("passed", "failed", "waived", "unknown", "not applicable")


@dataclass(frozen=True)
class Report:
    """The result of a run.

    Args:
        configurations: names of the checked configurations.
        packs: the packs that ran.
        findings: every answer.
        notes: expired waivers, modules that could not be read.
        paths: where the configurations lie that are called by their paths.
        compared: whether a baseline was given; failed findings that it knows do not count.
        unread: how many parts of the configurations were not read, each with a note.
        only: ids of the only controls that were checked; all of the packs if there are none.
        skipped: ids of controls that were not checked although the packs have them.
        candidates: the findings that comments tell other scanners to ignore.
        coverage: what was not looked at.
        waivers: how many findings each waiver excuses, those that excuse none left out.
        docs_url: address of the documentation site to which formats link; empty for none.
    """

    configurations: tuple[str, ...]
    packs: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    paths: Mapping[str, Path] = field(default_factory=dict)
    compared: bool = False
    unread: int = 0
    only: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    coverage: Coverage = field(default_factory=lambda: Coverage({}, {}))
    waivers: Mapping[ScopedWaiver, int] = field(default_factory=dict)
    docs_url: str = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """The notes, waivers that excuse several findings, and what was not looked at, for every format."""
        several = (
            f"{permit.origin}: Waiver(control={permit.waiver.control!r}) excuses {count} findings."
            for permit, count in self.waivers.items()
            if count > 1
        )
        return (*self.notes, *several, *self.coverage.sentences())

    def of_status(self, status: Status) -> list[Finding]:
        """The findings of a status; of failed ones only those that are new since the baseline."""
        found = [finding for finding in self.findings if finding.status == status]
        return [one for one in found if not one.known]

    @property
    def baselined(self) -> int:
        """The number of failures that the baseline already holds."""
        return sum(1 for one in self.findings if one.known)

    @property
    def totals(self) -> dict[Status, int]:
        """The number of findings of each status."""
        counted = Counter(finding.status for finding in self.findings)
        return {status: counted[status] - (self.baselined if status == "failed" else 0) for status in STATUSES}

    @property
    def severities(self) -> dict[str, int]:
        """The number of failures of each severity that there is, the most severe first."""
        counted = Counter(finding.severity for finding in self.of_status("failed"))
        return {severity: counted[severity] for severity in reversed(SEVERITIES) if counted[severity]}

    def parts(self) -> list[Report]:
        """What it says of each of its configurations, without notes."""
        held: dict[str, list[Finding]] = {name: [] for name in self.configurations}
        for finding in self.findings:
            held[finding.configuration].append(finding)
        return [
            replace(
                self,
                configurations=(name,),
                findings=tuple(findings),
                notes=(),
                unread=0,
                coverage=Coverage({}, {}),
                waivers={},
            )
            for name, findings in held.items()
        ]

    @property
    def totals_line(self) -> str:
        """The totals in one line."""
        by_severity = ", ".join(f"{count} {severity}" for severity, count in self.severities.items())
        line = ", ".join(
            f"{count} {status}" + (f" ({by_severity})" if status == "failed" and by_severity else "")
            for status, count in self.totals.items()
        )
        line += f", {self.baselined} known to the baseline" if self.compared else ""
        return f"{line}, {self.unread} not read" if self.unread else line

    def failures(self, fail_on: str) -> list[Finding]:
        """The failures that are at least this severe.

        Args:
            fail_on: `low`, `medium`, `high` or `critical`.
        """
        least = SEVERITIES.index(fail_on)
        return [one for one in self.of_status("failed") if SEVERITIES.index(one.severity) >= least]


def judge(
    configurations: Iterable[Configuration],
    packs: Collection[str] = (ALL,),
    *,
    waivers: Path | None = None,
    baseline: Path | None = None,
    providers: Collection[str] = (),
) -> Report:
    """Check configurations against the controls of some packs.

    Args:
        configurations: the configurations.
        packs: names of packs.
        waivers: a file of waivers, in addition to those in the configurations.
        baseline: a file of known failures.
        providers: majors of the AWS provider, `5` or `6`, whose schema every block must fit.

    Raises:
        ConfigError: a pack does not exist, or a waiver in the file is refused.
        ConfigurationError: a file cannot be read.
    """
    of_file = read_waivers(waivers) if waivers else []
    before = read_baseline(baseline) if baseline else None
    asked = Asked(Selection.of(packs), tuple(of_file), tuple(providers))
    return report_of([checked(configuration, asked) for configuration in configurations], asked, before)


def report_of(
    results: Sequence[Checked],
    asked: Asked,
    before: Baseline | None = None,
    notes: Iterable[str] = (),
    unread: int = 0,
) -> Report:
    """The report on what was checked.

    Args:
        results: of each configuration.
        asked: what was asked of them.
        before: the baseline.
        notes: more notes, which come last.
        unread: how much was not read besides.
    """
    paths = {one.name: one.path for one in results if one.path is not None}
    findings = [finding for one in results for finding in one.findings]
    used: Counter[ScopedWaiver] = Counter()
    for one in results:
        used.update(one.used)
    said = [note for one in results for note in one.notes]
    said += notes_on(asked.waivers, used, asked.selection.asks)
    if before is not None:
        findings = list(before.marked(findings, paths))
        said += filter(None, (before.note,))
    names = tuple(one.name for one in results)
    unread += sum(one.unread for one in results)
    held = tuple(candidate for one in results for candidate in one.candidates)
    said = [*_on_selection(asked.selection), *said, *note_on(held), *notes]
    return Report(
        names,
        asked.selection.packs,
        tuple(findings),
        _once(said),
        paths,
        before is not None,
        unread,
        tuple(sorted(asked.selection.only)),
        tuple(sorted(asked.selection.skip)),
        held,
        # A user who asks for single controls knows that the others are not asked.
        coverage=Coverage({}, {})
        if asked.selection.only
        else coverage_of([one.unchecked for one in results], findings, asked.selection.packs),
        waivers={permit: count for permit, count in used.items() if count},
    )


def _on_selection(selection: Selection) -> Iterator[str]:
    for ids, said in (
        (selection.only, "Only these were checked, by --control"),
        (selection.skip, "Not checked, by --skip"),
    ):
        if ids:
            yield f"{said}: {', '.join(sorted(ids))}."


def broken(name: str, report: Report, failures: Sequence[Finding]) -> str:
    """Failures as text for an error: each with its address, what was found, what is expected, and the fix."""
    count = f"{len(failures)} finding{'s' if len(failures) > 1 else ''}"
    lines = [f"{name}: {count} ({', '.join(report.packs)})."]
    for finding in failures:
        control = finding.control
        made = f" (construct {finding.construct_path})" if finding.construct_path else ""
        lines.append(f"{finding.address or name}{made}: {finding.found} breaks control {control.id}: {control.why}.")
        wanted = [f"Expected: {finding.expected}."] if finding.expected else []
        lines.append("  " + " ".join([*wanted, *filter(None, (control.fix, control.python))]))
    if any(finding.control.waivable for finding in failures):
        lines.append("Fix these, or add a Waiver(control=..., reason=..., owner=..., until=...).")
    return "\n".join(lines)


def _once(notes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notes))
