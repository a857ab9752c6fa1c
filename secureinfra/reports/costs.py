"""What starts to cost: counted in the Terraform, with its unit and what ends it. It is not a bill."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from secureinfra.reports.prices import Price, packaged_prices

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["Cost", "costs_of", "drivers", "lines_of"]


@dataclass(frozen=True)
class Driver:
    """A type of resource that AWS bills while it exists, or by what it does.

    Args:
        type: of the resource.
        what: its name.
        unit: what is billed.
        ends: what makes it smaller.
    """

    type: str
    what: str
    unit: str
    ends: str


@dataclass(frozen=True)
class Cost:
    """A driver with its number.

    Args:
        driver: what costs.
        count: how many there are; at least so many where Terraform decides on the number.
        at_least: whether there may be more.
        price: of one; `None` where no source is known.
    """

    driver: Driver
    count: int
    at_least: bool = False
    price: Price | None = None


@cache
def drivers() -> dict[str, Driver]:
    """Every known driver, by type."""
    text = files("secureinfra.reports").joinpath("cost_drivers.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["type"]: Driver(**row) for row in rows}


def costs_of(configurations: Iterable[Configuration], prices: Mapping[str, Price] | None = None) -> list[Cost]:
    """What starts to cost in some configurations, in the order of the data file.

    Args:
        configurations: what was read.
        prices: by type; those that come with this library by default.
    """
    known = packaged_prices() if prices is None else prices
    counted: dict[str, int] = {}
    several: set[str] = set()
    for configuration in configurations:
        for block in configuration.blocks:
            if block.section == "resource" and block.type in drivers():
                counted[block.type] = counted.get(block.type, 0) + 1
                if block.stands_for_several:
                    several.add(block.type)
    return [
        Cost(driver, counted[type], type in several, known.get(type))
        for type, driver in drivers().items()
        if type in counted
    ]


def lines_of(counts: Mapping[str, int]) -> Iterator[str]:
    """What starts to cost, as a terminal shows it; nothing where nothing does.

    Args:
        counts: how many there are of each driver, by type.
    """
    known = packaged_prices()
    rows = [(count, drivers()[type], known.get(type)) for type, count in counts.items()]
    if not rows:
        return
    yield "Starts to cost, at list prices (not a bill; `secureinfra report` has sources, and what makes each smaller):"
    width = max(len(driver.what) for _, driver, _ in rows)
    for count, driver, price in sorted(rows, key=lambda row: list(drivers()).index(row[1].type)):
        said = (
            price.price + (f", {price.region}" if price.region else "")
            if price
            else f"no price known; by {driver.unit}"
        )
        yield f"{count:>5}  {driver.what:<{width}}  {said}"
