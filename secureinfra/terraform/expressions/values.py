"""What expressions compute with: plain Python values, sets, numbers as Terraform writes them, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from secureinfra.terraform.unknown import Unknown

MOST_ITEMS: Final = 100_000
"""A larger collection is not built: its value counts as unknown."""
MOST_CHARACTERS: Final = 1_000_000
"""A longer text is not built: its value counts as unknown."""
MOST_VISITS: Final = 200_000
"""One evaluation does not visit more elements in loops."""
_MOST_DIGITS = 400


MOST_PARTS: Final = 200_000
"""A value with more parts, those of its parts included, counts as unknown."""


def is_too_large(value: Any) -> bool:
    """Whether a value has more parts than anybody writes: lists that hold a list many times grow without much text."""
    if not isinstance(value, list | dict):
        return False
    left, waiting = MOST_PARTS, [value]
    while waiting:
        held = waiting.pop()
        left -= len(held)
        if left < 0:
            return True
        waiting += [
            part for part in (held.values() if isinstance(held, dict) else held) if isinstance(part, list | dict)
        ]
    return False


class RefusedError(Exception):
    """Terraform would refuse this expression; `try` and `can` catch it, a caller of `evaluate` gets an unknown value."""


class NotKnownError(Exception):
    """The value depends on what is not known; the nearest expression turns it into an unknown value with its text."""

    def __init__(self, *unknowns: Unknown) -> None:
        super().__init__()
        self.references = references_of(unknowns)


class Budget:
    """How much work is left, so that nested loops and long matches end.

    Args:
        left: in whatever is counted.
    """

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, work: int = 1) -> None:
        """Do some of the work.

        Raises:
            NotKnownError: there was not so much left.
        """
        self.left -= work
        if self.left < 0:
            raise NotKnownError


class SetValue(list[Any]):
    """A set, in Terraform's order and without repetition: it has no index, and `for` sees its elements as keys too."""


class Key(str):
    """A constant index step, `["name"]`, where a plain string is an attribute step, `.name`."""

    __slots__ = ()


def references_of(unknowns: Iterable[Unknown]) -> tuple[str, ...]:
    """What any of them depends on, each reference once, in order."""
    return tuple(dict.fromkeys(reference for unknown in unknowns for reference in unknown.references))


def is_lazy(value: object) -> bool:
    """Whether a value is a block that answers attribute by attribute, so that its attributes cannot be listed."""
    return isinstance(value, dict) and hasattr(type(value), "__missing__")


def unknown_parts(value: Any, names: Mapping[int, str]) -> Iterator[Unknown]:
    """Every unknown value within a value; a block counts as one, under the name it was reached by."""
    if type(value) is Unknown:
        yield value
    elif is_lazy(value):
        yield named_block(value, names)
    elif isinstance(value, dict):
        for held in value.values():
            yield from unknown_parts(held, names)
    elif isinstance(value, list):
        for held in value:
            yield from unknown_parts(held, names)


def named_block(block: object, names: Mapping[int, str]) -> Unknown:
    """A whole block as an unknown value."""
    name = names.get(id(block))
    return Unknown("(a whole block)") if name is None else Unknown(f"${{{name}}}", (name,))


def same(left: Any, right: Any) -> bool:
    """Terraform's `==`: types matter, so `1 == "1"` and `1 == true` are false.

    Raises:
        NotKnownError: the answer depends on an unknown part.
    """
    if type(left) is Unknown or type(right) is Unknown:
        raise NotKnownError(*(value for value in (left, right) if type(value) is Unknown))
    if is_lazy(left) or is_lazy(right):
        # Whatever a block holds, it is an object.
        if isinstance(left, dict) and isinstance(right, dict):
            raise NotKnownError
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and _same_parts((left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        if isinstance(left, SetValue) != isinstance(right, SetValue) or len(left) != len(right):
            return False
        return _same_parts(zip(left, right, strict=True))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _same_parts(pairs: Iterable[tuple[Any, Any]]) -> bool:
    undecided: NotKnownError | None = None
    for left, right in pairs:
        try:
            if not same(left, right):
                return False
        except NotKnownError as error:
            undecided = undecided or error
    if undecided:
        raise undecided
    return True


def number_of(text: str) -> int | float:
    """The number that a literal or a string writes; a whole one is an int.

    Raises:
        RefusedError: the text is not a number.
        NotKnownError: the number has more digits than anybody writes.
    """
    if len(text) <= _MOST_DIGITS:
        if text.isascii() and text.isdigit():
            return int(text)
        if re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", text, re.ASCII):
            from decimal import Decimal, InvalidOperation  # noqa: PLC0415 - most configurations hold no fraction

            try:
                return plain_number(Decimal(text))
            except InvalidOperation as error:
                raise NotKnownError from error
        raise RefusedError(f"{text!r} is not a number")
    raise NotKnownError


def plain_number(number: Any) -> int | float:
    """An int for a whole `Decimal`, else a float."""
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        if number == 0:
            return 0
        raise NotKnownError
    return int(number) if number == number.to_integral_value() else float(number)


def number_text(number: int | float) -> str:
    """A number as Terraform writes it into a string: never with an exponent."""
    if isinstance(number, int):
        return str(number)
    text = repr(number)
    if "e" not in text:
        return text.removesuffix(".0")
    from decimal import Decimal  # noqa: PLC0415 - as above

    return f"{Decimal(text):f}"


def escaped(text: str) -> str:
    """A template whose value is the given text."""
    if "${" in text or "%{" in text:
        return text.replace("${", "$${").replace("%{", "%%{")
    return text


def join_parts(parts: Iterable[str | Unknown]) -> str | Unknown:
    """One text from its parts; an unknown part makes all of it unknown, with the known parts filled in.

    Raises:
        NotKnownError: the text is too long.
    """
    parts = list(parts)
    if sum(len(part) for part in parts if type(part) is str) > MOST_CHARACTERS:
        raise NotKnownError(*(part for part in parts if type(part) is Unknown))
    unknowns = [part for part in parts if type(part) is Unknown]
    if not unknowns:
        return "".join(part for part in parts if type(part) is str)
    text = ""
    for part in parts:
        piece = part.text if type(part) is Unknown else escaped(str(part))
        # A `$` before `${` would read as an escape, so it becomes an interpolation of its own.
        if (text and text[-1] in "$%" and piece[:2] == f"{text[-1]}{{") or (
            text and text[-1] in "$%" and piece[:1] == "{"
        ):
            text = f'{text[:-1]}${{"{text[-1]}"}}'
        text += piece
        if len(text) > MOST_CHARACTERS:
            raise NotKnownError(*unknowns)
    return Unknown(text, references_of(unknowns))
