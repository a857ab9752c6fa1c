"""`secureinfra compare`: what a change to Terraform would open, weaken, replace or destroy."""

from __future__ import annotations

from typing import Any

import click

from secureinfra.cli.reading import configurations_of, reading
from secureinfra.compare.change import KINDS
from secureinfra.compare.compare import certain_and_open, compare_all
from secureinfra.compare.formats import FORMATS, rendered

_EPILOG = """\b
Examples:
  git worktree add ../before main && secureinfra compare ../before/infra infra
  secureinfra compare old/cdktf.out cdktf.out --format github
  secureinfra compare before.tf after.tf --fail-on access --fail-on protection

\b
Exit codes: 0 nothing found, 1 something found, 3 something depends on values
that only Terraform or AWS know, 2 bad input."""


@click.command(name="compare", epilog=_EPILOG)
@click.argument("old", metavar="OLD", type=click.Path())
@click.argument("new", metavar="NEW", type=click.Path())
@click.option(
    "--fail-on",
    "kinds",
    type=click.Choice(tuple(KINDS)),
    multiple=True,
    help="What fails the run (repeatable).  [default: all of them]",
)
@click.option(
    "--pack",
    "packs",
    multiple=True,
    help="Controls that must still be passed (repeatable).  [default: all]",
)
@click.option("--format", type=click.Choice(tuple(FORMATS)), default="table", show_default=True, help="Report format.")
@reading
@click.pass_context
def command(
    context: click.Context,
    /,
    old: str,
    new: str,
    kinds: tuple[str, ...],
    packs: tuple[str, ...],
    format: str,
    **given: Any,
) -> None:
    """Compare two versions of Terraform.

    OLD and NEW are what `secureinfra check` takes: folders, cdktf.out, cdk.tf.json, plans. The report names resources that
    Terraform would destroy, or destroy and create again, controls that were passed and no longer are, and policies that
    allow a request which none allowed before, with that request. Nothing is executed, and nothing leaves this machine.
    """
    before, now = (configurations_of([path], given) for path in (old, new))
    comparisons = compare_all(before, now, packs or ("all",))
    click.echo(rendered(comparisons, format), nl=False)
    certain, left_open = certain_and_open(comparisons, kinds or tuple(KINDS))
    context.exit(1 if certain else 3 if left_open else 0)
