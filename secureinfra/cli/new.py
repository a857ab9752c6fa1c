"""`secureinfra new`: a project to start from, with every setting of a blueprint explained."""

from __future__ import annotations

from pathlib import Path

import click

_EPILOG = """\b
Examples:
  secureinfra new data-lake lake
  secureinfra new network-hub platform/hub --name hub --region eu-west-1 --owner network-team"""


@click.command(name="new", epilog=_EPILOG)
@click.argument("blueprint")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", help="What the stack is called.  [default: the folder's name]")
@click.option("--region", default="eu-central-1", show_default=True, help="Where it is built.")
@click.option("--owner", default="platform", show_default=True, help="Tag `owner`: the team that answers for it.")
def command(blueprint: str, folder: Path, name: str | None, region: str, owner: str) -> None:
    """Start a project from a blueprint, in a new folder.

    BLUEPRINT is a name that `secureinfra blueprints` lists, or package.module:Class. The project has a settings file in
    which every setting is explained, the program that cdktf runs, a test, and a workflow that checks every change and
    plans and applies by OIDC. It can be synthesised as it is.
    """
    # Late, since it starts the engine.
    from secureinfra.projects.new import files_of, name_from, refuse_used, write_new  # noqa: PLC0415

    refuse_used(folder)
    files = files_of(blueprint, name or name_from(folder), region=region, owner=owner)
    write_new(folder, files)
    click.echo(f"{folder}: {len(files)} files. Replace the examples in settings.yaml, then:\n")
    click.echo(f"  cd {folder} && pip install -r requirements.txt && python main.py && secureinfra check cdktf.out")
