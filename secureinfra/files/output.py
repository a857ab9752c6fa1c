"""A file written completely or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from secureinfra.errors import ConfigurationError


def write_file(path: Path, text: str) -> None:
    """Replace a file's content in one step, so that a crash or a full disk leaves the old one.

    A link is followed: the file that it leads to is replaced, and the link stays.

    Raises:
        ConfigurationError: it cannot be written, or it is a link that leads to itself; nothing is left behind.
    """
    if _is_open_elsewhere(path) or (path.exists() and not path.is_file()):
        # A device or a pipe, such as /dev/stdout, cannot be replaced, and need not be.
        _write_through(path, text)
        return
    path = _followed(path)
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
        raise ConfigurationError(f"{path}: cannot be written: {why(error)}.") from None


def _is_open_elsewhere(path: Path) -> bool:
    """Whether it stands for a file that a process has open, such as /dev/stdout: replacing that file would not reach it."""
    links = (path, path.parent / os.readlink(path)) if path.is_symlink() else (path,)
    return any(link.as_posix().startswith(("/dev/fd/", "/proc/")) for link in links)


def _followed(path: Path) -> Path:
    if not path.is_symlink():
        return path
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise ConfigurationError(f"{path}: cannot be written: it is a link that leads to itself. Remove it.")
    return target


def why(error: OSError) -> str:
    """What the system says about a failure, in its own words; `shutil` puts those into a list."""
    if error.strerror is None and error.args and isinstance(error.args[0], list):
        _, _, reason = error.args[0][0]
        return str(reason)
    return error.strerror or str(error) or type(error).__name__


def umask() -> int:
    """The umask of this process; `tempfile` removes more permissions."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_through(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written: {why(error)}.") from None
