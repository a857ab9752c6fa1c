"""Terraform's automatic type conversions, and the one type that several values have in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from secureinfra.terraform.expressions.values import (
    Key,
    RefusedError,
    SetValue,
    is_lazy,
    number_of,
    number_text,
    same,
)
from secureinfra.terraform.unknown import Unknown

Type: TypeAlias = Any
"""`None` where nothing is known, a primitive's name, or a tuple of a kind and the types of its parts."""


def to_text(value: Any) -> str:
    """A string, or a number or bool written as one.

    Raises:
        RefusedError: it is null or has parts.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    raise RefusedError("a string is required")


def to_number(value: Any) -> int | float:
    """A number, or a string that writes one.

    Raises:
        RefusedError: it is neither.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        return number_of(value)
    raise RefusedError("a number is required")


def to_whole(value: Any) -> int:
    """A whole number.

    Raises:
        RefusedError: it is none.
    """
    number = to_number(value)
    if isinstance(number, int):
        return number
    raise RefusedError("a whole number is required")


def to_bool(value: Any) -> bool:
    """A bool, or a string that writes one.

    Raises:
        RefusedError: it is neither.
    """
    if isinstance(value, bool):
        return value
    if value in ("true", "1"):
        if isinstance(value, str):
            return True
    elif value in ("false", "0") and isinstance(value, str):
        return False
    raise RefusedError("a bool is required")


_PRIMITIVE_NAMES = {str: "string", Key: "string", bool: "bool", int: "number", float: "number"}


def type_of(value: Any) -> Type:
    """The type of a value; a list reads as a tuple and a map as an object, whose parts may differ in type."""
    if value is None or type(value) is Unknown or is_lazy(value):
        return None
    if isinstance(value, str | int | float):
        return _PRIMITIVE_NAMES[type(value)]
    if isinstance(value, SetValue):
        return ("set", type_of(value[0]) if value else None)
    if isinstance(value, dict):
        return ("object", tuple((key, type_of(value[key])) for key in sorted(value)))
    return ("tuple", tuple(type_of(held) for held in value))


def common_type(types: Iterable[Type]) -> Type:
    """The type that values of all these types convert to.

    Raises:
        RefusedError: there is none.
    """
    distinct = list(dict.fromkeys(types))
    known = [kind for kind in distinct if kind is not None]
    if len(known) < 2:
        return known[0] if known else None
    if any(isinstance(kind, str) for kind in known):
        if "string" in known and all(isinstance(kind, str) for kind in known):
            return "string"
        raise RefusedError("no common type")
    kinds = {kind[0] for kind in known}
    if len(known) < len(distinct) and kinds & {"object", "tuple"}:
        return None
    return _common_structure(known, kinds)


def _common_structure(known: list[Type], kinds: set[str]) -> Type:
    if kinds == {"tuple"}:
        return _common_tuple(known)
    if kinds == {"object"}:
        return _common_object(known)
    if kinds <= {"tuple", "list", "set"}:
        return ("set" if "set" in kinds else "list", common_type(part for kind in known for part in _parts(kind)))
    if kinds <= {"object", "map"}:
        return ("map", common_type(part for kind in known for part in _parts(kind)))
    raise RefusedError("no common type")


def _parts(kind: Type) -> Sequence[Type]:
    if kind[0] == "tuple":
        return kind[1]  # type: ignore[no-any-return]
    if kind[0] == "object":
        return [part for _, part in kind[1]]
    return [kind[1]]


def _common_tuple(kinds: list[Type]) -> Type:
    if len({len(kind[1]) for kind in kinds}) == 1:
        return ("tuple", tuple(common_type(parts) for parts in zip(*(kind[1] for kind in kinds), strict=True)))
    return ("list", common_type(part for kind in kinds for part in kind[1]))


def _common_object(kinds: list[Type]) -> Type:
    names = [name for name, _ in kinds[0][1]]
    if all([name for name, _ in kind[1]] == names for kind in kinds):
        attributes = [dict(kind[1]) for kind in kinds]
        return ("object", tuple((name, common_type(held[name] for held in attributes)) for name in names))
    return ("map", common_type(part for kind in kinds for _, part in kind[1]))


_PRIMITIVES: dict[str, Callable[[Any], Any]] = {"string": to_text, "number": to_number, "bool": to_bool}


def convert(value: Any, kind: Type) -> Any:
    """A value as one of the given type; what is null or unknown stays so.

    Raises:
        RefusedError: it does not convert.
    """
    if kind is None or value is None or type(value) is Unknown or is_lazy(value):
        return value
    if isinstance(kind, str):
        return _PRIMITIVES[kind](value)
    if isinstance(value, list) and kind[0] in ("tuple", "list", "set"):
        return _convert_list(value, *kind)
    if isinstance(value, dict) and kind[0] in ("object", "map"):
        types = dict(kind[1]) if kind[0] == "object" else dict.fromkeys(value, kind[1])
        return {key: convert(held, types.get(key)) for key, held in value.items()}
    raise RefusedError("the value does not convert")


def _convert_list(value: list[Any], name: str, parts: Type) -> list[Any]:
    types = parts if name == "tuple" else [parts] * len(value)
    converted = [convert(held, part) for held, part in zip(value, types, strict=True)]
    return make_set(converted) if name == "set" else converted


def alike(values: Iterable[Any]) -> list[Any]:
    """The elements of a list, converted to their common type.

    Raises:
        RefusedError: they have none.
    """
    values = list(values)
    kinds = {type(value) for value in values}
    if len(kinds) < 2 and kinds <= {str, int, bool}:
        return values
    kind = common_type(type_of(value) for value in values)
    return [convert(value, kind) for value in values]


def make_set(values: Iterable[Any]) -> SetValue:
    """The set of some wholly known values, in Terraform's order.

    Raises:
        RefusedError: they have no common type.
    """
    elements = alike(values)
    if all(isinstance(element, str) for element in elements):
        return SetValue(sorted(set(elements)))
    kept: list[Any] = []
    seen: set[str] = set()
    for element in elements:
        digest = _digest(element)
        if digest not in seen:
            seen.add(digest)
            kept.append(element)
    return SetValue(sorted(kept, key=_place))


def distinct(values: Iterable[Any]) -> list[Any]:
    """Wholly known values in their order, each once."""
    kept: list[Any] = []
    seen: dict[str, list[Any]] = {}
    for value in values:
        twins = seen.setdefault(_digest(value), [])
        if not any(same(value, twin) for twin in twins):
            twins.append(value)
            kept.append(value)
    return kept


def _place(value: Any) -> tuple[int, Any]:
    # Terraform orders primitives by value and all else by the text it hashes; null comes last.
    if value is None:
        return (1, 0)
    if isinstance(value, list | dict):
        return (0, _digest(value))
    return (0, value)


def _digest(value: Any) -> str:
    if value is None:
        return "~"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, dict):
        # An object's attribute names are part of its type, so that only a map's keys are hashed; both order alike.
        return "<" + "".join(f"{json.dumps(key)}:{_digest(value[key])};" for key in sorted(value)) + ">"
    return "<" + "".join(f"{_digest(held)};" for held in value) + ">"
