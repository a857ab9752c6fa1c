"""Where things are written: lines and columns in a text, and the lines of the keys of a JSON document."""

from __future__ import annotations

import json
import re

DEPTH = 8
"""So many levels of names have lines: `resource`, type, name, and nested blocks within."""

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}\[\]]', re.DOTALL)


class Place:
    """A line and what begins within the thing that begins there."""

    __slots__ = ("held", "line")

    def __init__(self, line: int) -> None:
        self.line = line
        self.held: dict[str, Place] = {}

    def get(self, name: str) -> Place | None:
        """What is called so, or is so within an element of this list; an earlier element comes first."""
        found = self.held.get(name)
        if found is None:
            for index, element in self.held.items():
                if index.isdigit() and (found := element.get(name)):
                    break
        return found

    def at(self, name: str, line: int) -> Place:
        """What is called so; it begins at that line unless an earlier one was said."""
        return self.held.setdefault(name, Place(line))


def position(text: str, offset: int) -> str:
    """`LINE:COLUMN` of a character, both counted from 1."""
    return f"{text.count(chr(10), 0, offset) + 1}:{offset - text.rfind(chr(10), 0, offset)}"


def json_places(text: str) -> Place:
    """The lines of all names down to `DEPTH` levels of a JSON document that is known to be valid.

    Elements of a list that are objects or lists are named by their index among such.
    """
    root = Place(1)
    # What is being filled, and whether it is a list; `None` below the depth that is kept.
    around: list[tuple[Place | None, bool]] = []
    pending: Place | None = root
    line, counted = 1, 0
    for token in _TOKEN.finditer(text):
        character = text[token.start()]
        if character == '"':
            filled = around[-1][0] if around else None
            if token[1] is None or filled is None:
                continue
            line, counted = line + text.count("\n", counted, token.start()), token.start()
            name = text[token.start() + 1 : token.start(1) - 1]
            pending = filled.at(json.loads(f'"{name}"') if "\\" in name else name, line)
        elif character in "{[":
            filled, is_list = around[-1] if around else (None, False)
            if is_list and filled is not None:
                line, counted = line + text.count("\n", counted, token.start()), token.start()
                pending = filled.at(str(len(filled.held)), line)
            around.append((pending if len(around) <= DEPTH else None, character == "["))
            pending = None
        else:
            around.pop()
    return root
