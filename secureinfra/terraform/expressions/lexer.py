"""The words of Terraform's expression language."""

from __future__ import annotations

import re
from typing import Final

MOST_NESTING: Final = 100
"""How deep expressions may nest: deeper ones count as unreadable, so that no input can exhaust the stack."""

_TOKEN = re.compile(
    r"""
      (?P<space>(?:[ \t\r]+|/\*.*?\*/|(?:\#|//)[^\n]*)+)
    | (?P<newline>\n)
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    | (?P<name>[^\W\d][\w-]*)
    | (?P<heredoc><<-?[^\W\d][\w-]*\r?\n)
    | (?P<sign>\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[-+*/%<>!?:=.,()\[\]{}"~])
    """,
    re.VERBOSE | re.DOTALL,
)


class ParseError(Exception):
    """A text is not a template, or one that nests too deep."""


class Lexer:
    """Reads words one at a time, as templates within strings ask for.

    Args:
        text: what is read.
        start: where reading starts, in characters.
    """

    def __init__(self, text: str, start: int = 0) -> None:
        self.text = text
        self.position = start
        self.nesting = 0
        self._newlines = [False]
        self._seen = (-1, False)
        self._kind = ""
        self._start = self._end = 0

    def see_newlines(self, seen: bool) -> None:
        """Within object braces a newline ends an entry; elsewhere it is a space."""
        self._newlines.append(seen)

    def forget_newlines(self) -> None:
        """Back to how newlines were read before."""
        self._newlines.pop()

    def peek(self) -> str:
        """The kind of the next word: `number`, `name`, `heredoc`, `newline`, `end`, or the sign itself."""
        here = (self.position, self._newlines[-1])
        if here != self._seen:
            self._seen = here
            self._look()
        return self._kind

    def _look(self) -> None:
        at = self.position
        while True:
            found = _TOKEN.match(self.text, at)
            if found is None:
                if at < len(self.text):
                    raise ParseError(f"no word of the language at {at}")
                self._kind, self._start, self._end = "end", at, at
                return
            group = str(found.lastgroup)
            if group != "space" and (group != "newline" or self._newlines[-1]):
                break
            at = found.end()
        self._start, self._end = found.span()
        self._kind = found.group() if group == "sign" else group

    def take(self) -> str:
        """Read the next word and return its text."""
        self.peek()
        self.position = self._end
        return self.text[self._start : self._end]

    def word(self) -> str:
        """The text of the next word."""
        self.peek()
        return self.text[self._start : self._end]

    def start(self) -> int:
        """Where the next word starts."""
        self.peek()
        return self._start

    def expect(self, kind: str) -> str:
        """Read the next word, which must be of a kind."""
        if self.peek() != kind:
            raise ParseError(f"expected {kind} at {self._start}")
        return self.take()

    def accept(self, kind: str) -> bool:
        """Read the next word if it is of a kind."""
        if self.peek() != kind:
            return False
        self.take()
        return True

    def accept_name(self, name: str) -> bool:
        """Read the next word if it is this name."""
        if self.peek() != "name" or self.word() != name:
            return False
        self.take()
        return True

    def deeper(self) -> None:
        """Count one level of nesting.

        Raises:
            ParseError: there are too many.
        """
        self.nesting += 1
        if self.nesting > MOST_NESTING:
            raise ParseError("nests too deep")
