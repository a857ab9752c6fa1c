"""`secureinfra synth`: write the stacks of a settings file as Terraform, for one account or many."""

from __future__ import annotations

import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from secureinfra.stacks.output import Outcome

_EPILOG = """\b
Examples:
  secureinfra synth lake.yaml --out infra
  secureinfra synth lake.yaml --out infra --set settings.trail_retention_days=400
  secureinfra synth fleet.yaml --out infra --jobs 4 --pipeline github
  secureinfra synth fleet.yaml --out infra --target payments-eu
  secureinfra synth fleet.yaml --out infra --check

Exit status: 0 written, 1 --check found differences, 2 refused: nothing was written."""

_LISTED = 20


@click.command(name="synth", epilog=_EPILOG)
@click.argument("settings", metavar="SETTINGS.yaml", type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Output directory; one subdirectory per stack."
)
@click.option(
    "--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Override one value of the file (repeatable)."
)
@click.option("--target", "targets", multiple=True, metavar="NAME", help="Only this target of a fleet (repeatable).")
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Number of processes for a fleet.  [default: one per processor]"
)
@click.option("--waivers", type=click.Path(dir_okay=False, path_type=Path), help="YAML or JSON file of waivers.")
@click.option(
    "--pipeline",
    type=click.Choice(("github", "hcp")),
    help="Also generate a CI/CD pipeline (see examples/fleet).",
)
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if the directory is not up to date.")
def command(
    settings: Path,
    out: Path,
    assignments: tuple[str, ...],
    targets: tuple[str, ...],
    jobs: int | None,
    waivers: Path | None,
    pipeline: str | None,
    only_check: bool,
) -> None:
    """Write the stacks of a settings file as Terraform.

    It describes a stack, or a fleet of them. SETTINGS.yaml names a blueprint, the provider and the settings (`secureinfra
    schema BLUEPRINT` describes it to your editor). Each stack becomes DIR/NAME/cdk.tf.json, its own root module. All are
    checked against the controls before anything is written, and either all or none are written.
    """
    # Late, since it needs a YAML parser and pydantic.
    from secureinfra.files.yaml import assign, parse, text_of  # noqa: PLC0415
    from secureinfra.stacks.fleet import Source, processors  # noqa: PLC0415
    from secureinfra.stacks.output import synthesize_project  # noqa: PLC0415
    from secureinfra.stacks.pipelines.pipeline import rendered, write_pipeline  # noqa: PLC0415
    from secureinfra.stacks.root import left_over  # noqa: PLC0415
    from secureinfra.stacks.settings import project_of  # noqa: PLC0415

    start = time.monotonic()
    source = Source(text_of(settings), str(settings), assignments, waivers)
    project = project_of(assign(parse(source.text, source.file), assignments))
    if pipeline and (targets or assignments):
        raise click.UsageError("--pipeline needs the file as it is: remove --target and --set.")
    if pipeline:
        rendered(pipeline, project, out, waivers)
    chosen = project.only(targets) if targets else project
    outcome = synthesize_project(
        chosen, source, out, jobs=jobs or processors(), only_check=only_check, progress=_progress()
    )
    written = [write_pipeline(pipeline, project, out, waivers, only_check=only_check)] if pipeline else []
    if only_check:
        _say_what_differs(
            [*(out / name for name in outcome.changed), *(path for path, differs in written if differs)], out
        )
        return
    _say_what_came_out(outcome, out, time.monotonic() - start)
    _say_what_costs(outcome)
    for path, differs in written:
        click.echo(f"{path}: {'written' if differs else 'unchanged'}")
    for name in left_over(out, [stack.name for stack in project.stacks], project.file.name):
        click.echo(
            f"{out / name}: no longer a stack of {settings}. Destroy it with Terraform, then remove the directory.",
            err=True,
        )


def _progress() -> Callable[[int, int], None]:
    """Show the progress of a fleet on stderr: in one line of a terminal, otherwise every tenth."""
    terminal = sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        if terminal:
            click.echo(f"\r{done}/{total} stacks", err=True, nl=done == total)
        elif done == total or (total >= 20 and done * 10 // total > (done - 1) * 10 // total):
            click.echo(f"{done}/{total} stacks", err=True)

    return progress


def _say_what_differs(changed: list[Path], out: Path) -> None:
    for path in changed:
        click.echo(f"{path}: not up to date.")
    if changed:
        raise SystemExit(1)
    click.echo(f"{out}: up to date.")


def _say_what_came_out(outcome: Outcome, out: Path, seconds: float) -> None:
    for built in outcome.built[:_LISTED]:
        state = "" if built.name in outcome.changed else ", unchanged"
        click.echo(f"{out / built.name}: {built.resources} resources{state}; {built.totals}")
        for note in built.notes:
            click.echo(f"  {note}")
    if len(outcome.built) > _LISTED:
        click.echo(f"... and {len(outcome.built) - _LISTED} more")
    if len(outcome.built) > 1:
        memory = f", at most {outcome.memory} MB in a process" if outcome.memory else ""
        changed = f"{len(outcome.changed)} written, {len(outcome.built) - len(outcome.changed)} unchanged"
        click.echo(f"{len(outcome.built)} stacks in {seconds:.1f} s{memory}: {changed}.")


def _say_what_costs(outcome: Outcome) -> None:
    from secureinfra.reports.costs import lines_of  # noqa: PLC0415 - as above

    counts: Counter[str] = Counter()
    for built in outcome.built:
        counts.update(built.costs)
    for line in lines_of(counts):
        click.echo(line)
