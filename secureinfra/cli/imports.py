"""`secureinfra imports`: what another stack needs to import what a state holds."""

from __future__ import annotations

import json
from typing import IO

import click

from secureinfra.terraform.model.state import import_ids

_EPILOG = """\b
Example:
  terraform -chdir=cdktf.out/stacks/shop show -json | secureinfra imports - > shop.json"""


@click.command(name="imports", epilog=_EPILOG)
@click.argument("state", metavar="STATE", type=click.File("r", encoding="utf-8"))
def command(state: IO[str]) -> None:
    """List what another stack needs to import a state: ids for its `import_from`.

    STATE is what `terraform show -json` prints; `-` reads it from the standard input. It holds secrets. What this command
    prints has addresses and ids only: {"aws_s3_bucket.uploads_bucket": "shop-uploads-2026"}. Resources that no import takes are
    null: Terraform creates them again, which changes nothing. Nothing is executed.
    """
    known, unknown = import_ids(state.read(), "standard input" if state.name == "<stdin>" else str(state.name))
    click.echo(json.dumps(known, indent=2))
    for address in unknown:
        click.echo(f"left out: {address}: its state has no id. Add what the provider's page imports it by.", err=True)
