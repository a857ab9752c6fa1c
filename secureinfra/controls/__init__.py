"""The controls: one file per service, loaded when asked for, and the catalogue of who else demands each."""

import functools
import importlib
import pkgutil
from types import ModuleType

from secureinfra.controls.control import Control, Keeps, every, find

__all__ = ["Control", "Keeps", "every", "find", "services"]

# What the others are written with; every other module of this folder holds controls.
_FRAME = {"catalogue", "control", "index", "packs", "reading", "verdict"}


@functools.cache
def services() -> tuple[ModuleType, ...]:
    """The modules that hold controls, all loaded."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names if name not in _FRAME)
