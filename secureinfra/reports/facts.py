"""What a report shows: findings by control, requirements of frameworks, waivers, maps and proofs, each counted once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from secureinfra.check.coverage import Coverage
from secureinfra.check.finding import Finding, Status, severity_of
from secureinfra.check.proofs.report import ProofReport
from secureinfra.check.report import Report
from secureinfra.controls.control import SEVERITIES, Control
from secureinfra.controls.packs import ALL, CITED, Standing, ids_in, in_order, natural, standing_of, title_of
from secureinfra.maps.network.facts import NetworkFacts
from secureinfra.maps.trust.facts import TrustFacts
from secureinfra.reports.costs import Cost
from secureinfra.reports.paths import Paths

__all__ = ["STATES", "Digest", "Framework", "Item", "Place", "ReportFacts", "WaiverRow", "facts_of"]

STATES: tuple[Status, ...] = ("failed", "unknown", "waived", "passed", "not applicable")
"""From the worst to the best, in the order of every table."""
_UNASKED: Status = "not applicable"


@dataclass(frozen=True)
class Place:
    """Where a control was answered."""

    address: str
    configuration: str
    file: str
    line: int | None
    construct: str
    found: str
    expected: str
    waiver: str

    @property
    def name(self) -> str:
        """The resource, or the configuration as a whole."""
        return self.address or self.configuration or "the configuration as a whole"

    @property
    def source(self) -> str:
        """File and line, as they were given."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file


@dataclass(frozen=True)
class Item:
    """The answers of one control that are alike.

    Args:
        control: the control.
        state: the answer.
        places: where.
        exposed: whether one of the places is open to the internet or to anyone, as the maps show it.
    """

    control: Control
    state: Status
    places: tuple[Place, ...]
    exposed: bool = False

    @property
    def severity(self) -> str:
        """By the control's sources."""
        return severity_of(self.control)

    @property
    def rank(self) -> tuple[int, int, bool, str]:
        """State, severity, exposure, id: the order of a report."""
        return STATES.index(self.state), -SEVERITIES.index(self.severity), not self.exposed, self.control.id


@dataclass(frozen=True)
class Framework:
    """A framework and how its requirements stand.

    Args:
        name: of the pack.
        title: as its publisher writes it.
        requirements: the worst state of the controls of each; of those that some control judges from code.
        controls: the ids of the controls of each.
        standing: how much of it has controls here.
    """

    name: str
    title: str
    requirements: Mapping[str, Status]
    controls: Mapping[str, tuple[str, ...]]
    standing: Standing

    def count(self, state: Status) -> int:
        """How many requirements are in a state."""
        return sum(1 for held in self.requirements.values() if held == state)


@dataclass(frozen=True)
class WaiverRow:
    """A waiver that excuses something.

    Args:
        days: until its end, counted from the date of the report; `None` if its end is no date.
    """

    control: str
    origin: str
    reason: str
    owner: str
    until: str
    excuses: int
    days: int | None

    @property
    def words(self) -> str:
        """It as the findings that it excuses say it."""
        return f"{self.reason} ({self.owner}, until {self.until})"


@dataclass(frozen=True)
class Digest:
    """A file that was read."""

    path: str
    sha256: str


@dataclass(frozen=True)
class ReportFacts:
    """Everything in a report.

    Args:
        title: its heading.
        date: of the report.
        report: what `check` found.
        names: what its configurations are called here.
        items: its answers by control and state, in order.
        frameworks: how their requirements stand.
        waivers: those that excuse something, the next to end first.
        maps: the network of each configuration that has one.
        trusts: who may do what in each configuration with principals or resource policies.
        proofs: what is proved; `None` if that was not asked.
        costs: what starts to cost.
        digests: of the files that were read.
        command: how to make it again.
        paths: what files are called here.
        coverage: what was not looked at.
        settings: digests of the files that say how it was checked: settings, waivers, baseline, variables.
    """

    title: str
    date: datetime.date
    report: Report
    names: Mapping[str, str]
    items: tuple[Item, ...]
    frameworks: tuple[Framework, ...]
    waivers: tuple[WaiverRow, ...]
    maps: tuple[NetworkFacts, ...] = ()
    trusts: tuple[TrustFacts, ...] = ()
    proofs: ProofReport | None = None
    costs: tuple[Cost, ...] = ()
    digests: tuple[Digest, ...] = ()
    command: str = ""
    paths: Paths = field(default_factory=lambda: Paths(()))
    coverage: Coverage = field(default_factory=lambda: Coverage({}, {}))
    settings: tuple[Digest, ...] = ()

    def of_state(self, state: Status) -> list[Item]:
        """The items in a state."""
        return [item for item in self.items if item.state == state]


