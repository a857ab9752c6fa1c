"""One process of a fleet: it starts the engine once, builds its share of the targets, and reports each when it is done."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secureinfra.errors import SecureInfraError
from secureinfra.files.output import why
from secureinfra.files.yaml import assign, parse
from secureinfra.stacks.settings import project_of
from secureinfra.stacks.synth import root_of, stage


def main(task: dict[str, Any]) -> None:
    """Build the stacks of a task; `fleet` writes the task and reads the reports."""
    # The output of a blueprint must not be read as a report.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    project = project_of(assign(parse(task["text"], task["file"]), task["assignments"]))
    waivers = Path(task["waivers"]) if task["waivers"] else None
    stacks = {stack.name: stack for stack in project.stacks}
    for name in task["names"]:
        answer: dict[str, Any] = {"name": name}
        try:
            root = root_of(stacks[name], waivers)
            stage(root, Path(task["staging"]))
        except SecureInfraError as error:
            answer |= {"error": str(error)}
        except OSError as error:
            answer |= {"error": f"{error.filename or task['staging']}: cannot be written: {why(error)}."}
        else:
            answer |= {"resources": root.resources, "totals": root.totals, "notes": root.notes, "costs": root.costs}
        print(json.dumps({**answer, "memory": _memory()}), file=answers, flush=True)


def _memory() -> int:
    """Peak memory so far in MB, including the engine's if the system reports it."""
    own = _peak_of(os.getpid()) or _peak_elsewhere()
    return own + sum(map(_peak_of, _descendants(os.getpid())))


def _peak_elsewhere() -> int:
    # On Linux this would count the parent's memory from before this program was started too: see getrusage(2) on ru_maxrss.
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024**2


def _descendants(pid: int) -> Iterator[int]:
    # The engine starts a launcher, which starts the Node.js process that does the work.
    for path in Path("/proc").glob(f"{pid}/task/*/children"):
        for child in _read(path).split():
            yield int(child)
            yield from _descendants(int(child))


def _peak_of(pid: int) -> int:
    lines = _read(Path("/proc", str(pid), "status")).splitlines()
    return sum(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        # The process has ended.
        return ""
