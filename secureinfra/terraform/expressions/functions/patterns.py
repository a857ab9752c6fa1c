"""Regular expressions as Terraform reads them: what a pattern says, for `matcher` to find."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from secureinfra.terraform.expressions.values import NotKnownError, RefusedError

Test: TypeAlias = Callable[[str], bool]
Tree: TypeAlias = tuple[Any, ...]
"""`("test", t)`, `("all", trees)`, `("any", trees)`, `("repeat", tree, least, most, greedy)`, `("group", n, tree)`, `("at", place)`."""

_MOST_REPEATS: Final = 1_000
_MOST_NESTING: Final = 60
_REPEAT: Final = re.compile(r"[*+?]|\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
_GROUP: Final = re.compile(r"\?P?<(\w+)>|\?([imsU]*)(?:-([imsU]+))?([:)])", re.ASCII)
_POSIX: Final = re.compile(r"\[:(\^?)(\w+):\]")
_RANGES: Final = {
    "alpha": "azAZ",
    "digit": "09",
    "alnum": "azAZ09",
    "upper": "AZ",
    "lower": "az",
    "space": "\t\r  ",
    "blank": "\t\t  ",
    "punct": "!/:@[`{~",
    "xdigit": "09afAF",
    "word": "azAZ09__",
    "cntrl": "\x00\x1f\x7f\x7f",
    "graph": "!~",
    "print": " ~",
    "ascii": "\x00\x7f",
}
_ESCAPED_CLASSES: Final = {"d": "09", "s": "\t\n\f\r  ", "w": "azAZ09__"}
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_PLACES: Final = {"A": "start", "z": "end", "b": "edge", "B": "no edge"}


@dataclass(slots=True)
class Pattern:
    """What a pattern says.

    Args:
        tree: the pattern in parts.
        names: the names of its groups by number, from 1; an unnamed group has an empty name.
    """

    tree: Tree
    names: list[str] = field(default_factory=list)


def read_pattern(text: str) -> Pattern:
    """Read a pattern.

    Raises:
        RefusedError: Terraform would refuse it.
        NotKnownError: it uses something that is not known here, such as a script's letters.
    """
    reader = _Reader(text)
    tree = reader.alternatives(0)
    if reader.at < len(text):
        raise RefusedError("a parenthesis without its beginning")
    return Pattern(tree, reader.names)


def _within(ranges: str) -> Test:
    pairs = [(ranges[at], ranges[at + 1]) for at in range(0, len(ranges), 2)]
    return lambda character: any(low <= character <= high for low, high in pairs)


def _not(test: Test) -> Test:
    return lambda character: not test(character)


def _in_category(name: str) -> Test:
    return lambda character: unicodedata.category(character).startswith(name)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.flags = ""
        self.names: list[str] = []

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        if self.at >= len(self.text):
            raise RefusedError("the pattern ends too soon")
        self.at += 1
        return self.text[self.at - 1]

    def alternatives(self, nesting: int) -> Tree:
        """Read up to the end of a group."""
        if nesting > _MOST_NESTING:
            raise NotKnownError
        branches = [self._sequence(nesting)]
        while self._peek() == "|":
            self.at += 1
            branches.append(self._sequence(nesting))
        return branches[0] if len(branches) == 1 else ("any", branches)

    def _sequence(self, nesting: int) -> Tree:
        parts: list[Tree] = []
        while self._peek() not in ("", "|", ")"):
            if self.text.startswith(r"\Q", self.at):
                quoted, _, _ = self.text[self.at + 2 :].partition(r"\E")
                self.at = min(len(self.text), self.at + 4 + len(quoted))
                parts += [self._literal(character) for character in quoted]
            else:
                parts.append(self._atom(nesting))
            if parts:
                parts[-1] = self._repeated(parts[-1])
        return ("all", parts)

    def _repeated(self, tree: Tree) -> Tree:
        found = _REPEAT.match(self.text, self.at)
        if found is None:
            return tree
        self.at = found.end()
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(found.group(), (0, None))
        if found.group(1):
            least = int(found.group(1))
            most = least if not found.group(2) else int(found.group(3)) if found.group(3) else None
        if max(least, most or 0) > _MOST_REPEATS or (most is not None and most < least):
            raise RefusedError("too many repeats")
        lazy = self._peek() == "?"
        self.at += lazy
        if _REPEAT.match(self.text, self.at):
            raise RefusedError("a repeat of a repeat")
        return ("repeat", tree, least, most, lazy == ("U" in self.flags))

    def _atom(self, nesting: int) -> Tree:
        if _REPEAT.match(self.text, self.at):
            raise RefusedError("nothing to repeat")
        character = self._take()
        if character == "(":
            return self._group(nesting)
        if character == "[":
            return ("test", self._class())
        if character == ".":
            return ("test", (lambda _: True) if "s" in self.flags else (lambda found: found != "\n"))
        if character in "^$":
            side = "start" if character == "^" else "end"
            return ("at", f"line {side}" if "m" in self.flags else side)
        return self._escape() if character == "\\" else self._literal(character)

    def _escape(self) -> Tree:
        place = _PLACES.get(self._peek())
        if place is not None:
            self.at += 1
            return ("at", place)
        escaped = self._escaped()
        return self._literal(escaped) if isinstance(escaped, str) else ("test", escaped)

    def _literal(self, character: str) -> Tree:
        if "i" in self.flags:
            forms = {character, character.lower(), character.upper()}
            return ("test", lambda found: found in forms or found.lower() in forms or found.upper() in forms)
        return ("test", lambda found: found == character)

    def _group(self, nesting: int) -> Tree:
        flags = self.flags
        number = 0
        if self._peek() == "?":
            found = _GROUP.match(self.text, self.at)
            if found is None:
                raise RefusedError("no such group")
            self.at = found.end()
            if found.group(1):
                number = self._numbered(found.group(1))
            else:
                removed = found.group(3) or ""
                self.flags = "".join(flag for flag in self.flags + found.group(2) if flag not in removed)
                if found.group(4) == ")":
                    return ("all", [])
        else:
            number = self._numbered("")
        tree = self.alternatives(nesting + 1)
        if self._take() != ")":
            raise RefusedError("a group does not end")
        self.flags = flags
        return ("group", number, tree) if number else tree

    def _numbered(self, name: str) -> int:
        self.names.append(name)
        return len(self.names)

    def _escaped(self) -> str | Test:
        character = self._take()
        if character.lower() in _ESCAPED_CLASSES:
            test = _within(_ESCAPED_CLASSES[character.lower()])
            return _not(test) if character.isupper() else test
        if character in "pP":
            return self._category(negated=character == "P")
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character in "x01234567":
            return self._coded(character)
        if character.isascii() and not character.isalnum():
            return character
        raise RefusedError(f"no escape {character!r}")

    def _category(self, *, negated: bool) -> Test:
        found = re.compile(r"\{(\^?)(\w+)\}|(\w)").match(self.text, self.at)
        if found is None:
            raise RefusedError("no class of characters")
        self.at = found.end()
        name = found.group(2) or found.group(3)
        if len(name) > 2 or name[0] not in "CLMNPSZ":
            raise NotKnownError
        test = _in_category(name)
        return _not(test) if negated != bool(found.group(1)) else test

    def _coded(self, character: str) -> str:
        form = r"x(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))" if character == "x" else r"(0[0-7]{0,2}|[1-7][0-7]{1,2})"
        found = re.compile(form).match(self.text, self.at - 1)
        if found is None:
            raise RefusedError("no character")
        self.at = found.end()
        code = int(next(filter(None, found.groups())), 16 if character == "x" else 8)
        if code > 0x10FFFF:
            raise RefusedError("no character")
        return chr(code)

    def _class(self) -> Test:
        negated = self._peek() == "^"
        self.at += negated
        tests: list[Test] = []
        first = True
        while first or self._peek() != "]":
            first = False
            posix = _POSIX.match(self.text, self.at)
            if posix:
                if posix.group(2) not in _RANGES:
                    raise RefusedError("no such class")
                self.at = posix.end()
                test = _within(_RANGES[posix.group(2)])
                tests.append(_not(test) if posix.group(1) else test)
            else:
                tests.append(self._range())
        self.at += 1
        if "i" in self.flags:
            plain = tuple(tests)
            tests.append(lambda found: any(test(found.lower()) or test(found.upper()) for test in plain))
        chosen = tuple(tests)
        return lambda found: any(test(found) for test in chosen) != negated

    def _range(self) -> Test:
        low = self._member()
        if not isinstance(low, str):
            return low
        if self._peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return lambda found: found == low
        self.at += 1
        high = self._member()
        if not isinstance(high, str) or high < low:
            raise RefusedError("no range of characters")
        return lambda found: low <= found <= high

    def _member(self) -> str | Test:
        character = self._take()
        return self._escaped() if character == "\\" else character
