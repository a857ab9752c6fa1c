"""Two folders exchanged in one step, where the operating system can do that."""

from __future__ import annotations

import ctypes
import os
import tempfile
from pathlib import Path
from typing import Final

_HERE: Final = -100  # AT_FDCWD
_LINUX_EXCHANGE: Final = 2  # RENAME_EXCHANGE, man 2 renameat2
_MAC_SWAP: Final = 2  # RENAME_SWAP, man 2 renamex_np


def exchange(one: Path, other: Path) -> None:
    """Give each of two folders the other's name, so that nobody ever finds either name taken by nothing.

    Where the system knows no such step, two renames follow each other.

    Raises:
        OSError: it did not work; both are where they were.
    """
    if _in_one_step(os.fsencode(one), os.fsencode(other)):
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{other.name}.", dir=other.parent))
    other.rename(aside / "old")
    try:
        one.rename(other)
    except OSError:
        (aside / "old").rename(other)
        aside.rmdir()
        raise
    (aside / "old").rename(one)
    aside.rmdir()


def _in_one_step(one: bytes, other: bytes) -> bool:
    try:
        system = ctypes.CDLL(None)
        if hasattr(system, "renameat2"):
            return bool(system.renameat2(_HERE, one, _HERE, other, _LINUX_EXCHANGE) == 0)
        if hasattr(system, "renamex_np"):
            return bool(system.renamex_np(one, other, _MAC_SWAP) == 0)
    except (OSError, TypeError):
        # No C library that can be asked, as on Windows.
        return False
    return False
