"""The theorems by id, and which module defines which."""

from __future__ import annotations

import importlib

from secureinfra.errors import ConfigError
from secureinfra.proofs.theorems.theorem import Theorem
from secureinfra.suggest import did_you_mean

__all__ = ["FAMILIES", "theorem", "theorems"]

# Modules of this folder, in the order of reports; each has a tuple `THEOREMS`.
FAMILIES = ("outside_access", "transport", "escalation", "protection", "network", "endpoints", "zones")


def theorems() -> tuple[Theorem, ...]:
    """All theorems, family by family."""
    loaded = (importlib.import_module(f"secureinfra.proofs.theorems.{family}") for family in FAMILIES)
    return tuple(theorem for module in loaded for theorem in module.THEOREMS)


def theorem(id: str) -> Theorem:
    """The theorem with an id.

    Raises:
        ConfigError: there is none.
    """
    known = {held.id: held for held in theorems()}
    if id not in known:
        otherwise = f"There are {', '.join(known)}."
        raise ConfigError(f"theorem {id!r} does not exist. {did_you_mean(id, known, otherwise)}")
    return known[id]
