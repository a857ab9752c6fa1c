"""`secureinfra controls`: list the controls, or explain one."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import click

from secureinfra.check.formats.as_table import WIDTH, citation
from secureinfra.controls.control import UNRATED, Control, find, types_of
from secureinfra.controls.packs import PACKS, ids_in, pack, title_of


@click.command(name="controls")
@click.argument("id", required=False)
@click.option(
    "--pack", "name", type=click.Choice(PACKS), default="all", show_default=True, help="Only those of a pack."
)
@click.option(
    "--format", "format", type=click.Choice(("text", "json")), default="text", show_default=True, help="How to print."
)
def command(id: str | None, name: str, format: str) -> None:
    """List the controls, or explain one: what it demands, why, who else asks for it, how to meet it."""
    controls = (find(id),) if id else pack(name)
    if format == "json":
        click.echo(json.dumps([as_object(control) for control in controls], indent=1))
    elif id:
        click.echo("\n".join(explained(controls[0])))
    else:
        for control in controls:
            click.echo(f"{control.severity or '-':<9}{control.id}: {control.title}")
        click.echo(f"\n{len(controls)} controls: {title_of(name)}. Explain one: secureinfra controls ID")


def explained(control: Control) -> list[str]:
    """A control in words, at 80 columns."""
    waivable = "no: no reason excuses it" if not control.waivable else "with a reason, an owner and an end date"
    judged = ", ".join(types_of(control)) or "by the constructs of this library only"
    parts = {
        "": f"{control.title}.",
        "Why": f"Otherwise {control.why}.",
        "Severity": control.severity or f"not rated by its sources; counts as {UNRATED}",
        "Asked about": judged,
        "Asked by": citation(control) or "this library alone",
        "Waivable": waivable,
        "Terraform": control.mend,
        "Python": control.python,
        "Optional": "offered and left off; only a framework that demands it fails a resource without"
        if control.optional
        else "",
    }
    lines = [control.id]
    for label, text in parts.items():
        if text:
            first = f"  {label + ':':<13}" if label else "  "
            lines += textwrap.wrap(
                text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first), break_on_hyphens=False
            )
    return lines


def as_object(control: Control) -> dict[str, Any]:
    """A control as JSON has it."""
    return {
        "id": control.id,
        "title": control.title,
        "why": control.why,
        "severity": control.severity or None,
        "resource_types": list(types_of(control)),
        "waivable": control.waivable,
        "optional": control.optional,
        "mend": control.mend,
        "python": control.python,
        "sources": {name: list(ids) for name in PACKS if name != "all" and (ids := ids_in(control, name))},
        "scanners": {name: list(ids) for name in ("checkov", "trivy") if (ids := control.source(f"{name}_ids"))},
    }
