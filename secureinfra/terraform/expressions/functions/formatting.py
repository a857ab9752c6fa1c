"""`format` and `formatlist`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from secureinfra.terraform.expressions.conversion import to_bool, to_number, to_text, to_whole
from secureinfra.terraform.expressions.functions.encoding import json_text, jsonencode
from secureinfra.terraform.expressions.functions.registry import NULLABLE, TEXT, function
from secureinfra.terraform.expressions.functions.strings import clusters
from secureinfra.terraform.expressions.nodes import Environment
from secureinfra.terraform.expressions.values import (
    MOST_CHARACTERS,
    MOST_ITEMS,
    NotKnownError,
    RefusedError,
    is_lazy,
    join_parts,
    number_text,
)
from secureinfra.terraform.unknown import Unknown

_VERB = re.compile(
    r"%(?P<flags>[ 0+#-]*)(?P<width>\d*)(?:\.(?P<precision>\d*))?(?:\[(?P<index>\d+)\])?(?P<verb>.|\Z)", re.DOTALL
)
_MOST_WIDTH = 1_000


@function(TEXT, variadic=NULLABLE, reach="any", wants_environment=True, name="format")
def formatted(env: Environment, layout: Any, *values: Any) -> str | Unknown:
    """The layout with its verbs replaced; unknown values leave an unknown text with all else filled in."""
    if type(layout) is Unknown:
        raise NotKnownError
    return join_parts(_pieces(env, layout, values))


def _pieces(env: Environment, layout: str, values: tuple[Any, ...]) -> Iterator[str | Unknown]:
    at = following = 0
    indexed = False
    used = 0
    for found in _VERB.finditer(layout):
        yield layout[at : found.start()]
        at = found.end()
        if found["verb"] == "%":
            yield "%"
            continue
        if found["index"]:
            indexed = True
            following = int(found["index"]) - 1
        if not 0 <= following < len(values):
            raise RefusedError("a verb without a value")
        yield _verb(env, found, values[following])
        following += 1
        used = max(used, following)
    yield layout[at:]
    if used < len(values) and not indexed:
        raise RefusedError("a value without a verb")


def _verb(env: Environment, found: re.Match[str], value: Any) -> str | Unknown:
    flags, verb = found["flags"], found["verb"]
    width = int(found["width"] or 0)
    precision = None if found["precision"] is None else int(found["precision"] or 0)
    if width > _MOST_WIDTH or (precision or 0) > _MOST_WIDTH:
        raise NotKnownError
    if type(value) is Unknown or is_lazy(value):
        if verb in "sv" and not width and precision is None and not flags and type(value) is Unknown:
            return value
        raise NotKnownError
    if value is None and verb != "v":
        raise RefusedError("null cannot be formatted")
    text = _converted(env, verb, flags, precision, value)
    if isinstance(text, Unknown):
        return text
    missing = 0 if verb == "t" else width - len(clusters(text))
    if missing <= 0:
        return text
    if "-" in flags:
        return text + " " * missing
    if "0" in flags:
        sign = text[:1] if text[:1] in ("-", "+") and verb not in "sqt" else ""
        return sign + "0" * missing + text[len(sign) :]
    return " " * missing + text


def _converted(env: Environment, verb: str, flags: str, precision: int | None, value: Any) -> str | Unknown:
    if verb == "v":
        return _natural(env, flags, value)
    if verb == "s":
        text = to_text(value)
        return text if precision is None else "".join(clusters(text)[:precision])
    if verb == "q":
        return _quoted(to_text(value) if precision is None else "".join(clusters(to_text(value))[:precision]))
    if verb == "t":
        return to_text(to_bool(value))
    if verb in "bdoxX":
        digits = f"{abs(to_whole(value)):{'' if verb == 'd' else verb}}".zfill(precision or 0)
        return _signed(f"-{digits}" if to_number(value) < 0 else digits, flags)
    if verb in "eEfgG":
        return _signed(_fraction(verb, precision, to_number(value)), flags)
    raise RefusedError(f"no verb {verb!r}")


def _signed(text: str, flags: str) -> str:
    if text.startswith("-"):
        return text
    return f"+{text}" if "+" in flags else f" {text}" if " " in flags else text


def _natural(env: Environment, flags: str, value: Any) -> str | Unknown:
    if "#" not in flags:
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _shortest(value, "g")
    return jsonencode(env, value)


def _quoted(text: str) -> str:
    return json_text(text)


def _fraction(verb: str, precision: int | None, number: int | float) -> str:
    if verb == "f":
        return f"{number:.{6 if precision is None else precision}f}"
    if verb in "eE":
        return f"{number:.{6 if precision is None else precision}{verb}}"
    if precision is not None:
        return f"{number:.{precision or 1}{verb}}"
    return _shortest(number, verb)


def _shortest(number: int | float, verb: str) -> str:
    text = number_text(number)
    whole, _, fraction = text.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0").rstrip("0")
    exponent = len(whole) - 1 if whole != "0" else len(fraction.lstrip("0")) - len(fraction) - 1
    if number == 0 or -4 <= exponent < 6:
        return text
    mantissa = digits[0] + (f".{digits[1:]}" if digits[1:] else "")
    power = f"{'e' if verb == 'g' else 'E'}{'-' if exponent < 0 else '+'}{abs(exponent):02}"
    return ("-" if number < 0 else "") + mantissa + power


@function(TEXT, variadic=NULLABLE, reach="any", wants_environment=True)
def formatlist(env: Environment, layout: Any, *values: Any) -> list[Any]:
    """A text for each element of the lists; what is not a list is the same for all."""
    if any(type(value) is Unknown or is_lazy(value) for value in (layout, *values)):
        # An unknown value may be a list.
        raise NotKnownError
    lengths = {len(value) for value in values if isinstance(value, list)}
    if len(lengths) > 1:
        raise RefusedError("lists differ in length")
    count = lengths.pop() if lengths else 1
    if count > MOST_ITEMS or count * len(layout) > MOST_CHARACTERS:
        raise NotKnownError
    return [
        formatted(env, layout, *(value[at] if isinstance(value, list) else value for value in values))
        for at in range(count)
    ]
