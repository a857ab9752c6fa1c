"""`secureinfra new`: start a project from a blueprint, with every setting explained."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from secureinfra.cli import completion

_EPILOG = """\b
Examples:
  secureinfra new data-lake lake
  secureinfra new network-hub platform/hub --name hub --region eu-west-1 --owner network-team"""


@click.command(name="new", epilog=_EPILOG)
@click.argument("blueprint", shell_complete=completion.blueprints)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", help="Name of the stack.  [default: the directory's name]")
@click.option("--region", default="eu-central-1", show_default=True, help="AWS region.")
@click.option("--owner", default="platform", show_default=True, help="Value of the tag `owner`: the responsible team.")
@click.option(
    "--package",
    metavar="REQUIREMENT",
    help="What pip installs secureinfra from in the project, e.g. 'secureinfra[node] @ https://.../secureinfra-0.1.0.whl'.  "
    "[default: the source of this installation, if it is a URL]",
)
def command(blueprint: str, folder: Path, name: str | None, region: str, owner: str, package: str | None) -> None:
    """Start a project from a blueprint, in a new directory.

    BLUEPRINT is a name that `secureinfra blueprints` lists, or package.module:Class. The project has a settings file in
    which every setting is explained, the program that cdktf runs, a test, and a workflow that checks every change and
    plans and applies by OIDC. It can be synthesized as it is.
    """
    # Late, since it starts the engine.
    from secureinfra.reports.costs import lines_of  # noqa: PLC0415
    from secureinfra.stacks.new.new import (  # noqa: PLC0415
        NO_SOURCE,
        SETTINGS,
        costs_in,
        files_of,
        name_from,
        refuse_used,
        write_new,
    )

    refuse_used(folder)
    files = files_of(blueprint, name or name_from(folder), region=region, owner=owner, package=package)
    write_new(folder, files)
    click.echo(f"{folder}: {len(files)} files. Replace the examples in settings.yaml, then:\n")
    if NO_SOURCE in files["requirements.txt"]:
        click.echo("  # requirements.txt: name where secureinfra is installed from")
    click.echo(
        f"  cd {shlex.quote(str(folder))} && pip install -r requirements.txt && python main.py && secureinfra check cdktf.out"
    )
    click.echo()
    for line in lines_of(costs_in(files[SETTINGS])):
        click.echo(line)
