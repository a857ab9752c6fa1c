"""Functions that choose from lists and maps, or ask what they hold."""

from __future__ import annotations

from typing import Any

from secureinfra.terraform.expressions.conversion import common_type, convert, type_of
from secureinfra.terraform.expressions.functions.registry import ANY, BOOLS, LIST, MAP, NULLABLE, TEXT, WHOLE, function
from secureinfra.terraform.expressions.values import NotKnownError, RefusedError, SetValue, is_lazy, same
from secureinfra.terraform.unknown import Unknown


def _unknown(value: Any) -> bool:
    return type(value) is Unknown or is_lazy(value)


@function(ANY, WHOLE, reach="shape")
def element(elements: Any, index: int) -> Any:
    """The element at an index that wraps around."""
    if not isinstance(elements, list) or isinstance(elements, SetValue) or not elements:
        raise RefusedError("no element to choose")
    if index < 0:
        raise RefusedError("a negative index")
    return elements[index % len(elements)]


@function(ANY, ANY, reach="any")
def contains(elements: Any, value: Any) -> bool:
    """Whether a value is among the elements."""
    if type(elements) is Unknown:
        raise NotKnownError
    if not isinstance(elements, list):
        raise RefusedError("no list")
    return _position(elements, value) is not None


@function(ANY, ANY, reach="any")
def index(elements: Any, value: Any) -> int:
    """Where a value is among the elements."""
    if type(elements) is Unknown:
        raise NotKnownError
    if not isinstance(elements, list) or isinstance(elements, SetValue):
        raise RefusedError("no list")
    place: int | None = None
    for at, held in enumerate(elements):
        if same(held, value):
            place = at
            break
    if place is None:
        raise RefusedError("not among the elements")
    return place


def _position(elements: list[Any], value: Any) -> int | None:
    undecided = False
    for at, held in enumerate(elements):
        try:
            if same(held, value):
                return at
        except NotKnownError:
            undecided = True
    if undecided:
        raise NotKnownError
    return None


@function(MAP, TEXT, variadic=NULLABLE, reach="any")
def lookup(mapping: Any, key: Any, *default: Any) -> Any:
    """A value of a map, or the default."""
    if len(default) > 1:
        raise RefusedError("more than one default")
    if type(mapping) is Unknown or type(key) is Unknown:
        raise NotKnownError
    if key in mapping:
        return mapping[key]
    if not default:
        raise RefusedError(f"no key {key!r}")
    return default[0]


@function(variadic=NULLABLE, reach="any")
def coalesce(*candidates: Any) -> Any:
    """The first that is neither null nor an empty string."""
    try:
        kind = common_type(type_of(candidate) for candidate in candidates)
    except RefusedError:
        # A null leaves the common type open.
        if all(candidate is not None for candidate in candidates):
            raise
        kind = None
    for candidate in candidates:
        if type(candidate) is Unknown:
            raise NotKnownError
        if candidate is not None and candidate != "":
            return convert(candidate, kind)
    raise RefusedError("nothing to choose")


@function(variadic=NULLABLE, reach="any")
def coalescelist(*candidates: Any) -> Any:
    """The first list that is not empty."""
    if any(not isinstance(candidate, list) for candidate in candidates if type(candidate) is not Unknown):
        raise RefusedError("no list")
    for candidate in candidates:
        if type(candidate) is Unknown:
            raise NotKnownError
        if candidate:
            return candidate
    raise RefusedError("nothing to choose")


@function(ANY, reach="shape")
def one(elements: Any) -> Any:
    """The only element, or null."""
    if not isinstance(elements, list) or len(elements) > 1:
        raise RefusedError("more than one element")
    return elements[0] if elements else None


@function(LIST, LIST, LIST)
def matchkeys(held: list[Any], names: list[Any], wanted: list[Any]) -> list[Any]:
    """The values whose keys are wanted."""
    if len(held) != len(names):
        raise RefusedError("keys and values differ in number")
    kind = common_type(map(type_of, [*names, *wanted]))
    chosen = [convert(name, kind) for name in wanted]
    return [
        value
        for value, name in zip(held, names, strict=True)
        if any(same(convert(name, kind), other) for other in chosen)
    ]


@function(BOOLS, reach="shape")
def alltrue(conditions: list[Any]) -> bool:
    """Whether all are true."""
    if any(condition is False or condition is None for condition in conditions):
        return False
    if any(_unknown(condition) for condition in conditions):
        raise NotKnownError
    return True


@function(BOOLS, reach="shape")
def anytrue(conditions: list[Any]) -> bool:
    """Whether any is true."""
    if any(condition is True for condition in conditions):
        return True
    if any(_unknown(condition) for condition in conditions):
        raise NotKnownError
    return False
