"""What a parsed expression is made of, and the surroundings that it is evaluated in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from secureinfra.terraform.expressions.values import (
    MOST_VISITS,
    Budget,
    NotKnownError,
    escaped,
    is_lazy,
    number_text,
    unknown_parts,
)
from secureinfra.terraform.unknown import Unknown


@dataclass(slots=True)
class Bound:
    """A variable of a `for`: its value, and the traversal that leads to it where there is one."""

    value: Any
    name: str | None = None


@dataclass(slots=True)
class Environment:
    """Where an expression is evaluated: its text, the scope, the variables that surrounding `for`s bind.

    Args:
        text: what the nodes were parsed from.
        scope: the objects of root names.
        evaluate: gives the value of another template, in a scope of its own.
        lenient: whether constructors and templates keep what Terraform would refuse as unknown parts.
    """

    text: str
    scope: Mapping[str, Any]
    evaluate: Callable[[str, Mapping[str, Any]], Any]
    lenient: bool = False
    bound: dict[str, Bound] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    budget: Budget = field(default_factory=lambda: Budget(MOST_VISITS))

    def within(self, bound: Mapping[str, Bound]) -> Environment:
        """The same with more variables bound."""
        both = {**self.bound, **bound}
        return Environment(self.text, self.scope, self.evaluate, self.lenient, both, self.names, self.budget)

    def strict(self) -> Environment:
        """The same, with nothing that Terraform would refuse passed over."""
        return Environment(self.text, self.scope, self.evaluate, False, self.bound, self.names, self.budget)

    def unknown(self, node: Node, references: Iterable[str]) -> Unknown:
        """A node's value as unknown: its source text, with bound variables filled in."""
        return Unknown(f"${{{self.source(node)}}}", tuple(dict.fromkeys(references)))

    def refused(self, node: Node) -> Unknown:
        """The same for a node that Terraform would refuse; it depends on whatever it names."""
        name = node.constant_name(self)
        if name is not None:
            return Unknown(f"${{{name}}}", (name,))
        return self.unknown(node, node.references(self))

    def source(self, node: Node) -> str:
        """The text of a node, with bound variables replaced by what they stand for."""
        text = self.text[node.start : node.end]
        if not self.bound:
            return text.strip()
        for start, end, name in sorted(node.variables(frozenset(self.bound)), reverse=True):
            written = self._write_bound(self.bound[name])
            if written is not None:
                text = text[: start - node.start] + written + text[end - node.start :]
        return text.strip()

    def _write_bound(self, bound: Bound) -> str | None:
        value = bound.value
        if isinstance(value, list | dict) and bound.name is not None:
            return bound.name
        try:
            return written(value)
        except NotKnownError:
            return None

    def parts_of(self, *values: Any) -> list[Unknown]:
        """What is unknown within some values."""
        return [part for value in values for part in unknown_parts(value, self.names)]

    def known(self, *values: Any) -> None:
        """Hold that some values are known at their top.

        Raises:
            NotKnownError: one is not.
        """
        for value in values:
            if type(value) is Unknown or is_lazy(value):
                raise NotKnownError(*self.parts_of(*values))


def written(value: Any) -> str:
    """A value as an expression of the language.

    Raises:
        NotKnownError: it holds something that cannot be written.
    """
    if type(value) is Unknown:
        return _written_unknown(value)
    if isinstance(value, str):
        return json.dumps(escaped(value), ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(written(held) for held in value)}]"
    if is_lazy(value):
        raise NotKnownError
    if isinstance(value, dict):
        return f"{{{', '.join(f'{written(key)}: {written(held)}' for key, held in value.items())}}}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    return json.dumps(value)


def _written_unknown(value: Unknown) -> str:
    text = value.text
    if text.startswith("${") and text.endswith("}") and text.count("${") == 1:
        return text[2:-1]
    if '"' in text or "\\" in text or "${" not in text:
        raise NotKnownError
    return f'"{text}"'


class Node:
    """An expression, between two places of its text."""

    __slots__ = ("end", "start")
    start: int
    end: int

    def value(self, env: Environment) -> Any:
        """What it evaluates to.

        Raises:
            RefusedError: Terraform would refuse it.
        """
        raise NotImplementedError

    def children(self) -> Iterable[Node]:
        """The expressions that it is made of."""
        return ()

    def constant_name(self, env: Environment) -> str | None:
        """Its text if it is a traversal with constant steps from a root of the scope."""
        return None

    def references(self, env: Environment) -> Iterator[str]:
        """The traversals from roots of the scope that it names."""
        for child in self.children():
            yield from child.references(env)

    def variables(self, names: frozenset[str]) -> Iterator[tuple[int, int, str]]:
        """Where it uses some variables: start, end and name of each use."""
        for child in self.children():
            yield from child.variables(names)


class Literal(Node):
    """A constant."""

    __slots__ = ("constant",)

    def __init__(self, constant: Any) -> None:
        self.constant = constant

    def value(self, env: Environment) -> Any:
        """The constant."""
        return self.constant


class Parentheses(Node):
    """An expression in parentheses, which its text and an object's key tell from a bare one."""

    __slots__ = ("inner",)

    def __init__(self, inner: Node) -> None:
        self.inner = inner

    def value(self, env: Environment) -> Any:
        """The value within."""
        return self.inner.value(env)

    def children(self) -> Iterable[Node]:
        """The expression within."""
        return (self.inner,)
