"""`secureinfra who`: which principals may do something on a resource."""

from __future__ import annotations

from typing import Any

import click

from secureinfra.check.proofs.answers import FORMATS, exit_code, rendered
from secureinfra.cli.reading import configurations_of, reading
from secureinfra.proofs.model.asking import who
from secureinfra.proofs.model.names import known_action, resource_named

_EPILOG = """\b
Examples:
  secureinfra who s3:GetObject aws_s3_bucket.uploads cdktf.out
  secureinfra who kms:Decrypt quickstart/uploads/key cdktf.out
  secureinfra who 'sqs:*' arn:aws:sqs:eu-central-1:111122223333:orders infra/ --format json

Exit status: 0 no principal may, 1 at least one may, 3 none surely may and one perhaps, 2 bad input or usage."""


@click.command(name="who", epilog=_EPILOG)
@click.argument("action")
@click.argument("resource")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--format", "format", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format."
)
@click.option("--all", "everyone", is_flag=True, help="List principals that may not, too.")
@reading
@click.pass_context
def command(
    context: click.Context,
    /,
    action: str,
    resource: str,
    paths: tuple[str, ...],
    format: str,
    everyone: bool,
    **given: Any,
) -> None:
    """Show which principals may do something on a resource, each with a request that is allowed.

    ACTION is one action or a pattern; RESOURCE an address, a construct path or an ARN. PATH is a cdktf.out folder, a
    cdk.tf.json, a folder of *.tf or *.tf.json, one such file, or a plan as `terraform show -json` prints it. Nothing is
    executed.
    """
    asked = known_action(action)
    configurations = configurations_of(paths, given)
    named = resource_named(resource, configurations)
    answers = who(asked, named)
    click.echo(rendered(answers, asked, named, format, everyone=everyone), nl=False)
    context.exit(exit_code(answers))
