"""Functions of sets."""

from __future__ import annotations

import itertools
import math
from typing import Any

from secureinfra.terraform.expressions.conversion import common_type, convert, make_set, type_of
from secureinfra.terraform.expressions.functions.registry import ALIKE, LIST, function
from secureinfra.terraform.expressions.values import MOST_ITEMS, NotKnownError, RefusedError, SetValue, same


def _alike(sets: tuple[list[Any], ...]) -> list[SetValue]:
    kind = common_type(type_of(held) for elements in sets for held in elements)
    return [make_set([convert(held, kind) for held in elements]) for elements in sets]


def _in(value: Any, elements: list[Any]) -> bool:
    return any(same(value, held) for held in elements)


@function(LIST, variadic=LIST)
def setunion(*sets: list[Any]) -> SetValue:
    """What is in any of the sets."""
    return make_set([held for elements in _alike(sets) for held in elements])


@function(LIST, variadic=LIST)
def setintersection(*sets: list[Any]) -> SetValue:
    """What is in all of the sets."""
    first, *others = _alike(sets)
    return SetValue(held for held in first if all(_in(held, other) for other in others))


@function(LIST, LIST)
def setsubtract(*sets: list[Any]) -> SetValue:
    """What is in the first set and not in the second."""
    first, second = _alike(sets)
    return SetValue(held for held in first if not _in(held, second))


@function(variadic=ALIKE, reach="shape")
def setproduct(*sets: list[Any]) -> list[Any]:
    """Every combination of one element of each."""
    if len(sets) < 2:
        raise RefusedError("setproduct takes two or more sets")
    if math.prod(len(elements) for elements in sets) > MOST_ITEMS:
        raise NotKnownError
    products = [list(product) for product in itertools.product(*sets)]
    return make_set(products) if all(isinstance(elements, SetValue) for elements in sets) else products
