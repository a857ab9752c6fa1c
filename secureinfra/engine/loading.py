"""Imports the engine quickly, and leaves the garbage collector as it was."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collections() -> Iterator[None]:
    """Pause garbage collection while importing what stays until the process ends.

    The engine and pydantic bring some 60,000 objects. Collecting them again and again, while they are imported, while a
    stack is built and when Python shuts down, took an eighth of the quickstart's time. So no collection runs meanwhile,
    and the resulting objects count as old, as they would after several collections.

    Afterwards the collector is enabled or disabled as before, and objects that a program has frozen stay frozen.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
        if not gc.get_freeze_count():
            # Unfrozen objects join the oldest generation.
            gc.freeze()
            gc.unfreeze()
    finally:
        if collects:
            gc.enable()


def exit_without_collections() -> None:
    """Skip the last garbage collection when Python exits: the process frees its memory anyway."""
    atexit.register(gc.freeze)
