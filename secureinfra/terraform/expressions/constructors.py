"""What builds lists and objects: `[...]`, `{...}` and both forms of `for`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from secureinfra.terraform.expressions.conversion import to_bool, to_text
from secureinfra.terraform.expressions.nodes import Bound, Environment, Literal, Node
from secureinfra.terraform.expressions.traversal import step_text
from secureinfra.terraform.expressions.values import (
    Key,
    NotKnownError,
    RefusedError,
    SetValue,
    is_lazy,
    references_of,
)
from secureinfra.terraform.unknown import Unknown


def part_value(node: Node, env: Environment) -> Any:
    """A part of what is being built; where leniency is asked for, a refused part is an unknown one."""
    if not env.lenient:
        return node.value(env)
    try:
        return node.value(env)
    except RefusedError:
        return env.refused(node)


class ListNode(Node):
    """`[a, b]`."""

    __slots__ = ("elements",)

    def __init__(self, elements: list[Node]) -> None:
        self.elements = elements

    def value(self, env: Environment) -> list[Any]:
        """A list, unknown parts inside."""
        return [part_value(element, env) for element in self.elements]

    def children(self) -> Iterable[Node]:
        """The elements."""
        return self.elements


class ObjectNode(Node):
    """`{key = value}`."""

    __slots__ = ("entries",)

    def __init__(self, entries: list[tuple[Node, Node]]) -> None:
        self.entries = entries

    def value(self, env: Environment) -> Any:
        """An object, unknown parts inside; unknown itself if one of its keys is."""
        built: dict[str, Any] = {}
        unknown: list[Unknown] = []
        for key_node, value_node in self.entries:
            key = key_node.value(env)
            held = part_value(value_node, env)
            if type(key) is Unknown or is_lazy(key):
                unknown += env.parts_of(key, held)
            else:
                built[to_text(key)] = held
        if unknown:
            return env.unknown(self, references_of([*unknown, *env.parts_of(built)]))
        return built

    def children(self) -> Iterable[Node]:
        """The keys and values."""
        for key, held in self.entries:
            if not isinstance(key, Literal):
                yield key
            yield held


class ForNode(Node):
    """A `for`: a list, or an object if it has a key."""

    __slots__ = ("collection", "condition", "grouped", "key", "key_name", "result", "value_name")

    def __init__(self, names: tuple[str | None, str], collection: Node, key: Node | None, result: Node) -> None:
        self.key_name, self.value_name = names
        self.collection = collection
        self.key = key
        self.result = result
        self.condition: Node | None = None
        self.grouped = False

    def value(self, env: Environment) -> Any:
        """The list or object; unknown where its shape is."""
        try:
            collection = self.collection.value(env)
            env.known(collection)
            selected = self._selected(env, collection)
            return (
                [part_value(self.result, inner) for inner in selected] if self.key is None else self._object(selected)
            )
        except NotKnownError as error:
            return env.unknown(self, error.references)

    def _selected(self, env: Environment, collection: Any) -> Iterator[Environment]:
        name = self.collection.constant_name(env)
        for inner in iterate(env, collection, (self.key_name, self.value_name), name):
            if self.condition is not None:
                wanted = self.condition.value(inner)
                inner.known(wanted)
                if not to_bool(wanted):
                    continue
            yield inner

    def _object(self, selected: Iterable[Environment]) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for inner in selected:
            key = self.key.value(inner) if self.key is not None else None
            inner.known(key)
            key = to_text(key)
            held = part_value(self.result, inner)
            if self.grouped:
                built.setdefault(key, []).append(held)
            elif key in built:
                raise RefusedError(f"two values for key {key!r}")
            else:
                built[key] = held
        return built

    def children(self) -> Iterable[Node]:
        """All its expressions."""
        yield self.collection
        yield from (node for node in (self.key, self.result, self.condition) if node is not None)

    def variables(self, names: frozenset[str]) -> Iterator[tuple[int, int, str]]:
        """Uses of variables that it does not bind itself."""
        yield from self.collection.variables(names)
        free = names - {self.key_name, self.value_name}
        for node in (self.key, self.result, self.condition):
            if node is not None:
                yield from node.variables(frozenset(free))


def iterate(
    env: Environment, collection: Any, names: tuple[str | None, str], origin: str | None
) -> Iterator[Environment]:
    """The surroundings for each element of a collection.

    Raises:
        RefusedError: it is not a collection.
        NotKnownError: it has too many elements.
    """
    pairs: Iterable[tuple[Any, Any]]
    if isinstance(collection, dict):
        pairs = ((key, collection[key]) for key in sorted(collection))
    elif isinstance(collection, SetValue):
        pairs, origin = ((held, held) for held in collection), None
    elif isinstance(collection, list):
        pairs = enumerate(collection)
    else:
        raise RefusedError("only a list, a set or a map can be iterated")
    key_name, value_name = names
    for key, held in pairs:
        env.budget.spend()
        step = Key(key) if isinstance(key, str) else key
        bound = {value_name: Bound(held, None if origin is None else origin + step_text(step))}
        if key_name is not None:
            bound[key_name] = Bound(key)
        yield env.within(bound)
