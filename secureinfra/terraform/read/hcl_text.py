"""The text of an HCL file, told apart into words, comments, strings and heredocs; `hcl_tree` has the grammar."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read.hcl_template import ESCAPE, Piece, as_quoted, from_heredoc, from_quoted, joined
from secureinfra.terraform.read.positions import position

DEEPEST = 200
"""So many brackets within each other are read."""

MOST_WORDS = 200_000
"""So many names, numbers, strings and signs of one block are read."""

MOST_WORDS_OF_A_FILE = 1_500_000
"""As many as 12,000 resources may have."""

_DEEPEST_TEMPLATE = 50
_NAME = r"[^\W\d][\w-]*"
_CODE = re.compile(
    rf"""(?P<space>[ \t\r]+)|(?P<name>{_NAME}(?:(?:\.|::){_NAME})*)|(?P<line>\n)|(?P<open>[(\[{{])|(?P<close>[)\]}}])
    |(?P<text>"[^"\\\n$%]*")|(?P<quote>")|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<heredoc><<-?{_NAME}[ \t]*\r?\n)|(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?\*/)
    |(?P<operator>&&|\|\||[=!<>]=|=>|\.\.\.)|(?P<sign>[!-](?:[ \t]*[!-])+)|(?P<other>[=<>.,:?%&|+*!-]|/(?!\*)|~(?=\}}))""",
    re.VERBOSE | re.DOTALL,
)
_INNER = r"\$\$+\{|%%+\{|(?P<inner>[$%]\{)"
_TEMPLATE = re.compile(_INNER)
_QUOTED = re.compile(rf'{ESCAPE}|{_INNER}|(?P<end>")|(?P<line>\n)|(?P<escape>\\)')
_GAP = r"(?:\s|\#[^\n]*\n|//[^\n]*\n|/\*.*?\*/)"
_FOR = re.compile(rf"for{_GAP}+{_NAME}{_GAP}*(?:,{_GAP}*{_NAME}{_GAP}*)?{_GAP}in\b", re.DOTALL)
_CLOSES = {"(": ")", "[": "]", "{": "}"}


class _Heredoc(NamedTuple):
    body: int
    end: int
    flush: bool


class Token(NamedTuple):
    """A word of the code.

    Args:
        kind: `name`, which may have dots and `::`, `number`, `string`, `heredoc`, `line` for a new line that may end something,
            `sign` for several signs, `end` for the end of the file, or `mark` for anything else.
        word: what is written; empty for strings and heredocs.
        start: the offset of its first character.
        end: the offset after its last one.
    """

    kind: str
    word: str
    start: int
    end: int


# The kinds of words whose tokens have another name; comments and blanks have none.
_KINDS = {
    "name": "name",
    "number": "number",
    "line": "line",
    "text": "string",
    "quote": "string",
    "heredoc": "heredoc",
    "sign": "sign",
    "operator": "mark",
    "open": "mark",
    "close": "mark",
    "other": "mark",
}
_SPOKEN = frozenset(_KINDS) - {"text", "quote", "heredoc"}


class Source:
    """An HCL file.

    Args:
        text: what is written.
        file: its name, for errors.

    Raises:
        ConfigurationError: a string, comment, heredoc or bracket is not closed, or a character does not belong.
    """

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self._edits: list[tuple[int, int]] = []
        self._heredocs: dict[int, _Heredoc] = {}
        self._inners: dict[int, int] = {}
        self._nesting = 0
        self._words = self._words_before = 0
        self.tokens: list[Token] = []
        self._read(0, self.tokens)
        self.tokens.append(Token("end", "", len(text), len(text)))
        self._edits.sort()
        self._lines = [found.start() for found in re.finditer("\n", text)]
        self._starts = [start for start, _ in self._edits]

    def error(self, offset: int, said: str) -> ConfigurationError:
        """The error that says what is wrong at a character."""
        return ConfigurationError(f"{self.file}:{position(self.text, offset)}: {said}")

    def line(self, offset: int) -> int:
        """The line of a character, counted from 1."""
        return bisect_left(self._lines, offset) + 1

    def code(self, start: int, end: int) -> str:
        """What is written between, without comments, and heredocs as quoted strings."""
        pieces: list[str] = []
        for index in range(bisect_left(self._starts, start), len(self._edits)):
            first, last = self._edits[index]
            if first >= end:
                break
            if first >= start:  # what lies within an earlier edit went with it
                pieces += self.text[start:first], self._instead(first)
                start = last
        return "".join((*pieces, self.text[start:end])).strip()

    def comments(self, start: int, end: int) -> Iterator[str]:
        """The comments that begin between, with their signs."""
        for index in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            first, last = self._edits[index]
            if first not in self._heredocs:
                yield self.text[first:last]

    def lined_comments(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """The comments that begin between, and those in the lines right above, each with its line."""
        first = bisect_left(self._starts, start)
        while first and self._is_right_above(first - 1, start):
            first -= 1
            start = self._edits[first][0]
        for index in range(first, bisect_left(self._starts, end)):
            begin, last = self._edits[index]
            if begin not in self._heredocs:
                yield self.line(begin), self.text[begin:last]

    def _is_right_above(self, index: int, start: int) -> bool:
        """Whether an edit is a comment with lines of its own, of which the last is the one before."""
        first, last = self._edits[index]
        between = self.text[last:start]
        alone = not self.text[self.text.rfind("\n", 0, first) + 1 : first].strip()
        return alone and first not in self._heredocs and not between.strip() and between.count("\n") == 1

    def template(self, start: int, end: int) -> str:
        """The quoted string or heredoc between as a template of the JSON syntax."""
        if start in self._heredocs:
            return joined(self._heredoc_pieces(start))
        written = self.text[start + 1 : end - 1]
        if "\\" not in written and "${" not in written and "%{" not in written:
            return written
        return from_quoted(self._pieces(start + 1, end - 1, _QUOTED))

    def _instead(self, start: int) -> str:
        """What code has for a heredoc or a comment."""
        if start in self._heredocs:
            return as_quoted(self._heredoc_pieces(start))
        return " " if self.text.startswith("/*", start) else ""

    def _heredoc_pieces(self, start: int) -> list[Piece]:
        heredoc = self._heredocs[start]
        return from_heredoc(self._pieces(heredoc.body, heredoc.end, _TEMPLATE), flush=heredoc.flush)

    def _pieces(self, start: int, end: int, pattern: re.Pattern[str]) -> Iterator[Piece]:
        offset = start
        while found := pattern.search(self.text, offset, end):
            offset = found.end()
            if found["inner"]:
                yield Piece(self.text[start : found.start()], True)
                start = offset = self._inners[found.end()]
                yield Piece(found[0] + self.code(found.end(), offset - 1) + "}", False)
        yield Piece(self.text[start:end], True)

    def _read(self, offset: int, tokens: list[Token] | None) -> int:
        """Read code: the whole file, or what is between the braces of a template; the offset after it.

        Args:
            offset: where it starts.
            tokens: takes the words; `None` within a template.
        """
        opened: list[tuple[str, int]] = []
        text, match, length = self.text, _CODE.match, len(self.text)
        while offset < length:
            found = match(text, offset)
            if not found:
                raise self._no_code(offset)
            kind, start = found.lastgroup or "other", offset
            if kind == "space":
                offset = found.end()
                continue
            if tokens is None and not opened and kind == "close" and found[0] == "}":
                return found.end()
            offset = self._end(kind, found, opened)
            if tokens is not None and kind != "comment":
                self._add(tokens, Token(_KINDS[kind], found[0] if kind in _SPOKEN else "", start, offset), opened)
        if opened:
            where = opened[-1][1]
            raise self.error(where, f"this {self.text[where]!r} is never closed. Close it.")
        return offset

    def _add(self, tokens: list[Token], token: Token, opened: list[tuple[str, int]]) -> None:
        """Keep a word, but for new lines within brackets other than the braces of bodies and objects."""
        if token.kind == "line":
            if not opened:
                self._words_before, self._words = self._words_before + self._words, 0
            elif opened[-1][0] != "{":
                return
        elif token.word == "for" and opened and opened[-1][0] == "{" and _FOR.match(self.text, token.start):
            brace = len(tokens) - 1
            while tokens[brace].kind == "line":
                brace -= 1
            if tokens[brace].start == opened[-1][1]:
                # The braces are those of an expression: `{ for name in ...`.
                opened[-1] = ("for", opened[-1][1])
                del tokens[brace + 1 :]
        tokens.append(token)

    def _end(self, kind: str, found: re.Match[str], opened: list[tuple[str, int]]) -> int:
        """The end of what a word begins; brackets are noted as opened or closed."""
        if kind == "line":
            return found.end()
        self._count(found.start())
        if kind == "quote":
            return self._string(found.start())
        if kind == "heredoc":
            return self._heredoc(found)
        if kind == "comment":
            self._edits.append(found.span())
        elif kind == "open":
            self._open(opened, found[0], found.start())
        elif kind == "close":
            self._close(opened, found[0], found.start())
        return found.end()

    def _count(self, offset: int) -> None:
        self._words += 1
        if self._words > MOST_WORDS or self._words_before + self._words > MOST_WORDS_OF_A_FILE:
            most = f"{MOST_WORDS:,} words of one block and {MOST_WORDS_OF_A_FILE:,} of one HCL file"
            raise self.error(offset, f"only {most} are read. Split it, or give the JSON of a plan.")

    def _open(self, opened: list[tuple[str, int]], bracket: str, offset: int) -> None:
        if len(opened) >= DEEPEST:
            raise self.error(
                offset, f"more than {DEEPEST} brackets are open here, which no Terraform needs. Flatten it."
            )
        opened.append((bracket, offset))

    def _close(self, opened: list[tuple[str, int]], bracket: str, offset: int) -> None:
        if not opened:
            raise self.error(offset, f"this {bracket!r} closes nothing. Remove it, or open it before.")
        _, start = opened.pop()
        wanted = _CLOSES[self.text[start]]
        if bracket != wanted:
            where = position(self.text, start)
            raise self.error(
                offset, f"{bracket!r} is here where {wanted!r} should close what {where} opens. Close it first."
            )

    def _string(self, start: int) -> int:
        offset = start + 1
        while found := _QUOTED.search(self.text, offset):
            offset = found.end()
            if found["end"]:
                return offset
            if found["inner"]:
                offset = self._inner(offset)
            elif found["line"]:
                break
            elif found["escape"]:
                said = f"{self.text[offset - 1 : offset + 1]!r:.6} is not an escape. Write \\\\ for a backslash."
                raise self.error(offset - 1, said)
        raise self.error(start, 'this string is not closed on its line. Close it with `"`, or write a heredoc.')

    def _heredoc(self, opening: re.Match[str]) -> int:
        name = opening[0].lstrip("<-").strip()
        closing = re.compile(rf"^[^\S\n]*{re.escape(name)}(?=[^\S\n]*$)", re.MULTILINE)
        start, offset = opening.start(), opening.end()
        end = closing.search(self.text, offset)
        while end:
            found = _TEMPLATE.search(self.text, offset, end.start())
            if not found:
                self._heredocs[start] = _Heredoc(opening.end(), end.start(), opening[0].startswith("<<-"))
                self._edits.append((start, end.end()))
                return end.end()
            offset = self._inner(found.end()) if found["inner"] else found.end()
            if offset > end.start():
                end = closing.search(self.text, offset)
        raise self.error(start, f"this heredoc is never closed. Write {name} on a line of its own at its end.")

    def _inner(self, offset: int) -> int:
        """The end of an interpolation or directive, whose braces are read already up to the first."""
        if self._nesting >= _DEEPEST_TEMPLATE:
            raise self.error(
                offset, f"more than {_DEEPEST_TEMPLATE} templates are within each other here. Flatten them."
            )
        self._nesting += 1
        end = self._read(offset + self.text.startswith("~", offset), None)
        self._nesting -= 1
        if self.text[end - 1] != "}":
            raise self.error(
                offset - 2, f"this {self.text[offset - 2 : offset]!r} is never closed. Close it with `}}`."
            )
        self._inners[offset] = end
        return end

    def _no_code(self, offset: int) -> ConfigurationError:
        if self.text.startswith("/*", offset):
            return self.error(offset, "this comment is never closed. Close it with `*/`.")
        character = self.text[offset]
        hint = {"'": 'Write strings in double quotes: "...".', "“": 'Write strings in straight quotes: "...".'}
        return self.error(offset, f"{character!r} has no meaning here. {hint.get(character, 'Remove it.')}")
