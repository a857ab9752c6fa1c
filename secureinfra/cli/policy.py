"""`secureinfra policy`: controls as policies of Terraform's own policy language."""

from __future__ import annotations

from pathlib import Path

import click

from secureinfra.cli import completion
from secureinfra.controls.packs import PACKS

_EPILOG = """\b
Examples:
  secureinfra policy --out policies
  secureinfra policy --out policies --pack cis-v5 --pack fsbp
  secureinfra policy --out policies --pack fsbp --skip S3.7
  secureinfra policy --out policies --control CKV_AWS_239

Exit status: 0 written, 2 bad input or usage."""


@click.command(name="policy", epilog=_EPILOG)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder of the policies.")
@click.option(
    "--pack",
    "packs",
    type=click.Choice(PACKS),
    multiple=True,
    help="Control pack to write (repeatable).  [default: all]",
)
@click.option(
    "--control",
    "only",
    metavar="ID",
    multiple=True,
    shell_complete=completion.controls,
    help="Write only this control, by any known id (repeatable).",
)
@click.option(
    "--skip",
    metavar="ID",
    multiple=True,
    shell_complete=completion.controls,
    help="Leave out this control, by any known id (repeatable).",
)
def command(out: Path, packs: tuple[str, ...], only: tuple[str, ...], skip: tuple[str, ...]) -> None:
    """Write controls as Terraform policies (*.policy.hcl), each file with its tests (*.policytest.hcl).

    HCP Terraform evaluates them in each run. Only controls about arguments of one resource can be written so. Those about IAM
    policies, networks and what several resources do together are left to `secureinfra check`, on a plan. Files in the folder
    that were written by hand stay.
    """
    from secureinfra.check.selection import Selection  # noqa: PLC0415 - help must stay quick
    from secureinfra.controls.registry import every  # noqa: PLC0415 - as above
    from secureinfra.tfpolicy.export import files_of, policies_of, write  # noqa: PLC0415 - as above

    selection = Selection.of(packs or ("all",), only, skip)
    asked = [control for control in every() if selection.asks(control) and not selection.leaves_off(control)]
    policies = policies_of(asked)
    files = files_of(policies)
    write(out, files)
    told = len({one.control.id for one in policies})
    click.echo(
        f"{out}: {len(policies)} policies for {told} of {len(asked)} controls, in {len(files) // 2} files, each with its tests."
    )
    if told < len(asked):
        click.echo("The others need more than the arguments of one resource: run secureinfra check on the plan.")
