"""Functions of lists and maps."""

from __future__ import annotations

import re
from typing import Any

from secureinfra.terraform.expressions.conversion import (
    distinct as each_once,
)
from secureinfra.terraform.expressions.conversion import (
    to_text,
)
from secureinfra.terraform.expressions.functions.registry import (
    ALIKE,
    ANY,
    LIST,
    MAP,
    NULLABLE,
    TEXTS,
    WHOLE,
    function,
)
from secureinfra.terraform.expressions.functions.strings import clusters
from secureinfra.terraform.expressions.values import (
    MOST_ITEMS,
    NotKnownError,
    RefusedError,
    SetValue,
    is_lazy,
)
from secureinfra.terraform.unknown import Unknown

_SCALAR = re.compile(r".*[._](?:id|arn|name|domain_name|bucket|kms_key_id)", re.DOTALL)


def _unknown(value: Any) -> bool:
    return type(value) is Unknown or is_lazy(value)


@function(ANY, reach="shape")
def length(value: Any) -> int:
    """How many elements, or characters as a reader counts them."""
    if isinstance(value, list | dict):
        return len(value)
    if isinstance(value, str):
        return len(clusters(value))
    raise RefusedError("no collection and no string")


@function(variadic=LIST, reach="shape")
def concat(*lists: list[Any]) -> list[Any]:
    """The elements of all lists."""
    if not lists or any(isinstance(elements, SetValue) for elements in lists):
        raise RefusedError("no list to concatenate")
    if sum(len(elements) for elements in lists) > MOST_ITEMS:
        raise NotKnownError
    return [element for elements in lists for element in elements]


@function(LIST, reach="shape")
def flatten(elements: list[Any]) -> list[Any]:
    """The elements of lists within lists, in one list."""
    flat: list[Any] = []
    for element in elements:
        if isinstance(element, list):
            flat += flatten(element)
        elif type(element) is Unknown and not _is_scalar(element):
            # It may be a list, whose elements would count.
            raise NotKnownError
        else:
            flat.append(element)
    if len(flat) > MOST_ITEMS:
        raise NotKnownError
    return flat


def _is_scalar(value: Unknown) -> bool:
    if value.reference is not None:
        return _SCALAR.fullmatch(value.reference) is not None
    return not (value.text.startswith("${") and value.text.endswith("}") and value.text.count("${") == 1)


@function(ALIKE)
def distinct(elements: list[Any]) -> list[Any]:
    """The elements, each once."""
    return each_once(elements)


@function(TEXTS)
def compact(elements: list[Any]) -> list[Any]:
    """The strings that are neither null nor empty."""
    return [element for element in elements if element]


@function(ANY, reach="shape")
def reverse(elements: Any) -> Any:
    """The elements, last first."""
    if isinstance(elements, list):
        return elements[::-1]
    raise RefusedError("no list")


@function(TEXTS)
def sort(elements: list[Any]) -> list[Any]:
    """Strings in order."""
    if any(element is None for element in elements):
        raise RefusedError("null has no place in an order")
    return sorted(elements)


@function(ALIKE, WHOLE, reach="shape")
def chunklist(elements: list[Any], size: int) -> list[Any]:
    """Lists of at most so many elements; zero means all in one."""
    if size < 0:
        raise RefusedError("a negative size")
    if not elements:
        return []
    step = size or len(elements)
    return [elements[at : at + step] for at in range(0, len(elements), step)]


@function(ANY, WHOLE, WHOLE, name="slice", reach="any")
def part(elements: Any, start: Any, end: Any) -> list[Any]:
    """The elements from a start to before an end; so many there are, or Terraform stops."""
    if type(start) is Unknown or type(end) is Unknown:
        raise NotKnownError
    if type(elements) is Unknown:
        if not 0 <= start <= end or end - start > MOST_ITEMS:
            raise NotKnownError
        return [_element(elements, place) for place in range(start, end)]
    if not isinstance(elements, list) or isinstance(elements, SetValue) or not 0 <= start <= end <= len(elements):
        raise RefusedError("no such part")
    return elements[start:end]


def _element(elements: Unknown, place: int) -> Unknown:
    reference = f"{elements.reference}[{place}]" if elements.reference else ""
    return Unknown(f"${{{reference}}}", (reference,)) if reference else Unknown(elements.text, elements.references)


@function(MAP, reach="shape")
def keys(mapping: dict[str, Any]) -> list[Any]:
    """The keys, in order."""
    return sorted(mapping)


@function(MAP, reach="shape")
def values(mapping: dict[str, Any]) -> list[Any]:
    """The values, in the order of their keys."""
    return [mapping[key] for key in sorted(mapping)]


@function(variadic=NULLABLE, reach="shape")
def merge(*mappings: Any) -> Any:
    """All maps in one; of one key, the last value."""
    merged: dict[str, Any] = {}
    for mapping in mappings:
        if mapping is not None and not isinstance(mapping, dict):
            raise RefusedError("no map")
        merged.update(mapping or {})
    return merged


@function(TEXTS, ANY, reach="shape")
def zipmap(names: list[Any], held: Any) -> dict[str, Any]:
    """A map of keys and values from two lists."""
    if not isinstance(held, list) or len(held) != len(names):
        raise RefusedError("keys and values differ in number")
    if any(_unknown(name) for name in names):
        raise NotKnownError
    if any(name is None for name in names):
        raise RefusedError("a key is null")
    return dict(zip(names, held, strict=True))


@function(MAP)
def transpose(mapping: dict[str, Any]) -> dict[str, list[str]]:
    """From a map of lists: which keys hold each element."""
    turned: dict[str, list[str]] = {}
    for key in sorted(mapping):
        if not isinstance(mapping[key], list):
            raise RefusedError("no map of lists")
        for held in mapping[key]:
            turned.setdefault(to_text(held), []).append(key)
    return {key: sorted(turned[key]) for key in sorted(turned)}
