"""The report as one HTML file: no network, no inline styles, a strict content security policy."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from secureinfra.maps.colors import STYLE
from secureinfra.reports import evidence
from secureinfra.reports.facts import ReportFacts
from secureinfra.reports.findings import findings
from secureinfra.reports.markup import Markup, tag
from secureinfra.reports.summary import frameworks, summary
from secureinfra.reports.words import plural
from secureinfra.version import __version__

__all__ = ["page"]

_SECTIONS = (
    ("summary", "Summary", summary),
    ("frameworks", "Frameworks", frameworks),
    ("findings", "Findings", findings),
    ("maps", "Maps", evidence.maps),
    ("proofs", "Proofs", evidence.proofs),
    ("waivers", "Waivers", evidence.waivers),
    ("not-looked-at", "Not looked at", evidence.not_looked_at),
    ("costs", "Cost drivers", evidence.costs),
    ("responsibility", "Shared responsibility", evidence.responsibility),
    ("repeat", "How to repeat", evidence.repeat),
)


def page(facts: ReportFacts) -> str:
    """The file."""
    style, script = _style(), _file("report.js")
    policy = (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"Security report: {facts.title}"),
        tag("style", Markup(style)),
    )
    links = [tag("li", tag("a", name, href=f"#{id}")) for id, name, _ in _SECTIONS]
    sections = [
        tag("section", tag("h2", name, id=f"{id}-head"), make(facts), id=id, aria_labelledby=f"{id}-head")
        for id, name, make in _SECTIONS
    ]
    body = tag(
        "body",
        tag("a", "Skip to the summary", class_="skip", href="#summary"),
        tag(
            "header",
            tag("h1", f"Security report: {facts.title}"),
            tag("ul", *(tag("li", fact) for fact in _facts(facts)), class_="facts"),
            tag("nav", tag("ol", *links), aria_label="Sections"),
        ),
        tag("main", *sections, class_="page", tabindex="-1"),
        tag("script", Markup(script)),
        class_="report",
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en-US')}\n"


def _facts(facts: ReportFacts) -> list[str]:
    return [
        facts.date.isoformat(),
        plural(len(facts.report.configurations), "configuration"),
        f"packs: {', '.join(facts.report.packs)}",
        f"secureinfra {__version__}",
    ]


@cache
def _style() -> str:
    # The tokens of the maps are those of the whole page.
    return STYLE.replace(".si{--", ":root{--") + "\n" + _file("report.css")


@cache
def _file(name: str) -> str:
    return files("secureinfra.reports").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
