"""Functions of numbers."""

from __future__ import annotations

import math
from typing import Any

from secureinfra.terraform.expressions.conversion import to_number
from secureinfra.terraform.expressions.functions.registry import ANY, LIST, NUMBER, WHOLE, function
from secureinfra.terraform.expressions.operators import MOST_BITS, calculate
from secureinfra.terraform.expressions.values import MOST_ITEMS, NotKnownError, RefusedError

Number = int | float
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@function(NUMBER, name="abs")
def absolute(number: Number) -> Number:
    """Without its sign."""
    return abs(number)


@function(NUMBER)
def ceil(number: Number) -> int:
    """The next whole number up."""
    return math.ceil(number)


@function(NUMBER)
def floor(number: Number) -> int:
    """The next whole number down."""
    return math.floor(number)


@function(NUMBER)
def signum(number: Number) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)


@function(NUMBER, NUMBER)
def log(number: Number, base: Number) -> Number:
    """The logarithm to a base."""
    try:
        return _rounded(math.log(number) / math.log(base))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise RefusedError("no logarithm") from None


@function(NUMBER, NUMBER, name="pow")
def power(number: Number, exponent: Number) -> Number:
    """A power."""
    if isinstance(number, int) and isinstance(exponent, int) and exponent >= 0:
        if number.bit_length() * exponent > MOST_BITS:
            raise NotKnownError
        return int(number**exponent)
    try:
        result: float | complex = float(number) ** float(exponent)
    except (ZeroDivisionError, OverflowError):
        raise NotKnownError from None
    if isinstance(result, complex):
        raise RefusedError("no real number")
    return _rounded(result)


def _rounded(number: float) -> Number:
    return int(number) if number.is_integer() else number


@function(variadic=NUMBER, name="max")
def greatest(*numbers: Number) -> Number:
    """The greatest of some numbers."""
    if not numbers:
        raise RefusedError("no numbers")
    return max(numbers)


@function(variadic=NUMBER, name="min")
def least(*numbers: Number) -> Number:
    """The least of some numbers."""
    if not numbers:
        raise RefusedError("no numbers")
    return min(numbers)


@function(LIST, name="sum")
def total(numbers: list[Any]) -> Number:
    """The sum of a list that is not empty."""
    if not numbers:
        raise RefusedError("no numbers")
    result: Number = 0
    for number in numbers:
        result = calculate("+", result, to_number(number))
    return result


@function(ANY, WHOLE)
def parseint(text: Any, base: int) -> int:
    """The whole number that a text writes to a base from 2 to 62."""
    if not isinstance(text, str) or not 2 <= base <= 62 or len(text) > 400:
        raise RefusedError("no number")
    digits = text[1:] if text[:1] in ("-", "+") else text
    if base <= 36:
        digits = digits.lower()
    result = 0
    for digit in digits:
        place = _DIGITS.find(digit)
        if not 0 <= place < base:
            raise RefusedError(f"{text!r} is not a number to base {base}")
        result = result * base + place
    if not digits:
        raise RefusedError("no digits")
    return -result if text.startswith("-") else result


@function(variadic=NUMBER, name="range")
def numbers_between(*limits: Number) -> list[Number]:
    """Numbers from a start to before a limit, by steps."""
    if not 1 <= len(limits) <= 3:
        raise RefusedError("range takes one to three numbers")
    start, limit = (limits[0], limits[1]) if len(limits) > 1 else (0, limits[0])
    step = limits[2] if len(limits) > 2 else (1 if limit >= start else -1)
    if step == 0 or (limit - start) * step < 0:
        if limit == start:
            return []
        raise RefusedError("the steps do not lead to the limit")
    # Terraform itself refuses more than 1024 numbers.
    found: list[Number] = []
    number = start
    while number < limit if step > 0 else number > limit:
        found.append(number)
        number = calculate("+", number, step)
        if len(found) > min(1024, MOST_ITEMS):
            raise RefusedError("more than 1024 numbers")
    return found
