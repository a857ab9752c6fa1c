"""`secureinfra can`: whether a principal may do something on a resource."""

from __future__ import annotations

from typing import Any

import click

from secureinfra.check.proofs.answers import FORMATS, exit_code, rendered
from secureinfra.cli.reading import configurations_of, reading
from secureinfra.proofs.model.asking import can
from secureinfra.proofs.model.names import known_action, principal_named, resource_named

_EPILOG = """\b
Examples:
  secureinfra can aws_iam_role.reader s3:GetObject aws_s3_bucket.uploads cdktf.out
  secureinfra can anonymous sqs:SendMessage aws_sqs_queue.orders infra/
  secureinfra can account:111122223333 kms:Decrypt aws_kms_key.data plan.json --format json

Exit status: 0 it may not, 1 it may, 3 unknown, 2 bad input or usage."""


@click.command(name="can", epilog=_EPILOG)
@click.argument("principal")
@click.argument("action")
@click.argument("resource")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--format", "format", type=click.Choice(FORMATS), default="table", show_default=True, help="Output format."
)
@reading
@click.pass_context
def command(
    context: click.Context,
    /,
    principal: str,
    action: str,
    resource: str,
    paths: tuple[str, ...],
    format: str,
    **given: Any,
) -> None:
    """Show whether a principal may do something on a resource, with a request that is allowed.

    PRINCIPAL is an address, a construct path or an ARN, or `anonymous`, `external` or `account:111122223333`. RESOURCE is an
    address, a construct path or an ARN. PATH is a cdktf.out folder, a cdk.tf.json, a folder of *.tf or *.tf.json, one such
    file, or a plan as `terraform show -json` prints it. Nothing is executed.
    """
    asked = known_action(action)
    configurations = configurations_of(paths, given)
    named = resource_named(resource, configurations)
    answers = [can(principal_named(principal, configurations), asked, named)]
    click.echo(rendered(answers, asked, named, format, everyone=True), nl=False)
    context.exit(exit_code(answers))
