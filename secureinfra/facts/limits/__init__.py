"""What the AWS provider itself demands of text in arguments: how long it is, and what it is made of.

`limits.txt.gz` has one line for each resource type that demands something: the type, and by path (`block.argument`, without list
indices) `len` (fewest and most bytes, `null` for no bound), `re` (patterns that must match) and `notre` (that must not). Lengths are
what provider 5.100 answered when it was asked; patterns are those in the source of 6.58, in Go's syntax, without those that Python
reads otherwise. AWS may demand more: the provider looks at the length of a bucket's name only, say.
"""

from __future__ import annotations

import functools
import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ["Limit", "limits_of"]

# Go's \w, \d and \s are those of ASCII, and its $ is the end of the text: github.com/google/re2/wiki/Syntax
_FLAGS: Final = re.ASCII


class Limit(NamedTuple):
    """What one argument must keep to.

    Args:
        shortest: bytes at least.
        longest: bytes at most; `None` for no bound.
        patterns: each must match somewhere.
        never: none may match anywhere.
    """

    shortest: int = 0
    longest: int | None = None
    patterns: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def broken_by(self, text: str) -> str | None:
        """What the provider would say of a text; `None` if it takes it.

        Args:
            text: without references: what it will be when everything is known.
        """
        size = len(text.encode())
        if size < self.shortest:
            return f"it has {size} characters, and must have {self.shortest} at least"
        if self.longest is not None and size > self.longest:
            return f"it has {size} characters, and may have {self.longest}"
        for pattern in self.patterns:
            if not re.search(_of_go(pattern), text, _FLAGS):
                return f"it must match {pattern}"
        for pattern in self.never:
            if re.search(_of_go(pattern), text, _FLAGS):
                return f"it must not match {pattern}"
        return None


@functools.cache
def limits_of(type: str) -> Mapping[tuple[str, ...], Limit]:
    """The limits of a resource type's arguments, by their path; empty if there are none.

    Args:
        type: e.g. `aws_sqs_queue`.
    """
    line = _lines().get(type)
    if line is None:
        return {}
    return {
        tuple(path.split(".")): Limit(
            found.get("len", (0, None))[0] or 0,
            found.get("len", (0, None))[1],
            tuple(found.get("re", ())),
            tuple(found.get("notre", ())),
        )
        for path, found in json.loads(line).items()
    }


@functools.cache
def _lines() -> Mapping[str, str]:
    data = Path(__file__).with_name("limits.txt.gz").read_bytes()
    # A type is read when it is asked for: most stacks have few of 767.
    return dict(line.split(" ", 1) for line in gzip.decompress(data).decode().splitlines())


def _of_go(pattern: str) -> str:
    # Where it ends a pattern, a group or an alternative; within brackets it is a character.
    return re.sub(r"(?<!\\)\$(?=$|\)|\|)", r"\\Z", pattern)
