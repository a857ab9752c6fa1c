"""Hardened AWS infrastructure, from Python to Terraform.

Importing this package starts nothing; each name is loaded on first use. The names are written by `make names`: in
`declared/names.py` for Python, in `__init__.pyi` for type checkers and editors.
"""

from __future__ import annotations

import importlib
import sys

from secureinfra.declared.names import HOMES
from secureinfra.version import __version__ as __version__

__all__ = tuple(HOMES)


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise _unknown(name)
    value = getattr(importlib.import_module(f"{__name__}.{HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})


def _unknown(name: str) -> Exception:
    import importlib.util  # noqa: PLC0415 - only for what is misspelled

    from secureinfra.suggest import nearest  # noqa: PLC0415

    near = nearest(name, HOMES)
    # Python 3.12 and newer add the hint themselves. In 3.11 `from secureinfra import X` drops the message of an
    # AttributeError, but asks first, from within `importlib`, whether the name is there, and then for a module.
    asked_by = sys._getframe(2).f_globals.get("__name__")
    if near and sys.version_info < (3, 12) and asked_by == "importlib._bootstrap":
        if importlib.util.find_spec(f"{__name__}.{name}") is None:
            text = f"cannot import name {name!r} from {__name__!r}. Did you mean: {near!r}?"
            return ImportError(text, name=name, path=__file__)
    return AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=sys.modules[__name__])
