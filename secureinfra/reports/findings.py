"""The section of findings: one entry for each control and state, with its places, the fix and who requires it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from secureinfra.check.finding import Status
from secureinfra.controls.control import SEVERITIES
from secureinfra.controls.packs import cited, title_of
from secureinfra.reports.facts import Item, Place, ReportFacts
from secureinfra.reports.markup import Markup, join, tag
from secureinfra.reports.words import LABELS, anchor, plural, severity_tag

__all__ = ["findings"]

_PLACES = 25
_SHOWN: tuple[Status, ...] = ("failed", "unknown", "waived")


def findings(facts: ReportFacts) -> Markup:
    """The filter, the entries, and what is met."""
    items = [item for state in _SHOWN for item in facts.of_state(state)]
    shown = [_entry(item, facts) for item in items]
    none = tag("p", "Nothing is broken, unknown or waived.") if not items else None
    return join([_filter(facts, items) if items else None, none, *shown, _met(facts)])


def _filter(facts: ReportFacts, items: list[Item]) -> Markup:
    severities = Counter(item.severity for item in items)
    states = Counter(item.state for item in items)
    boxes = [_box("severity", name, f"{name} {severities[name]}") for name in reversed(SEVERITIES) if severities[name]]
    kinds = [_box("state", name, f"{LABELS[name]} {states[name]}") for name in _SHOWN if states[name]]
    options = [
        tag("option", "all", value=""),
        *(tag("option", held.title, value=held.name) for held in facts.frameworks),
    ]
    form = tag(
        "form",
        tag(
            "div",
            tag("label", "Search (press /)", for_="search"),
            tag("input", type="search", id="search", autocomplete="off"),
            class_="search",
        ),
        tag("fieldset", tag("legend", "Severity"), *boxes),
        tag("fieldset", tag("legend", "State"), *kinds),
        tag(
            "div", tag("label", "Framework", for_="framework"), tag("select", *options, id="framework"), class_="choice"
        ),
        tag("button", "Clear", type="button", id="clear"),
        id="filter",
        class_="filter",
        hidden=True,
        role="search",
    )
    status = tag("p", plural(len(items), "entry", "entries") + ".", id="count", role="status", tabindex="-1")
    return join([form, status])


def _box(name: str, value: str, label: str) -> Markup:
    id = f"{name}-{value}"
    box = tag("input", type="checkbox", name=name, value=value, id=id, checked=True)
    return tag("span", box, tag("label", label, for_=id), class_="check")


def _entry(item: Item, facts: ReportFacts) -> Markup:
    control, place = item.control, item.places[0]
    required = cited(control, facts.report.packs)
    label = (
        severity_tag(item.severity)
        if item.state == "failed"
        else tag("span", LABELS[item.state], class_=f"tag {item.state}")
    )
    exposed = " (open to the internet)" if item.exposed else ""
    head = tag(
        "summary",
        label,
        tag(
            "span",
            tag("span", f"{place.name}: {_said(item, place)}{exposed}"),
            tag("span", f"{_breaks(item)}: {control.title} ", tag("code", control.id), class_="broken"),
        ),
        tag("span", f"{len(item.places):,}", class_="number-of", title=plural(len(item.places), "place")),
    )
    inside = tag(
        "div",
        tag("p", f"Otherwise {control.why}.", class_="why"),
        _places(item),
        tag("dl", *_todo(item, required), class_="todo"),
        class_="inside",
    )
    return tag(
        "details",
        head,
        inside,
        class_="finding",
        id=anchor(control.id, item.state),
        data_severity=item.severity,
        data_state=item.state,
        data_frameworks=" ".join(required),
        data_requirements=" ".join(f"{name}:{id.replace(' ', '+')}" for name, ids in required.items() for id in ids),
    )


def _said(item: Item, place: Place) -> str:
    if item.state == "waived":
        return place.waiver or place.found
    return place.found or item.control.title


def _breaks(item: Item) -> str:
    return {"failed": "Breaks the rule", "unknown": "Not known whether it meets", "waived": "Excused from"}[item.state]


def _places(item: Item) -> Markup:
    head = {"failed": ("Where", "Found", "Expected"), "unknown": ("Where", "Unknown", "To make it known")}.get(
        item.state, ("Where", "Found", "Waiver")
    )
    rows = [
        tag(
            "tr",
            tag("td", tag("code", place.name), *_source(place)),
            tag("td", place.found, data_label=f"{head[1]}:"),
            tag("td", place.waiver if item.state == "waived" else place.expected, data_label=f"{head[2]}:"),
        )
        for place in item.places[:_PLACES]
    ]
    more = len(item.places) - _PLACES
    note = tag("p", f"And {plural(more, 'more place')}.", class_="quietly") if more > 0 else None
    columns = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in head)))
    return join([tag("table", columns, tag("tbody", *rows), class_="stack"), note])


def _source(place: Place) -> Iterator[Markup]:
    if place.source:
        yield tag("span", place.source, class_="place")
    if place.construct:
        yield tag("span", f"construct {place.construct}", class_="place")


def _todo(item: Item, required: dict[str, tuple[str, ...]]) -> Iterator[Markup]:
    control = item.control
    if item.state != "waived" and control.fix:
        yield join([tag("dt", "Fix"), tag("dd", control.fix)])
    if item.state != "waived" and control.python:
        yield join([tag("dt", "Python"), tag("dd", control.python)])
    if required:
        listed = "; ".join(f"{title_of(name)}: {', '.join(ids)}" for name, ids in required.items())
        yield join([tag("dt", "Required by"), tag("dd", listed)])
    if item.state == "failed" and not control.waivable:
        yield join([tag("dt", "Waiver"), tag("dd", "This control cannot be waived.")])


def _met(facts: ReportFacts) -> Markup | None:
    """What is met, as one closed table."""
    items = facts.of_state("passed")
    if not items:
        return None
    rows = [
        tag(
            "tr",
            tag("td", item.control.title, " ", tag("code", item.control.id)),
            tag("td", f"{len(item.places):,}", class_="number", data_label="places:"),
        )
        for item in sorted(items, key=lambda item: item.control.id)
    ]
    head = tag("thead", tag("tr", tag("th", "Control", scope="col"), tag("th", "Places", scope="col", class_="number")))
    line = tag(
        "summary", f"What is met: {plural(len(items), 'control')}, {plural(sum(len(i.places) for i in items), 'place')}"
    )
    return tag("details", line, tag("table", head, tag("tbody", *rows), class_="stack"), class_="framework", id="met")
