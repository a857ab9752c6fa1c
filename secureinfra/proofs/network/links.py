"""How blocks of a network name each other: by reference, by a list of references, or by an id or name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from secureinfra.terraform.unknown import Unknown, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["Links", "Reader", "flag", "number"]

_NAMES = ("name", "id", "identifier", "arn")
_WHOLE = re.compile(r"\(known after apply\)|\$\{[\w.\"\[\]-]+(?:\[\*\]|\.\*)\.(?:id|arn)\}")


@dataclass
class Links:
    """What an argument names.

    Args:
        blocks: blocks of the configuration that it names for sure.
        perhaps: blocks that it may name.
        literals: ids and names that no block of the configuration has.
        unknown: the first value that leads to no block.
    """

    blocks: list[Block] = field(default_factory=list)
    perhaps: list[Block] = field(default_factory=list)
    literals: list[str] = field(default_factory=list)
    unknown: Unknown | None = None

    @property
    def any(self) -> list[Block]:
        """All blocks that it names or may name."""
        return [*self.blocks, *(block for block in self.perhaps if block not in self.blocks)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return not self.blocks and not self.perhaps and not self.literals and self.unknown is None

    def add(self, other: Links) -> None:
        """Take over what another argument names."""
        self.blocks += other.blocks
        self.perhaps += other.perhaps
        self.literals += other.literals
        self.unknown = other.unknown if self.unknown is None else self.unknown


class Reader:
    """Follows what arguments name.

    Args:
        configuration: where references lead.
    """

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._by_name: dict[tuple[str, str], list[Block]] = {}

    def links(self, node: Node, path: str, *types: str) -> Links:
        """What an argument names.

        Args:
            node: the block or nested block.
            path: the argument; of nested blocks of one name, all are read.
            types: the types of blocks that it may name.
        """
        name, _, rest = path.partition(".")
        if rest:
            found = Links()
            for inner in node.blocks(name):
                found.add(self.links(inner, rest, *types))
            return found
        value = node.get(path)
        if is_unknown(value):
            return self._whole(value, node, path, types)
        found = Links()
        for item in value if isinstance(value, list | tuple) else [] if value is None else [value]:
            self._item(item, types, found)
        return found

    def _whole(self, value: Unknown, node: Node, path: str, types: Sequence[str]) -> Links:
        found = Links()
        target = self.configuration.target(value)
        if target is not None and _is_of(target, types) and "[*]" not in value.text:
            found.blocks.append(target)
            return found
        named = self.configuration.targets(node, path)
        fitting = [block for block in named if _is_of(block, types)]
        # A plan shows the references of a list only; a splat holds all instances.
        if fitting and len(fitting) == len(named) and _WHOLE.fullmatch(value.text):
            found.blocks += fitting
        elif fitting:
            found.perhaps += fitting
        else:
            found.unknown = value
        return found

    def _item(self, item: Any, types: Sequence[str], found: Links) -> None:
        if not is_unknown(item):
            blocks = self._named(str(item), types)
            found.blocks += blocks
            if not blocks and str(item):
                found.literals.append(str(item))
            return
        target = self.configuration.target(item)
        if target is not None and _is_of(target, types):
            found.blocks.append(target)
            return
        held = [self.configuration.target(reference) for reference in item.references]
        fitting = [block for block in held if block is not None and _is_of(block, types)]
        found.perhaps += fitting
        if not fitting:
            found.unknown = item if found.unknown is None else found.unknown

    def _named(self, text: str, types: Sequence[str]) -> list[Block]:
        for type in types:
            if (type, "") not in self._by_name:
                self._by_name[type, ""] = []
                for block in self.configuration.of_type(type):
                    for name in _NAMES:
                        value = block.get(name)
                        if isinstance(value, str):
                            self._by_name.setdefault((type, value), []).append(block)
        return [block for type in types for block in self._by_name.get((type, text), ())]


def _is_of(block: Block, types: Sequence[str]) -> bool:
    return (f"data.{block.type}" if block.section == "data" else block.type) in types


def flag(value: Any, absent: bool = False) -> bool | Unknown:
    """A boolean argument, known or not.

    Args:
        value: as written.
        absent: what holds where nothing is written.
    """
    if is_unknown(value):
        return value  # type: ignore[no-any-return]
    return absent if value is None or value == "" else str(value).lower() in ("true", "1")


def number(value: Any) -> int | None:
    """A whole number; `None` for what is not one, or not known."""
    try:
        return None if is_unknown(value) or value is None else int(float(str(value)))
    except ValueError:
        return None
