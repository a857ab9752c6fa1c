"""A control for people and tools: what it requires, why, which frameworks require it, and how to meet it."""

from __future__ import annotations

import textwrap
from collections.abc import Collection
from typing import Any

from secureinfra.check.formats.as_table import WIDTH, citation
from secureinfra.controls.control import UNRATED, Control
from secureinfra.controls.packs import cited
from secureinfra.controls.registry import types_of


def explained(control: Control, packs: Collection[str] = ()) -> list[str]:
    """A control as text for 80 columns."""
    waivable = (
        "no: this control cannot be waived" if not control.waivable else "with a reason, an owner and an end date"
    )
    checked = ", ".join(types_of(control)) or "the constructs of this library only"
    parts = {
        "": f"{control.title}.",
        "Why": f"Otherwise {control.why}.",
        "Severity": control.severity or f"not rated by its sources; counts as {UNRATED}",
        "Checked on": checked,
        "Required by": citation(control, packs) or "this library only",
        "Waivable": waivable,
        "Terraform": control.fix,
        "Python": control.python,
        "Optional": "off by default; a resource fails it only if a pack requires it" if control.optional else "",
    }
    lines = [control.id]
    for label, text in parts.items():
        if text:
            first = f"  {label + ':':<13}" if label else "  "
            lines += textwrap.wrap(
                text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False
            )
    return lines


def as_object(control: Control, packs: Collection[str] = ()) -> dict[str, Any]:
    """A control as a JSON object."""
    return {
        "id": control.id,
        "title": control.title,
        "why": control.why,
        "severity": control.severity or None,
        "resource_types": list(types_of(control)),
        "waivable": control.waivable,
        "optional": control.optional,
        "fix": control.fix,
        "mend": control.fix,  # what `fix` was called; it goes in the next release
        "python": control.python,
        "sources": {name: list(ids) for name, ids in cited(control, packs).items()},
        "scanners": {name: list(ids) for name in ("checkov", "trivy") if (ids := control.source(f"{name}_ids"))},
    }
