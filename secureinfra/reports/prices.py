"""List prices of what costs: each with its region, its source and the day on which the source was read."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from secureinfra.errors import ConfigError
from secureinfra.suggest import did_you_mean

__all__ = ["Price", "packaged_prices", "read_prices"]

_COLUMNS = ("type", "price", "region", "source", "read")
_OPTIONAL = ("region",)
_FILE = "prices.csv"


@dataclass(frozen=True)
class Price:
    """A list price.

    Args:
        type: of the resource.
        price: with its currency and units, in words.
        region: where it holds; empty if it holds everywhere.
        source: where it is published.
        read: the day on which the source was read.
    """

    type: str
    price: str
    region: str
    source: str
    read: str

    @property
    def standing(self) -> str:
        """Where and when it held, and who says so."""
        return f"{self.region or 'all regions'}, read on {self.read}: {self.source}"


@cache
def packaged_prices() -> Mapping[str, Price]:
    """The prices that come with this library, by type."""
    return _prices(files(__package__).joinpath(_FILE).read_text(encoding="utf-8"), _FILE, ())


def read_prices(path: Path, types: tuple[str, ...]) -> Mapping[str, Price]:
    """The prices in a CSV file, by type: columns type, price, region, source and read, in this order. `#` begins a comment.

    Args:
        path: of the file.
        types: those that can have a price.

    Raises:
        ConfigError: it cannot be read or has not this form; all problems together, each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}. Give a CSV file of prices.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text. Write the prices as CSV.") from None
    return _prices(text, str(path), types)


def _prices(text: str, name: str, types: tuple[str, ...]) -> Mapping[str, Price]:
    found: dict[str, Price] = {}
    problems: list[str] = []
    rows = _rows(text)
    number, header = next(rows, (1, []))
    if tuple(header) != _COLUMNS:
        raise ConfigError(f"{name}:{number}: is not a file of prices. Begin it with {','.join(_COLUMNS)}.")
    for number, row in rows:
        problem = _problem(row, found, types)
        if problem:
            problems.append(f"{name}:{number}: {problem}")
        else:
            found[row[0]] = Price(*row)
    if problems:
        raise ConfigError("\n".join(problems))
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are no comments, each with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            yield number, [cell.strip() for cell in next(csv.reader([line]))]


def _problem(row: list[str], found: Mapping[str, Price], types: tuple[str, ...]) -> str:
    if len(row) != len(_COLUMNS):
        return f"has {len(row)} columns. Write {', '.join(_COLUMNS)}; quote a text that has commas."
    lacking = [name for name, cell in zip(_COLUMNS, row, strict=True) if not cell and name not in _OPTIONAL]
    if lacking:
        return f"has no {' and no '.join(lacking)}: a price counts only with its source and its day. Write them."
    if types and row[0] not in types:
        return f"{row[0]!r} is not among the types that are counted. {did_you_mean(row[0], types)}".rstrip()
    if row[0] in found:
        return f"{row[0]!r} has a price already. Write one row for each type."
    try:
        datetime.date.fromisoformat(row[-1])
    except ValueError:
        return f"{row[-1]!r} is not a date. Write the day on which the source was read as 2026-12-31."
    return ""
