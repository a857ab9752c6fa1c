"""YAML nodes with their lines: their plain values, what is wrong with them, and the path to one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Keys = tuple[str | int, ...]
"""Path to a value: names and list positions."""

_PLAIN = ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge")
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in _PLAIN}
_MERGE = "tag:yaml.org,2002:merge"


class Reading:
    """Nodes as plain values, and everything that is wrong with them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[str] = []
        self._known: dict[int, Any] = {}
        self._open: set[int] = set()
        self._constructor = YAML(typ="safe", pure=True).constructor

    def value(self, node: Node) -> Any:
        """A node's value; a node with several aliases is read once."""
        if id(node) in self._open:
            self._tell(node, "refers to itself. Write it out.")
            return None
        if id(node) not in self._known:
            self._open.add(id(node))
            self._known[id(node)] = self._read(node)
            self._open.remove(id(node))
        return self._known[id(node)]

    def _read(self, node: Node) -> Any:
        if str(node.tag) not in _TAGS:
            self._tell(
                node, f"{node.tag} is not a type of settings. Write text, a number, true, false, a list or a mapping."
            )
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node)
        if isinstance(node, SequenceNode):
            return [self.value(item) for item in node.value]
        try:
            return self._constructor.construct_object(node)
        except (ValueError, YAMLError):
            self._tell(node, f"{node.value!r} cannot be read. Put it in quotes if it is text.")
            return None

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first: dict[str, Node] = {}
        for key, value in node.value:
            if str(key.tag) == _MERGE:
                continue
            name = self._name(key)
            if name in first:
                before = first[name].start_mark.line + 1
                self._tell(key, f"{name!r} is set again here, after line {before}: one value would be lost. Keep one.")
            first.setdefault(name, key)
            found[name] = self.value(value)
        merged = {name: self.value(value) for name, _, value in _merged(node)}
        return {**merged, **found}

    def _name(self, key: Node) -> str:
        if not isinstance(key, ScalarNode):
            self._tell(key, "a list or mapping cannot be the name of a setting. Write text before ':'.")
            return ""
        if not str(key.tag).endswith(":str"):
            self._tell(key, f'{key.value} is not text, and names must be. Put it in quotes: "{key.value}".')
        return str(key.value)

    def _tell(self, node: Node, complaint: str) -> None:
        mark = node.start_mark
        self.problems.append(f"{self.name}:{mark.line + 1}:{mark.column + 1}: {complaint}")


def way(root: Node | None, keys: Keys) -> Iterator[tuple[Node, Node]]:
    """For each key, as far as the path exists: its start and its value."""
    node = root
    for key in keys:
        if isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
            step = (node.value[key], node.value[key])
        elif isinstance(node, MappingNode):
            own = [(name, value) for name, value in node.value if name.value == str(key)]
            own = own or [(name, value) for text, name, value in _merged(node) if text == str(key)]
            if not own:
                return
            step = own[-1]
        else:
            return
        yield step
        node = step[1]


def _merged(node: MappingNode, within: tuple[Node, ...] = ()) -> Iterator[tuple[str, Node, Node]]:
    """What `<<` merges into a mapping; the last value of a name wins, and a mapping that merges itself adds nothing."""
    sources = [value for key, value in node.value if str(key.tag) == _MERGE]
    parts = [part for source in sources for part in (source.value if isinstance(source, SequenceNode) else (source,))]
    for part in reversed(parts):
        if isinstance(part, MappingNode) and not any(part is outer for outer in (node, *within)):
            yield from _merged(part, (node, *within))
            yield from ((str(key.value), key, value) for key, value in part.value if str(key.tag) != _MERGE)
