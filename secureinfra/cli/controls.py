"""`secureinfra controls`: list the controls, or explain one."""

from __future__ import annotations

import json
from collections import Counter

import click

from secureinfra.check.formats.control import as_object, explained
from secureinfra.cli import completion
from secureinfra.controls.control import SEVERITIES, Control
from secureinfra.controls.packs import ALL, PACKS, ids_in, in_order, is_in, natural, title_of
from secureinfra.controls.search import Hit, search
from secureinfra.errors import ConfigError

_EPILOG = """\b
Examples:
  secureinfra controls s3-bucket-tls-only
  secureinfra controls S3.5                 # or CKV_AWS_21, AVD-AWS-0132, cis-v5 2.1.1
  secureinfra controls tls bucket
  secureinfra controls --pack cis-v5
  secureinfra controls --pack nist-800-53 --format oscal > components.json"""


@click.command(name="controls", epilog=_EPILOG)
@click.argument("words", metavar="[ID | WORDS]", nargs=-1, shell_complete=completion.controls)
@click.option(
    "--pack",
    "name",
    type=click.Choice(PACKS),
    default="all",
    show_default=True,
    help="List the controls of one pack only, in the order of the framework.",
)
@click.option(
    "--format",
    "format",
    type=click.Choice(("text", "json", "oscal")),
    default="text",
    show_default=True,
    help="Output format; oscal is a component definition of the constructs that meet the controls.",
)
@click.option("--date", metavar="YYYY-MM-DD", help="Date of the component definition.  [default: today]")
def command(words: tuple[str, ...], name: str, format: str, date: str | None) -> None:
    """List the controls, or explain one: what it requires, why, which frameworks require it, and how to meet it.

    One is found by its own id, by the id of a framework or scanner, or by words of its text; several are listed.
    """
    if date is not None and format != "oscal":
        raise ConfigError("--date is of a component definition only. Add --format oscal, or leave --date out.")
    hits = search(" ".join(words)) if words else [Hit(control) for control in in_order(name)]
    hits = [hit for hit in hits if is_in(hit.control, name)]
    if words and not hits:
        raise ConfigError(f"pack {name} has no control {' '.join(words)!r}. Leave --pack out to search all.")
    if format == "json":
        click.echo(json.dumps([as_object(hit.control, (name,)) for hit in hits], indent=1))
    elif format == "oscal":
        from secureinfra.cli.reading import date_of  # noqa: PLC0415 - the other forms need neither
        from secureinfra.reports.oscal.components import as_components  # noqa: PLC0415 - as above

        click.echo(as_components([hit.control for hit in hits], date_of(date), (name,)), nl=False)
    elif words and len(hits) == 1:
        click.echo("\n".join(explained(hits[0].control, (name,))))
    else:
        _list(hits, name, f"controls found by {' '.join(words)!r}" if words else title_of(name))


def _list(hits: list[Hit], name: str, title: str) -> None:
    numbers = {hit.control: "" if name == ALL else _number(hit.control, name) for hit in hits}
    width = max(map(len, numbers.values())) + 2 if name != ALL else 0
    for hit in hits:
        number = f"{numbers[hit.control]:<{width}}"
        by = f"  [{', '.join(hit.named)}]" if hit.named else ""
        click.echo(f"{number}{hit.control.severity or '-':<9}{hit.control.id}: {hit.control.title}{by}")
    counted = Counter(hit.control.severity or "not rated" for hit in hits)
    totals = ", ".join(f"{counted[one]} {one}" for one in (*reversed(SEVERITIES), "not rated") if counted[one])
    click.echo(f"\n{len(hits)} controls: {title}. {totals}. Explain one: secureinfra controls ID")


def _number(control: Control, name: str) -> str:
    """The framework's own number of a control: the first, and how many more."""
    first, *others = sorted(ids_in(control, name), key=natural)
    return f"{first} +{len(others)}" if others else first
