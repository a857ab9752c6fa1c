"""Paths as they may stand in a report that is passed on: never those of this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from secureinfra.terraform.read.disk import shown

__all__ = ["Paths"]

_PLACE = re.compile(r"(?P<path>[^:\n]+)(?P<rest>(?::\d+){0,2})")


class Paths:
    """What paths are called.

    Args:
        given: what was read, as it was typed.
    """

    def __init__(self, given: Iterable[str]) -> None:
        found = [os.path.dirname(path) for path in given if os.path.isabs(shown(Path(path)))]
        self._above = os.path.commonpath(found) if found else ""

    def of(self, path: str) -> str:
        """A path below the working directory, or below the folder that holds all that was read; else its last part."""
        if not os.path.isabs(path):
            return path
        name = shown(Path(path))
        if not os.path.isabs(name):
            return name
        below = os.path.relpath(name, self._above) if self._above else ".."
        return os.path.basename(name) if below.startswith("..") else below

    def within(self, text: str) -> str:
        """A sentence, or a path with line and column, without the folder that holds all that was read."""
        place = _PLACE.fullmatch(text)
        if place is not None and os.path.isabs(place["path"]):
            return self.of(place["path"]) + place["rest"]
        return text.replace(f"{self._above.rstrip(os.sep)}{os.sep}", "") if self._above else text
