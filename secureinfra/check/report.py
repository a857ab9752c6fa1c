"""What came of a run: findings of all configurations, notes, totals, and whether it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from secureinfra.check.baseline import read_baseline
from secureinfra.check.finding import Finding, Status
from secureinfra.check.run import run
from secureinfra.check.waivers import Permit, excuse, notes_on, permits_in, read_permits
from secureinfra.controls.control import SEVERITIES
from secureinfra.controls.packs import ALL
from secureinfra.terraform.configuration import Configuration

STATUSES: tuple[Status, ...] = ("passed", "failed", "waived", "unknown", "not applicable")


@dataclass(frozen=True)
class Report:
    """What came of a run.

    Args:
        configurations: names of what was judged.
        packs: what was asked.
        findings: every answer.
        notes: what somebody should know besides: waivers that have run out, modules that could not be read.
        known: fingerprints that a baseline holds; a failed finding among them does not count.
    """

    configurations: tuple[str, ...]
    packs: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    known: frozenset[str] = field(default_factory=frozenset)

    def of_status(self, status: Status) -> list[Finding]:
        """The findings of a status; of failed ones those that are new since the baseline."""
        found = [finding for finding in self.findings if finding.status == status]
        return [one for one in found if one.fingerprint not in self.known] if status == "failed" else found

    @property
    def baselined(self) -> int:
        """How many failures the baseline knows already."""
        return sum(1 for one in self.findings if one.status == "failed" and one.fingerprint in self.known)

    @property
    def totals(self) -> dict[Status, int]:
        """How many findings there are of each status."""
        counted = Counter(finding.status for finding in self.findings)
        return {status: counted[status] - (self.baselined if status == "failed" else 0) for status in STATUSES}

    @property
    def totals_line(self) -> str:
        """The totals in one line."""
        line = ", ".join(f"{count} {status}" for status, count in self.totals.items())
        return f"{line}, {self.baselined} known to the baseline" if self.known else line

    def failures(self, fail_on: str) -> list[Finding]:
        """The failures that are at least as severe.

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
    """Ask the controls of some packs about configurations.

    Args:
        configurations: what is judged.
        packs: names of packs.
        waivers: a file of waivers, besides those written beside resources.
        baseline: a file of failures that are known already.
        providers: majors of the AWS provider, `5` or `6`, whose schema every block must fit.

    Raises:
        ConfigError: there is no such pack, or a waiver of the file is refused.
        ConfigurationError: a file cannot be read.
    """
    of_file = read_permits(waivers) if waivers else []
    known = read_baseline(baseline) if baseline else frozenset()
    names: list[str] = []
    findings: list[Finding] = []
    notes: list[str] = []
    used_of_file: set[Permit] = set()
    for configuration in configurations:
        names.append(configuration.name)
        written = list(permits_in(configuration))
        answers = run(configuration, packs)
        if providers:
            from secureinfra.check.schema import schema_findings  # noqa: PLC0415 - jsonschema takes as long as a run

            answers += (finding for major in providers for finding in schema_findings(configuration, major))
        excused, used = excuse(answers, [*written, *of_file])
        findings += excused
        used_of_file |= used
        notes += notes_on(written, used, packs)
        notes += (
            f"{call}: this module is not at hand, so what it creates is not judged." for call in configuration.unread
        )
    notes += notes_on(of_file, used_of_file, packs)
    return Report(tuple(names), tuple(packs), tuple(findings), _once(notes), known)


def broken(name: str, report: Report, failures: Sequence[Finding]) -> str:
    """Failures in words, for an error: each with its place, what is there, what should be, and the way out."""
    count = f"{len(failures)} finding{'s' if len(failures) > 1 else ''}"
    lines = [f"{name}: {count} ({', '.join(report.packs)})."]
    for finding in failures:
        control = finding.control
        made = f" (construct {finding.construct_path})" if finding.construct_path else ""
        lines.append(f"{finding.address or name}{made}: {finding.found} breaks control {control.id}: {control.why}.")
        wanted = [f"Should be: {finding.expected}."] if finding.expected else []
        lines.append("  " + " ".join([*wanted, *filter(None, (control.mend, control.python))]))
    if any(finding.control.waivable for finding in failures):
        lines.append("Mend these, or give what may be waived a Waiver(control=..., reason=..., owner=..., until=...).")
    return "\n".join(lines)


def _once(notes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notes))
