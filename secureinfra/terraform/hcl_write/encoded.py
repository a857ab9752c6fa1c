"""Text that is JSON, read as the value that `jsonencode` would write it from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from secureinfra.terraform.hcl_write.code import CodeError, formatted
from secureinfra.terraform.hcl_write.templates import literal
from secureinfra.terraform.read.hcl_template import Piece, plain

# Characters for private use stand for interpolations while the text around is read.
_MARK = "\ue000"
# This one, as a text of its own, for a value that Terraform encodes where it stands.
_CODE = "\ue001"
_QUOTE = re.compile(r'(?<!\\)(?:\\\\)*"')
_ENCODED = re.compile(r"\$\{\s*jsonencode\((.*)\)\s*\}", re.DOTALL)


@dataclass(frozen=True)
class Number:
    """A number as it is written."""

    text: str


@dataclass(frozen=True)
class Code:
    """An expression."""

    text: str


@dataclass(frozen=True)
class Text:
    """A string in pieces."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Object:
    """Names, which may be templates, and values."""

    members: tuple[tuple[Text, Any], ...]


class _NoJsonError(Exception):
    pass


def decoded(pieces: Sequence[Piece]) -> Object | list[Any] | None:
    """The object, or the list of objects, whose JSON a template is; `None` if it is anything else.

    That is so only where `jsonencode` gives an equivalent document for all values that Terraform fills in: within
    strings, as long as these values have nothing that JSON escapes, no name twice.

    Args:
        pieces: the template.
    """
    if not pieces or not (pieces[0].literal and pieces[0].text.lstrip()[:1] in ("{", "[")):
        return None
    if any(mark in piece.text.lower() for piece in pieces for mark in (_MARK, r"\ue000", _CODE, r"\ue001")):
        return None
    text = ""
    inserted: list[Piece] = []
    codes: list[Code] = []
    for piece in pieces:
        if piece.literal:
            text += str(plain(piece.text))
        elif not piece.text.startswith("%") and (code := _code_at(text, piece)):
            codes.append(code)
            text += f'"{_CODE}"'
        elif piece.text.startswith("%") or "jsonencode(" in piece.text:
            # A directive, or JSON in the middle of a text.
            return None
        else:
            inserted.append(piece)
            text += _MARK
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError, _NoJsonError):
        return None
    if not _is_worth_it(found):
        return None
    return _filled(found, iter(inserted), iter(codes))  # type: ignore[no-any-return]


def _code_at(before: str, piece: Piece) -> Code | None:
    """What Terraform encodes as a value of its own: not within a string, and nothing but the call."""
    found = _ENCODED.fullmatch(piece.text)
    if found is None or len(_QUOTE.findall(before)) % 2:
        return None
    try:
        return Code(formatted(found[1]))
    except CodeError:
        # Two calls, such as `jsonencode(a) == jsonencode(b)`: what is between the outer parentheses is not an expression.
        return None


def _object(pairs: list[tuple[str, Any]]) -> Object:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise _NoJsonError
    return Object(tuple((Text((Piece(name, True),)), value) for name, value in pairs))


def _refuse(constant: str) -> NoReturn:
    raise _NoJsonError(constant)


def _is_worth_it(found: Any) -> bool:
    if isinstance(found, list):
        return bool(found) and all(isinstance(item, Object) for item in found)
    return isinstance(found, Object) and bool(found.members)


def _filled(value: Any, inserted: Iterator[Piece], codes: Iterator[Code]) -> Any:
    """The value with interpolations where marks are, in the order of the text."""
    if value == _CODE:
        return next(codes)
    if isinstance(value, str):
        return _text(value, inserted)
    if isinstance(value, list):
        return [_filled(item, inserted, codes) for item in value]
    if isinstance(value, Object):
        members = value.members
        return Object(
            tuple((_text(name.pieces[0].text, inserted), _filled(held, inserted, codes)) for name, held in members)
        )
    return value


def _text(text: str, inserted: Iterator[Piece]) -> Text:
    stretches = text.split(_MARK)
    pieces = [Piece(literal(stretches[0]), True)]
    for stretch, piece in zip(stretches[1:], inserted, strict=False):
        pieces += piece, Piece(literal(stretch), True)
    return Text(tuple(piece for piece in pieces if piece.text))
