"""`secureinfra mcp`: answer an assistant or editor over the Model Context Protocol."""

from __future__ import annotations

import os
from pathlib import Path

import click

from secureinfra.errors import ConfigError

_EPILOG = """\b
Examples:
  secureinfra mcp
  secureinfra mcp --folder infra

It needs the extra mcp: pip install 'secureinfra[mcp]' from where you install secureinfra. It ends with its input."""


@click.command(name="mcp", epilog=_EPILOG)
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="Only files below this folder are read, and paths start there.  [default: the working directory]",
)
def command(folder: Path) -> None:
    """Serve the Model Context Protocol over standard input and output.

    A client, such as an assistant in an editor, may list and explain controls, check Terraform, ask who may do what, explain a
    public name, and get a module as text. Nothing is executed, nothing is written, and nothing leaves this machine but the
    answers, to the client.
    """
    whole = folder.resolve()
    if whole == Path(whole.anchor):
        raise ConfigError(
            "the folder is the whole disk, which the client could read. Name one: secureinfra mcp --folder DIR."
        )
    from secureinfra.mcp.server import server  # noqa: PLC0415 - help must stay quick, and the package may not be there

    os.chdir(whole)
    server(whole).run("stdio")
