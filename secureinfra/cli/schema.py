"""`secureinfra schema`: the JSON Schema of a blueprint's settings files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from secureinfra.check.output import write_file

_EPILOG = """\b
Examples:
  secureinfra schema data-lake --output lake.schema.json
  then, as the first line of lake.yaml, for editors that run yaml-language-server:
  # yaml-language-server: $schema=lake.schema.json"""


@click.command(name="schema", epilog=_EPILOG)
@click.argument("blueprint")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file.")
def command(blueprint: str, output: Path | None) -> None:
    """Print the JSON Schema of settings files.

    By it an editor completes and checks the settings of a blueprint. BLUEPRINT is one of `secureinfra blueprints`, or
    package.module:Class for a class of your own.
    """
    from secureinfra.projects.json_schema import schema_of  # noqa: PLC0415 - starts the engine
    from secureinfra.projects.registry import find  # noqa: PLC0415

    text = json.dumps(schema_of(find(blueprint)), indent=2, ensure_ascii=False) + "\n"
    if output is not None:
        write_file(output, text)
    else:
        click.echo(text, nl=False)
