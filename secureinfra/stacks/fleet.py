"""A fleet: many stacks from one settings file, built by a few processes, each of which starts the engine once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from secureinfra.errors import ConfigError, SecureInfraError
from secureinfra.stacks.settings import Project

# A process keeps what it built until it ends, some 0.5 MB for a stack of 60 resources: replacing it regularly costs a
# second and keeps memory level.
_TOGETHER = 50
# Enough errors to see what is wrong.
_FAILURES = 20

# The parent's search path, regardless of the environment variables and options that set it.
_START = (
    "import json, sys; task = json.loads(sys.stdin.readline()); sys.path[:] = task['path']; "
    "from secureinfra.stacks.worker import main; main(task)"
)


@dataclass(frozen=True)
class Source:
    """The input that every process reads on its own.

    Args:
        text: content of the settings file.
        file: its name.
        assignments: values from the command line.
        waivers: a file of waivers.
    """

    text: str
    file: str
    assignments: tuple[str, ...] = ()
    waivers: Path | None = None


@dataclass(frozen=True)
class Built:
    """A stack in the staging folder, under its name.

    Args:
        name: what it is called.
        resources: how many resources it holds.
        totals: the result of its check.
        notes: further notes for the user.
        costs: how many there are of each type that AWS bills.
    """

    name: str
    resources: int
    totals: str
    notes: tuple[str, ...]
    costs: Mapping[str, int]


@dataclass
class _Run:
    """What the processes have reported so far, and which are running."""

    total: int
    progress: Callable[[int, int], None]
    built: dict[str, Built] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    memory: int = 0
    processes: set[subprocess.Popen[str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: bool = False

    def take(self, answer: dict[str, Any]) -> None:
        with self.lock:
            if "error" in answer:
                self.errors.setdefault(answer["error"], []).append(answer["name"])
            else:
                notes = tuple(answer["notes"])
                built = Built(answer["name"], answer["resources"], answer["totals"], notes, answer["costs"])
                self.built[built.name] = built
            self.memory = max(self.memory, answer["memory"])
            failed = sum(map(len, self.errors.values()))
            self.stopped = self.stopped or failed >= _FAILURES
            self.progress(len(self.built) + failed, self.total)

    def stop(self) -> None:
        with self.lock:
            self.stopped = True
            for process in self.processes:
                process.kill()


def build(
    project: Project, source: Source, staging: Path, *, jobs: int, progress: Callable[[int, int], None]
) -> tuple[list[Built], int]:
    """Build all stacks of a project into a folder, a file for each.

    Args:
        project: which stacks.
        source: the settings file and command-line values.
        staging: the folder.
        jobs: how many processes run in parallel.
        progress: called with the number of stacks done and their total.

    Returns:
        What was built, in the file's order, and the peak memory of one process in MB.

    Raises:
        ConfigError: some cannot be built; each error once, with the stacks it affects.
    """
    names = [stack.name for stack in project.stacks]
    run = _Run(len(names), progress)
    try:
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            futures = [pool.submit(_work, share, source, staging, run) for share in _shares(names, jobs)]
            try:
                for future in as_completed(futures):
                    future.result()
            except BaseException:
                run.stop()
                raise
    finally:
        run.stop()
    if run.errors:
        raise ConfigError("\n".join(_told(run, names)))
    return [run.built[name] for name in names], run.memory


def _shares(names: Sequence[str], jobs: int) -> Iterator[Sequence[str]]:
    size = max(1, min(_TOGETHER, -(-len(names) // jobs)))
    yield from (names[start : start + size] for start in range(0, len(names), size))


def _work(names: Sequence[str], source: Source, staging: Path, run: _Run) -> None:
    task = {
        "path": sys.path,
        "text": source.text,
        "file": source.file,
        "assignments": source.assignments,
        "waivers": str(source.waivers) if source.waivers else None,
        "staging": str(staging),
        "names": names,
    }
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = _start(said, run)
        if process is None:
            return
        with process:
            told = _listen(process, task, run)
        with run.lock:
            run.processes.discard(process)
        if told < len(names) and not run.stopped:
            said.seek(0)
            raise SecureInfraError(
                f"{names[told]}: the process that built it ended with status {process.returncode}. Its output:\n"
                f"{said.read()[-4000:].rstrip() or 'nothing'}\nNothing was written."
            )


def _listen(process: subprocess.Popen[str], task: dict[str, Any], run: _Run) -> int:
    """Run a process with its task and read its reports; returns the number of stacks."""
    stdin, stdout = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
    told = 0
    try:
        stdin.write(json.dumps(task) + "\n")
        stdin.close()
        for line in stdout:
            run.take(json.loads(line))
            told += 1
    except (BrokenPipeError, ValueError):
        # It crashed, possibly in the middle of a line; its exit status says more.
        return told
    return told


def _start(said: Any, run: _Run) -> subprocess.Popen[str] | None:
    with run.lock:
        if run.stopped:
            return None
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            encoding="utf-8",
        )
        run.processes.add(process)
        return process


def _told(run: _Run, order: Sequence[str]) -> Iterator[str]:
    """Each error once, with the stacks it affects, in the file's order regardless of which process was faster."""
    about = sorted((sorted(names, key=order.index), error) for error, names in run.errors.items())
    for names, error in about:
        others = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield f"{', '.join(names[:3])}{others}:"
        yield error
    left = run.total - len(run.built) - sum(len(names) for names, _ in about)
    if left:
        yield f"{left} more were not tried."
    yield "Nothing was written."


def processors() -> int:
    """How many processes can run in parallel on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
