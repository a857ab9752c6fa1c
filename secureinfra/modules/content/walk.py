"""Every value of a document, rewritten."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any


def rewritten(value: Any, rewrite: Callable[[str], str]) -> Any:
    """A value with every string in it rewritten, names of members too."""
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, Mapping):
        return {rewrite(key): rewritten(item, rewrite) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rewritten(item, rewrite) for item in value]
    return value


def strings(value: Any) -> Iterator[str]:
    """Every string in a value, names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def json_in(text: str) -> Any:
    """The value of a text that is a JSON object or a list of objects, with interpolations in its strings; else `None`."""
    if not text.startswith(('{"', '[{"')):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
