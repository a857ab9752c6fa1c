"""The first two sections: what is broken and what to fix first; how frameworks stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from secureinfra.reports.facts import STATES, Framework, Item, ReportFacts
from secureinfra.reports.markup import Markup, join, tag
from secureinfra.reports.words import GLYPHS, LABELS, anchor, number, plural, severity_tag

__all__ = ["frameworks", "summary", "verdict"]

_FIRST = 7
_CONFIGURATIONS = 40


def verdict(facts: ReportFacts) -> str:
    """The worst fact in a sentence."""
    broken, unknown = facts.of_state("failed"), facts.of_state("unknown")
    if not facts.report.findings:
        return "No control applies to what was read."
    if not broken and not unknown:
        return "No control is broken, and none is unknown."
    if not broken:
        return f"No control is broken; {plural(len(unknown), 'control is', 'controls are')} unknown."
    worst = broken[0]
    place = worst.places[0]
    rest = f" {plural(len(broken), 'control is', 'controls are')} broken in all." if len(broken) > 1 else ""
    return f"{place.name} breaks a {worst.severity} control: {place.found or worst.control.title}.{rest}"


def summary(facts: ReportFacts) -> Markup:
    """Numbers, severities, what to fix first, and a table of configurations."""
    totals = facts.report.totals
    numbers = [
        tag("div", tag("dt", LABELS[state]), tag("dd", f"{totals[state]:,}"), class_=state.replace(" ", "-"))
        for state in STATES
    ]
    return join(
        [
            tag("p", verdict(facts), class_="verdict"),
            tag("dl", *numbers, class_="numbers"),
            _severities(facts),
            _first(facts),
            _configurations(facts),
        ]
    )


def _severities(facts: ReportFacts) -> Markup | None:
    held = facts.report.severities
    whole = sum(held.values())
    if not whole:
        return None
    pieces, left = [], 0.0
    for severity, count in held.items():
        wide = round(100 * count / whole, 2)
        pieces.append(tag("rect", x=f"{left:g}", y=0, width=f"{wide:g}", height=14, class_=severity))
        left += wide
    bar = tag("svg", *pieces, class_="bar", viewBox="0 0 100 14", preserveAspectRatio="none", aria_hidden="true")
    key = [tag("li", severity_tag(severity), f" {count:,}") for severity, count in held.items()]
    return join([bar, tag("ul", *key, class_="key", aria_label="Broken, by severity")])


def _first(facts: ReportFacts) -> Markup | None:
    broken = facts.of_state("failed")[:_FIRST]
    if not broken:
        return None
    rows = [
        tag("li", severity_tag(item.severity), " ", _link(item), tag("span", _rule(item), class_="broken"))
        for item in broken
    ]
    return join([tag("h3", "Fix first"), tag("ol", *rows, class_="first")])


def _link(item: Item) -> Markup:
    place = item.places[0]
    more = f" and {len(item.places) - 1:,} more" if len(item.places) > 1 else ""
    exposed = " (open to the internet)" if item.exposed else ""
    said = f"{place.name}: {place.found or item.control.title}{exposed}{more}"
    return tag("a", said, href=f"#{anchor(item.control.id, item.state)}")


def _rule(item: Item) -> str:
    return f"breaks the rule: {item.control.title}"


def _configurations(facts: ReportFacts) -> Markup | None:
    counted: dict[str, Counter[str]] = {name: Counter() for name in facts.report.configurations}
    for finding in facts.report.findings:
        if not finding.known:
            counted[finding.configuration][finding.status] += 1
    if len(counted) < 2:
        return None
    order = sorted(counted.items(), key=lambda held: (-held[1]["failed"], -held[1]["unknown"], held[0]))
    rows = [
        tag(
            "tr",
            tag("th", facts.names[name], scope="row"),
            *(number(held[state], state, LABELS[state]) for state in STATES),
        )
        for name, held in order[:_CONFIGURATIONS]
    ]
    more = len(order) - _CONFIGURATIONS
    note = tag("p", f"{plural(more, 'more configuration')} with fewer of them.", class_="quietly") if more > 0 else None
    head = [
        tag("th", "Configuration", scope="col"),
        *(tag("th", LABELS[state], scope="col", class_="number") for state in STATES),
    ]
    return join(
        [
            tag("h3", "By configuration"),
            tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="stack"),
            note,
        ]
    )


def frameworks(facts: ReportFacts) -> Markup:
    """A row for each framework, and below it a grid of its requirements."""
    if not facts.frameworks:
        return tag("p", "No framework was asked.")
    head = [tag("th", "Framework", scope="col"), tag("th", "In reach", scope="col", class_="number")]
    head += [tag("th", LABELS[state], scope="col", class_="number") for state in STATES]
    rows = [_row(framework) for framework in facts.frameworks]
    return join(
        [
            tag(
                "p",
                "A requirement is as good as the worst of its controls. “In reach” are the requirements that some control can judge "
                "from code: each framework asks for more, such as processes, evidence of operation and settings outside of "
                "Terraform. A requirement that is met here is met as far as this Terraform goes.",
            ),
            tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="stack"),
            *(_grid(framework) for framework in facts.frameworks),
        ]
    )


def _row(framework: Framework) -> Markup:
    cells = [number(framework.count(state), state, LABELS[state]) for state in STATES]
    reach = tag("td", f"{len(framework.requirements):,}", class_="number", data_label="in reach")
    return tag("tr", tag("th", framework.title, scope="row"), reach, *cells)


def _grid(framework: Framework) -> Markup:
    total = framework.standing.total
    of_all = f" of {total}" if total else ""
    summary_line = tag(
        "summary",
        framework.title,
        tag(
            "span", f" {framework.name}: {len(framework.requirements)}{of_all} requirements in reach", class_="quietly"
        ),
    )
    return tag("details", summary_line, tag("ul", *_requirements(framework), class_="requirements"), class_="framework")


def _requirements(framework: Framework) -> Iterator[Markup]:
    for id, state in framework.requirements.items():
        look = f"requirement {'none' if state == 'not applicable' else state}"
        words = join(
            [tag("span", GLYPHS[state], aria_hidden="true"), f" {id} ", tag("span", LABELS[state], class_="unseen")]
        )
        titled = f"{id}: {LABELS[state]}"
        if state in ("failed", "unknown", "waived"):
            key = f"{framework.name}:{id.replace(' ', '+')}"
            yield tag("li", tag("button", words, type="button", class_=look, title=titled, data_requirement=key))
        else:
            yield tag("li", tag("span", words, class_=look, title=titled))
