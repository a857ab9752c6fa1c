"""Paths to a report: one root module, several, or every one below a folder, in processes of their own where there are many."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from secureinfra.check.checked import Asked, Checked, broken_root, checked
from secureinfra.errors import SecureInfraError
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.read.inputs import Inputs
from secureinfra.terraform.read.load import load
from secureinfra.terraform.read.repository import Tree, called_folders, has_terraform, tree_below
from secureinfra.terraform.read.stacks import stack_files
from secureinfra.terraform.read.subfolders import nothing_here

FEWEST_FOR_PROCESSES = 8
"""So many root modules are worth the start of processes."""
_NAMED = 5
_READABLE_FILES = (".tf", ".tofu", ".json")

Progress = Callable[[int, int], None]
"""Called with how many root modules are checked, and how many there are."""


@dataclass(frozen=True)
class Task:
    """How each root module is checked.

    Args:
        asked: the controls, waivers and schemas.
        inputs: values of variables, and whose files are read.
    """

    asked: Asked
    inputs: Inputs


@dataclass(frozen=True)
class Answer:
    """What came of all paths.

    Args:
        results: of each configuration, in the order of their paths.
        notes: what was left out.
        unread: how many paths and folders were not read.
    """

    results: tuple[Checked, ...]
    notes: tuple[str, ...] = ()
    unread: int = 0


def check_paths(
    paths: Sequence[str],
    task: Task,
    *,
    exclude: Sequence[str] = (),
    recursive: bool = False,
    progress: Progress | None = None,
    processes: int | None = None,
) -> Answer:
    """Check what lies under some paths.

    A file, a folder with Terraform, or a `cdktf.out` is taken as it is. Of any other folder every root module below it is
    checked: modules through their callers, and by themselves only where no root module calls them. One that cannot be
    read is a failure of its own, unless it is the only path that was given.

    Args:
        paths: files and folders.
        task: how each is checked.
        exclude: patterns of folders to leave out below them, as `tree_below` takes them.
        recursive: also look below folders with Terraform.
        progress: called after each root module, where there are many.
        processes: at most so many; as many as there are cores by default.

    Raises:
        ConfigurationError: a path does not exist, none has Terraform, or the only one cannot be read.
    """
    units, given, notes, unread = _units(paths, task, exclude, recursive)
    if len(paths) == 1 and len(units) == 1 and given:
        (only,) = units.values()
        results = [checked(one, task.asked) for one in Configuration.load(paths[0], task.inputs)]
        return Answer(tuple(results), tuple(_not_looked_at(only, results, exclude, task)))
    every = _Run(task, progress, processes).all(units)
    kept = _without_called(every)
    notes += [f"{units[one]}: a module, checked through what calls it." for one in sorted(given - set(kept))]
    results = [one for held in kept.values() for one in held]
    odd = [one for one in results if _is_no_terraform(one)]
    notes += [f"{one.name}: {one.findings[0].found}, so it is not checked." for one in odd]
    return Answer(tuple(one for one in results if one not in odd), tuple(notes), unread + len(odd))


def _units(
    paths: Sequence[str], task: Task, exclude: Sequence[str], recursive: bool
) -> tuple[dict[Path, Path], set[Path], list[str], int]:
    """What there is to check by its resolved path, what of it was given itself, notes, and how much was not read."""
    units: dict[Path, Path] = {}
    given: set[Path] = set()
    notes: list[str] = []
    empty: list[Path] = []
    unread = 0
    for path in map(Path, paths):
        if _is_tree(path, task.inputs) or (recursive and path.is_dir()):
            tree = tree_below(path, exclude, task.inputs.tool)
            notes += _left_out(tree, path)
            unread += len(tree.unreadable)
            found: Sequence[Path] = tree.folders
        else:
            found = [path]
            given.add(path.resolve())
        if not found:
            empty.append(path)
        for unit in found:
            units.setdefault(unit.resolve(), unit)
    if not units:
        raise nothing_here(empty[0])
    notes += [f"{path}: has no Terraform, so nothing of it is checked." for path in empty]
    return units, given, notes, unread + len(empty)


def _is_tree(path: Path, inputs: Inputs) -> bool:
    """Whether it is a folder without Terraform of its own. A path that does not exist is refused here."""
    if not os.path.exists(path):
        load(path, inputs)
    return path.is_dir() and not has_terraform(path, inputs.tool) and not _has_stacks(path)


def _has_stacks(folder: Path) -> bool:
    try:
        return bool(stack_files(folder))
    except SecureInfraError:
        return True  # reading it says what is wrong


class _Run:
    """Checks root modules, one after the other or in several processes; the answers do not depend on which."""

    def __init__(self, task: Task, progress: Progress | None, processes: int | None) -> None:
        self._task, self._progress = task, progress
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        self._processes = processes or cores or 1

    def all(self, units: dict[Path, Path]) -> dict[Path, list[Checked]]:
        """What comes of each unit that no other calls, in the order of their paths.

        Which call which is taken from their text first. What then turns out to be called by none is checked after that.
        """
        order = sorted(units, key=lambda one: units[one].parts)
        guessed = {
            called
            for one in order
            if one.is_dir()
            for called in called_folders(units[one], self._task.inputs.tool)
            if called != one
        }
        results: dict[Path, list[Checked]] = {}
        waiting = [one for one in order if one not in guessed] or order
        while waiting:
            results.update(self._checked(waiting, units, len(results)))
            covered = {called for held in results.values() for one in held for called in one.called}
            waiting = [one for one in order if one not in results and one not in covered]
        return {one: results[one] for one in order if one in results}

    def _checked(self, waiting: list[Path], units: dict[Path, Path], before: int) -> dict[Path, list[Checked]]:
        found: dict[Path, list[Checked]] = {}
        for one, answer in zip(waiting, self._answers([units[one] for one in waiting]), strict=True):
            found[one] = answer
            if self._progress:
                self._progress(before + len(found), before + len(waiting))
        return found

    def _answers(self, units: list[Path]) -> Iterable[list[Checked]]:
        processes = min(self._processes, len(units))
        if processes < 2 or len(units) < FEWEST_FOR_PROCESSES:
            yield from (_check_unit(unit, self._task) for unit in units)
            return
        import concurrent.futures  # noqa: PLC0415 - most runs check one root module
        import multiprocessing  # noqa: PLC0415 - as above

        way = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        with concurrent.futures.ProcessPoolExecutor(processes, multiprocessing.get_context(way)) as pool:
            yield from pool.map(_check_unit, units, [self._task] * len(units))


def _check_unit(unit: Path, task: Task) -> list[Checked]:
    """What comes of one folder or file, without anything that another process could not have."""
    try:
        return [checked(one, task.asked).detached() for one in Configuration.load(unit, task.inputs)]
    except SecureInfraError as error:
        return [broken_root(unit, str(unit), str(error))]
    except (RecursionError, MemoryError) as error:
        return [broken_root(unit, str(unit), f"too large to be checked ({type(error).__name__})")]


def _without_called(results: dict[Path, list[Checked]]) -> dict[Path, list[Checked]]:
    """The results without those of modules that another root module calls."""
    calls = {one: {called for held in results[one] for called in held.called if called != one} for one in results}
    through = {called for one, held in calls.items() for called in held if one not in calls.get(called, ())}
    return {one: held for one, held in results.items() if one not in through}


def _is_no_terraform(one: Checked) -> bool:
    return bool(one.unread and one.path and one.path.is_file() and one.path.suffix not in _READABLE_FILES)


def _left_out(tree: Tree, top: Path) -> list[str]:
    notes = []
    tests = [folder for folder in tree.tests if tree_below(folder).folders]
    for folders, said in (
        (tests, "{} left out, as tests: {}. Give one as a path to check it."),
        (tree.excluded, "{} left out by --exclude: {}."),
        (tree.links, "{} not followed, as links: {}."),
        (tree.unreadable, "{} not checked, as they may not be read: {}."),
    ):
        if folders:
            are = f"{len(folders)} folders are" if len(folders) > 1 else "1 folder is"
            notes.append(f"{top}: {said.format(are, _listed(folders))}")
    notes += [f"--exclude {pattern}: matches no folder below {top}." for pattern in tree.unused]
    return notes


def _not_looked_at(only: Path, results: Sequence[Checked], exclude: Collection[str], task: Task) -> list[str]:
    """A note on the root modules below the only folder that was given, which are no part of it."""
    if not only.is_dir() or _has_stacks(only):
        return []
    called = {folder for one in results for folder in one.called}
    below = [one for one in tree_below(only, tuple(exclude), task.inputs.tool).folders if one != only]
    others = [one for one in below if one.resolve() not in called]
    if not others:
        return []
    are = f"{len(others)} folders below it are" if len(others) > 1 else "1 folder below it is"
    return [f"{only}: {are} not checked, as it does not call them: {_listed(others)}. --recursive checks them too."]


def _listed(folders: Sequence[Path]) -> str:
    more = f" and {len(folders) - _NAMED} more" if len(folders) > _NAMED else ""
    return ", ".join(map(str, folders[:_NAMED])) + more
