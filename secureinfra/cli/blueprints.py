"""`secureinfra blueprints`: list the blueprints for settings files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from secureinfra.blueprints import Blueprint


@click.command(name="blueprints")
@click.option(
    "--format", "format", type=click.Choice(("text", "json")), default="text", show_default=True, help="Output format."
)
def command(format: str) -> None:
    """List available blueprints (ready-made stacks).

    Blueprints come with this library and with installed packages that publish them as entry points of the group
    secureinfra.blueprints. One that cannot be loaded is listed with its error.
    """
    from secureinfra.blueprints import blueprints  # noqa: PLC0415 - loading them starts the engine

    rows = [_described(blueprint) for blueprint in blueprints().values()]
    if format == "json":
        click.echo(json.dumps(rows, indent=1))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        click.echo(f"{row['name']:<{width}}  {row['summary'] or row['error']}  [{row['distribution']}]")
    click.echo(
        f"\n{len(rows)} blueprints. Start one: secureinfra new NAME DIR; without Python: secureinfra synth FILE --out DIR."
    )


def _described(blueprint: Blueprint) -> dict[str, Any]:
    from secureinfra.config.docstrings import paragraphs_of  # noqa: PLC0415
    from secureinfra.errors import ConfigError  # noqa: PLC0415

    row: dict[str, Any] = {"name": blueprint.name, "class": blueprint.path, "distribution": blueprint.distribution}
    try:
        cls, config = blueprint.load(), blueprint.config_type()
    except ConfigError as error:
        return {**row, "summary": None, "required": [], "error": str(error)}
    required = [name for name, field in config.model_fields.items() if field.is_required()]
    return {**row, "summary": (*paragraphs_of(cls), "")[0], "required": required, "error": None}
