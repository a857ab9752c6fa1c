"""Quoted strings and heredocs of HCL as templates of Terraform's JSON syntax, where a string has no escapes of its own.

A template is given in pieces: literal text, and interpolations or directives from `${` or `%{` to `}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

ESCAPE = r'\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})'
"""What a backslash may begin in a quoted string."""

_ESCAPE = re.compile(ESCAPE)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_REPLACED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
# A sign is doubled to stand for itself before a brace, or stands in an interpolation, as `joined` writes it.
_SIGNS = re.compile(r"""([$%])\1+\{|\$\{"(?P<signs>[$%]+)"\}|(?P<begins>[$%]\{)""")


class Piece(NamedTuple):
    """Literal text as it is written, or an interpolation or directive."""

    text: str
    literal: bool


def from_quoted(pieces: Iterable[Piece]) -> str:
    """The template that a quoted string is."""
    return joined(_trimmed(Piece(joined(_unescaped(one.text)), True) if one.literal else one for one in pieces))


def from_heredoc(pieces: Iterable[Piece], *, flush: bool) -> list[Piece]:
    """The pieces of a heredoc without the white space that its `~` marks and, if it is flush, its indentation remove."""
    lines = [
        Piece(text, piece.literal)
        for piece in pieces
        for text in (_LINE.findall(piece.text) if piece.literal else [piece.text])
    ]
    return _outdented(_trimmed(lines)) if flush else _trimmed(lines)


def _trimmed(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces without `~` marks, and without the white space that these remove.

    A mark acts on one literal piece: a line of a heredoc, all there is between interpolations of a quoted string. In
    the JSON syntax it would act on other stretches.
    """
    kept: list[Piece] = []
    trimmed = False
    for text, literal in pieces:
        if literal:
            kept.append(Piece(text.lstrip() if trimmed else text, True))
            trimmed = False
            continue
        if text[2] == "~" and kept and kept[-1].literal:
            kept[-1] = Piece(kept[-1].text.rstrip(), True)
        trimmed = text.endswith("~}")
        inner = text[2:-1].removeprefix("~").removesuffix("~").strip()
        kept.append(Piece(f"{text[:2]}{inner}}}", False))
    return kept


def as_quoted(pieces: Iterable[Piece]) -> str:
    """The quoted string, with its quotes, that says the same as a heredoc of these pieces."""
    escaped = (Piece(text.translate(_REPLACED), True) if literal else Piece(text, False) for text, literal in pieces)
    return f'"{joined(escaped)}"'


def joined(pieces: Iterable[Piece]) -> str:
    """The template of these pieces; none of them reads otherwise for what stands before it."""
    template = ""
    for text, _ in pieces:
        if template and template[-1] in "$%" and text.startswith(("{", f"{template[-1]}{{")):
            before = template.rstrip("$%")
            template = f'{before}${{"{template[len(before) :]}"}}'
        template += text
    return template


def plain(template: str) -> str | None:
    """The string that a template always is; `None` if it has interpolations or directives."""
    if "${" not in template and "%{" not in template:
        return template
    parts: list[str] = []
    start = 0
    for found in _SIGNS.finditer(template):
        if found["begins"]:
            return None
        parts += template[start : found.start()], found["signs"] or found[0][1:]
        start = found.end()
    return "".join((*parts, template[start:]))


def _unescaped(text: str) -> Iterable[Piece]:
    if "\\" not in text:
        return [Piece(text, True)]
    pieces: list[Piece] = []
    start = 0
    for found in _ESCAPE.finditer(text):
        # Each character that an escape stands for is a piece, so that a `$` made this way begins no interpolation.
        pieces += Piece(text[start : found.start()], True), Piece(_character(found[0]), True)
        start = found.end()
    return [*pieces, Piece(text[start:], True)]


def _character(escape: str) -> str:
    if escape[1] in "uU":
        code = int(escape[2:], 16)
        return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
    return _ESCAPED.get(escape[1], escape[1])


def _outdented(lines: list[Piece]) -> list[Piece]:
    """The lines without the indentation that all of them have; of those that begin with an interpolation, that is none."""
    first = [index for index, _ in enumerate(lines) if index == 0 or _ends_line(lines[index - 1])]
    indented = [index for index in first if not (_blank(lines[index]) and lines[index].text.endswith("\n"))]
    least = min((_indentation(lines[index]) for index in indented), default=0)
    outdented = list(lines)
    for index in indented:
        if lines[index].literal:
            outdented[index] = Piece(lines[index].text[least:], True)
    return outdented


def _ends_line(piece: Piece) -> bool:
    return piece.literal and piece.text.endswith("\n")


def _blank(piece: Piece) -> bool:
    return piece.literal and not piece.text.strip()


def _indentation(piece: Piece) -> int:
    return len(piece.text) - len(piece.text.lstrip()) if piece.literal else 0
