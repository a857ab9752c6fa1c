"""Declared types of variables: read from their text, and applied to values as Terraform applies them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from secureinfra.terraform.expressions.call import Call
from secureinfra.terraform.expressions.constructors import ListNode, ObjectNode
from secureinfra.terraform.expressions.conversion import alike, convert, make_set
from secureinfra.terraform.expressions.evaluator import evaluate
from secureinfra.terraform.expressions.lexer import ParseError
from secureinfra.terraform.expressions.nodes import Environment, Literal, Node
from secureinfra.terraform.expressions.parser import Parser
from secureinfra.terraform.expressions.traversal import Traversal
from secureinfra.terraform.expressions.values import NotKnownError, RefusedError, SetValue, is_lazy
from secureinfra.terraform.unknown import Unknown, unknowns

_PRIMITIVES: Final = ("string", "number", "bool")
_COLLECTIONS: Final = ("list", "set", "map")


@dataclass(frozen=True)
class Declared:
    """A type constraint.

    Args:
        kind: `any`, a primitive's name, `list`, `set`, `map`, `tuple` or `object`.
        element: of a collection, the type of its elements.
        parts: of a tuple, the type of each element.
        attributes: of an object, its attributes.
    """

    kind: str
    element: Declared | None = None
    parts: tuple[Declared, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True)
class Attribute:
    """An attribute of an object type; an optional one is `default` where it is not given, or null."""

    type: Declared
    optional: bool = False
    default: Any = None


ANY: Final = Declared("any")


@lru_cache(maxsize=4096)
def declared(text: str) -> Declared:
    """The type that the text of a variable's `type` declares; `any` where it is not a type that is known here."""
    try:
        return _type(Parser(f"${{{text}}}").template(), text)
    except (ParseError, RecursionError, RefusedError, NotKnownError):
        return ANY


def _type(node: Node | None, text: str) -> Declared:
    if isinstance(node, Traversal) and not node.steps and node.base is None:
        if node.root in _COLLECTIONS:  # the short form of old: `type = list`
            return Declared(node.root, ANY)
        if node.root in _PRIMITIVES:
            return Declared(node.root)
    elif isinstance(node, Call) and len(node.arguments) == 1:
        (inner,) = node.arguments
        if node.name in _COLLECTIONS:
            return Declared(node.name, _type(inner, text))
        if node.name == "tuple" and isinstance(inner, ListNode):
            return Declared("tuple", parts=tuple(_type(part, text) for part in inner.elements))
        if node.name == "object" and isinstance(inner, ObjectNode):
            environment = Environment(f"${{{text}}}", {}, evaluate)
            return Declared("object", attributes=dict(_attributes(inner, environment)))
    return ANY


def _attributes(node: ObjectNode, environment: Environment) -> list[tuple[str, Attribute]]:
    found = []
    for key, held in node.entries:
        name = key.constant if isinstance(key, Literal) else key.value(environment)
        found.append((str(name), _attribute(held, environment)))
    return found


def _attribute(node: Node, environment: Environment) -> Attribute:
    text = environment.text[2:-1]
    if not (isinstance(node, Call) and node.name == "optional" and node.arguments):
        return Attribute(_type(node, text))
    type = _type(node.arguments[0], text)
    default = node.arguments[1].value(environment) if len(node.arguments) > 1 else None
    return Attribute(type, optional=True, default=default)


def applied(value: Any, type: Declared) -> Any:
    """A value as one of the type: converted, with defaults of optional attributes, without attributes it does not have.

    What is null or unknown stays so, and a block that answers attribute by attribute.

    Raises:
        RefusedError: Terraform would refuse the value for this type.
    """
    if value is None or _is_open(value) or type.kind == "any":
        return value
    if type.kind in _PRIMITIVES:
        return convert(value, type.kind)
    if type.kind == "object":
        return _object(value, type.attributes)
    if type.kind == "map":
        return _map(value, type.element or ANY)
    if not isinstance(value, list):
        raise RefusedError(f"a {type.kind} is required")
    if type.kind == "tuple":
        if len(value) != len(type.parts):
            raise RefusedError(f"{len(type.parts)} elements are required")
        return [applied(held, part) for held, part in zip(value, type.parts, strict=True)]
    return _elements(value, type.kind, type.element or ANY)


def _is_open(value: Any) -> bool:
    return isinstance(value, Unknown) or is_lazy(value)


def _object(value: Any, attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RefusedError("an object is required")
    made = {}
    for name, attribute in attributes.items():
        held = value.get(name)
        if held is None and not attribute.optional and name not in value:
            raise RefusedError(f"the attribute {name!r} is required")
        if held is None and attribute.optional:
            held = attribute.default
        made[name] = applied(held, attribute.type)
    return made


def _map(value: Any, element: Declared) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise RefusedError("a map is required")
    made = {key: applied(held, element) for key, held in value.items()}
    return dict(zip(made, _of_one_type(list(made.values()), element), strict=True))


def _elements(value: list[Any], kind: str, element: Declared) -> list[Any]:
    made = _of_one_type([applied(held, element) for held in value], element)
    if kind == "list":
        return list(made)
    # Of elements that are not known nobody can say which are alike; they stay in the order in which they are written.
    return SetValue(made) if any(_is_open(held) or any(unknowns(held)) for held in made) else make_set(made)


def _of_one_type(values: list[Any], element: Declared) -> list[Any]:
    return alike(values) if element.kind == "any" and not any(map(_is_open, values)) else values
