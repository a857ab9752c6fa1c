"""The folders of a tree that have Terraform, and which of them call which by a literal path."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read.disk import LARGEST
from secureinfra.terraform.read.load import names_of
from secureinfra.terraform.read.source import Tool
from secureinfra.terraform.read.stacks import stack_files

# Configurations of tests: https://developer.hashicorp.com/terraform/language/tests has them in `tests`.
_TESTS = ("test", "tests")
_NEVER = ("node_modules", "__pycache__")
_CALLED = re.compile(r"""\bsource["']?\s*[=:]\s*"(?:\$\{path\.module\}/)?(?P<path>\.{1,2}(?:/[^"$%]*)?)\"""")


@dataclass(frozen=True)
class Tree:
    """What was found below a folder.

    Args:
        folders: those with Terraform, and those of `cdktf synth`, in order of their paths.
        tests: folders of tests, which were left out.
        excluded: folders that a pattern left out.
        links: links to folders, which are not followed.
        unreadable: folders that may not be read.
        unused: patterns that no folder matches; an absolute one may be meant for another part of the repository.
    """

    folders: tuple[Path, ...]
    tests: tuple[Path, ...] = ()
    excluded: tuple[Path, ...] = ()
    links: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()
    unused: tuple[str, ...] = ()


def tree_below(top: Path, exclude: Sequence[str] = (), tool: Tool = "auto") -> Tree:
    """The folders with Terraform below a folder, that folder included.

    Hidden folders, `test` and `tests`, `node_modules`, and what lies in a folder of `cdktf synth` are left out.

    Args:
        top: where to begin.
        exclude: patterns of folders to leave out with all that is below them: of a name (`legacy`, `old-*`), of a path
            from `top` on (`envs/*/scratch`), or of an absolute path.
        tool: whose files are read.
    """
    walk = _Walk(top, exclude, tool)
    while walk.waiting:
        walk.look(walk.waiting.pop())
    return Tree(
        folders=tuple(sorted(walk.found)),
        tests=tuple(sorted(walk.tests)),
        excluded=tuple(sorted(walk.excluded)),
        links=tuple(sorted(walk.links)),
        unreadable=tuple(sorted(walk.unreadable)),
        unused=tuple(one for one in exclude if one not in walk.used and not one.startswith("/")),
    )


class _Walk:
    def __init__(self, top: Path, exclude: Sequence[str], tool: Tool) -> None:
        self._top, self._exclude, self._tool = top, exclude, tool
        self.waiting = [top]
        self.found: list[Path] = []
        self.tests: list[Path] = []
        self.excluded: list[Path] = []
        self.links: list[Path] = []
        self.unreadable: list[Path] = []
        self.used: set[str] = set()

    def look(self, folder: Path) -> None:
        try:
            below = _folders_in(folder)
        except OSError:
            self.unreadable.append(folder)
            return
        if _holds_stacks(folder, below):
            self.found.append(folder)
            return
        if has_terraform(folder, self._tool):
            self.found.append(folder)
        for name, is_link in below:
            self._of(folder / name, is_link=is_link).append(folder / name)

    def _of(self, folder: Path, *, is_link: bool) -> list[Path]:
        path = folder.relative_to(self._top).as_posix()
        matching = [one for one in self._exclude if _matches(one, folder, path)]
        self.used.update(matching)
        if matching:
            return self.excluded
        if is_link:
            return self.links
        return self.tests if folder.name in _TESTS else self.waiting


def has_terraform(folder: Path, tool: Tool = "auto") -> bool:
    """Whether files of Terraform lie in a folder itself."""
    try:
        return bool(names_of(folder, tool))
    except OSError:
        return False


def called_folders(folder: Path, tool: Tool = "auto") -> Iterator[Path]:
    """The folders that its files seem to call as modules, by what their text says; evaluating them tells for sure."""
    for name in names_of(folder, tool):
        try:
            file = folder / name
            text = file.read_text(encoding="utf-8", errors="replace") if file.stat().st_size <= LARGEST else ""
        except OSError:
            continue  # reading it as a root says what is wrong
        for found in _CALLED.finditer(text):
            called = Path(os.path.normpath(folder.resolve() / found["path"]))
            if called.is_dir():
                yield called.resolve()


def _folders_in(folder: Path) -> list[tuple[str, bool]]:
    """Names of the folders within, and whether each is a link."""
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    return [
        (entry.name, entry.is_symlink())
        for entry in entries
        if not entry.name.startswith(".") and entry.name not in _NEVER and _is_folder(entry)
    ]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links
        return False


def _holds_stacks(folder: Path, below: list[tuple[str, bool]]) -> bool:
    """Whether `cdktf synth` wrote it; another program's manifest.json is none of ours."""
    if ("stacks", False) not in below:
        return False
    try:
        return bool(stack_files(folder))
    except ConfigurationError:
        return True  # its error is told where it is read


def _matches(pattern: str, folder: Path, path: str) -> bool:
    """Whether a pattern means a folder: by name, by path from the top on, or by absolute path."""
    wanted = pattern.removeprefix("./").rstrip("/").removesuffix("/**")
    if "/" not in wanted:
        return fnmatch.fnmatchcase(PurePosixPath(path).name, wanted)
    subject = folder.resolve().as_posix() if wanted.startswith("/") else path
    return fnmatch.fnmatchcase(subject, wanted) or fnmatch.fnmatchcase(subject, wanted.replace("**/", ""))
