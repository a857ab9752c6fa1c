"""What policies mean: who may do what, decided on Terraform before it runs.

Importing this package starts nothing; each name is loaded on first use.
"""

from __future__ import annotations

import importlib

# What people state about their own configuration, and where it is defined.
_HOMES = {
    "access_only": "theorems.invariants",
    "no_access": "theorems.invariants",
    "no_escalation": "theorems.invariants",
    "no_path": "theorems.paths",
    "no_wider_than": "theorems.invariants",
}

__all__ = tuple(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
