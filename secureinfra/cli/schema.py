"""`secureinfra schema`: the JSON Schema of a blueprint's settings files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from secureinfra.cli import completion
from secureinfra.files.output import write_file

_EPILOG = """\b
Examples:
  secureinfra schema data-lake --output lake.schema.json
  then, as the first line of lake.yaml, for editors that run yaml-language-server:
  # yaml-language-server: $schema=lake.schema.json
  secureinfra schema check --output check.schema.json     # of .secureinfra.yaml
  secureinfra schema waivers --output waivers.schema.json # of the file of --waivers"""


@click.command(name="schema", epilog=_EPILOG)
@click.argument("blueprint", shell_complete=completion.blueprints)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the schema to a file.")
def command(blueprint: str, output: Path | None) -> None:
    """Print the JSON Schema of settings files.

    Editors use it to complete and check the settings of a blueprint. BLUEPRINT is one of `secureinfra blueprints`,
    package.module:Class for a class of your own, `check` for the settings of `secureinfra check`, or `waivers` for its file of
    waivers.
    """
    text = json.dumps(_schema(blueprint), indent=2, ensure_ascii=False) + "\n"
    if output is not None:
        write_file(output, text)
    else:
        click.echo(text, nl=False)


def _schema(name: str) -> dict[str, Any]:
    if name == "check":
        from secureinfra.check.settings import schema  # noqa: PLC0415 - the other is asked for more often

        return schema()
    if name == "waivers":
        from secureinfra.check.waivers import schema as of_waivers  # noqa: PLC0415 - as above

        return of_waivers()
    from secureinfra.blueprints import find  # noqa: PLC0415
    from secureinfra.stacks.json_schema import schema_of  # noqa: PLC0415 - starts the engine

    return schema_of(find(name))
