"""Blocks that are attached to others, as far as they are sure to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.terraform.unknown import Unknown, UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration


def attached_surely(block: Block, type: str, via: str, configuration: Configuration) -> list[Block]:
    """The blocks of a type that name this one; none where none does.

    Args:
        block: what they name.
        type: the type of those that name it.
        via: the argument in which they do.
        configuration: where they are sought.

    Raises:
        UnknownValueError: none is sure to name it, or to be there: its `count` is not known.
    """
    found = configuration.attached(block, type, via)
    if found and not any(_is_as_sure(other, block) for other in found):
        raise UnknownValueError(Unknown(f"how many {found[0].address} there are"))
    return found


def _is_as_sure(attached: Block, block: Block) -> bool:
    """Whether one is there whenever the other is: not `count = var.n`, unless the other says that too."""
    repeated = next((name for name in ("count", "for_each") if name in attached.raw), None)
    if repeated is None or attached.key or not attached.is_source:
        return True
    written = attached.raw[repeated]
    return bool(written == block.raw.get(repeated)) or f"{block.type}.{block.name}" in str(written)
