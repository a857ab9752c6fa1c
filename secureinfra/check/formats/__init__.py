"""Renders a report for people and tools."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from secureinfra.check.formats.plain import quiet

if TYPE_CHECKING:
    from secureinfra.check.report import Report

FORMATS = ("table", "json", "sarif", "junit", "github", "requirements")


def rendered(report: Report, format: str, *, color: bool = False) -> str:
    """A report as text, with a line break at its end unless it is empty.

    Args:
        report: the result of a run.
        format: one of `FORMATS`.
        color: whether the table may mark severities in color.
    """
    module = importlib.import_module(f"{__name__}.as_{format}")
    text: str = module.render(report, color=color) if format == "table" else module.render(report)
    return text if format == "github" else quiet(text, format)
