"""What a run makes once, however many tests and workers ask for it: a folder that the first of them fills."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from filelock import FileLock

_PLACE: Final = "SECUREINFRA_TESTS_ONCE"


def begin() -> None:
    """Make the place that all workers of this run share; they inherit its name."""
    os.environ[_PLACE] = tempfile.mkdtemp(prefix="secureinfra-tests-")


def end() -> None:
    """Remove it."""
    shutil.rmtree(os.environ.pop(_PLACE), ignore_errors=True)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` has filled. Read it, but do not change it.

    Args:
        name: of the folder; the same name is the same content.
        make: fills an empty folder; called by the first who asks, while the others wait.
    """
    folder = Path(os.environ[_PLACE]) / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            # A folder that stands is whole: `make` may fail half way.
            partial = folder.with_name(f"{folder.name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            make(partial)
            partial.rename(folder)
    return folder
