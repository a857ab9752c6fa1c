"""Values of Terraform's JSON syntax as expressions of HCL."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_write.broken import At, code_lines
from secureinfra.terraform.hcl_write.code import CodeError, formatted
from secureinfra.terraform.hcl_write.encoded import Code, Number, Object, Text, decoded
from secureinfra.terraform.hcl_write.layout import WIDTH, Assignment, Lines, assigned, indented, misleads
from secureinfra.terraform.hcl_write.templates import expression_of, literal, pieces_of, quoted
from secureinfra.terraform.hcl_write.texts import Texts
from secureinfra.terraform.hcl_write.types import type_lines
from secureinfra.terraform.read.hcl_template import Piece
from secureinfra.terraform.read.hcl_value import Mode

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# Names that HCL would take for something else at the start of an object.
_KEYWORDS: Final = frozenset(("for", "true", "false", "null"))


class Values:
    """Writes values.

    Args:
        texts: knows which expressions are strings.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, value: Any, mode: Mode, at: At) -> Lines:
        """A value as an expression.

        Args:
            value: what the JSON holds.
            mode: what Terraform does with it.
            at: where it begins.

        Raises:
            ConfigurationError: it is not a value of JSON, or a string of it no template.
        """
        line = self._line(value, mode, WIDTH - at.column)
        if line is not None:
            return [line]
        if isinstance(value, Text | Code):
            return code_lines(self._unbroken(value), at)
        if isinstance(value, str):
            pieces = _pieces(value)
            held = decoded(pieces)
            if held is None:
                return code_lines(str(_expression(pieces)), at)
            begins, ends = "jsonencode(", ")"
            return _wrapped(begins, self.lines(held, mode, At(at.indent, at.column + len(begins) + len(ends))), ends)
        if isinstance(value, list | tuple):
            items = (self.lines(item, mode, at.within()) for item in value)
            inner = [line for item in items for line in _wrapped("", item, ",")]
            return ["[", *indented(inner), "]"]
        members = assigned(self.assignment(name, held, mode, at.within()) for name, held in self._members(value, mode))
        return ["{", *indented(members), "}"]

    def type(self, text: str) -> Lines:
        """A type constraint, as the JSON has it in a string.

        Raises:
            ConfigurationError: it is none.
        """
        return type_lines(_write_expression(text))

    def _line(self, value: Any, mode: Mode, room: int) -> str | None:
        """The expression if it stands on one line, which objects do that are empty, or small and in policies or code.

        Args:
            value: what the JSON holds.
            mode: what Terraform does with it.
            room: how many columns a list or an object may take.
        """
        if isinstance(value, str):
            return self._string(value, mode, room)
        if isinstance(value, Text | Code):
            return _on_one_line(self._unbroken(value), room)
        if isinstance(value, list | tuple):
            return self._list(value, mode, room)
        if isinstance(value, Mapping):
            return None if value else "{}"
        if isinstance(value, Object):
            return self._object(value, mode, room)
        return _scalar(value)

    def _list(self, items: Sequence[Any], mode: Mode, room: int) -> str | None:
        written: list[str] = []
        left = room - 2
        for item in items:
            line = self._line(item, mode, left)
            left -= len(line or "") + (2 if written else 0)
            if line is None or left < 0:
                return None
            written.append(line)
        return f"[{', '.join(written)}]"

    def _object(self, value: Object, mode: Mode, room: int) -> str | None:
        if not value.members:
            return "{}"
        (key, held), *others = value.members
        if others or isinstance(held, Object):
            return None
        name = self._name(key.pieces)
        line = self._line(held, mode, room - len(name) - len("{  =  }"))
        written = f"{{ {name} = {line} }}"
        return None if line is None or len(written) > room else written

    def _members(self, value: Mapping[str, Any] | Object, mode: Mode) -> Iterable[tuple[str, Any]]:
        if isinstance(value, Object):
            return ((self._name(key.pieces), held) for key, held in value.members)
        return ((self.name(key, mode), held) for key, held in value.items())

    def name(self, text: str, mode: Mode) -> str:
        """The name of a member of an object, in quotes unless it is an identifier."""
        if mode is Mode.WRITTEN:
            return text
        return self._name(_pieces(text) if mode is Mode.EVALUATED else [Piece(literal(text), True)])

    def _name(self, pieces: Sequence[Piece]) -> str:
        if len(pieces) == 1 and _IDENTIFIER.fullmatch(pieces[0].text) and pieces[0].text not in _KEYWORDS:
            return pieces[0].text
        code = _expression(pieces)
        return f"({code})" if code is not None else quoted(pieces, plain=True)

    def _string(self, text: str, mode: Mode, room: int) -> str | None:
        if mode is Mode.TAKEN:
            return quoted([Piece(literal(text), True)])
        if mode is Mode.WRITTEN:
            return _write_expression(text)
        pieces = _pieces(text)
        if decoded(pieces) is not None:
            return None
        code = _expression(pieces)
        return quoted(pieces) if code is None else _on_one_line(code, room)

    def _text(self, pieces: Sequence[Piece]) -> str:
        """A string within text; `tostring` makes one of whatever else an interpolation holds."""
        code = _expression(pieces)
        if code is None:
            return quoted(pieces)
        return code if self._texts.has(code) else f"tostring({code})"

    def assignment(self, name: str, value: Any, mode: Mode, at: At) -> Assignment:
        """A name and the lines of its value.

        Args:
            name: as it is written.
            value: what the JSON holds.
            mode: what Terraform does with it.
            at: where the name begins.
        """
        # `required_providers` says in an object what aliases a module takes.
        inner = Mode.WRITTEN if name == "configuration_aliases" and mode is Mode.TAKEN else mode
        lines = self.lines(value, inner, At(at.indent, at.column + len(name) + len(" = ")))
        unbroken = misleads(name) and isinstance(value, str | Text | Code)
        return Assignment(name, [self._unbroken(value)] if len(lines) > 1 and unbroken else lines)

    def _unbroken(self, value: str | Text | Code) -> str:
        if isinstance(value, str):
            pieces = _pieces(value)
            code = _expression(pieces)
            return quoted(pieces) if code is None else code
        return value.text if isinstance(value, Code) else self._text(value.pieces)


def _pieces(template: str) -> list[Piece]:
    try:
        return pieces_of(template)
    except CodeError:
        raise _no_code(
            template, "is not a template of Terraform. Write $${ and %%{ for the characters themselves"
        ) from None


def _expression(pieces: Sequence[Piece]) -> str | None:
    try:
        return expression_of(pieces)
    except CodeError as error:
        raise _no_code(str(error), "holds no expression. Write one") from None


def _write_expression(text: str) -> str:
    code = text[2:-1] if text.startswith("${") and text.endswith("}") else text
    try:
        return formatted(code)
    except CodeError:
        raise _no_code(text, "is not a reference, keyword or type. Write one, such as aws_kms_key.k") from None


def _no_code(text: str, wrong: str) -> ConfigurationError:
    return ConfigurationError(f"{text[:80]!r} {wrong}.")


def _on_one_line(code: str, room: int) -> str | None:
    """The code, unless it takes several lines where a line has that room."""
    return code if len(code_lines(code, At(0, WIDTH - room))) == 1 else None


def _scalar(value: Any) -> str:
    if isinstance(value, Number):
        return value.text
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value).removesuffix(".0")
    raise ConfigurationError(f"{value!r} is not a value of JSON. Give what json.loads returns.")


def _wrapped(before: str, lines: Lines, after: str) -> Lines:
    first, *rest = lines
    whole = [before + first, *rest]
    return [*whole[:-1], whole[-1] + after]
