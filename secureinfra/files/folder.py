"""A folder written completely or not at all: first next to its destination, then moved there in one step."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.files.exchange import exchange
from secureinfra.files.output import umask, why


@contextmanager
def scratch(parent: Path, name: str) -> Iterator[Path]:
    """A temporary folder for a `with` block, next to the destination, so that its content can be moved there in one step.

    It is removed at the end, and so are the parents that were created for it and are empty.

    Args:
        parent: where it is created; missing parents are created too.
        name: name of the destination; part of its hidden name.
    """
    created = [path for path in (parent, *parent.parents) if not path.exists()]
    folder: Path | None = None
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=parent))
        yield folder
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        for path in created:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """An empty folder to fill, which replaces another one in one step at the end of a `with` block.

    Args:
        folder: the folder to replace, or one that does not exist yet.

    Raises:
        ConfigurationError: something cannot be written; nothing was changed.
    """
    target = folder.resolve()
    try:
        with scratch(target.parent, target.name) as fresh:
            yield fresh
            # `mkdtemp` gives access to the owner only; a new folder gets the usual permissions.
            fresh.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o777 & ~umask())
            if target.exists():
                exchange(fresh, target)
            else:
                fresh.rename(target)
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot be written: {why(error)}. Nothing was changed.") from None


def fill(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder.

    Args:
        folder: where.
        files: their texts by path.
    """
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
