"""A limit to what is read: only files below one folder, for a program that reads at the request of another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from secureinfra.errors import ConfigurationError

_FOLDER: ContextVar[Path | None] = ContextVar("secureinfra.files.within", default=None)


@contextmanager
def only_below(folder: Path) -> Iterator[None]:
    """Within this, `refuse_outside` refuses what does not lie below a folder, links followed.

    It holds for this thread, and for no process that is started.

    Args:
        folder: a folder that exists.
    """
    before = _FOLDER.set(folder.resolve())
    try:
        yield
    finally:
        _FOLDER.reset(before)


def refuse_outside(path: Path) -> None:
    """Refuse a path that is about to be read, where there is a limit and it lies outside.

    Raises:
        ConfigurationError: it does.
    """
    folder = _FOLDER.get()
    if folder is None:
        return
    try:
        inside = path.resolve().is_relative_to(folder)
    except (OSError, RuntimeError, ValueError):
        inside = False
    if not inside:
        raise ConfigurationError(f"{path}: lies outside of the folder that may be read. Give a path below it.")
