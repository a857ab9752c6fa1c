"""Code of Terraform's expression language on one line, spaced as `terraform fmt` spaces it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from secureinfra.terraform.read.hcl_template import Piece, as_quoted, from_heredoc

_WORD: Final = re.compile(
    r"""
      (?P<space>[ \t\r]+|/\*.*?\*/|(?:\#|//)[^\n]*)
    | (?P<line>\n)
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    | (?P<name>[^\W\d][\w-]*)
    | (?P<heredoc><<-?[^\W\d][\w-]*[ \t]*\r?\n)
    | (?P<quote>")
    | (?P<sign>\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[-+*/%<>!?:=.,()\[\]{}~])
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_QUOTES: Final = re.compile(r'\\.|\$\$+\{|%%+\{|(?P<begins>[$%]\{~?)|(?P<end>")')
_IN_TEXT: Final = re.compile(r"\$\$+\{|%%+\{|(?P<begins>[$%]\{~?)")
_OPENING: Final = frozenset("([{")
_CLOSING: Final = {")": "(", "]": "[", "}": "{"}
# After these a minus is a sign, not a subtraction.
_BEFORE_SIGN: Final = frozenset(("", "(", "{", "[", "=", ":", ",", "?", "+", "*", "/", "%", "-", "==", "!="))
_BEFORE_SIGN_TOO: Final = frozenset((">", ">=", "<", "<=", "&&", "||", "!"))
_MOST_NESTING: Final = 50


class CodeError(Exception):
    """A text is not code of the language."""


class Word(NamedTuple):
    """A name, number, string or sign of code, `kind` says which; a string is formatted within too."""

    kind: str
    text: str


def formatted(code: str) -> str:
    """The code on one line, without comments; heredocs become quoted strings.

    Raises:
        CodeError: it is none.
    """
    text, end = _Reader(code).code(0, within="")
    if end != len(code):
        raise CodeError(code)
    return text


def interpolated(template: str, start: int) -> tuple[str, int]:
    """The code of an interpolation or directive, formatted, and the offset after its closing brace.

    Args:
        template: the text around.
        start: the offset of the code, after `${` and a `~`.

    Raises:
        CodeError: it has no end.
    """
    return _Reader(template).code(start, within="${")


def words_of(code: str) -> list[Word]:
    """The words of formatted code.

    Raises:
        CodeError: it is none.
    """
    return _Reader(code).words(0, within="")[0]


def spaced(words: Iterable[Word]) -> str:
    """The words on one line."""
    return _spaced(words, Word("", ""))


def members_of(code: str) -> tuple[list[str], str]:
    """The members of an object and what follows its closing brace.

    Args:
        code: formatted code, from after the opening brace on.
    """
    parts, depth, quoted = [""], 0, False
    for index, character in enumerate(code):
        quoted ^= character == '"' and not code.endswith("\\", 0, index)
        if not quoted:
            depth += (character in _OPENING) - (character in _CLOSING)
            if depth < 0:
                return [part.strip() for part in parts if part.strip()], code[index + 1 :]
            if character == "," and not depth:
                parts.append("")
                continue
        parts[-1] += character
    return [], ""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._nesting = 0

    def code(self, start: int, *, within: str) -> tuple[str, int]:
        """The code from there to the brace that closes it, or to the end of the text."""
        words, end = self.words(start, within=within)
        return _spaced(words, Word("begins", within) if within else Word("", "")), end

    def words(self, start: int, *, within: str) -> tuple[list[Word], int]:
        """The words of the code from there on, of which newlines part none."""
        self._nesting += 1
        words: list[Word] = []
        opened: list[str] = []
        at = start
        while at < len(self._text):
            found = _WORD.match(self._text, at)
            if found is None or self._nesting > _MOST_NESTING:
                raise CodeError(self._text)
            kind, at = str(found.lastgroup), found.end()
            if kind == "quote":
                text, at = self._quoted(at)
                words.append(Word("string", text))
            elif kind == "heredoc":
                text, at = self._heredoc(found[0], at)
                words.append(Word("string", text))
            elif kind == "line":
                if opened and opened[-1] == "{":
                    words.append(Word("line", ""))
            elif found[0] == "}" and not opened and within:
                self._nesting -= 1
                return _on_one_line(words), at
            elif kind != "space":
                words.append(Word(kind, found[0]))
                self._bracket(found[0], opened, words)
        if within or opened:
            raise CodeError(self._text)
        self._nesting -= 1
        return _on_one_line(words), at

    def _bracket(self, sign: str, opened: list[str], words: list[Word]) -> None:
        if sign in _OPENING:
            opened.append(sign)
        elif sign in _CLOSING and (not opened or opened.pop() not in (_CLOSING[sign], "for")):
            raise CodeError(self._text)
        elif sign == "for" and opened and opened[-1] == "{" and _last_sign(words[:-1]) == "{":
            opened[-1] = "for"  # newlines mean nothing in there

    def _quoted(self, at: int) -> tuple[str, int]:
        pieces = ['"']
        while found := _IN_QUOTES.search(self._text, at):
            pieces.append(self._text[at : found.start()])
            at = found.end()
            if found["begins"]:
                piece, at = self.sequence(found["begins"], at)
                pieces.append(piece)
            else:
                pieces.append(found[0])
            if found["end"]:
                return "".join(pieces), at
        raise CodeError(self._text)

    def sequence(self, begins: str, at: int) -> tuple[str, int]:
        """What is written from `${` to `}`, formatted, and the offset after it."""
        code, at = self.code(at, within="${")
        trims = code.endswith("~")
        code = code.removesuffix("~").rstrip()
        gap = " " if code.startswith("{") else ""
        return f"{begins}{gap}{code}{' ' if code.endswith('}') else ''}{'~' if trims else ''}}}", at

    def _heredoc(self, opening: str, start: int) -> tuple[str, int]:
        name = opening.lstrip("<-").strip()
        closing = re.compile(rf"^[ \t]*{re.escape(name)}(?=[ \t\r]*$)", re.MULTILINE).search(self._text, start)
        if closing is None:
            raise CodeError(self._text)
        pieces: list[Piece] = []
        at = start
        while found := _IN_TEXT.search(self._text, at, closing.start()):
            pieces.append(Piece(self._text[at : found.start()], True))
            at = found.end()
            if found["begins"]:
                text, at = self.sequence(found["begins"], at)
                pieces.append(Piece(text, False))
            else:
                pieces.append(Piece(found[0], True))
        pieces.append(Piece(self._text[at : closing.start()], True))
        return as_quoted(from_heredoc(pieces, flush=opening.startswith("<<-"))), closing.end()


def _last_sign(words: list[Word]) -> str:
    return next((word.text for word in reversed(words) if word.kind != "line"), "")


def _on_one_line(words: list[Word]) -> list[Word]:
    """The words with a comma where a newline parted the members of an object, and none before a bracket that closes."""
    line: list[Word] = []
    for word in words:
        last = line[-1] if line else Word("", "")
        if word.kind == "line" and last.text in ("{", ","):
            continue
        if (last.text == "," and word.text in _CLOSING) or (last.kind == "line" and word.text == ","):
            line.pop()
        line.append(Word("line", ",") if word.kind == "line" else word)
    return line


def _spaced(words: Iterable[Word], subject: Word) -> str:
    text = ""
    before = Word("", "")
    for word in words:
        if text and _space_between(before, subject, word):
            text += " "
        text += word.text
        before, subject = subject, word
    return text


def _space_between(before: Word, subject: Word, after: Word) -> bool:  # noqa: PLR0911 - the rules of terraform fmt, in its order
    if subject.kind == "name" and after.text in ("(", "::"):
        return False
    if subject.text in (".", "::") or after.text in (".", ",", "..."):
        return False
    if subject.text == ",":
        return True
    if subject == ("name", "in") and before.kind == "name":
        return True
    if after.text == "[" and (subject.kind in ("name", "number") or subject.text in _CLOSING):
        return False
    if subject.text == "!":
        return False
    if subject.text == "-":
        return before.text not in _BEFORE_SIGN and before.text not in _BEFORE_SIGN_TOO
    if subject.text == "{" or after.text == "}":
        return not (subject.text == "{" and after.text == "}")
    return subject.text not in _OPENING and after.text not in _CLOSING
