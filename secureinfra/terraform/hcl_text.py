"""The text of an HCL file, told apart into code, comments, strings and heredocs.

python-hcl2 knows HCL's grammar but not all that templates may hold (`$${`, `~}`), newlines wherever brackets allow them,
or letters beyond ASCII. It is given a *plain* text instead: as long as what was written, character for character, with
strings, comments and such newlines blanked out. What it finds there is then cut from the written text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_template import ESCAPE, Piece, as_quoted, from_heredoc, from_quoted, joined
from secureinfra.terraform.positions import position

DEEPEST = 200
"""So many brackets within each other are read."""

MOST_WORDS = 200_000
"""So many names, numbers, strings and signs of one block are read: python-hcl2 takes some 10 seconds and 300 MB."""

MOST_WORDS_OF_A_FILE = 1_500_000
"""As many as 12,000 resources may have."""

_DEEPEST_TEMPLATE = 50
_NAME = r"[^\W\d][\w-]*"
_CODE = re.compile(
    rf"""(?P<space>[ \t\r]+)|(?P<name>{_NAME}(?:\.{_NAME})*)|(?P<number>\d+)|(?P<line>\n)|(?P<open>[(\[{{])
    |(?P<close>[)\]}}])|(?P<quote>")|(?P<heredoc><<-?{_NAME}[ \t]*\r?\n)|(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?\*/)
    |(?P<sign>[!-](?:[ \t]*[!-])+)|(?P<other>[=<>.,:?%&|+*!-]|/(?!\*)|~(?=\}}))""",
    re.VERBOSE | re.DOTALL,
)
_INNER = r"\$\$+\{|%%+\{|(?P<inner>[$%]\{)"
_TEMPLATE = re.compile(_INNER)
_QUOTED = re.compile(rf'{ESCAPE}|{_INNER}|(?P<end>")|(?P<line>\n)|(?P<escape>\\)')
_FOR = re.compile(rf"\{{\s*for\s+{_NAME}\s*(?:,\s*{_NAME}\s*)?\s*in\b")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_CLOSES = {"(": ")", "[": "]", "{": "}"}


class _Heredoc(NamedTuple):
    body: int
    end: int
    flush: bool


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
        self._ends: list[int] = []
        plain: list[str] = []
        self._read(0, plain)
        self.plain = "".join(plain)
        self._edits.sort()
        self._lines = [found.start() for found in re.finditer("\n", text)]
        self._starts = [start for start, _ in self._edits]

    def statements(self) -> Iterator[tuple[int, int]]:
        """Start and end of each attribute and block at the top of the file."""
        start = 0
        for end in [*self._ends, len(self.text)]:
            if self.plain[start:end].strip():
                yield start, end
            start = end

    def error(self, offset: int, said: str) -> ConfigurationError:
        """The error that says what is wrong at a character."""
        return ConfigurationError(f"{self.file}:{position(self.text, offset)}: {said}")

    def line(self, offset: int) -> int:
        """The line of a character, counted from 1."""
        return bisect_left(self._lines, offset) + 1

    def before(self, offset: int) -> str:
        """The character before another that is no white space but a new line; a new line at the start of the file."""
        offset -= 1
        while offset >= 0 and self.plain[offset] in " \t\r":
            offset -= 1
        return self.plain[offset] if offset >= 0 else "\n"

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

    def _read(self, offset: int, plain: list[str] | None) -> int:
        """Read code: the whole file, or what is between the braces of a template; the offset after it.

        Args:
            offset: where it starts.
            plain: takes the plain text; `None` within a template.
        """
        opened: list[tuple[str, int]] = []
        while offset < len(self.text):
            found = _CODE.match(self.text, offset)
            if not found:
                raise self._no_code(offset)
            if plain is None and not opened and found["close"] == "}":
                return found.end()
            start, offset = offset, self._end(found, opened)
            if plain is not None:
                plain.append(_plain(found, offset - start, opened))
                if found["line"] and not opened:
                    self._ends.append(offset)
                    self._words_before, self._words = self._words_before + self._words, 0
        if opened:
            where = opened[-1][1]
            raise self.error(where, f"this {self.text[where]!r} is never closed. Close it.")
        return offset

    def _end(self, found: re.Match[str], opened: list[tuple[str, int]]) -> int:
        """The end of what a word begins; brackets are noted as opened or closed."""
        kind = found.lastgroup
        if kind not in ("space", "line"):
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
        opened.append(("for" if bracket == "{" and _FOR.match(self.text, offset) else bracket, offset))

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
                said = f"{self.text[offset - 1 : offset + 1]!r:.6} is no escape. Write \\\\ for a backslash."
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


def _plain(found: re.Match[str], length: int, opened: list[tuple[str, int]]) -> str:
    """What the plain text has for a word of that many characters."""
    kind = found.lastgroup
    if kind == "name":
        return _BEYOND_ASCII.sub("x", found[0].replace(".", "_"))
    if kind in ("quote", "heredoc"):
        return f'"{"x" * (length - 2)}"'
    if kind == "sign":
        return found[0][0] + " " * (length - 1)  # python-hcl2 takes one sign before a value
    # Newlines mean nothing within brackets other than braces.
    if kind == "comment" or (kind == "line" and opened and opened[-1][0] != "{"):
        return " " * length
    return found[0]
