"""`secureinfra waivers`: waivers to complete, from comments that were written for other scanners."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from secureinfra.check.drafts import drafts_of_candidates, write_drafts
from secureinfra.check.settings import Settings, read_settings, settings_file
from secureinfra.check.start import report_on
from secureinfra.cli.progress import Progress

_FILE: Any = click.Path(dir_okay=False, path_type=Path)

_EPILOG = """\b
Examples:
  secureinfra waivers import . --output waivers.yaml
  then set reason, owner and until of each, and:
  secureinfra check . --waivers waivers.yaml"""


@click.group(name="waivers")
def command() -> None:
    """Write waivers to complete."""


@command.command(name="import", epilog=_EPILOG)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--output", type=_FILE, help="Write the waivers to a new file.")
@click.option("--exclude", metavar="GLOB", multiple=True, help="Leave out folders, as for check (repeatable).")
def import_(paths: tuple[str, ...], output: Path | None, exclude: tuple[str, ...]) -> None:
    """Write comments for other scanners as waivers to complete.

    #checkov:skip, #trivy:ignore and #tfsec:ignore excuse nothing here. This finds those that are about a finding, and writes a
    file of waivers: control, address and what was found are filled in; reason, owner and until are left to you. Until they
    are set, secureinfra check refuses the file.
    """
    file = settings_file(paths)
    settings = read_settings(file) if file else Settings()
    settings = replace(settings, exclude=exclude or settings.exclude)
    with Progress() as progress:
        report = report_on(paths, settings, os.environ, progress=progress)
    text, count = drafts_of_candidates(report.candidates)
    if output is None:
        click.echo(text, nl=False)
        return
    write_drafts(output, text)
    click.echo(f"{output}: {count} {'waiver' if count == 1 else 'waivers'} to complete.")
