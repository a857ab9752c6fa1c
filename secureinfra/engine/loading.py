"""How the engine is imported: what comes into being is kept for good, and the garbage collector is told so."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_for_good() -> Iterator[None]:
    """Spare the garbage collector everything that exists when this ends: modules, classes and what they hold.

    The engine and pydantic bring some 80,000 objects that stay until the process ends. Looking at them again and again,
    while they are imported, while a stack is built and when Python shuts down, took an eighth of the quickstart's time.
    Reference counts free things as before; only a cycle that is garbage already by then is never collected.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collects:
            gc.enable()
