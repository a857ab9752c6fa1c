"""Functions of regular expressions, and `replace`."""

from __future__ import annotations

import re
from typing import Any

from secureinfra.terraform.expressions.functions.matcher import Matcher, Spans, matcher
from secureinfra.terraform.expressions.functions.registry import TEXT, function
from secureinfra.terraform.expressions.values import MOST_CHARACTERS, NotKnownError, RefusedError

_GROUP = re.compile(r"\$\$|\$(\w+)|\$\{(\w+)\}", re.ASCII)


@function(TEXT, TEXT)
def regex(pattern: str, text: str) -> Any:
    """The first match: a string, a list of its groups, or an object of its named groups."""
    made = _named_throughout(matcher(pattern))
    found = made.search(text)
    if found is None:
        raise RefusedError("no match")
    return _match(made, text, found)


@function(TEXT, TEXT)
def regexall(pattern: str, text: str) -> list[Any]:
    """All matches."""
    made = _named_throughout(matcher(pattern))
    return [_match(made, text, found) for found in made.find_all(text)]


def _named_throughout(made: Matcher) -> Matcher:
    if any(made.names) and not all(made.names):
        raise RefusedError("named and unnamed groups")
    return made


def _match(made: Matcher, text: str, found: Spans) -> Any:
    groups = [_group(text, found, number + 1) for number in range(len(made.names))]
    if any(made.names):
        return dict(zip(made.names, groups, strict=True))
    return groups or _group(text, found, 0)


def _group(text: str, found: Spans, number: int) -> str | None:
    start, end = found[2 * number : 2 * number + 2]
    return None if start < 0 or end < 0 else text[start:end]


@function(TEXT, TEXT, TEXT)
def replace(text: str, part: str, replacement: str) -> str:
    """The text with a part, or all matches of a /regular expression/, replaced."""
    if len(part) > 1 and part[0] == part[-1] == "/":
        return _replaced(matcher(part[1:-1]), text, replacement)
    if len(text) + (text.count(part) if part else len(text) + 1) * len(replacement) > MOST_CHARACTERS:
        raise NotKnownError
    return text.replace(part, replacement)


def _replaced(made: Matcher, text: str, replacement: str) -> str:
    pieces: list[str] = []
    at = size = 0
    for found in made.find_all(text):
        pieces += [text[at : found[0]], _expanded(made, text, found, replacement)]
        at = found[1]
        size += len(pieces[-1])
        if size > MOST_CHARACTERS:
            raise NotKnownError
    return "".join(pieces) + text[at:]


def _expanded(made: Matcher, text: str, found: Spans, replacement: str) -> str:
    def group(reference: re.Match[str]) -> str:
        if reference.group() == "$$":
            return "$"
        name = reference.group(1) or reference.group(2)
        if name.isdigit():
            number = int(name) if len(name) < 4 and int(name) <= len(made.names) else -1
        else:
            number = made.names.index(name) + 1 if name in made.names else -1
        return "" if number < 0 else _group(text, found, number) or ""

    return _GROUP.sub(group, replacement)
