"""The sections of evidence: maps, proofs, waivers, what was not looked at, costs, responsibility, how to repeat."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.check.proofs.report import Finding
from secureinfra.maps.network.draw import picture_of as network_picture
from secureinfra.maps.svg import Picture, inline
from secureinfra.maps.trust.draw import picture_of as trust_picture
from secureinfra.reports.facts import ReportFacts, WaiverRow
from secureinfra.reports.markup import Markup, join, tag
from secureinfra.reports.prices import Price
from secureinfra.reports.words import plural
from secureinfra.version import __version__

__all__ = ["costs", "maps", "not_looked_at", "proofs", "repeat", "responsibility", "waivers"]

_SOON = 30
_PROOFS = 50
_WORDS = {"BROKEN": ("refuted", "failed"), "UNKNOWN": ("undecided", "unknown"), "PROVED": ("proved", "passed")}


def maps(facts: ReportFacts) -> Markup:
    """The network of each configuration and who may do what in it, with the same as text."""
    pictures = [*map(network_picture, facts.maps), *map(trust_picture, facts.trusts)]
    if not pictures:
        return tag("p", "No configuration has a network or principals, or maps were left out.")
    return join(_map(number, picture) for number, picture in enumerate(pictures, 1))


def _map(number: int, picture: Picture) -> Markup:
    drawn = tag(
        "div",
        Markup(inline(picture.wide, "wide", picture.title)),
        Markup(inline(picture.narrow, "narrow", picture.title)),
        class_="map",
    )
    text = tag(
        "details",
        tag("summary", "The same as text"),
        tag("ul", *(tag("li", sentence) for sentence in picture.sentences)),
        class_="same",
    )
    return tag("figure", tag("figcaption", f"{number}. {picture.title}"), drawn, text)


def proofs(facts: ReportFacts) -> Markup:
    """Claims with their verdicts: refuted first, with the path or request that refutes them."""
    report = facts.proofs
    if report is None:
        return tag("p", "Proofs were left out.")
    shown = [*report.of_answer("BROKEN"), *report.of_answer("UNKNOWN")]
    pieces = [_proof(finding, facts) for finding in shown[:_PROOFS]]
    more = len(shown) - _PROOFS
    if more > 0:
        pieces.append(
            tag(
                "p", f"And {more:,} more that are refuted or undecided: secureinfra prove lists them.", class_="quietly"
            )
        )
    pieces += _proved(facts)
    said = ", ".join(f"{count:,} {_WORDS[answer][0]}" for answer, count in report.totals.items())
    return join(
        [
            tag("p", f"{said}. A proof holds whatever values Terraform fills in; what is not known is undecided."),
            *pieces,
        ]
    )


def _proof(finding: Finding, facts: ReportFacts) -> Markup:
    result, theorem = finding.result, finding.theorem
    word, look = _WORDS[result.verdict]
    steps = [
        tag(
            "li",
            step.text,
            tag("span", " ".join(filter(None, (step.address, _line(facts, step.file, step.line)))), class_="place"),
        )
        for step in result.steps
    ]
    said = result.found if result.verdict == "BROKEN" else result.reason
    return tag(
        "div",
        tag("h3", tag("span", word, class_=f"tag {look}"), f" {theorem.title}"),
        tag("p", f"{result.address or facts.names.get(finding.configuration, '')}: {said}."),
        tag("ol", *steps, class_="steps") if steps else None,
        tag("p", f"Otherwise {theorem.why}.", class_="quietly"),
        class_=f"proof {look}",
    )


def _line(facts: ReportFacts, file: str, line: int | None) -> str:
    name = facts.paths.of(file)
    return f"{name}:{line}" if file and line else name


def _proved(facts: ReportFacts) -> Iterator[Markup]:
    report = facts.proofs
    if report is None:
        return
    for theorem in report.theorems:
        held = [finding for finding in report.findings if finding.theorem is theorem]
        count = sum(1 for finding in held if finding.result.verdict == "PROVED")
        if count:
            assumed = tag("p", f"Assumed: {theorem.assumes}") if theorem.assumes else None
            yield tag(
                "div",
                tag("h3", tag("span", "proved", class_="tag passed"), f" {theorem.title}"),
                tag("p", f"For {count} of {plural(len(held), 'subject')}. {theorem.scope}"),
                assumed,
                class_="proof passed",
            )


def waivers(facts: ReportFacts) -> Markup:
    """Who permits what until when; the next to end first."""
    if not facts.waivers:
        return tag("p", "No waiver excuses anything.")
    head = [tag("th", name, scope="col") for name in ("Control", "Reason", "Owner", "Until", "Excuses", "Written at")]
    rows = [_waiver(row) for row in facts.waivers]
    return tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="stack")


def _waiver(row: WaiverRow) -> Markup:
    left = "" if row.days is None else f", {plural(row.days, 'day')} left" if row.days >= 0 else ", over"
    soon = " Ends soon." if row.days is not None and 0 <= row.days <= _SOON else ""
    return tag(
        "tr",
        tag("th", tag("code", row.control), scope="row"),
        tag("td", row.reason, data_label="reason:"),
        tag("td", row.owner, data_label="owner:"),
        tag("td", f"{row.until}{left}.{soon}", data_label="until:"),
        tag("td", plural(row.excuses, "finding"), data_label="excuses:"),
        tag("td", tag("code", row.origin), data_label="written at:"),
    )


def not_looked_at(facts: ReportFacts) -> Markup:
    """What the report does not know, in words."""
    said = [*map(facts.paths.within, facts.report.notes), *facts.coverage.sentences()]
    if facts.proofs is not None:
        said += [note for note in map(facts.paths.within, facts.proofs.notes) if note not in said]
    reasons: dict[str, int] = {}
    for item in facts.of_state("not applicable"):
        for place in item.places:
            reasons[place.found or "no reason"] = reasons.get(place.found or "no reason", 0) + 1
    common = sorted(reasons.items(), key=lambda held: (-held[1], held[0]))[:12]
    rows = [tag("tr", tag("td", reason), tag("td", f"{count:,}", class_="number")) for reason, count in common]
    table = tag("table", tag("tbody", *rows)) if rows else None
    return join(
        [
            tag("ul", *(tag("li", note) for note in said)) if said else None,
            tag("h3", "Why controls did not apply") if rows else None,
            table,
            tag(
                "p",
                "Code cannot show what was changed by hand, what other accounts and stacks allow, who holds credentials, and whether "
                "anybody reads the alarms. Values that only AWS knows are unknown above, never met.",
            ),
        ]
    )


def costs(facts: ReportFacts) -> Markup:
    """What starts to cost, counted."""
    if not facts.costs:
        return tag("p", "No resource of a kind that is known to cost was read.")
    head = [
        tag("th", name, scope="col", class_="number" if name == "Number" else None)
        for name in ("What", "Number", "Billed by", "List price", "What makes it smaller")
    ]
    rows = [
        tag(
            "tr",
            tag("th", cost.driver.what, " ", tag("code", cost.driver.type), scope="row"),
            tag("td", f"{cost.count:,}{' or more' if cost.at_least else ''}", class_="number", data_label="number:"),
            tag("td", cost.driver.unit, data_label="billed by:"),
            _price(cost.price),
            tag("td", cost.driver.ends, data_label="smaller by:") if cost.driver.ends else tag("td"),
        )
        for cost in facts.costs
    ]
    return join(
        [
            tag(
                "p",
                "Not a bill: what is counted in the Terraform, and list prices where a source is known. They hold for the region "
                "and day that stand beside them; what you pay depends on region, contract and use.",
            ),
            tag("table", tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="stack"),
        ]
    )


def _price(price: Price | None) -> Markup:
    if price is None:
        return tag("td")
    return tag("td", f"{price.price} ", tag("span", f"({price.standing})", class_="quietly"), data_label="list price:")


def responsibility(facts: ReportFacts) -> Markup:
    """Who is responsible for what."""
    rows = (
        ("AWS", "Hardware, buildings, the hypervisor, the software of managed services, and what it bills."),
        (
            "Checked here",
            "The Terraform that was read: configuration, policies and networks, at the time of the report.",
        ),
        (
            "You",
            "Data, people and their credentials, code and images, restores that are tried, answers to alarms, changes by hand.",
        ),
    )
    return tag(
        "table",
        tag("tbody", *(tag("tr", tag("th", who, scope="row"), tag("td", what)) for who, what in rows)),
        class_="stack",
    )


def repeat(facts: ReportFacts) -> Markup:
    """The command, the versions and what was read."""
    rows = [tag("tr", tag("td", tag("code", held.path)), tag("td", tag("code", held.sha256))) for held in facts.digests]
    head = tag("thead", tag("tr", tag("th", "File", scope="col"), tag("th", "SHA-256", scope="col")))
    packs = ", ".join(facts.report.packs)
    return join(
        [
            tag("pre", facts.command),
            tag("p", f"secureinfra {__version__}; packs: {packs}; date of the report: {facts.date.isoformat()}."),
            tag("table", head, tag("tbody", *rows)) if rows else None,
        ]
    )
