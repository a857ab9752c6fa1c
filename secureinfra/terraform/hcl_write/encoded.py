"""Text that is JSON, read as the value that `jsonencode` would write it from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from secureinfra.terraform.hcl_template import Piece, plain
from secureinfra.terraform.hcl_write.templates import literal

# Characters for private use stand for interpolations while the text around is read.
_MARK = "\ue000"


@dataclass(frozen=True)
class Number:
    """A number as it is written."""

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
    if any(_MARK in piece.text or r"\ue000" in piece.text.lower() or _is_no_text(piece) for piece in pieces):
        return None
    inserted = [piece for piece in pieces if not piece.literal]
    text = "".join(str(plain(piece.text)) if piece.literal else _MARK for piece in pieces)
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
    return _filled(found, iter(inserted))  # type: ignore[no-any-return]


def _is_no_text(piece: Piece) -> bool:
    """A directive, or an interpolation that may put in JSON of its own."""
    return not piece.literal and (piece.text.startswith("%") or "jsonencode(" in piece.text)


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


def _filled(value: Any, inserted: Iterable[Piece]) -> Any:
    """The value with interpolations where marks are, in the order of the text."""
    if isinstance(value, str):
        return _text(value, inserted)
    if isinstance(value, list):
        return [_filled(item, inserted) for item in value]
    if isinstance(value, Object):
        return Object(
            tuple((_text(name.pieces[0].text, inserted), _filled(held, inserted)) for name, held in value.members)
        )
    return value


def _text(text: str, inserted: Iterable[Piece]) -> Text:
    stretches = text.split(_MARK)
    pieces = [Piece(literal(stretches[0]), True)]
    for stretch, piece in zip(stretches[1:], inserted, strict=False):
        pieces += piece, Piece(literal(stretch), True)
    return Text(tuple(piece for piece in pieces if piece.text))
