"""The value of a template string, as far as it is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from secureinfra.terraform.expressions.conversion import to_text
from secureinfra.terraform.expressions.lexer import ParseError
from secureinfra.terraform.expressions.nodes import Environment, Node
from secureinfra.terraform.expressions.traversal import extend, follow, step_text
from secureinfra.terraform.expressions.values import (
    MOST_CHARACTERS,
    Key,
    NotKnownError,
    RefusedError,
    is_lazy,
    is_too_large,
    join_parts,
)
from secureinfra.terraform.unknown import Unknown

# Nearly all templates are text and plain references; they are read without the parser, ten times as fast.
_REFERENCE: Final = re.compile(
    r'\$\{[ \t]*([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\[(?:[0-9]{1,9}|"[^"\\$%\n]*")\])*)[ \t]*\}'
)
_STEP: Final = re.compile(r'\.([A-Za-z_][\w-]*)|\[(?:([0-9]+)|"([^"]*)")\]')
_MOST_CACHED: Final = 20_000
_CONSTANTS: Final = frozenset({"true", "false", "null"})


class _Reference:
    """A root name with constant steps, and its normalised text."""

    __slots__ = ("root", "steps", "text")

    def __init__(self, written: str) -> None:
        if "[" in written:
            self.root = re.split(r"[.\[]", written, maxsplit=1)[0]
            steps: list[str | int] = []
            for name, place, key in _STEP.findall(written, len(self.root)):
                steps.append(name or (int(place) if place else Key(key)))
            self.steps: tuple[str | int, ...] = tuple(steps)
            self.text = self.root + "".join(map(step_text, steps))
        else:
            self.root, *names = written.split(".")
            self.steps = tuple(names)
            self.text = written

    def value(self, scope: Mapping[str, Any]) -> Any:
        """What it leads to, or the reference itself as an unknown value."""
        try:
            value = scope[self.root]
            for step in self.steps:
                if type(value) is Unknown:
                    longer = extend(value, step)
                    value = Unknown(f"${{{self.text}}}", value.references) if longer is None else longer
                else:
                    value = follow(value, step)
        except (KeyError, RefusedError):
            return Unknown(f"${{{self.text}}}", (self.text,))
        return value


_ESCAPED = "\0{"
_Parts = tuple["str | _Reference", ...]


def evaluate(text: str, scope: Mapping[str, Any]) -> Any:
    """The value of a Terraform template string, as far as it is known.

    The string is read by the rules of Terraform's JSON syntax: `${...}` holds an expression, `%{if}` and `%{for}` are
    directives, `$${` and `%%{` stand for themselves. It never raises for what a string says, and ends soon whatever it says.

    Args:
        text: the string as JSON holds it.
        scope: the object of each root name (`var`, `local`, `each`, `path`, a resource type ...). Its parts are plain
            values, unknown values, or dictionaries that answer `value[name]` through `__missing__` or with `KeyError`.

    Returns:
        The value itself if the string is one interpolation, else a string; an `Unknown` where it depends on something
        unknown, where Terraform would refuse it, and where the string is not a template.
    """
    if "${" not in text and "%{" not in text:
        return text
    parsed = _parsed(text) if len(text) <= _MOST_CACHED else _parsed.__wrapped__(text)
    try:
        if type(parsed) is tuple:
            return _joined(text, parsed, scope)
        if isinstance(parsed, Node):
            return _evaluated(text, parsed, scope)
    except RecursionError:
        pass
    return Unknown(text)


def _joined(text: str, parts: _Parts, scope: Mapping[str, Any]) -> Any:
    if len(parts) == 1 and type(parts[0]) is _Reference:
        return parts[0].value(scope)
    found: list[str | Unknown] = []
    for part in parts:
        if type(part) is str:
            found.append(part)
        elif type(part) is _Reference:
            found.append(_as_text(part, part.value(scope)))
    try:
        return join_parts(found)
    except NotKnownError as error:
        return Unknown(text, error.references)


def _as_text(reference: _Reference, value: Any) -> str | Unknown:
    if type(value) is str or type(value) is Unknown:
        return value
    try:
        if not is_lazy(value):
            return to_text(value)
    except RefusedError:
        pass
    return Unknown(f"${{{reference.text}}}", (reference.text,))


def _evaluated(text: str, node: Node, scope: Mapping[str, Any]) -> Any:
    # What Terraform would refuse is evaluated again, to keep the known parts around what it refuses.
    for lenient in (False, True):
        env = Environment(text, scope, evaluate, lenient)
        try:
            value = node.value(env)
            return env.unknown(node, ()) if is_too_large(value) else value
        except NotKnownError as error:
            return env.unknown(node, error.references)
        except RefusedError:
            continue
    return env.refused(node)


@lru_cache(maxsize=16_384)
def _parsed(text: str) -> _Parts | Node | None:
    """The parts of a simple template, the expression of any other, or `None` if it is not a template."""
    if not any(sign in text for sign in ("%{", "$$$", _ESCAPED)):
        # `$${` is the text `${`; it must not look like the beginning of a reference.
        pieces = _REFERENCE.split(text.replace("$${", _ESCAPED))
        if not any("${" in literal for literal in pieces[::2]) and _CONSTANTS.isdisjoint(pieces[1::2]):
            parts = (
                _Reference(piece) if place % 2 else piece.replace(_ESCAPED, "${") for place, piece in enumerate(pieces)
            )
            return tuple(part for part in parts if part != "")
    if len(text) > MOST_CHARACTERS:
        return None
    from secureinfra.terraform.expressions.parser import Parser  # noqa: PLC0415 - loaded when a string asks for it

    try:
        return Parser(text).template()
    except (ParseError, RecursionError):
        return None
