"""A folder as a zip archive whose bytes depend on names, contents and execute permissions only."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

# What tools leave behind: it differs between machines, and is never part of a program.
_LITTER = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".DS_Store", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv"}
)
_BYTECODE = frozenset({".pyc", ".pyo"})
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that the format can hold
_UNIX = 3


def zip_of(folder: Path) -> bytes:
    """The archive of a folder: sorted by name, with a fixed time and no compression, so that every machine makes the same.

    Compressed data would depend on the version of zlib. Caches of Python, version control's folders and the like are left out.

    Args:
        folder: what to archive.

    Raises:
        OSError: a file cannot be read.
        ValueError: the folder holds a symbolic link, or no file.
    """
    buffer = io.BytesIO()
    files = sorted(_files_in(folder), key=lambda file: file.relative_to(folder).as_posix())
    if not files:
        raise ValueError("holds no file")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _FIRST_DAY)
            entry.create_system = _UNIX
            runs = file.stat().st_mode & stat.S_IXUSR
            entry.external_attr = (stat.S_IFREG | (0o755 if runs else 0o644)) << 16
            archive.writestr(entry, file.read_bytes())
    return buffer.getvalue()


def _files_in(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in _LITTER or path.suffix in _BYTECODE:
            continue
        if path.is_symlink():
            raise ValueError(f"holds a symbolic link, {path.name!r}, which leads elsewhere on other machines")
        if path.is_dir():
            yield from _files_in(path)
        else:
            yield path
