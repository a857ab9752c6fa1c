"""`secureinfra prove`: theorems about what policies and networks mean, proved or broken by a counterexample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from secureinfra.check.proofs.formats import FORMATS, rendered
from secureinfra.check.proofs.report import prove
from secureinfra.cli.reading import configurations_of, reading
from secureinfra.files.output import write_file
from secureinfra.proofs.theorems.invariants import invariants_in
from secureinfra.proofs.theorems.registry import theorem, theorems

_EPILOG = """\b
Examples:
  secureinfra prove cdktf.out
  secureinfra prove infra/ --theorem no-outside-access --theorem no-escalation
  secureinfra prove infra/ --file invariants.yaml --fail-on broken
  terraform show -json plan.bin > plan.json && secureinfra prove plan.json --strict
  secureinfra prove infra/ --format sarif --output proofs.sarif

Exit status: 0 all proved, 1 something broken, 3 something unknown (unless --fail-on broken), 2 bad input or usage."""


@click.command(name="prove", epilog=_EPILOG)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--theorem", "ids", metavar="ID", multiple=True, help="Theorem to prove (repeatable).  [default: all]")
@click.option(
    "--file",
    "files",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    help="YAML or JSON file of your own invariants (repeatable).",
)
@click.option(
    "--format", "format", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format."
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to a file.")
@click.option(
    "--fail-on",
    type=click.Choice(("broken", "unknown")),
    default="unknown",
    show_default=True,
    help="What fails the run; broken lets unknown pass.",
)
@click.option("--strict", is_flag=True, help="What a theorem assumes of other configurations leaves it unknown.")
@reading
@click.pass_context
def command(
    context: click.Context,
    /,
    paths: tuple[str, ...],
    ids: tuple[str, ...],
    files: tuple[Path, ...],
    format: str,
    output: Path | None,
    fail_on: Any,
    strict: bool,
    **given: Any,
) -> None:
    """Prove theorems about a configuration, or show what breaks them.

    PATH is a cdktf.out folder, a cdk.tf.json, a folder of *.tf or *.tf.json, one such file, or a plan as `terraform
    show -json` prints it. Nothing is executed, and nothing leaves this machine. PROVED holds whatever Terraform fills in; what
    is not known is UNKNOWN.
    """
    own = [invariant for file in files for invariant in invariants_in(file)]
    standing = [theorem(id) for id in ids] if ids else list(theorems())
    report = prove(configurations_of(paths, given), [*standing, *own], strict=strict)
    text = rendered(report, format)
    if output is not None:
        write_file(output, text)
        click.echo(report.totals_line, err=True)
    else:
        click.echo(text, nl=False)
    context.exit(report.exit_code(fail_on))
