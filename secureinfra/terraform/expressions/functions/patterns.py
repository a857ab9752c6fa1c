"""Terraform's regular expressions as Python's: what means something else there, or could run for ever, is not answered."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from secureinfra.terraform.expressions.values import NotKnownError, RefusedError

_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "punct": r"!-/:-@\[-`{-~",
    "xdigit": "0-9a-fA-F",
    "word": r"\w",
}
# What Python knows and Terraform refuses: backreferences, look-around, atomic groups, possessive repeats.
_FOREIGN = re.compile(r"\\[1-9]|\(\?(?:[=!>(]|<[=!]|P=)|[*+?}]\+")
_UNTOLD = re.compile(r"\\[pPQCX]|\(\?[a-z]*U")
_MOST_WORK = 2_000_000


@lru_cache(maxsize=512)
def _translated(pattern: str) -> re.Pattern[str]:
    bare = re.sub(r"\\\\", "", pattern)
    if _UNTOLD.search(bare):
        raise NotKnownError
    if _FOREIGN.search(bare):
        raise RefusedError("no regular expression of the language")
    pattern = re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found.group(1), found.group()), pattern)
    pattern = re.sub(r"(?<!\\)((?:\\\\)*)\\z", r"\1\\Z", pattern)
    pattern = pattern.replace("(?<", "(?P<") if re.search(r"\(\?<[A-Za-z_]", pattern) else pattern
    try:
        return re.compile(_end_of_text(pattern), re.ASCII)
    except (re.error, RecursionError, OverflowError):
        raise NotKnownError from None


def _end_of_text(pattern: str) -> str:
    # `$` means the very end there, and before a last newline too in Python.
    if "$" not in pattern or re.search(r"\(\?[a-z]*m", pattern):
        return pattern
    pieces = []
    in_class = False
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "\\":
            pieces.append(pattern[at : at + 2])
            at += 2
            continue
        if character == "[" and not in_class:
            in_class = True
            following = pattern[at + 1 : at + 3]
            if following[:1] == "]" or following == "^]":
                at += len(following.partition("]")[0]) + 1
                pieces.append("[" + following.partition("]")[0] + "\\")
                character = "]"
        elif character == "]":
            in_class = False
        pieces.append(r"\Z" if character == "$" and not in_class else character)
        at += 1
    return "".join(pieces)


def compile_pattern(pattern: str, text: str) -> re.Pattern[str]:
    """A pattern that is going to be used on a text.

    Raises:
        RefusedError: Terraform would refuse it.
        NotKnownError: Python cannot say what it matches, or not in reasonable time.
    """
    compiled = _translated(pattern)
    if _work(compiled.pattern, compiled.flags, len(text)) > _MOST_WORK:
        raise NotKnownError
    return compiled


def _work(pattern: str, flags: int, length: int) -> float:
    try:
        from re import _parser  # type: ignore[attr-defined]  # noqa: PLC0415 - the module has no public name
    except ImportError:
        raise NotKnownError from None
    return _cost(_parser.parse(pattern, flags), max(2, length))


def _cost(parsed: Any, length: int) -> float:
    """How often a backtracking matcher may try, at most, as a power of the text's length."""
    cost = 1.0
    for operation, argument in parsed:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, body = argument
            inner = _cost(body, length)
            times = min(int(most), length)
            cost *= (times - least + 1) * inner if inner == 1 else inner ** min(times, 64)
        elif name == "SUBPATTERN":
            cost *= _cost(argument[-1], length)
        elif name == "BRANCH":
            cost *= sum(_cost(branch, length) for branch in argument[1])
        if cost > 1e15:
            return cost
    return cost
