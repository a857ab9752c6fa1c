"""Functions of regular expressions, and `replace`."""

from __future__ import annotations

import re
from typing import Any

from secureinfra.terraform.expressions.functions.patterns import compile_pattern
from secureinfra.terraform.expressions.functions.registry import TEXT, function
from secureinfra.terraform.expressions.values import MOST_CHARACTERS, MOST_ITEMS, NotKnownError, RefusedError


@function(TEXT, TEXT)
def regex(pattern: str, text: str) -> Any:
    """The first match: a string, a list of its groups, or an object of its named groups."""
    found = compile_pattern(pattern, text).search(text)
    if found is None:
        raise RefusedError("no match")
    return _match(found)


@function(TEXT, TEXT)
def regexall(pattern: str, text: str) -> list[Any]:
    """All matches."""
    found = [_match(match) for match in compile_pattern(pattern, text).finditer(text)]
    if len(found) > MOST_ITEMS:
        raise NotKnownError
    return found


def _match(found: re.Match[str]) -> Any:
    if found.re.groupindex:
        if len(found.re.groupindex) != found.re.groups:
            raise RefusedError("named and unnamed groups")
        return dict(found.groupdict())
    return list(found.groups()) if found.re.groups else found.group()


@function(TEXT, TEXT, TEXT)
def replace(text: str, part: str, replacement: str) -> str:
    """The text with a part, or all matches of a /regular expression/, replaced."""
    if len(part) > 1 and part[0] == part[-1] == "/":
        pattern = compile_pattern(part[1:-1], text)
        matches = list(pattern.finditer(text))
        if len(text) + len(matches) * len(replacement) > MOST_CHARACTERS:
            raise NotKnownError
        return pattern.sub(lambda found: _expanded(found, replacement), text)
    if len(text) + (text.count(part) or len(text)) * len(replacement) > MOST_CHARACTERS:
        raise NotKnownError
    return text.replace(part, replacement)


def _expanded(found: re.Match[str], replacement: str) -> str:
    def group(reference: re.Match[str]) -> str:
        if reference.group() == "$$":
            return "$"
        name = reference.group(1) or reference.group(2)
        try:
            return found.group(int(name) if name.isdigit() else name) or ""
        except (IndexError, ValueError):
            return ""

    return re.sub(r"\$\$|\$(\w+)|\$\{(\w+)\}", group, replacement)
