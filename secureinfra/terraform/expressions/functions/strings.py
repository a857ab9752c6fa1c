"""Functions of strings."""

from __future__ import annotations

import unicodedata
from typing import Any

from secureinfra.terraform.expressions.functions.registry import TEXT, TEXTS, WHOLE, function
from secureinfra.terraform.expressions.values import MOST_CHARACTERS, NotKnownError, RefusedError, join_parts
from secureinfra.terraform.unknown import Unknown

_SPACES = " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"


def clusters(text: str) -> list[str]:
    """The characters of a text as a reader counts them: with their accents, flags and joined emoji whole."""
    if text.isascii():
        return list(text) if "\r\n" not in text else _merge_lines(text)
    found: list[str] = []
    for character in text:
        if found and _continues(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _merge_lines(text: str) -> list[str]:
    found = list(text.replace("\r\n", "\x00"))
    return ["\r\n" if character == "\x00" else character for character in found]


def _continues(before: str, character: str) -> bool:
    if before == "\r":
        return character == "\n"
    if (
        unicodedata.category(character) in ("Mn", "Me", "Mc")
        or character == "\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    ):
        return True
    if before.endswith("\u200d") and len(before) > 1:
        return ord(character) > 0x2000
    return _is_flag(character) and len(before) == 1 and _is_flag(before)


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


@function(TEXT)
def upper(text: str) -> str:
    """Capital letters, each mapped to one letter."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text)


@function(TEXT)
def lower(text: str) -> str:
    """Small letters, each mapped to one letter."""
    return "".join(letter.lower()[:1] for letter in text)


@function(TEXT)
def title(text: str) -> str:
    """A capital at the start of every word."""
    return "".join(
        letter.title() if (at == 0 or _separates(text[at - 1])) and len(letter.title()) == 1 else letter
        for at, letter in enumerate(text)
    )


def _separates(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    return character.isspace()


@function(TEXT)
def trimspace(text: str) -> str:
    """Without white space at both ends."""
    return text.strip(_SPACES)


@function(TEXT)
def chomp(text: str) -> str:
    """Without newlines at the end."""
    return text.rstrip("\r\n")


@function(TEXT, TEXT)
def trim(text: str, characters: str) -> str:
    """Without some characters at both ends."""
    return text.strip(characters) if characters else text


@function(TEXT, TEXT)
def trimprefix(text: str, prefix: str) -> str:
    """Without a prefix."""
    return text.removeprefix(prefix)


@function(TEXT, TEXT)
def trimsuffix(text: str, suffix: str) -> str:
    """Without a suffix."""
    return text.removesuffix(suffix)


@function(TEXT, TEXT)
def startswith(text: str, prefix: str) -> bool:
    """Whether it starts so."""
    return text.startswith(prefix)


@function(TEXT, TEXT)
def endswith(text: str, suffix: str) -> bool:
    """Whether it ends so."""
    return text.endswith(suffix)


@function(TEXT, TEXT)
def strcontains(text: str, part: str) -> bool:
    """Whether it holds a part."""
    return part in text


@function(TEXT)
def strrev(text: str) -> str:
    """Backwards, character by character as a reader counts them."""
    return "".join(reversed(clusters(text)))


@function(TEXT, WHOLE, WHOLE)
def substr(text: str, offset: int, length: int) -> str:
    """A part of a text; a negative offset counts from its end, a negative length means all the rest."""
    characters = clusters(text)
    if offset < 0:
        offset = max(0, offset + len(characters)) if -offset <= len(characters) else 0
    end = None if length < 0 else offset + length
    return "".join(characters[offset:end])


@function(TEXT, TEXT)
def split(separator: str, text: str) -> list[str]:
    """The parts between separators; no text has one empty part."""
    if not separator:
        return list(text)
    return text.split(separator)


@function(TEXT, variadic=TEXTS, reach="any")
def join(separator: Any, *lists: Any) -> str | Unknown:
    """The elements of all lists with a separator between; with unknown elements, the text as far as it is known."""
    parts: list[str | Unknown] = []
    if not lists:
        raise RefusedError("nothing to join")
    if any(type(value) is Unknown for value in (separator, *lists)):
        raise NotKnownError
    for elements in lists:
        for element in elements:
            if element is None:
                raise RefusedError("null cannot be joined")
            if not isinstance(element, str | Unknown):
                raise NotKnownError
            parts += [separator, element] if parts else [element]
    return join_parts(parts)


@function(WHOLE, TEXT)
def indent(spaces: int, text: str) -> str:
    """Spaces before every line but the first."""
    if spaces < 0 or text.count("\n") * spaces > MOST_CHARACTERS:
        raise NotKnownError
    return text.replace("\n", "\n" + " " * spaces)
