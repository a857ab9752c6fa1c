"""`secureinfra check`: judge Terraform by the controls."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from secureinfra.check import baseline as baselines
from secureinfra.check.formats import FORMATS, rendered
from secureinfra.check.output import write_file
from secureinfra.check.report import judge
from secureinfra.controls.control import SEVERITIES
from secureinfra.controls.packs import PACKS
from secureinfra.errors import ConfigError
from secureinfra.terraform.configuration import Configuration

_EPILOG = """\b
Examples:
  secureinfra check cdktf.out
  secureinfra check infra/ --pack cis-v5 --fail-on high
  terraform show -json plan.bin > plan.json && secureinfra check plan.json
  secureinfra check infra/ --format sarif --output findings.sarif
  secureinfra check infra/ --baseline known.json --write-baseline

Exit status: 0 clean, 1 findings at or above --fail-on, 2 bad input or usage."""


@click.command(name="check", epilog=_EPILOG)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--pack",
    "packs",
    type=click.Choice(PACKS),
    multiple=True,
    help="What to ask; may be given several times.  [default: all]",
)
@click.option(
    "--format", "format", type=click.Choice(FORMATS), default="table", show_default=True, help="How to report."
)
@click.option(
    "--provider",
    "providers",
    type=click.Choice(("5", "6")),
    multiple=True,
    help="Also hold every block against the schema of that AWS provider.",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to a file.")
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    default="low",
    show_default=True,
    help="Least severity that fails the run.",
)
@click.option("--waivers", type=click.Path(dir_okay=False, path_type=Path), help="A YAML or JSON file of waivers.")
@click.option(
    "--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Report only what is new since this file."
)
@click.option("--write-baseline", is_flag=True, help="Write today's failures to the file of --baseline.")
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[str, ...],
    packs: tuple[str, ...],
    format: str,
    providers: tuple[str, ...],
    output: Path | None,
    fail_on: str,
    waivers: Path | None,
    baseline: Path | None,
    write_baseline: bool,
) -> None:
    """Judge Terraform by the controls.

    PATH is a cdktf.out folder, a cdk.tf.json, a folder of *.tf or *.tf.json, one such file, or a plan as `terraform
    show -json` prints it. Nothing is executed, and nothing leaves this machine.
    """
    if write_baseline and baseline is None:
        raise ConfigError("--write-baseline needs --baseline FILE: that is where it writes.")
    configurations = [configuration for path in paths for configuration in Configuration.load(path)]
    known = None if write_baseline else baseline
    report = judge(configurations, packs or ("all",), waivers=waivers, baseline=known, providers=providers)
    if write_baseline and baseline is not None:
        count = baselines.write_baseline(baseline, report.findings)
        click.echo(f"{baseline}: {count} {'failure is' if count == 1 else 'failures are'} known from now on.")
        return
    text = rendered(report, format, color=output is None and _colored())
    if output is not None:
        write_file(output, text)
        click.echo(report.totals_line, err=True)
    else:
        click.echo(text, nl=False)
    context.exit(1 if report.failures(fail_on) else 0)


def _colored() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
