"""Text for people in arguments: what cannot be an expression of Terraform is written so that Terraform leaves it alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from secureinfra.config.rules import literal

_INTERPOLATION = re.compile(r"(?<!\$)\$\{")
_DIRECTIVE = re.compile(r"(?<!%)%\{~?\s*(?:(if)\s+[^\s}]|(for)\s+\w[^}]*\sin\s|(else)|(endif)|(endfor))?")
# A bare name is never a value of its own: "a reference to a resource type must be followed by at least one attribute access".
_NO_EXPRESSION = re.compile(r"\s*(?!(?:true|false|null|\d+)\s*$)[\w :,;-]*")


def is_for_people(argument: str) -> bool:
    """Whether an argument holds text that only people read."""
    return argument.endswith("description") or argument in ("comment", "display_name")


def readable(value: Any) -> Any:
    """A text with everything escaped that Terraform would take for a template and could not evaluate.

    `${var.team}` and engine placeholders stay expressions; `${usd}` and `%{if}` stay text, as `$${usd}` and `%%{if}`.

    Args:
        value: the text, or tags, of which names and values are escaped; anything else is returned as it is.
    """
    if isinstance(value, Mapping):
        return {readable(key): readable(item) for key, item in value.items()}
    # Not a reference that knows its stack, which is an expression.
    return _escaped(value) if type(value) is str else value


def _escaped(text: str) -> str:
    if "${" not in text and "%{" not in text:
        return text
    parts: list[str] = []
    start = 0
    for match in _INTERPOLATION.finditer(text):
        if match.start() < start:
            continue
        end = _end_of(text, match.end())
        if end is None or _NO_EXPRESSION.fullmatch(text[match.end() : end]):
            parts += [text[start : match.start()], "$${"]
            start = match.end()
        else:
            parts.append(text[start : end + 1])
            start = end + 1
    joined = "".join((*parts, text[start:]))
    return joined if _directives_match(joined) else re.sub(r"(?<!%)%\{", literal("%{"), joined)


def _end_of(text: str, position: int) -> int | None:
    """Where the interpolation that begins before a position is closed; `None` if it is not."""
    depth = 1
    while position < len(text):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if not depth:
            return position
        position += 1
    return None


def _directives_match(text: str) -> bool:
    """Whether every `%{` is a directive of Terraform's, and every `if` and `for` has its end."""
    open_: list[str] = []
    for match in _DIRECTIVE.finditer(text):
        if begun := match[1] or match[2]:
            open_.append(begun)
        elif match[4] or match[5]:
            if not open_ or open_.pop() != ("if" if match[4] else "for"):
                return False
        elif not match[3]:
            return False
    return not open_


def expression_of(template: str) -> str:
    """A template with Terraform's own interpolations as a bare expression."""
    parts = [part for part in re.split(r"(\$\{[^{}]*\})", template) if part]
    terms = [part[2:-1] if part.startswith("${") else json.dumps(part) for part in parts]
    return terms[0] if len(terms) == 1 else f'join("", [{", ".join(terms)}])'
