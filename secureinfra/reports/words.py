"""Words that several sections share."""

from __future__ import annotations

from secureinfra.reports.markup import Markup, tag

__all__ = ["GLYPHS", "LABELS", "anchor", "number", "plural", "severity_tag"]

LABELS = {
    "failed": "broken",
    "unknown": "unknown",
    "waived": "waived",
    "passed": "met",
    "not applicable": "not applicable",
}
GLYPHS = {"failed": "✕", "unknown": "?", "waived": "W", "passed": "✓", "not applicable": "·"}


def plural(count: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 finding`, `1,204 findings`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def severity_tag(severity: str) -> Markup:
    """A severity, always with its word."""
    return tag("span", severity, class_=f"tag {severity}")


def number(count: int, state: str, label: str = "") -> Markup:
    """A cell with a number; zero is quiet."""
    return tag("td", f"{count:,}", class_=f"number {state if count else 'zero'}", data_label=label or None)


def anchor(control: str, state: str) -> str:
    """The id of a finding in the page."""
    return f"{state.replace(' ', '-')}-{control}"
