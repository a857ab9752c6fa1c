"""Writes the stacks of a settings file: all of them, or none unless the process is killed while it moves them into place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.files.folder import scratch
from secureinfra.files.output import why
from secureinfra.files.state_encryption import FILE as ENCRYPTION
from secureinfra.files.state_encryption import is_ours
from secureinfra.stacks.fleet import Built, Source, build
from secureinfra.stacks.root import FILE, STAGED, refuse_foreign
from secureinfra.stacks.settings import Project


@dataclass(frozen=True)
class Outcome:
    """The result of writing stacks.

    Args:
        built: the stacks, in the file's order.
        changed: names of the stacks of which a file is new, differs or is no longer written.
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
    """Build all stacks of a project, and write `out/NAME/cdk.tf.json` for each once all are valid, and `encryption.tofu` where its
    backend has OpenTofu encrypt the state.

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
            files = {name: tuple(pair for pair in _files(name, staging, out) if _differs(*pair)) for name in names}
            changed = tuple(name for name in names if files[name])
            if not only_check:
                _move([pair for name in changed for pair in files[name]])
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
    from secureinfra.stacks.synth import root_of, stage  # noqa: PLC0415

    root = root_of(project.stacks[0], source.waivers)
    stage(root, staging)
    return [Built(root.name, root.resources, root.totals, root.notes, root.costs)], 0


def _files(name: str, staging: Path, out: Path) -> Iterator[tuple[Path, Path]]:
    """The files of a stack: where each is staged, which an encryption may not be, and its place."""
    yield staging / name, out / name / FILE
    staged, place = staging / f"{name}{STAGED}", out / name / ENCRYPTION
    if staged.is_file() or is_ours(place):
        yield staged, place


def _move(files: Sequence[tuple[Path, Path]]) -> None:
    """Move the new files into their places, and remove what is no longer written; if one cannot be moved, those before are as they were.

    A process that is killed in between leaves each file whole, some of them new; the next run writes the others.
    """
    before: list[tuple[Path, Path | None]] = []
    try:
        for fresh, place in files:
            kept = fresh.with_name(f"{fresh.name}.before")
            place.parent.mkdir(exist_ok=True)
            present = place.is_file()
            if present:
                place.replace(kept)
            before.append((place, kept if present else None))
            if fresh.is_file():
                fresh.replace(place)
    except OSError:
        for place, old in before:
            place.unlink(missing_ok=True)
            if old is not None:
                old.replace(place)
            elif not any(place.parent.iterdir()):
                place.parent.rmdir()
        raise


def _differs(fresh: Path, present: Path) -> bool:
    if not (fresh.is_file() and present.is_file()):
        return True
    return present.read_bytes() != fresh.read_bytes()
