"""Templates as parsed: text, interpolations, and the directives `%{if}` and `%{for}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from secureinfra.terraform.expressions.constructors import iterate
from secureinfra.terraform.expressions.conversion import to_bool, to_text
from secureinfra.terraform.expressions.nodes import Environment, Node
from secureinfra.terraform.expressions.values import (
    NotKnownError,
    RefusedError,
    is_lazy,
    join_parts,
    references_of,
)
from secureinfra.terraform.unknown import Unknown

Part: TypeAlias = "str | Node"


class Template(Node):
    """Text and expressions in turn; its value is a string."""

    __slots__ = ("parts", "quoted")

    def __init__(self, parts: list[Part], *, quoted: bool = False) -> None:
        self.parts = parts
        self.quoted = quoted

    def value(self, env: Environment) -> Any:
        """The string; unknown, with the known parts filled in, if a part is."""
        try:
            return join_parts(part if type(part) is str else _text(part, env) for part in self.parts)  # type: ignore[arg-type]
        except NotKnownError as error:
            if self.quoted:
                return env.unknown(self, error.references)
            return Unknown(env.text[self.start : self.end], error.references)

    def children(self) -> Iterable[Node]:
        """The expressions and directives."""
        return (part for part in self.parts if isinstance(part, Node))


def _text(node: Node, env: Environment) -> str | Unknown:
    try:
        found = node.value(env)
        if type(found) is Unknown:
            return found
        if is_lazy(found):
            raise RefusedError("a block is not a string")
        return to_text(found)
    except RefusedError:
        if env.lenient:
            return env.refused(node)
        raise


class Directive(Node):
    """Something between `%{` and its end; unknown, it stays as it is written."""

    __slots__ = ()

    def written(self, env: Environment, references: Iterable[str]) -> Unknown:
        """The directive as an unknown part of a template."""
        return Unknown(env.source(self), tuple(dict.fromkeys(references)))


class IfDirective(Directive):
    """`%{if a}...%{else}...%{endif}`."""

    __slots__ = ("condition", "no", "yes")

    def __init__(self, condition: Node, yes: Template, no: Template) -> None:
        self.condition = condition
        self.yes = yes
        self.no = no

    def value(self, env: Environment) -> Any:
        """The chosen text."""
        condition = self.condition.value(env)
        if type(condition) is Unknown or is_lazy(condition):
            try:
                yes, no = self.yes.value(env), self.no.value(env)
            except RefusedError:
                return self.written(env, [*references_of(env.parts_of(condition)), *self.references(env)])
            if type(yes) is str and yes == no:
                return yes
            return self.written(env, references_of(env.parts_of(condition, yes, no)))
        return (self.yes if to_bool(condition) else self.no).value(env)

    def children(self) -> Iterable[Node]:
        """Condition and both texts."""
        return (self.condition, self.yes, self.no)


class ForDirective(Directive):
    """`%{for k, v in a}...%{endfor}`."""

    __slots__ = ("body", "collection", "key_name", "value_name")

    def __init__(self, names: tuple[str | None, str], collection: Node, body: Template) -> None:
        self.key_name, self.value_name = names
        self.collection = collection
        self.body = body

    def value(self, env: Environment) -> Any:
        """The text of each element, joined."""
        try:
            collection = self.collection.value(env)
            env.known(collection)
            origin = self.collection.constant_name(env)
            names = (self.key_name, self.value_name)
            return join_parts([self.body.value(inner) for inner in iterate(env, collection, names, origin)])
        except NotKnownError as error:
            return self.written(env, error.references)

    def children(self) -> Iterable[Node]:
        """Collection and text."""
        return (self.collection, self.body)

    def variables(self, names: frozenset[str]) -> Iterator[tuple[int, int, str]]:
        """Uses of variables that it does not bind itself."""
        yield from self.collection.variables(names)
        yield from self.body.variables(frozenset(names - {self.key_name, self.value_name}))
