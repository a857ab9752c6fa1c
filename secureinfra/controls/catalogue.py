"""The catalogue of published requirements: which framework and which scanner requires what, row by row.

The facts are in `catalogue.csv`, read on first use; `Control.row` is the key into it.
"""

from __future__ import annotations

import csv
import functools
import pkgutil
from collections.abc import Mapping


@functools.cache
def rows() -> Mapping[str, Mapping[str, str]]:
    """Every row by its key."""
    # `pkgutil` is already loaded; importing `importlib.resources` would take longer than reading the file.
    text = pkgutil.get_data(__package__, "catalogue.csv") or b""
    header, *lines = csv.reader(text.decode().splitlines())
    return {line[0]: dict(zip(header, line, strict=True)) for line in lines}


def cell(key: str, column: str) -> tuple[str, ...]:
    """The entries of one cell; empty if the catalogue has none."""
    return tuple(entry for entry in rows()[key][column].split(";") if entry)
