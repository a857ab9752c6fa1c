"""What a map calls a block, and where the block is written."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from secureinfra.maps.shapes import Where
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["label_of", "region_of", "text", "where_of"]

# A part of a construct's path, or of a name, that says nothing of what it is for.
_GENERIC = {"security-group", "security_group", "group", "sg", "this", "default", "main", "vpc"}


def where_of(block: Block, at: str = "") -> Where:
    """The place of a block, to link to."""
    return Where(block.address, block.file or "", block.line_of(at) or 0 if block.file else 0)


def text(value: Any, otherwise: str = "") -> str:
    """A value as text; something else where it is not known or not there."""
    return otherwise if value is None or is_unknown(value) else str(value)


def label_of(block: Block, generic: Collection[str] = (), *, parts: int = 1) -> str:
    """What a block is for, in few words: the end of its construct's path, its name, or its address.

    Args:
        block: what to name.
        generic: further words that say nothing of what it is for.
        parts: how many parts of the path to take, where one does not tell it from others.
    """
    path = [part for part in block.construct_path.split("/")[1:] if part not in {*_GENERIC, *generic}]
    if path:
        return "/".join(path[-parts:])
    name = text(block.get("name")) or text(block.get("name_prefix")).rstrip("-_")
    tags = block.get("tags")
    if not name and isinstance(tags, dict):
        name = text(tags.get("Name"))
    if name:
        return name
    module = block.address.rpartition(f".{block.type}.")[0].removeprefix("module.").replace(".module.", "/")
    return block.name if block.name not in _GENERIC or not module else module


def region_of(configuration: Configuration) -> str:
    """Where the provider of a configuration works; empty where that is not known."""
    regions = {text(node.get("region")) for node in configuration.providers.get("aws", ()) if not node.get("alias")}
    return regions.pop() if len(regions) == 1 else ""
