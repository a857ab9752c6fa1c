"""`secureinfra path`: whether anything gets from one place in the network to another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from secureinfra.check.formats.plain import plain, quiet, wrapped
from secureinfra.cli.reading import configurations_of, reading
from secureinfra.proofs.network.names import is_port
from secureinfra.proofs.network.packets import Step
from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE, UNKNOWN, Answer
from secureinfra.proofs.network.questions import path_between

_EPILOG = """\b
Examples:
  secureinfra path internet aws_db_instance.orders infra/
  secureinfra path aws_lb.web aws_ecs_service.app 8080 cdktf.out
  secureinfra path orders/database internet plan.json --routed
  secureinfra path 198.51.100.0/24 aws_instance.bastion tcp/22 infra/ --format json

Exit status: 0 not reachable, 1 reachable, 2 bad input or usage, 3 unknown."""
_STATUS = {NOT_REACHABLE: 0, REACHABLE: 1, UNKNOWN: 3}
_WIDTH = 100


@click.command(name="path", epilog=_EPILOG)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.argument("rest", metavar="[PORT] PATH...", nargs=-1, required=True)
@click.option(
    "--routed", is_flag=True, help="Leave out load balancers, CloudFront and API Gateway, which answer for others."
)
@click.option(
    "--format",
    "format",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    help="Output format.",
)
@reading
@click.pass_context
def command(
    context: click.Context,
    /,
    source: str,
    target: str,
    rest: tuple[str, ...],
    routed: bool,
    format: str,
    **given: Any,
) -> None:
    """Tell what gets from one place in the network to another: by which rules, or what stops it.

    FROM and TO are addresses (aws_instance.web, module.app, aws_subnet.private), paths of constructs, CIDR blocks, or
    internet. A subnet or VPC stands for anything that could be put into it. PORT is 443, udp/53, 8000-8080, tcp or icmp;
    without it, all traffic counts. PATH is what `check` reads. Nothing is executed, and nothing leaves this machine.

    A connection comes from an ephemeral port (1024 or higher). What an instance forwards by itself, such as a proxy, is
    not followed. What is not known before Terraform runs makes the answer unknown.
    """
    port, paths = (rest[0], rest[1:]) if is_port(rest[0]) and not Path(rest[0]).exists() else (None, rest)
    if not paths:
        raise click.UsageError("no PATH is given: name the folder, file or plan to read.", context)
    answer = path_between(configurations_of(paths, given), source, target, port, routed_only=routed)
    if format == "json":
        click.echo(quiet(json.dumps(as_object(answer), indent=1), format))
    else:
        click.echo(quiet("\n".join(map(plain, as_table(answer)))))
    context.exit(_STATUS[answer.verdict])


def as_table(answer: Answer) -> Iterator[str]:
    """An answer as text."""
    how = f" by {answer.traffic}" if answer.traffic else ""
    by_others = ", where others answer for it on the way" if answer.mediated else ""
    yield f"{answer.verdict}: {answer.source} -> {answer.target}{how}{by_others}"
    if answer.verdict == UNKNOWN:
        for doubt in answer.doubts:
            yield from wrapped(f"It depends on {doubt}.", "  ", width=_WIDTH)
    steps = answer.stops if answer.verdict == NOT_REACHABLE else answer.steps
    for number, step in enumerate(steps, 1):
        mark = "  - " if answer.verdict == NOT_REACHABLE else f"  {number}. "
        *lines, last = wrapped(step.text, mark, " " * len(mark), width=_WIDTH)
        yield from (*lines, f"{last}{_place(step)}")


def _place(step: Step) -> str:
    if step.block is None or not step.block.file:
        return ""
    line = step.block.line_of(step.at)
    return f"  ({step.block.file}{f':{line}' if line else ''})"


def as_object(answer: Answer) -> dict[str, Any]:
    """An answer as a JSON object."""
    return {
        "verdict": answer.verdict,
        "from": answer.source,
        "to": answer.target,
        "traffic": answer.traffic or None,
        "mediated": answer.mediated,
        "steps": [_step(step) for step in answer.steps],
        "depends_on": list(answer.doubts),
        "stopped_by": [_step(step) for step in answer.stops],
    }


def _step(step: Step) -> dict[str, Any]:
    block = step.block
    return {
        "text": step.text,
        "address": block.address if block is not None else None,
        "at": step.at or None,
        "file": block.file or None if block is not None else None,
        "line": block.line_of(step.at) if block is not None else None,
        "construct_path": block.construct_path or None if block is not None else None,
    }
