"""`moved` and `removed` blocks: which resource has which address now, and which leaves the state without being destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from secureinfra.terraform.model.written import objects_of


def moves(blocks: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Old and new address of each `moved` block.

    Args:
        blocks: each with the address of its module, with a dot behind it.
    """
    for module, raw in blocks:
        yield module + _address(raw.get("from")), module + _address(raw.get("to"))


def forgotten(blocks: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    """The address in each `removed` block that destroys nothing.

    Args:
        blocks: each with the address of its module, with a dot behind it.
    """
    for module, raw in blocks:
        if any(held.get("destroy") in (False, "false") for held in objects_of(raw.get("lifecycle"))):
            yield module + _address(raw.get("from"))


def _address(written: Any) -> str:
    """The address that an argument names, with or without `${}` around it."""
    return str(written).strip().removeprefix("${").removesuffix("}").strip()
