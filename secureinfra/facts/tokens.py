"""Tokens: values that only Terraform knows, as both wings write and read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Engines encode an unknown number as a double in this range (Token.asNumber).
_NUMBER_TOKEN = -1.8881545897087e289


def is_token(value: object) -> bool:
    """Whether only Terraform knows this value: an interpolation or an engine's placeholder."""
    if isinstance(value, str):
        return "${" in value or "TfToken[" in value
    if isinstance(value, float):
        return value < _NUMBER_TOKEN
    if isinstance(value, list | tuple):
        return len(value) == 1 and isinstance(value[0], str) and "TfToken[" in value[0]
    return False


def is_known_later(value: object) -> bool:
    """Whether it is a token, or an engine object that stands for one, e.g. for a condition."""
    return is_token(value) or type(value).__module__.partition(".")[0] == "jsii"


# Only the engine knows what its placeholders stand for: it registers its resolver here once it is loaded.
_namers: list[Callable[[Any], str | None]] = []


def named_by(name: Callable[[Any], str | None]) -> None:
    """Register how placeholders are resolved, so that errors show what they stand for.

    Args:
        name: returns e.g. `${var.zones}` for a placeholder; `None` if it is unknown.
    """
    _namers[:] = [name]


def as_text(value: float | str) -> str:
    """A number as part of a text, e.g. of JSON: an engine's placeholder becomes the reference that it stands for."""
    return _reference(value) or str(value) if isinstance(value, float) and is_token(value) else str(value)


def shown(value: Any) -> str:
    """A value for an error: a placeholder as the reference that it stands for, anything else as Python writes it."""
    if not is_known_later(value) or (isinstance(value, str) and "TfToken[" not in value):
        return repr(value)
    known = _reference(value)
    return repr(known) if known else "(a value of Terraform)"


def _reference(placeholder: Any) -> str | None:
    return next(filter(None, (name(placeholder) for name in _namers)), None)
