"""`secureinfra explain`: what a public name guarantees, takes and gives."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from typing import TYPE_CHECKING

import click

from secureinfra.check.formats.as_table import WIDTH
from secureinfra.cli import completion

if TYPE_CHECKING:
    from secureinfra.reference import Part, Reference

_EPILOG = """\b
Examples:
  secureinfra explain SecureBucket
  secureinfra explain SecureBucket.grant_read
  secureinfra explain VpcConfig
  secureinfra explain Port"""


@click.command(name="explain", epilog=_EPILOG)
@click.argument("name", required=False, shell_complete=completion.public_names)
@click.option(
    "--format", "format", type=click.Choice(("text", "json")), default="text", show_default=True, help="Output format."
)
def command(name: str | None, format: str) -> None:
    """Explain a construct, a configuration or another public name: what it guarantees, its settings with defaults and
    ranges, its methods and an example. Without NAME, list them.
    """
    from secureinfra.reference import index, reference  # noqa: PLC0415 - starts the engine

    if name is None:
        _list(index(), format)
        return
    found = reference(name)
    if format == "json":
        click.echo(json.dumps(dataclasses.asdict(found), indent=1))
    else:
        click.echo("\n".join(_lines(found)))


def _list(names: dict[str, list[tuple[str, str]]], format: str) -> None:
    if format == "json":
        click.echo(json.dumps({kind: dict(held) for kind, held in names.items()}, indent=1))
        return
    for kind, held in names.items():
        click.echo(f"{kind}:")
        width = max(len(name) for name, _ in held)
        for name, said in held:
            click.echo(f"  {name:<{width}}  {said}".rstrip())
        click.echo()
    click.echo("Explain one: secureinfra explain NAME")


def _lines(found: Reference) -> list[str]:
    lines = [f"{found.name} ({found.kind})"]
    for number, paragraph in enumerate(found.paragraphs):
        lines += [*([""] if number else []), *_wrapped(paragraph, 2)]
    for heading, parts in found.parts.items():
        lines += ["", heading]
        for part in parts:
            lines += _part(part)
    if found.raises:
        lines += ["", "Raises", *_wrapped(found.raises, 2)]
    if found.example:
        lines += ["", "Example", *(f"  {line}" for line in found.example.replace("`", "").splitlines())]
    seen = {"Module": f"secureinfra module {found.module}", "Page": f"examples/{found.page}/README.md"}
    further = {label: text for label, text in seen.items() if getattr(found, label.lower())}
    return [*lines, *([""] if further else []), *(f"{label}: {text}" for label, text in further.items())]


def _part(part: Part) -> list[str]:
    type = f": {part.type}" if part.type else ""
    default = f" = {part.default}" if part.default is not None else ""
    head = [f"  {part.name}{type}{default}"] if part.name else []
    said = [part.said, *(f"{rule}." for rule in part.rules)]
    return [*head, *(line for text in said if text for line in _wrapped(text, 6 if part.name else 2))]


def _wrapped(text: str, indent: int) -> list[str]:
    space = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=space, subsequent_indent=space, break_on_hyphens=False)
