"""Expressions of HCL as values of Terraform's JSON syntax."""

from __future__ import annotations

import enum
import re
from typing import Any

from secureinfra.terraform.read.hcl_template import plain
from secureinfra.terraform.read.hcl_text import Source, Token
from secureinfra.terraform.read.hcl_tree import Node
from secureinfra.terraform.read.positions import Place
from secureinfra.terraform.unknown import Unknown

_NAME = re.compile(r"[^\W\d][\w-]*")
_INTEGER = re.compile(r"-?\s*[0-9]{1,300}")
_FLOAT = re.compile(r"-?\s*[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")
_EXACT = 15  # so many digits survive in a float
_KEYWORDS = {"true": True, "false": False, "null": None}


class Mode(enum.Enum):
    """What Terraform does with an argument."""

    EVALUATED = enum.auto()
    """Strings are templates, and everything but literals is within `${}`."""
    TAKEN = enum.auto()
    """Strings stand for themselves; what is not a literal is unknown."""
    WRITTEN = enum.auto()
    """References and keywords, as strings of code."""


class Values:
    """Reads the expressions of one file."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def value(self, node: Node, place: Place, mode: Mode) -> Any:
        """What the JSON syntax has for an expression.

        Args:
            node: the expression.
            place: takes the lines of names within it.
            mode: what Terraform does with it.
        """
        if node.kind == "string":
            return self._string(node.start, node.end, mode)
        if node.kind == "tuple":
            parts = enumerate(node.items)
            return [self.value(part, place.at(str(index), place.line), mode) for index, part in parts]
        if node.kind == "object":
            found = self._object(node, place, mode)
            if found is not None:
                return found
        elif literal := _literal(self._source.text[node.start : node.end]):
            return literal[0]
        return self._code(node.start, node.end, mode)

    def word(self, token: Token) -> str:
        """A name or a label, which may be in quotes.

        Raises:
            ConfigurationError: it is neither a name nor a string without templates.
        """
        written = self._source.text[token.start : token.end]
        if token.kind == "string":
            label = plain(self._source.template(token.start, token.end))
            if label is None:
                raise self._source.error(token.start, f"{written[:40]} is not a label. Write a plain string.")
            return label
        if not _NAME.fullmatch(written):
            raise self._source.error(token.start, f"{written[:40]!r} is not a name. Write letters, digits, _ and -.")
        return written

    def _string(self, start: int, end: int, mode: Mode) -> Any:
        template = self._source.template(start, end)
        if mode is Mode.EVALUATED:
            return template
        value = plain(template)
        if value is not None:
            return value
        return template if mode is Mode.WRITTEN else Unknown(template)

    def _code(self, start: int, end: int, mode: Mode) -> Any:
        code = self._source.code(start, end)
        if mode is Mode.WRITTEN:
            return code
        return f"${{{code}}}" if mode is Mode.EVALUATED else Unknown(f"${{{code}}}")

    def _object(self, node: Node, place: Place, mode: Mode) -> dict[str, Any] | None:
        """The object, or `None` if Terraform works out its keys."""
        found: dict[str, Any] = {}
        for name, value in node.pairs:
            key = self._key(name, mode)
            if key is None:
                return None
            # `required_providers` says in an object what aliases a module takes.
            inner = Mode.WRITTEN if key == "configuration_aliases" and mode is Mode.TAKEN else mode
            found[key] = self.value(value, place.at(key, self._source.line(name.start)), inner)
        return found

    def _key(self, node: Node, mode: Mode) -> str | None:
        written = self._source.text[node.start : node.end]
        if _NAME.fullmatch(written) or mode is Mode.WRITTEN:
            return written.strip('"')
        if node.kind == "string" and written.startswith('"'):
            template = self._source.template(node.start, node.end)
            if mode is Mode.TAKEN:
                return plain(template)
            # A name in the JSON syntax is a template too, which not every reader knows.
            return None if "${" in template or "%{" in template else template
        return None


def _literal(written: str) -> tuple[Any] | None:
    if written in _KEYWORDS:
        return (_KEYWORDS[written],)
    if _INTEGER.fullmatch(written):
        return (int("".join(written.split())),)
    if _FLOAT.fullmatch(written) and sum(map(str.isdigit, written)) <= _EXACT:
        number = float("".join(written.split()))
        return (int(number) if number.is_integer() and abs(number) < 2**53 else number,)
    return None
