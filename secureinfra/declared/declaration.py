"""What a construct declares, for code that lists constructs and writes modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Declaration:
    """What a construct declares; the arguments are those of `declares`."""

    module: str = ""
    within: str = ""
    apart: str = ""
    page: str = ""
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    examples: Mapping[str, Any] = field(default_factory=dict)
    yours: tuple[str, ...] = ()


def declaration_of(cls: type) -> Declaration:
    """The declaration of a class itself; declarations of its bases are not inherited."""
    return Declaration(**vars(cls).get("_declared", {}))
