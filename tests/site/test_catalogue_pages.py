"""The catalogue as a table to search, and the requirements of each framework."""

import html
import re

import pytest

from secureinfra.controls import catalogue, every
from secureinfra.controls.packs import ALL, PACKS, controls_by_requirement
from secureinfra.site.catalogue_pages import STANCES
from secureinfra.site.write import Site

# The site takes seconds to make, so one process makes it for all.
pytestmark = pytest.mark.xdist_group("site")


def test_every_row_is_there_with_its_controls_and_what_it_is_searched_by(site: Site) -> None:
    text = site.pages["catalogue.md"]
    rows = dict(re.findall(r'<tr id="([a-z0-9-]+)" (.*?)</tr>', text))
    assert list(rows) == list(catalogue.rows())
    for control in every():
        if control.row:
            assert f'href="controls/{control.id}.html"' in rows[control.row]
    # The script searches what it is marked with and what it shows.
    searched = html.unescape(rows["s3-tls-only"]).lower()
    for word in ("s3.5", "aws_s3_bucket_policy", "sc-8", "tls", "4.2.1"):
        assert word in searched
    assert 'data-service="s3"' in rows["s3-tls-only"]


def test_the_table_is_one_block_of_html(site: Site) -> None:
    """An empty line within it would end it."""
    table = re.findall(r'<div class="catalogue">.*?\n</div>', site.pages["catalogue.md"], re.DOTALL)
    assert len(table) == 1
    assert "\n\n" not in table[0]


def test_every_stance_has_its_words() -> None:
    assert {row["stance"] for row in catalogue.rows().values()} == set(STANCES)


def test_every_framework_has_its_page_with_every_requirement(site: Site) -> None:
    for name in PACKS:
        if name != ALL:
            assert f"]({name}.md)" in site.pages["frameworks/index.md"]
            held = {id for id, controls in controls_by_requirement(name).items() if controls}
            assert len(
                re.findall(r"^\| (?!---|requirement)", site.pages[f"frameworks/{name}.md"], re.MULTILINE)
            ) == len(held)
