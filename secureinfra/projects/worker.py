"""One process of a fleet: it starts the engine once and builds its share of the targets, telling of each as it is done."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from secureinfra.errors import SecureInfraError
from secureinfra.projects.settings import project_of
from secureinfra.projects.synth import root_of
from secureinfra.projects.yaml_file import assign, parse


def main(task: dict[str, Any]) -> None:
    """Build the stacks that a task names; `fleet` writes the task and reads what is told."""
    # What a blueprint prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    project = project_of(assign(parse(task["text"], task["file"]), task["assignments"]))
    waivers = Path(task["waivers"]) if task["waivers"] else None
    stacks = {stack.name: stack for stack in project.stacks}
    for name in task["names"]:
        answer: dict[str, Any] = {"name": name}
        try:
            root = root_of(stacks[name], waivers)
        except SecureInfraError as error:
            answer |= {"error": str(error)}
        else:
            Path(task["staging"], name).write_text(root.text, encoding="utf-8", newline="\n")
            answer |= {"resources": root.resources, "totals": root.totals, "notes": root.notes}
        print(json.dumps({**answer, "memory": _memory()}), file=answers, flush=True)


def _memory() -> int:
    """The most memory so far in MB, the engine's included where the system tells."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    own = peak // 1024 if sys.platform == "linux" else peak // 1024**2
    return own + sum(map(_peak_of, _descendants(os.getpid())))


def _descendants(pid: int) -> Iterator[int]:
    # The engine starts a launcher, which starts the Node that does the work.
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
        # It ended meanwhile.
        return ""
