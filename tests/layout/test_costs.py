"""Pages that say what their stack costs show what starts to cost in their own Terraform, at the prices of the data file.

`make pages` writes the tables again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from secureinfra.reports.costs import costs_of
from secureinfra.terraform.model.configuration import Configuration
from tests.once import begin, end
from tests.referees.stacks import EXAMPLES, document_of

PAGES = ("balancer", "network", "web")
_BEGIN = "<!-- What starts to cost: written by `make pages`. -->"
_END = "<!-- Until here. -->"
_TABLE = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)


def rows(page: str) -> Iterator[str]:
    yield "| what starts to cost | number | list price of one |"
    yield "|---|---|---|"
    for cost in costs_of([Configuration.of(document_of(page), page)]):
        price = cost.price
        where = f" ({price.region or 'every region'}, [source]({price.source}))" if price else ""
        yield f"| {cost.driver.what} | {cost.count} | {price.price if price else 'no source known'}{where} |"


def written(page: str, text: str) -> str:
    """The text of a page with the table of today."""
    table = "\n".join((_BEGIN, "", *rows(page), "", _END))
    return _TABLE.sub(lambda _: table, text)


@pytest.mark.parametrize("page", PAGES)
def test_page_shows_what_starts_to_cost(page: str) -> None:
    text = (EXAMPLES / page / "README.md").read_text(encoding="utf-8")
    assert len(_TABLE.findall(text)) == 1
    assert text == written(page, text), f"{page}: run `make pages`."


def write() -> None:
    """Write the tables again."""
    begin()
    for page in PAGES:
        file = EXAMPLES / page / "README.md"
        file.write_text(written(page, file.read_text(encoding="utf-8")), encoding="utf-8")
    end()


if __name__ == "__main__":
    write()