def facts_of(
    report: Report,
    *,
    title: str,
    date: datetime.date,
    maps: Sequence[NetworkFacts] = (),
    trusts: Sequence[TrustFacts] = (),
    proofs: ProofReport | None = None,
    costs: Iterable[Cost] = (),
    digests: Iterable[Digest] = (),
    command: str = "",
    paths: Sequence[str] = (),
    settings: Iterable[Digest] = (),
) -> ReportFacts:
    """What a report shows.

    Args:
        report: what `check` found.
        title: its heading.
        date: from which the days of waivers are counted.
        maps: the network of each configuration that has one.
        trusts: who may do what in each configuration with principals or resource policies.
        proofs: what is proved.
        costs: what starts to cost.
        digests: of the files that were read.
        command: how to make it again.
        paths: what was read, as it was typed.
        settings: of the files that say how it was checked.
    """
    names_of = Paths(paths)
    items = _items(report.findings, _exposed(maps) | _open(trusts), names_of)
    names = CITED if ALL in report.packs else tuple(name for name in report.packs if name != ALL)
    return ReportFacts(
        title,
        date,
        report,
        {name: names_of.of(name) for name in report.configurations},
        items,
        tuple(_framework(name, items) for name in names),
        tuple(_waivers(report, date, names_of)),
        tuple(maps),
        tuple(trusts),
        proofs,
        tuple(costs),
        tuple(digests),
        command,
        names_of,
        report.coverage,
        tuple(settings),
    )


def _exposed(maps: Iterable[NetworkFacts]) -> set[str]:
    """The addresses that are open to the internet: groups, and what uses them."""
    bars = [bar for held in maps for vpc in held.vpcs for bar in vpc.bars.values() if bar.exposed]
    return {name for bar in bars for name in (bar.key, *bar.users)}


def _open(trusts: Iterable[TrustFacts]) -> set[str]:
    """The addresses of roles and resources that anyone may assume or use."""
    accounts = [account for held in trusts for account in held.accounts]
    roles = {key for account in accounts for key, role in account.roles.items() if role.exposed}
    return roles | {key for account in accounts for key, holder in account.holders.items() if holder.exposed}


def _items(findings: Iterable[Finding], exposed: set[str], paths: Paths) -> tuple[Item, ...]:
    held: dict[tuple[str, Status], list[Finding]] = {}
    for finding in findings:
        if not finding.known:
            held.setdefault((finding.control.id, finding.status), []).append(finding)
    items = [
        Item(
            group[0].control,
            state,
            tuple(_place(finding, paths) for finding in group),
            any(finding.address in exposed for finding in group),
        )
        for (_, state), group in held.items()
    ]
    return tuple(sorted(items, key=lambda item: item.rank))


def _place(finding: Finding, paths: Paths) -> Place:
    shown = finding.status in ("failed", "unknown", "waived")
    return Place(
        finding.address,
        paths.of(finding.configuration),
        paths.of(finding.file),
        finding.line if shown else None,
        finding.construct_path,
        finding.found,
        finding.expected,
        finding.waiver,
    )


def _framework(name: str, items: Sequence[Item]) -> Framework:
    worst: dict[str, Status] = {}
    for item in items:
        known = worst.get(item.control.id)
        if known is None or STATES.index(item.state) < STATES.index(known):
            worst[item.control.id] = item.state
    controls: dict[str, list[str]] = {}
    for control in in_order(name):
        for id in ids_in(control, name):
            controls.setdefault(id, []).append(control.id)
    requirements: dict[str, Status] = {
        id: min((worst.get(control, _UNASKED) for control in held), key=STATES.index)
        for id, held in sorted(controls.items(), key=lambda one: natural(one[0]))
    }
    return Framework(
        name, title_of(name), requirements, {id: tuple(held) for id, held in controls.items()}, standing_of(name)
    )


def _waivers(report: Report, date: datetime.date, paths: Paths) -> list[WaiverRow]:
    rows = []
    for scoped, count in report.waivers.items():
        waiver = scoped.waiver
        try:
            days: int | None = (datetime.date.fromisoformat(str(waiver.until)) - date).days
        except ValueError:
            days = None
        rows.append(
            WaiverRow(
                waiver.control, paths.within(scoped.origin), waiver.reason, waiver.owner, str(waiver.until), count, days
            )
        )
    return sorted(rows, key=lambda row: (row.days if row.days is not None else 10**6, row.control, row.origin))
