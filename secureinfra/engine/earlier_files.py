"""What an output folder held before a synthesis: put back if the app is refused after some of its stacks were written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


class EarlierFiles:
    """The files of an output folder that the engine writes, as they are now.

    The engine writes each stack as soon as that one is valid, so that a later one can be refused when earlier ones are written.

    Args:
        folder: the output folder, which need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._content: dict[Path, bytes | None] = {}
        for path in _files(folder):
            # What cannot be read is left as it is.
            self._content[path] = None
            with contextlib.suppress(OSError):
                self._content[path] = path.read_bytes()

    def put_back(self) -> None:
        """Undo what was written since.

        Raises:
            OSError: the file system refuses it.
        """
        for path in list(_files(self._folder)):
            if path not in self._content:
                path.unlink()
                with contextlib.suppress(OSError):
                    path.parent.rmdir()
        for path, content in self._content.items():
            if content is not None and (not path.exists() or path.read_bytes() != content):
                path.write_bytes(content)


def _files(folder: Path) -> Iterator[Path]:
    # Beside them Terraform keeps its own.
    yield from folder.glob("stacks/*/cdk.tf*")
    yield from folder.glob("manifest.json")
