"""The folder of a stack, a root module: one file, replaced in one step, and never over files from another source."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from secureinfra.errors import ConfigurationError

FILE: Final = "cdk.tf.json"
"""The file of a root module, under the same name that the engine uses."""
MARK: Final = "secureinfra"
"""The key below a root module's `//` that says what wrote it."""
STAGED: Final = ".tofu"
"""Ends the name of the file that only OpenTofu reads, before it is moved to its folder."""

# Files that Terraform and version control leave in a folder.
_TOLERATED = (".git", ".gitignore", ".gitkeep", ".terraform", ".terraform.lock.hcl", ".DS_Store")


def refuse_foreign(out: Path, names: Iterable[str], project: str) -> None:
    """Refuse to write into folders that this project did not write.

    Args:
        out: the folder of all root modules.
        names: the root modules.
        project: the project they belong to.

    Raises:
        ConfigurationError: a folder has files that this project did not write; all such folders together.
    """
    if out.exists() and not out.is_dir():
        raise ConfigurationError(f"{out}: is a file. Name a folder.")
    problems = [problem for name in names if (problem := _foreign(out / name, project))]
    if problems:
        raise ConfigurationError("\n".join((*problems, "Nothing was written. Name another folder with --out.")))


def _foreign(folder: Path, project: str) -> str | None:
    if not folder.exists():
        return None
    if not folder.is_dir():
        return f"{folder}: is a file, but a stack is a folder."
    held = sorted(path.name for path in folder.iterdir() if path.name not in _TOLERATED)
    if not held:
        return None
    mark = mark_of(folder)
    if mark is None:
        return f"{folder}: is not empty ({', '.join(held[:3])}) and was not written by secureinfra synth."
    if mark.get("project") != project:
        return f"{folder}: was written for {mark.get('project')!r}, and this is {project!r}."
    return None


def mark_of(folder: Path) -> dict[str, Any] | None:
    """The mark of a root module; `None` if this library did not write it, or it is not a root module."""
    try:
        held = json.loads((folder / FILE).read_text(encoding="utf-8"))
        mark = held["//"][MARK]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return mark if isinstance(mark, dict) else None


def left_over(out: Path, names: Iterable[str], project: str) -> list[str]:
    """Root modules of stacks that a project no longer has: their resources still exist in AWS."""
    if not out.is_dir():
        return []
    known = set(names)
    candidates = (path for path in sorted(out.iterdir()) if path.is_dir() and path.name not in known)
    return [path.name for path in candidates if (mark_of(path) or {}).get("project") == project]
