"""`secureinfra adopt`: a program for what exists, that imports it and replaces nothing."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import IO

import click

from secureinfra.cli.progress import Progress
from secureinfra.errors import ConfigurationError

_EPILOG = """\b
Examples:
  terraform show -json > state.json && secureinfra adopt state.json --out shop
  terraform show -json | secureinfra adopt - --out platform/shop --name shop --region eu-west-1"""


@click.command(name="adopt", epilog=_EPILOG)
@click.argument("state", metavar="STATE", type=click.File("r", encoding="utf-8"))
@click.option(
    "--out",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="Directory of the project: a new one, or an empty one.",
)
@click.option("--name", help="Name of the stack.  [default: the directory's name]")
@click.option("--region", help="AWS region to adopt.  [default: the one that most of the resources are in]")
@click.option(
    "--replace",
    "replaceable",
    metavar="ADDRESS",
    multiple=True,
    help="A resource that may be replaced (repeatable).  [default: what would be replaced is left out]",
)
@click.option(
    "--same-state",
    is_flag=True,
    help="Move everything within the state that it is in, for a program that keeps it.  [default: import into a new state]",
)
@click.option(
    "--group-rules",
    "rules",
    metavar="FILE",
    type=click.File("r", encoding="utf-8"),
    help="What `aws ec2 describe-security-group-rules --output json` prints: ids of rules that are written within security groups.",
)
@click.option(
    "--waivers",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Waivers, as `secureinfra check` takes them, for what would be left out since it breaks a control.",
)
@click.option(
    "--package",
    metavar="REQUIREMENT",
    help="What pip installs secureinfra from in the project, as in `secureinfra new`.",
)
def command(
    state: IO[str],
    folder: Path,
    name: str | None,
    region: str | None,
    replaceable: tuple[str, ...],
    same_state: bool,
    rules: IO[str] | None,
    waivers: Path | None,
    package: str | None,
) -> None:
    """Write a project that adopts what exists: buckets, keys, VPCs, security groups, roles and trails, as constructs that
    import them.

    STATE is what `terraform show -json` prints, of a state or of a plan; `-` reads it from the standard input. It may hold secrets,
    of which nothing is written. The table says what stays as it is, what hardening changes in place, and what is left out and
    why. Nothing is applied.
    """
    # Late, since it starts the engine.
    from secureinfra.adopt.adopt import adopt  # noqa: PLC0415
    from secureinfra.adopt.existing import read_estate  # noqa: PLC0415
    from secureinfra.adopt.group_rules import read_group_rules  # noqa: PLC0415
    from secureinfra.adopt.project import files_of  # noqa: PLC0415
    from secureinfra.adopt.table import as_text  # noqa: PLC0415
    from secureinfra.check.waivers import read_waivers  # noqa: PLC0415
    from secureinfra.stacks.new.new import name_from, refuse_used, write_new  # noqa: PLC0415

    refuse_used(folder)
    where, text = _read(state)
    estate = read_estate(text, where, region=region)
    if rules is not None:
        place, listed = _read(rules)
        estate.group_rules = read_group_rules(listed, place)
    if waivers is not None:
        estate.waivers = read_waivers(waivers)
    stack = name or name_from(folder)
    with Progress() as progress:
        adoption = adopt(estate, stack, replaceable=replaceable, same_state=same_state, progress=progress.say)
    if not adoption.outcomes:
        raise ConfigurationError(
            f"{where}: nothing in it fits a construct, so nothing was written.\n{as_text(adoption)}"
        )
    files = files_of(adoption, package=package)
    write_new(folder, files)
    click.echo(as_text(adoption))
    click.echo(f"{folder}: {len(files)} files. Nothing was applied. Read its README.md, then:\n")
    click.echo(f"  cd {shlex.quote(str(folder))} && pip install -r requirements.txt && python main.py")


def _read(file: IO[str]) -> tuple[str, str]:
    """The name of a file for errors, and its text."""
    where = "standard input" if file.name == "<stdin>" else str(file.name)
    try:
        return where, file.read()
    except UnicodeDecodeError:
        raise ConfigurationError(
            f"{where}: is not UTF-8 text. Write it as JSON, e.g. `terraform show -json > state.json`."
        ) from None
