"""How far a long check is, on a terminal only."""

from __future__ import annotations

import sys
from types import TracebackType


class Progress:
    """One line of standard error, written over and removed at the end; nothing where standard error is not a terminal."""

    def __enter__(self) -> Progress:
        self._shown = False
        self._terminal = sys.stderr.isatty()
        return self

    def __call__(self, done: int, of: int) -> None:
        """Say that so many root modules of all are checked."""
        if self._terminal and of > 1:
            self._shown = True
            sys.stderr.write(f"\r{done} of {of} root modules checked")
            sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
