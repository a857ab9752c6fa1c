"""`secureinfra map`: draw what a configuration's network allows, or who may do what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from secureinfra.check.formats.plain import plain, quiet
from secureinfra.cli.reading import configurations_of, reading
from secureinfra.errors import ConfigError
from secureinfra.files.output import write_file
from secureinfra.maps.svg import svg

if TYPE_CHECKING:
    from secureinfra.maps.svg import Picture

_EPILOG = """\b
Examples:
  secureinfra map infra/ --out network.svg
  secureinfra map infra/ --trust --out trust.svg
  secureinfra map cdktf.out --format mermaid
  secureinfra map plan.json --vpc shop --out shop.svg
  secureinfra map infra/ --group database --format text
  secureinfra map infra/ --trust --role deploy --format text

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
@click.option("--trust", is_flag=True, help="Draw who assumes which role and may do what, instead of the network.")
@click.option("--vpc", "vpcs", metavar="NAME", multiple=True, help="Show only this VPC, by its label or address.")
@click.option(
    "--group", "groups", metavar="NAME", multiple=True, help="Show only this security group and what it has to do with."
)
@click.option(
    "--role", "roles", metavar="NAME", multiple=True, help="With --trust, show only this principal and what it may do."
)
@click.option(
    "--resource", "resources", metavar="NAME", multiple=True, help="With --trust, show only this resource and who may."
)
@click.option("--title", help="What the map calls the configuration; by default its name.")
@click.option("--links", metavar="URL", default="", help="Link what is drawn to its file and line below this address.")
@reading
def command(
    paths: tuple[str, ...],
    out: Path | None,
    format: str,
    layout: str,
    trust: bool,
    title: str | None,
    links: str,
    **given: Any,
) -> None:
    """Draw what the network allows: zones as columns, tiers as rows, and arrows for what groups and routes allow.

    With --trust, draw who assumes which role, and who may do what on which resource: solid lines are proved, dashed ones are
    not known, and what anyone may do is marked.

    PATH is what `check` reads. What the internet reaches is marked where it is proved; what is placed by its rules alone is
    dashed. The picture is one SVG file that needs no network, in light and dark. The same input gives the same bytes.
    """
    _refuse(trust, given)
    drawn = (_trust if trust else _network)(paths, format, title or "", given)
    if isinstance(drawn, str):
        text = drawn
    else:
        picture, hint = drawn
        text = svg(picture, layout, links=links)
        if picture.wide.height > _TALL and hint:
            click.echo(quiet(f"The map is {picture.wide.height} units high. {hint}"), err=True)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_file(out, text)
        click.echo(quiet(f"Wrote {out}."), err=True)


def _refuse(trust: bool, given: dict[str, Any]) -> None:
    """Refuse parts of the other map."""
    parts = {"vpcs": "--vpc", "groups": "--group"} if trust else {"roles": "--role", "resources": "--resource"}
    for name, option in parts.items():
        if given[name]:
            other = "the network; leave out --trust" if trust else "the trust map; add --trust"
            raise ConfigError(f"{option}: shows a part of {other}.")


def _network(paths: tuple[str, ...], format: str, title: str, given: dict[str, Any]) -> str | tuple[Picture, str]:
    from secureinfra.maps.network.draw import facts_of, picture_of  # noqa: PLC0415 - the other map needs none of it
    from secureinfra.maps.network.mermaid import as_mermaid  # noqa: PLC0415 - as above
    from secureinfra.maps.network.sentences import sentences  # noqa: PLC0415 - as above

    facts = facts_of(configurations_of(paths, given), name=title, vpcs=given["vpcs"], groups=given["groups"])
    if format != "svg":
        return as_mermaid(facts) if format == "mermaid" else _lines(sentences(facts))
    several = len(facts.vpcs) + sum(len(vpc.bars) for vpc in facts.vpcs) > 1
    return picture_of(facts), "Show a part of it with --vpc NAME or --group NAME." if several else ""


def _trust(paths: tuple[str, ...], format: str, title: str, given: dict[str, Any]) -> str | tuple[Picture, str]:
    from secureinfra.maps.trust.draw import facts_of, picture_of  # noqa: PLC0415 - the other map needs none of it
    from secureinfra.maps.trust.mermaid import as_mermaid  # noqa: PLC0415 - as above
    from secureinfra.maps.trust.sentences import sentences  # noqa: PLC0415 - as above

    facts = facts_of(configurations_of(paths, given), name=title, roles=given["roles"], resources=given["resources"])
    if format != "svg":
        return as_mermaid(facts) if format == "mermaid" else _lines(sentences(facts))
    return picture_of(facts), "Show a part of it with --role NAME or --resource NAME."


def _lines(sentences: list[str]) -> str:
    return "".join(f"{plain(line)}\n" for line in sentences)
