"""Strings of Terraform's JSON syntax as quoted strings of HCL, or as the expressions that they stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from secureinfra.terraform.hcl_write.code import CodeError, interpolated
from secureinfra.terraform.read.hcl_template import Piece, joined

_SIGN: Final = re.compile(r"\$\$+\{|%%+\{|(?P<begins>[$%]\{)(?P<trims>~?)|(?P<line>\n)")
_BEGINS: Final = re.compile(r"[$%](?=\{)")
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_UNSEEN: Final = frozenset(("Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Zs"))


def pieces_of(template: str) -> list[Piece]:
    """A template in pieces: literal text as a template has it, interpolations and directives with formatted code.

    The white space that `~` marks remove is gone, and the marks too: in a quoted string they would remove other stretches.

    Raises:
        CodeError: it is not a template.
    """
    template = template.removeprefix("\ufeff")  # which Terraform does not read there
    if "${" not in template and "%{" not in template:
        return [Piece(template, True)] if template else []
    pieces: list[Piece] = []
    at = 0
    text, trimmed = "", False

    def flush() -> None:
        nonlocal text, trimmed
        if text:
            pieces.append(Piece(text.lstrip() if trimmed else text, True))
            text, trimmed = "", False

    while found := _SIGN.search(template, at):
        text += template[at : found.start()]
        at = found.end()
        if not found["begins"]:
            text += found[0]
            if found["line"]:
                flush()
            continue
        flush()
        if found["trims"] and pieces and pieces[-1].literal:
            pieces[-1] = Piece(pieces[-1].text.rstrip(), True)
        code, at = interpolated(template, at)
        trimmed = code.endswith("~")
        pieces.append(Piece(f"{found['begins']}{_padded(code.removesuffix('~').rstrip())}}}", False))
    text += template[at:]
    flush()
    return [piece for piece in pieces if piece.text]


def expression_of(pieces: Sequence[Piece]) -> str | None:
    """The code that a template is if it is one interpolation and nothing else."""
    if len(pieces) != 1 or pieces[0].literal or not pieces[0].text.startswith("${"):
        return None
    code = pieces[0].text[2:-1].strip()
    if code.startswith("- "):  # within a template terraform fmt takes a sign for a subtraction
        code = f"-{code[2:]}"
    if not code:
        raise CodeError(pieces[0].text)
    return code


def quoted(pieces: Iterable[Piece], *, plain: bool = False) -> str:
    """The quoted string of some pieces.

    Args:
        pieces: literal text as a template has it, interpolations and directives.
        plain: whether letters that join with others are escaped, so that every character is one column wide.
    """
    written = (Piece(_escaped(piece.text, plain), True) if piece.literal else piece for piece in pieces)
    return f'"{joined(written)}"'


def literal(text: str) -> str:
    """Plain text as a template has it: `${` and `%{` stand for themselves."""
    return _BEGINS.sub(lambda sign: sign[0] * 2, text)


def _padded(code: str) -> str:
    return f"{' ' if code.startswith('{') else ''}{code}{' ' if code.endswith('}') else ''}"


def _escaped(text: str, plain: bool) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return "".join(_character(character, plain) for character in text)


def _character(character: str, plain: bool) -> str:
    if " " <= character <= "~" or character in _ESCAPES:
        return _ESCAPES.get(character, character)
    kind = unicodedata.category(character)
    if kind == "Cs":
        return "\ufffd"  # half a character, which Terraform reads so too
    if kind not in _UNSEEN and not (plain and not _stands_alone(character, kind)):
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _stands_alone(character: str, kind: str) -> bool:
    """Whether it is a column of its own beside any other such character, as far as that is sure."""
    alphabets = (
        ("\u00a1", "\u02ff"),
        ("\u0370", "\u052f"),
        ("\u3041", "\u3096"),
        ("\u30a0", "\u30ff"),
        ("\u4e00", "\u9fff"),
    )
    return (
        kind[0] in "LNPS"
        and character not in "\u00a9\u00ae"
        and any(first <= character <= last for first, last in alphabets)
    )
