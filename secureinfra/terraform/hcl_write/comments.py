"""Comments above blocks, from what the JSON syntax has under `"//"`."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from secureinfra.terraform.hcl_write.layout import Lines

_UNPRINTED: Final = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))


def comment_above(metadata: Any, *, path: bool = False) -> Lines:
    """The comment above a block.

    Args:
        metadata: what stands under `"//"` of the block: a text, which Terraform's JSON syntax has for a comment; a list
            of lines; or an object whose `comment` is one of these.
        path: whether the path of the construct, which `metadata` of that object has, comes first.
    """
    held = metadata.get("comment") if isinstance(metadata, Mapping) else metadata
    return [*(_path(metadata) if path else ()), *comment(held)]


def comment(held: Any) -> Iterator[str]:
    """The lines of a comment.

    Args:
        held: a text of one or several lines, or a list of such texts; anything else is none.
    """
    texts = held.splitlines() if isinstance(held, str) else held if isinstance(held, Iterable) else ()
    for text in texts:
        if isinstance(text, str):
            yield from (f"# {_printed(line)}".rstrip() for line in text.splitlines() or [""])


def _path(metadata: Any) -> Iterator[str]:
    held = metadata.get("metadata") if isinstance(metadata, Mapping) else None
    path = held.get("path") if isinstance(held, Mapping) else None
    if isinstance(path, str) and path.strip():
        yield from comment(" ".join(path.split()))


def _printed(line: str) -> str:
    """The line without invisible characters, which could hide what it says or where it ends."""
    if line.isascii() and line.isprintable():
        return line
    return "".join(" " if unicodedata.category(one) in _UNPRINTED else one for one in line)
