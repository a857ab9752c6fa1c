"""Expressions of HCL as values of Terraform's JSON syntax."""

from __future__ import annotations

import enum
import re
from typing import Any

from secureinfra.terraform.hcl_template import plain
from secureinfra.terraform.hcl_text import Source
from secureinfra.terraform.positions import Place
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
    """Strings stand for themselves; what is no literal is unknown."""
    WRITTEN = enum.auto()
    """References and keywords, as strings of code."""


class Values:
    """Reads the expressions of one file."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def value(self, tree: Any, base: int, place: Place, mode: Mode) -> Any:
        """What the JSON syntax has for an expression.

        Args:
            tree: the expression.
            base: the offset at which the tree's positions start.
            place: takes the lines of names within it.
            mode: what Terraform does with it.
        """
        start, end = base + tree.meta.start_pos, base + tree.meta.end_pos
        inner = _within(tree)
        if inner.data == "string":
            return self._string(start, end, mode)
        if inner.data == "tuple":
            parts = enumerate(filter(_is_value, inner.children))
            return [self.value(part, base, place.at(str(index), place.line), mode) for index, part in parts]
        if inner.data == "object":
            found = self._object(inner, base, place, mode)
            if found is not None:
                return found
        elif literal := _literal(self._source.text[start:end]):
            return literal[0]
        return self._code(start, end, mode)

    def word(self, tree: Any, base: int) -> str:
        """A name or a label, which may be in quotes.

        Raises:
            ConfigurationError: it is neither a name nor a string without templates.
        """
        start, end = base + tree.meta.start_pos, base + tree.meta.end_pos
        written = self._source.text[start:end]
        if tree.data == "string":
            label = plain(self._source.template(start, end)) if written.startswith('"') else None
            if label is None:
                raise self._source.error(start, f"{written[:40]} is no label. Write a plain string.")
            return label
        if not _NAME.fullmatch(written):
            raise self._source.error(start, f"{written[:40]!r} is no name. Write letters, digits, _ and -.")
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

    def _object(self, tree: Any, base: int, place: Place, mode: Mode) -> dict[str, Any] | None:
        """The object, or `None` if Terraform works out its keys."""
        found: dict[str, Any] = {}
        for child in filter(_is_value, tree.children):
            start = base + child.meta.start_pos
            if self._source.before(start) not in "\n{,":
                raise self._source.error(start, "a comma or a new line is missing before this. Add one.")
            key = self._key(child.children[0], base, mode)
            if key is None:
                return None
            # `required_providers` says in an object what aliases a module takes.
            inner = Mode.WRITTEN if key == "configuration_aliases" and mode is Mode.TAKEN else mode
            here = place.at(key, self._source.line(start))
            found[key] = self.value(child.children[-1], base, here, inner)
        return found

    def _key(self, tree: Any, base: int, mode: Mode) -> str | None:
        start, end = base + tree.meta.start_pos, base + tree.meta.end_pos
        written = self._source.text[start:end]
        if _NAME.fullmatch(written) or mode is Mode.WRITTEN:
            return written.strip('"')
        if written.startswith('"') and _within(tree.children[0]).data == "string":
            template = self._source.template(start, end)
            if mode is Mode.TAKEN:
                return plain(template)
            # A name in the JSON syntax is a template too, which not every reader knows.
            return None if "${" in template or "%{" in template else template
        return None


def _within(tree: Any) -> Any:
    """What an expression is, without the nodes around it that say only that it is one."""
    while tree.data == "expr_term" and len(tree.children) == 1:
        tree = tree.children[0]
    return tree


def _is_value(child: Any) -> bool:
    return getattr(child, "data", "new_line_or_comment") != "new_line_or_comment"


def _literal(written: str) -> tuple[Any] | None:
    if written in _KEYWORDS:
        return (_KEYWORDS[written],)
    if _INTEGER.fullmatch(written):
        return (int("".join(written.split())),)
    if _FLOAT.fullmatch(written) and sum(map(str.isdigit, written)) <= _EXACT:
        number = float("".join(written.split()))
        return (int(number) if number.is_integer() and abs(number) < 2**53 else number,)
    return None
