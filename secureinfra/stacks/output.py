"""Writes the stacks of a settings file: all of them, or none unless the process is killed while it moves them into place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.files.folder import scratch
from secureinfra.files.output import why
from secureinfra.stacks.fleet import Built, Source, build
from secureinfra.stacks.root import FILE, refuse_foreign
from secureinfra.stacks.settings import Project


@dataclass(frozen=True)
class Outcome:
    """The result of writing stacks.

    Args:
        built: the stacks, in the file's order.
        changed: names of the stacks whose file is new or differs.
        memory: peak memory of one process in MB; 0 if no other process was used.
    """

    built: Sequence[Built]
    changed: tuple[str, ...]
    memory: int


def synthesize_project(
    project: Project,
    source: Source,
    out: Path,
    *,
    jobs: int = 1,
    only_check: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Build all stacks of a project, and write `out/NAME/cdk.tf.json` for each once all are valid.

    Args:
        project: which stacks.
        source: the settings file and command-line values.
        out: output folder; one subfolder per stack.
        jobs: how many processes run in parallel if there are several stacks.
        only_check: write nothing, only report what would change.
        progress: called with the number of stacks done and their total.

    Raises:
        ConfigError: a setting is refused, or a stack breaks a control; nothing was written.
        ConfigurationError: a folder was not written by this project, or cannot be written.
    """
    names = [stack.name for stack in project.stacks]
    refuse_foreign(out, names, project.file.name)
    try:
        with scratch(out, "secureinfra") as staging:
            built, memory = _built(project, source, staging, jobs, progress)
            changed = tuple(name for name in names if _differs(staging / name, out / name / FILE))
            if not only_check:
                _move(staging, out, changed)
    except OSError as error:
        where = error.filename2 or error.filename or out
        raise ConfigurationError(f"{where}: cannot be written: {why(error)}. Nothing was changed.") from None
    return Outcome(built, changed, memory)


def _built(
    project: Project, source: Source, staging: Path, jobs: int, progress: Callable[[int, int], None]
) -> tuple[list[Built], int]:
    if len(project.stacks) > 1:
        return build(project, source, staging, jobs=jobs, progress=progress)
    # Imported late: it starts the engine, which a fleet needs only in its processes.
    from secureinfra.stacks.synth import root_of  # noqa: PLC0415

    root = root_of(project.stacks[0], source.waivers)
    (staging / root.name).write_text(root.text, encoding="utf-8", newline="\n")
    return [Built(root.name, root.resources, root.totals, root.notes)], 0


def _move(staging: Path, out: Path, names: Sequence[str]) -> None:
    """Move the new files into their folders; where one cannot be moved, those before it are as they were.

    A process that is killed in between leaves each file whole, some of them new; the next run writes the others.
    """
    before: list[tuple[Path, Path | None]] = []
    try:
        for name in names:
            place, kept = out / name / FILE, staging / f"{name}.before"
            place.parent.mkdir(exist_ok=True)
            present = place.is_file()
            if present:
                place.replace(kept)
            before.append((place, kept if present else None))
            (staging / name).replace(place)
    except OSError:
        for place, old in before:
            place.unlink(missing_ok=True)
            if old is not None:
                old.replace(place)
            elif not any(place.parent.iterdir()):
                place.parent.rmdir()
        raise


def _differs(fresh: Path, present: Path) -> bool:
    return not present.is_file() or present.read_bytes() != fresh.read_bytes()
