"""A file written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from secureinfra.errors import ConfigurationError


def write_file(path: Path, text: str) -> None:
    """Replace a file's content in one step, so that a crash or a full disk leaves the old one.

    Raises:
        ConfigurationError: it cannot be written; nothing is left behind.
    """
    if path.exists() and not path.is_file():
        # A device or a pipe, such as /dev/stdout, cannot be replaced, and need not be.
        _write_through(path, text)
        return
    import tempfile  # noqa: PLC0415 - most runs write no file

    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask())
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise ConfigurationError(f"{path}: cannot be written: {error.strerror}.") from None


def umask() -> int:
    """What this process takes away from the permissions of new files and folders; `tempfile` takes away more."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_through(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written: {error.strerror}.") from None
