"""How far a long command is, on a terminal only."""

from __future__ import annotations

import sys
from types import TracebackType


class Progress:
    """One line of standard error, written over and removed at the end; nothing where standard error is not a terminal."""

    def __enter__(self) -> Progress:
        self._shown = False
        self._length = 0
        self._terminal = sys.stderr.isatty()
        return self

    def __call__(self, done: int, of: int) -> None:
        """Say that so many root modules of all are checked."""
        if of > 1:
            self.say(f"{done} of {of} root modules checked")

    def say(self, text: str) -> None:
        """Say what is being done."""
        if self._terminal:
            self._shown = True
            sys.stderr.write(f"\r\x1b[K{text}" if len(text) < self._length else f"\r{text}")
            sys.stderr.flush()
            self._length = len(text)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
