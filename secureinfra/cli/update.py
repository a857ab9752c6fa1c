"""`secureinfra update`: bring a project up to the installed version, without touching what was edited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from secureinfra.stacks.new.update import Update

_EPILOG = """\b
Examples:
  secureinfra update lake --check
  secureinfra update lake"""


@click.command(name="update", epilog=_EPILOG)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="Show what would change, write nothing; exit code 1 if there is anything.",
)
@click.option("--force", is_flag=True, help="Write edited files again, too; their edits are lost.")
@click.option("--package", metavar="REQUIREMENT", help="What pip installs secureinfra from.  [default: as before]")
def command(folder: Path, only_check: bool, force: bool, package: str | None) -> None:
    """Update a project to the installed version.

    DIR is what `secureinfra new` created.

    Files without edits are written as this version writes them. A file that was edited stays as it is; if its
    template changed, the difference is shown once, to be taken over by hand. settings.yaml is never changed: settings
    that are new are listed. The stacks themselves change with the installed version of secureinfra, not by this command.
    """
    from secureinfra.stacks.new.update import update_of  # noqa: PLC0415 - starts the engine

    found = update_of(folder, package=package)
    if not found.is_needed:
        click.echo(f"{folder}: up to date.")
        return
    _say(found, force=force)
    if only_check:
        click.echo(f"{folder}: is not up to date. Nothing was written.", err=True)
        raise SystemExit(1)
    found.write(force=force)
    written = len(found.changed) + (len(found.kept) if force else 0)
    click.echo(f"{folder}: {written} files written. Look at them with `git diff`, then run: pytest")


def _say(found: Update, *, force: bool) -> None:
    for one in found.changed:
        click.echo(f"{one.path}: {one.kind}")
        click.echo(one.diff, nl=False)
    for one in found.kept:
        click.echo(
            f"{one.path}: edited by hand; {'written again' if force else 'kept'}. What this version would change:"
        )
        click.echo(one.diff, nl=False)
    since = f"since secureinfra {found.before.version}"
    if found.new_settings:
        click.echo(f"settings.yaml: stays as it is. New settings {since}: {', '.join(found.new_settings)}.")
        click.echo(f"  Their descriptions: secureinfra schema {found.before.blueprint}")
    if found.gone_settings:
        click.echo(f"settings.yaml: stays as it is. Settings that no longer exist: {', '.join(found.gone_settings)}.")
