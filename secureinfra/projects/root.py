"""The folder of a stack, a root of Terraform: one file, replaced in one step, and never over what somebody else put there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from secureinfra.errors import ConfigurationError

FILE: Final = "cdk.tf.json"
"""What a root consists of; the name that the engine gives it too."""
MARK: Final = "secureinfra"
"""Under which a root's `//` says who wrote it."""

# What Terraform leaves in a folder, and who keeps it under version control.
_TOLERATED = (".git", ".gitignore", ".gitkeep", ".terraform", ".terraform.lock.hcl", ".DS_Store")


def refuse_foreign(out: Path, names: Iterable[str], project: str) -> None:
    """Refuse to write where somebody else wrote.

    Args:
        out: the folder of all roots.
        names: the roots.
        project: what they belong to.

    Raises:
        ConfigurationError: a folder holds what this project did not write; all such folders together.
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
        return f"{folder}: is a file, and a stack is a folder."
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
    """What a root says of itself; `None` where it was not written by us, or is none."""
    try:
        held = json.loads((folder / FILE).read_text(encoding="utf-8"))
        mark = held["//"][MARK]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return mark if isinstance(mark, dict) else None


def left_over(out: Path, names: Iterable[str], project: str) -> list[str]:
    """The roots of a project that it does not have any more: what they describe still stands in AWS."""
    if not out.is_dir():
        return []
    known = set(names)
    candidates = (path for path in sorted(out.iterdir()) if path.is_dir() and path.name not in known)
    return [path.name for path in candidates if (mark_of(path) or {}).get("project") == project]
