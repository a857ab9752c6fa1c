"""`secureinfra check`: check Terraform against the controls."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from secureinfra.check import baseline as baselines
from secureinfra.check.drafts import drafts_of_findings, write_drafts
from secureinfra.check.formats import FORMATS, rendered
from secureinfra.check.formats.summary import summarized
from secureinfra.check.report import Report
from secureinfra.check.start import report_on
from secureinfra.cli import completion
from secureinfra.cli.progress import Progress
from secureinfra.cli.reading import settings_of
from secureinfra.controls.control import SEVERITIES
from secureinfra.controls.packs import PACKS
from secureinfra.errors import ConfigError
from secureinfra.files.output import write_file

_FILE: Any = click.Path(dir_okay=False, path_type=Path)

_EPILOG = """\b
Examples:
  secureinfra check cdktf.out
  secureinfra check .                      # every root module below
  secureinfra check infra/ --pack cis-v5 --fail-on high
  terraform show -json plan.bin > plan.json && secureinfra check plan.json
  secureinfra check infra/ --format sarif --output findings.sarif
  secureinfra check infra/ --baseline known.json --write-baseline
  secureinfra check infra/ --var-file prod.tfvars --var region=eu-west-1

Exit status: 0 clean, 1 findings at or above --fail-on, 2 bad input or usage, or with --strict anything not read."""


@click.command(name="check", epilog=_EPILOG)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--pack", "packs", type=click.Choice(PACKS), multiple=True, help="Control pack to run (repeatable).  [default: all]"
)
@click.option(
    "--control",
    metavar="ID",
    multiple=True,
    shell_complete=completion.controls,
    help="Check only this control, by any known id (repeatable).",
)
@click.option(
    "--skip",
    metavar="ID",
    multiple=True,
    shell_complete=completion.controls,
    help="Do not check this control, by any known id (repeatable); the report names it.",
)
@click.option(
    "--format", "format", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format."
)
@click.option("--summary", is_flag=True, help="Print counts by severity, control and file instead of the table.")
@click.option(
    "--provider",
    type=click.Choice(("5", "6")),
    multiple=True,
    help="Also check every block against the schema of this AWS provider version.",
)
@click.option("--output", type=_FILE, help="Write the report to a file.")
@click.option("--fail-on", type=click.Choice(SEVERITIES), help="Minimum severity that fails the run.  [default: low]")
@click.option("--waivers", type=_FILE, help="YAML or JSON file of waivers.")
@click.option("--write-waivers", type=_FILE, help="Write today's failures to a new file, as waivers to complete.")
@click.option("--baseline", type=_FILE, help="Report only findings that are not in this file.")
@click.option("--write-baseline", is_flag=True, help="Write today's failures to the --baseline file.")
@click.option("--var", metavar="NAME=VALUE", multiple=True, help="Set a variable of the root modules.")
@click.option(
    "--var-file",
    "var_files",
    type=_FILE,
    multiple=True,
    help="Set variables by a *.tfvars file; --var wins over it, and both over TF_VAR_NAME.",
)
@click.option(
    "--exclude",
    metavar="GLOB",
    multiple=True,
    help="Leave out folders below PATH, by name or by path from there (repeatable).",
)
@click.option(
    "--recursive/--no-recursive",
    default=None,
    help="Also check the root modules below a folder that has Terraform itself.",
)
@click.option(
    "--tool",
    type=click.Choice(("auto", "terraform", "opentofu")),
    help="Whose files to read; auto reads *.tofu where there are some.  [default: auto]",
)
@click.option(
    "--strict/--no-strict", default=None, help="Exit with 2 if any part of the configuration could not be read."
)
@click.option("--config", type=_FILE, help="Read settings from this file.  [default: the nearest .secureinfra.yaml]")
@click.option("--no-config", is_flag=True, help="Read no settings file.")
@click.pass_context
def command(context: click.Context, /, paths: tuple[str, ...], format: str, output: Path | None, **given: Any) -> None:
    """Check Terraform against the controls.

    PATH is a cdktf.out folder, a cdk.tf.json, a folder of *.tf or *.tf.json, one such file, or a plan as `terraform
    show -json` prints it. Of a folder without Terraform of its own, every root module below is checked, modules through
    their callers. Nothing is executed, and nothing leaves this machine.

    Settings come from .secureinfra.yaml, or [tool.secureinfra] in pyproject.toml, in the folder that is checked or the
    nearest one above it in the repository. Options win over them.
    """
    if given["summary"] and format != "table":
        raise ConfigError(f"--summary is a form of the table; --format {format} holds everything. Leave one out.")
    settings = settings_of(paths, given)
    write = bool(given["write_baseline"])
    if write and settings.baseline is None:
        raise ConfigError("--write-baseline needs --baseline FILE, the file to write.")
    with Progress() as progress:
        report = report_on(paths, settings, os.environ, compare=not write, progress=progress)
    if given["write_waivers"]:
        _write_waivers(given["write_waivers"], report)
        return
    if write and settings.baseline is not None:
        count = baselines.write_baseline(settings.baseline, report.findings, report.paths)
        said = f"{count} {'failure is' if count == 1 else 'failures are'} now in the baseline."
        click.echo(f"{settings.baseline}: {said}")
        return
    color = output is None and _colored()
    text = summarized(report) if given["summary"] else rendered(report, format, color=color)
    if output is not None:
        write_file(output, text)
        click.echo(report.totals_line, err=True)
    else:
        click.echo(text, nl=False)
    context.exit(2 if settings.strict and report.unread else 1 if report.failures(settings.fail_on) else 0)


def _write_waivers(path: Path, report: Report) -> None:
    text, count, never = drafts_of_findings(report.of_status("failed"))
    write_drafts(path, text)
    left = f"; {never} {'failure' if never == 1 else 'failures'} cannot be waived" if never else ""
    click.echo(f"{path}: {count} {'waiver' if count == 1 else 'waivers'} to complete{left}.")


def _colored() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
