"""JSON as Terraform reads it: what `json.loads` would let pass or would not word."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read.labels import LABELS, Doubled, normal
from secureinfra.terraform.read.positions import json_places, position
from secureinfra.terraform.read.source import Document, unknown_kind

DEEPEST = 200
"""So many lists and objects within each other are read."""

_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
_ESCAPE = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|(\\u[dD][89a-fA-F]..)|(\\.)", re.DOTALL
)
_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_NOT_JSON = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|(NaN|-?Infinity|-?[0-9.]+[eE][0-9]+|-?[0-9]{400,})', re.DOTALL)


def document(text: str, file: str) -> Document:
    """A file in Terraform's JSON syntax.

    Raises:
        ConfigurationError: it is not a JSON, or no Terraform.
    """
    return as_document(values(text, file), text, file)


def as_document(value: Any, text: str, file: str) -> Document:
    """What was read from that text as a document of Terraform.

    Raises:
        ConfigurationError: it is not a Terraform.
    """

    def refuse(path: tuple[str, ...], said: str) -> NoReturn:
        line = _line(text, path)
        raise ConfigurationError(f"{file}:{line}: {said}")

    body = normal(value, refuse)
    for path in _doubled(value, body):
        name = ".".join(path)
        refuse(
            path, f"{name} is there more than once, of which Terraform takes one. Keep one, or write a list of blocks."
        )
    kinds = [kind for part in _objects(value) for kind in part if kind not in LABELS and kind != "//"]
    unread = tuple(unknown_kind(kind, f"{file}:{_line(text, (kind,))}: ") for kind in dict.fromkeys(kinds))
    return Document(file, body, lambda: json_places(text), unread)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]


def values(text: str, file: str) -> Any:
    """The value that a JSON text has; an object with a repeated name is a `Doubled`.

    Raises:
        ConfigurationError: it is not a JSON, has numbers that JSON or Python cannot hold, or more than `DEEPEST` levels.
    """
    if not text.strip():
        raise ConfigurationError(f"{file}:1:1: is empty. Write at least an object: {{}}.")
    try:
        value = json.loads(
            _whole_characters(text), object_pairs_hook=_object, parse_constant=_no_number, parse_float=_float
        )
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{file}:{error.lineno}:{error.colno}: {_worded(error, text)}") from None
    except ValueError:
        # A constant that JSON lacks, or an integer of more digits than Python reads.
        found = next((found for found in _NOT_JSON.finditer(text) if found[1]), None)
        where, what = (position(text, found.start()), found[1][:20]) if found else ("1:1", "a number")
        raise ConfigurationError(
            f"{file}:{where}: {what} is not a number that JSON can hold. Write a finite one."
        ) from None
    except RecursionError:
        raise _too_deep(text, file) from None
    if _is_deep(value):
        raise _too_deep(text, file)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Doubled(pairs)


def _float(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _whole_characters(text: str) -> str:
    """The text with what JSON allows but UTF-8 does not, half a character, as Terraform reads it."""
    if not _HALF_CHARACTER.search(text):
        return text
    return _ESCAPE.sub(lambda found: "\\ufffd" if found[2] else found[0], text)


def _is_deep(value: Any) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            held
            for container in level
            for held in (container.values() if isinstance(container, dict) else container)
            if isinstance(held, dict | list)
        ]
        if not level:
            return False
    return True


def _too_deep(text: str, file: str) -> ConfigurationError:
    depth = offset = 0
    for found in _BRACKET.finditer(text):
        depth += 1 if found[0] in "[{" else -1 if found[0] in "]}" else 0
        if depth > DEEPEST:
            offset = found.start()
            break
    return ConfigurationError(
        f"{file}:{position(text, offset)}: has more than {DEEPEST} lists and objects within each other, "
        "which no Terraform needs. Flatten it."
    )


def _worded(error: json.JSONDecodeError, text: str) -> str:
    if error.msg == "Extra data":
        if text.lstrip().startswith('{"@level"'):
            return "is a log of Terraform, one JSON object a line. Give what `terraform show -json PLAN` prints."
        return "has something after the end of the JSON value. Remove it."
    if error.msg.startswith("Unterminated string"):
        return "this string is never closed. Was the file cut off? Write it again."
    if not text[error.pos :].strip():
        return "ends in the middle of the JSON value. Was it cut off? Write it again."
    return f"is not JSON: {error.msg[0].lower()}{error.msg[1:]}. Fix it there."


def _line(text: str, path: tuple[str, ...]) -> int:
    place = json_places(text)
    for name in path:
        place = place.get(name) or place
    return place.line


def _doubled(value: Any, body: Any) -> Iterator[tuple[str, ...]]:
    """Where in a body a name is repeated."""
    if not _any_doubled(value):
        return
    waiting: list[tuple[tuple[str, ...], Any]] = [((), body)]
    while waiting:
        path, held = waiting.pop()
        if isinstance(held, Doubled):
            names = [name for name, _ in held.pairs]
            yield (*path, next(name for name in names if names.count(name) > 1))
        if isinstance(held, dict):
            waiting += [((*path, name), inner) for name, inner in held.items()]
        elif isinstance(held, list):
            waiting += [((*path, str(index)), inner) for index, inner in enumerate(held)]


def _any_doubled(value: Any) -> bool:
    waiting = [value]
    while waiting:
        held = waiting.pop()
        if isinstance(held, Doubled):
            return True
        if isinstance(held, dict | list):
            waiting += held.values() if isinstance(held, dict) else held
    return False
