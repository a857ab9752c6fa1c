"""Snapshots that a person can read: what the construct under test makes, policies decoded, short lists on one line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from syrupy.extensions.json import JSONSnapshotExtension

from secureinfra.testing import decoded, synthesize

_WIDTH: Final = 120
_SCALAR: Final = r'(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)'
_LIST_OF_SCALARS: Final = re.compile(rf"\[\n\s+({_SCALAR}(?:,\n\s+{_SCALAR})*)\n\s+\]")
# Text of JSON has its line breaks escaped, so that each of these is one between two items.
_BETWEEN_ITEMS: Final = re.compile(r",\n\s+")
# What a test puts beside the construct, so that it can stand; its values are the test's own.
_AROUND: Final = ("//", "terraform", "provider", "variable")


class Readable(JSONSnapshotExtension):
    """One JSON file per test, in which a list of plain values takes one line where it fits."""

    def serialize(self, data: Any, **options: Any) -> str:
        """The text of a snapshot."""
        return _LIST_OF_SCALARS.sub(_on_one_line, str(super().serialize(data, **options)))


def _on_one_line(found: re.Match[str]) -> str:
    line = f"[{_BETWEEN_ITEMS.sub(', ', found[1])}]"
    before = found.start() - found.string.rfind("\n", 0, found.start())
    return line if before + len(line) <= _WIDTH else found[0]


def part_of(stack: Any, module: str) -> dict[str, Any]:
    """What the constructs that a module defines make of a stack: their blocks, and those of what they create within them.

    Neighbors have tests of their own. Where a block stands in the tree of constructs is left out, as its name says it.

    Args:
        stack: the stack.
        module: the dotted name of the module under test.
    """
    paths = [each.node.path for each in stack.node.find_all() if type(each).__module__ == module]
    assert paths, f"no construct of {module} is in {stack.node.path}"
    document: dict[str, Any] = {}
    for section, held in synthesize(stack).items():
        if section in ("resource", "data"):
            document[section] = {type: kept for type, blocks in held.items() if (kept := dict(_below(paths, blocks)))}
        elif section not in _AROUND:
            document[section] = held
    return {section: decoded(held) for section, held in document.items() if held}


def _below(paths: list[str], blocks: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, block in blocks.items():
        notes = dict(block.get("//", {}))
        path = notes.pop("metadata", {}).get("path")
        # The data sources of a whole stack, such as its region, have no path.
        if path is None or any(path == under or path.startswith(f"{under}/") for under in paths):
            yield name, {**block, "//": notes} if notes else {key: held for key, held in block.items() if key != "//"}
