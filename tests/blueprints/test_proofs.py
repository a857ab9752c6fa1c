"""What is proved about each blueprint, as its page shows it: `proofs.csv` holds the verdicts, and none may become weaker.

`python -m tests.blueprints.test_proofs` writes the table again.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from secureinfra.check.proofs.report import prove
from secureinfra.proofs.theorems.registry import theorems
from secureinfra.testing import configuration_of, test_stack
from tests.blueprints.test_pages import PAGES, blocks_of

TABLE = Path(__file__).with_name("proofs.csv")
Row = tuple[str, str, int, int, int]


def rows(page: str) -> Iterator[Row]:
    """Blueprint, theorem, and how many subjects are proved, broken and unknown."""
    stack = test_stack("acme")
    exec(compile(blocks_of(page, "python")[0], page, "exec"), {"stack": stack})
    report = prove([configuration_of(stack)])
    for theorem in report.theorems:
        found = Counter(one.result.verdict for one in report.findings if one.theorem is theorem)
        yield page, theorem.id, found["PROVED"], found["BROKEN"], found["UNKNOWN"]


def expected() -> dict[tuple[str, str], tuple[int, int, int]]:
    with TABLE.open(encoding="utf-8") as file:
        return {
            (row["blueprint"], row["theorem"]): (int(row["proved"]), int(row["broken"]), int(row["unknown"]))
            for row in csv.DictReader(file)
        }


@pytest.mark.parametrize("page", PAGES)
def test_no_verdict_becomes_weaker(page: str) -> None:
    table = expected()
    for blueprint, theorem, proved, broken, unknown in rows(page):
        assert broken == 0, f"{theorem} is broken"
        if (blueprint, theorem) in table:
            was, _, was_unknown = table[blueprint, theorem]
            assert (proved >= was, unknown <= was_unknown) == (True, True), (
                f"{theorem}: {proved} proved, {unknown} unknown"
            )


def test_the_table_has_every_blueprint_and_nothing_broken() -> None:
    table = expected()
    assert {blueprint for blueprint, _ in table} == set(PAGES)
    assert {theorem for _, theorem in table} <= {theorem.id for theorem in theorems()}
    assert all(broken == 0 for _, broken, _ in table.values())


def write() -> None:
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("blueprint", "theorem", "proved", "broken", "unknown"))
        writer.writerows(row for page in PAGES for row in rows(page))


if __name__ == "__main__":
    write()
