"""Files that expressions read: those below the root module and the modules it calls, and never any other."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from secureinfra.terraform.expressions.values import NotKnownError, RefusedError

SCOPE: Final = "//files"
"""The name under which a scope holds the files that its expressions may read; no expression can write it."""
LARGEST: Final = 4 * 1024 * 1024
"""Bytes of the largest file that is read."""
MOST_ENTRIES: Final = 20_000
"""So many entries of folders are looked at for one pattern."""


class Files:
    """Files below some folders.

    Args:
        root: the folder of the root module, at which relative paths start; `None` where nothing lies on disk.
    """

    def __init__(self, root: Path | None) -> None:
        self._root = root
        self._allowed: list[Path] = []
        self._read: dict[Path, bytes] = {}
        if root is not None:
            self.allow(root)

    def allow(self, folder: Path) -> None:
        """Let files below a folder be read."""
        try:
            resolved = folder.resolve()
        except (OSError, RuntimeError):
            return
        if resolved not in self._allowed:
            self._allowed.append(resolved)

    def content(self, name: str) -> bytes:
        """What a file holds.

        Raises:
            RefusedError: there is no such file, as Terraform says too.
            NotKnownError: it lies elsewhere, is not a plain file, or is too large.
        """
        path = self._below(name)
        if path in self._read:
            return self._read[path]
        try:
            about = path.stat()
            if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
                raise NotKnownError
            with path.open("rb") as opened:
                content = opened.read(LARGEST + 1)
        except FileNotFoundError:
            raise RefusedError("no such file") from None
        except OSError:
            raise NotKnownError from None
        if len(content) > LARGEST:
            raise NotKnownError
        self._read[path] = content
        return content

    def exists(self, name: str) -> bool:
        """Whether there is such a file.

        Raises:
            NotKnownError: it would lie elsewhere, or is not a plain file.
        """
        path = self._below(name)
        try:
            if stat.S_ISREG(path.stat().st_mode):
                return True
        except FileNotFoundError:
            return False
        except OSError:
            pass
        raise NotKnownError

    def below(self, folder: str) -> list[str]:
        """The files below a folder, as paths that start at it, with `/` between their parts.

        Raises:
            NotKnownError: the folder lies elsewhere, holds too much, or links to other folders.
        """
        top = self._below(folder)
        found: list[str] = []
        looked = 0
        for at, folders, names in os.walk(top):
            looked += len(folders) + len(names)
            if looked > MOST_ENTRIES or any(os.path.islink(os.path.join(at, name)) for name in (*folders, *names)):
                raise NotKnownError
            found += [Path(at, name).relative_to(top).as_posix() for name in names]
        return found

    def _below(self, name: str) -> Path:
        if self._root is None or "\0" in name:
            raise NotKnownError
        try:
            path = (self._root / name).resolve()
        except (OSError, RuntimeError):
            raise NotKnownError from None
        if not any(path.is_relative_to(folder) for folder in self._allowed):
            raise NotKnownError
        return path
