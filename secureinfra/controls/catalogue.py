"""The catalogue of published demands: which framework and which scanner asks for what, row by row.

The facts live in `catalogue.csv`, read on first use; `Control.row` is the key into it.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from importlib import resources


@functools.cache
def rows() -> Mapping[str, Mapping[str, str]]:
    """Every row by its key."""
    text = resources.files("secureinfra.controls").joinpath("catalogue.csv").read_text(encoding="utf-8")
    return {row["key"]: row for row in csv.DictReader(text.splitlines())}


def cell(key: str, column: str) -> tuple[str, ...]:
    """The entries of one cell, empty where the catalogue has none."""
    return tuple(entry for entry in rows()[key][column].split(";") if entry)
