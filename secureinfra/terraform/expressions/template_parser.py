"""Reads templates: those that JSON strings are, quoted ones, heredocs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from secureinfra.terraform.expressions.lexer import Lexer, ParseError
from secureinfra.terraform.expressions.nodes import Literal, Node
from secureinfra.terraform.expressions.templates import ForDirective, IfDirective, Part, Template

_BARE: Final = re.compile(r"\$\$\{|%%\{|\$\{~?|%\{~?|\n")
_QUOTED: Final = re.compile(r'\$\$\{|%%\{|\$\{~?|%\{~?|\n|"|\\(?:[nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|\\')
_ESCAPES: Final = {"\\n": "\n", "\\r": "\r", "\\t": "\t", '\\"': '"', "\\\\": "\\", "$${": "${", "%%{": "%{"}


@dataclass(slots=True)
class _Directive:
    """One `%{...}`: its keyword, what it says, and where it stands."""

    keyword: str
    start: int
    end: int
    names: tuple[str | None, str] = (None, "")
    expression: Node | None = None


_Piece = str | Node | _Directive


class TemplateParser(Lexer):
    """Reads templates; a subclass reads the expressions within."""

    def expression(self) -> Node:
        """Read an expression."""
        raise NotImplementedError

    def template(self) -> Node:
        """Read the whole text as a template; one that is a single interpolation is that expression."""
        return self._built(self._pieces(False, len(self.text)), self.position, quoted=False)

    def quoted(self) -> Node:
        """Read a string in quotes."""
        start = self.start()
        self.expect('"')
        return self._built(self._pieces(True, len(self.text)), start, quoted=True)

    def heredoc(self) -> Node:
        """Read a heredoc."""
        start = self.start()
        opening = self.expect("heredoc")
        marker = opening[2:].strip().removeprefix("-")
        closing = re.compile(rf"^[ \t]*{re.escape(marker)}(?=[ \t\r]*$)", re.MULTILINE).search(self.text, self.position)
        if closing is None:
            raise ParseError(f"heredoc {marker} does not end")
        pieces = self._pieces(False, closing.start())
        if self.position != closing.start():
            raise ParseError(f"heredoc {marker} ends within an expression")
        self.position = closing.end()
        if opening.startswith("<<-"):
            pieces = _unindented(pieces)
        return self._built(pieces, start, quoted=True)

    def _built(self, pieces: list[_Piece], start: int, *, quoted: bool) -> Node:
        if len(pieces) == 1 and isinstance(pieces[0], Node):
            return pieces[0]
        parts, rest = self._tree(pieces, 0, ())
        if rest < len(pieces):
            raise ParseError("a directive without its beginning")
        node: Node = Template(parts, quoted=quoted)
        if all(isinstance(part, str) for part in parts):
            node = Literal("".join(part for part in parts if isinstance(part, str)))
        node.start, node.end = (start if quoted else 0), self.position
        return node

    def _pieces(self, quoted: bool, stop: int) -> list[_Piece]:
        pieces: list[_Piece] = []
        literal = ""
        trim = False
        pattern = _QUOTED if quoted else _BARE

        def flush() -> None:
            nonlocal literal, trim
            if literal:
                literal = unicodedata.normalize("NFC", literal.lstrip() if trim else literal)
                pieces.append(literal)
                trim = False
            literal = ""

        while True:
            found = pattern.search(self.text, self.position, stop)
            literal += self.text[self.position : found.start() if found else stop]
            self.position = found.end() if found else stop
            sign = found.group() if found else ""
            if not quoted and sign == "\n":
                literal += sign
                flush()
            elif sign in _ESCAPES:
                literal += _ESCAPES[sign]
            elif sign[:2] in ("\\u", "\\U"):
                literal += _character(sign)
            elif sign[:2] in ("${", "%{"):
                flush()
                if sign.endswith("~") and pieces and isinstance(pieces[-1], str):
                    pieces[-1] = pieces[-1].rstrip()
                piece, trim = self._sequence(sign, self.position - len(sign))
                pieces.append(piece)
            elif (sign == '"') == quoted and sign in ('"', ""):
                flush()
                return pieces
            else:
                raise ParseError(f"a string does not end at {self.position}")

    def _sequence(self, sign: str, start: int) -> tuple[Node | _Directive, bool]:
        self.see_newlines(False)
        piece = self.expression() if sign[0] == "$" else self._directive(start)
        trim = self.accept("~")
        self.expect("}")
        self.forget_newlines()
        if isinstance(piece, _Directive):
            piece.end = self.position
        return piece, trim

    def _directive(self, start: int) -> _Directive:
        directive = _Directive(self.expect("name"), start, start)
        if directive.keyword == "if":
            directive.expression = self.expression()
        elif directive.keyword == "for":
            directive.names = self.for_names()
            directive.expression = self.expression()
        elif directive.keyword not in ("else", "endif", "endfor"):
            raise ParseError(f"no directive {directive.keyword!r}")
        return directive

    def for_names(self) -> tuple[str | None, str]:
        """Read the variables of a `for`, up to and with `in`."""
        first: str | None = self.expect("name")
        second = self.expect("name") if self.accept(",") else None
        if not self.accept_name("in"):
            raise ParseError(f"expected in at {self.start()}")
        return (None, str(first)) if second is None else (first, second)

    def _tree(self, pieces: list[_Piece], at: int, ends: tuple[str, ...]) -> tuple[list[Part], int]:
        parts: list[Part] = []
        while at < len(pieces):
            piece = pieces[at]
            if not isinstance(piece, _Directive):
                parts.append(piece)
                at += 1
            elif piece.keyword in ends:
                return parts, at
            elif piece.keyword in ("if", "for"):
                self.deeper()
                node, at = (self._if_directive if piece.keyword == "if" else self._for_directive)(pieces, piece, at)
                self.nesting -= 1
                parts.append(node)
            else:
                raise ParseError(f"{piece.keyword} without its beginning")
        if ends:
            raise ParseError(f"expected {ends[-1]}")
        return parts, at

    def _if_directive(self, pieces: list[_Piece], opening: _Directive, at: int) -> tuple[Node, int]:
        yes, at = self._tree(pieces, at + 1, ("else", "endif"))
        no: list[Part] = []
        if _at(pieces, at).keyword == "else":
            no, at = self._tree(pieces, at + 1, ("endif",))
        end = _at(pieces, at).end
        node = IfDirective(_expression(opening), _span(Template(yes), opening, end), _span(Template(no), opening, end))
        node.start, node.end = opening.start, end
        return node, at + 1

    def _for_directive(self, pieces: list[_Piece], opening: _Directive, at: int) -> tuple[Node, int]:
        body, at = self._tree(pieces, at + 1, ("endfor",))
        end = _at(pieces, at).end
        node = ForDirective(opening.names, _expression(opening), _span(Template(body), opening, end))
        node.start, node.end = opening.start, end
        return node, at + 1


def _at(pieces: list[_Piece], at: int) -> _Directive:
    piece = pieces[at]
    if not isinstance(piece, _Directive):
        raise ParseError("expected a directive")
    return piece


def _expression(directive: _Directive) -> Node:
    if directive.expression is None:
        raise ParseError(f"{directive.keyword} says nothing")
    return directive.expression


def _span(template: Template, opening: _Directive, end: int) -> Template:
    template.start, template.end = opening.start, end
    return template


def _character(escape: str) -> str:
    try:
        character = chr(int(escape[2:], 16))
        return "\ufffd" if "\ud800" <= character <= "\udfff" else character
    except (ValueError, OverflowError):
        raise ParseError(f"no character {escape}") from None


def _unindented(pieces: list[_Piece]) -> list[_Piece]:
    """The pieces of `<<-`: without the white space that all lines start with, blank lines apart."""
    starts = [at for at in range(len(pieces)) if at == 0 or _ends_line(pieces[at - 1])]
    indents = []
    adjusted = []
    for at in starts:
        piece = pieces[at]
        if not isinstance(piece, str):
            indents.append(0)
        elif piece.strip() or not piece.endswith("\n"):
            indents.append(len(piece) - len(piece.lstrip()))
            adjusted.append(at)
    least = min(indents, default=0)
    unindented = list(pieces)
    for at in adjusted:
        piece = pieces[at]
        if isinstance(piece, str):
            unindented[at] = piece[least:]
    return unindented


def _ends_line(piece: _Piece) -> bool:
    return isinstance(piece, str) and piece.endswith("\n")
