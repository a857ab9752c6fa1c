"""Swaps two folders atomically, if the operating system can."""

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
    """Swap two folders atomically, so that neither path is ever missing.

    Without support by the system, it takes two renames.

    Raises:
        OSError: it failed; both folders are unchanged.
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
        # No usable C library, as on Windows.
        return False
    return False
