"""What a settings file describes, written out: all of its stacks, or none."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.projects.fleet import Built, Source, build
from secureinfra.projects.root import FILE, refuse_foreign
from secureinfra.projects.settings import Project


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Args:
        built: the stacks, in the file's order.
        changed: names of those whose file was not there, or differs.
        memory: the most memory in MB that one process took; 0 where this one did the work.
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
    """Build all stacks of a project, and write `out/NAME/cdk.tf.json` for each once all are good.

    Args:
        project: which stacks.
        source: where they come from.
        out: the folder of their folders.
        jobs: how many processes work at once, where there are several stacks.
        only_check: write nothing, only say what would change.
        progress: is told how many stacks are done, and of how many.

    Raises:
        ConfigError: a setting is refused, or a stack breaks a control; nothing was written.
        ConfigurationError: a folder belongs to somebody else, or cannot be written.
    """
    names = [stack.name for stack in project.stacks]
    refuse_foreign(out, names, project.file.name)
    staging: Path | None = None
    created = _missing(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        # Beside the folders, so that a file can be moved into its place in one step.
        staging = Path(tempfile.mkdtemp(prefix=".secureinfra-", dir=out))
        built, memory = _built(project, source, staging, jobs, progress)
        changed = tuple(name for name in names if _differs(staging / name, out / name / FILE))
        for name in () if only_check else changed:
            (out / name).mkdir(exist_ok=True)
            (staging / name).replace(out / name / FILE)
    except OSError as error:
        raise ConfigurationError(f"{error.filename or out}: cannot be written: {error.strerror}.") from None
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
        for folder in created:
            _remove_if_empty(folder)
    return Outcome(built, changed, memory)


def _built(
    project: Project, source: Source, staging: Path, jobs: int, progress: Callable[[int, int], None]
) -> tuple[list[Built], int]:
    if len(project.stacks) > 1:
        return build(project, source, staging, jobs=jobs, progress=progress)
    # Late, since it starts the engine, which a fleet needs in its processes only.
    from secureinfra.projects.synth import root_of  # noqa: PLC0415

    root = root_of(project.stacks[0], source.waivers)
    (staging / root.name).write_text(root.text, encoding="utf-8", newline="\n")
    return [Built(root.name, root.resources, root.totals, root.notes)], 0


def _differs(fresh: Path, present: Path) -> bool:
    return not present.is_file() or present.read_bytes() != fresh.read_bytes()


def _missing(folder: Path) -> list[Path]:
    """The folders that are not there yet, the innermost first."""
    return [path for path in (folder, *folder.parents) if not path.exists()]


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
