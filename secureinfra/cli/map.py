"""`secureinfra map`: draw what a configuration's network allows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from secureinfra.check.formats.plain import plain, quiet
from secureinfra.cli.reading import configurations_of, reading
from secureinfra.files.output import write_file
from secureinfra.maps.network.draw import facts_of, picture_of
from secureinfra.maps.network.mermaid import as_mermaid
from secureinfra.maps.network.sentences import sentences
from secureinfra.maps.svg import svg

_EPILOG = """\b
Examples:
  secureinfra map infra/ --out network.svg
  secureinfra map cdktf.out --format mermaid
  secureinfra map plan.json --vpc shop --out shop.svg
  secureinfra map infra/ --group database --format text

Exit status: 0 written, 2 bad input or usage."""
_TALL = 2000


@click.command(name="map", epilog=_EPILOG)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; standard output by default."
)
@click.option(
    "--format",
    "format",
    type=click.Choice(("svg", "mermaid", "text")),
    default="svg",
    show_default=True,
    help="A picture, a Mermaid flowchart, or the same as sentences.",
)
@click.option(
    "--layout",
    type=click.Choice(("auto", "wide", "narrow")),
    default="auto",
    show_default=True,
    help="Of a picture; auto holds both and shows the one that fits.",
)
@click.option("--vpc", "vpcs", metavar="NAME", multiple=True, help="Show only this VPC, by its label or address.")
@click.option(
    "--group", "groups", metavar="NAME", multiple=True, help="Show only this security group and what it has to do with."
)
@click.option("--title", help="What the map calls the configuration; by default its name.")
@click.option("--links", metavar="URL", default="", help="Link what is drawn to its file and line below this address.")
@reading
def command(
    paths: tuple[str, ...],
    out: Path | None,
    format: str,
    layout: str,
    vpcs: tuple[str, ...],
    groups: tuple[str, ...],
    title: str | None,
    links: str,
    **given: Any,
) -> None:
    """Draw what the network allows: zones as columns, tiers as rows, and arrows for what groups and routes allow.

    PATH is what `check` reads. What the internet reaches is marked where it is proved; what is placed by its rules alone is
    dashed. The picture is one SVG file that needs no network, in light and dark. The same input gives the same bytes.
    """
    facts = facts_of(configurations_of(paths, given), name=title or "", vpcs=vpcs, groups=groups)
    if format == "svg":
        picture = picture_of(facts)
        text = svg(picture, layout, links=links)
        if picture.wide.height > _TALL and len(facts.vpcs) + sum(len(vpc.bars) for vpc in facts.vpcs) > 1:
            note = f"The map is {picture.wide.height} units high. Show a part of it with --vpc NAME or --group NAME."
            click.echo(quiet(note), err=True)
    else:
        text = as_mermaid(facts) if format == "mermaid" else "".join(f"{plain(line)}\n" for line in sentences(facts))
    if out is None:
        click.echo(text, nl=False)
    else:
        write_file(out, text)
        click.echo(quiet(f"Wrote {out}."), err=True)
