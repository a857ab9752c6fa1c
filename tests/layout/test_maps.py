"""Each page of a stack with a network shows its map, and pages about principals the trust map, drawn from their own Terraform.

`make pages` draws them again.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from secureinfra.maps.network.draw import facts_of, picture_of
from secureinfra.maps.svg import svg
from secureinfra.maps.trust.draw import facts_of as trust_of
from secureinfra.maps.trust.draw import picture_of as trust_picture
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import configuration_of, test_stack
from tests.blueprints.test_pages import PAGES as BLUEPRINTS
from tests.blueprints.test_pages import blocks_of
from tests.once import begin, end
from tests.referees.stacks import EXAMPLES, NAMES, WHOLE, document_of

ROOT = EXAMPLES.parent
FOLDER = ROOT / "blueprints" / "secureinfra_blueprints"
# A page whose subject is not its network, which is there for one condition.
NO_MAP = {"roles"}
# Pages whose subject is who may do what.
TRUST = ("roles", "delivery", "ci_cd_access")
WRITTEN = tuple(name for name in NAMES if name not in WHOLE)


@cache
def configuration(page: str) -> Configuration:
    """What the page's program writes."""
    if page in WRITTEN:
        return Configuration.of(document_of(page), page)
    stack = test_stack("acme")
    exec(compile(blocks_of(page, "python")[0], page, "exec"), {"stack": stack})
    return configuration_of(stack)


def files(page: str) -> tuple[Path, Path]:
    """The page and its picture."""
    if page in WRITTEN:
        return EXAMPLES / page / "README.md", EXAMPLES / page / "map.svg"
    return FOLDER / f"{page}.md", FOLDER / f"{page}.svg"


def picture(page: str) -> str | None:
    """The map of the page's stack; `None` where it has no network."""
    facts = facts_of([configuration(page)], name=page.replace("_", "-"))
    return svg(picture_of(facts)) if facts.vpcs and page not in NO_MAP else None


@pytest.mark.parametrize("page", [*WRITTEN, *BLUEPRINTS])
def test_page_shows_its_map(page: str) -> None:
    text, drawn = files(page)
    expected = picture(page)
    if expected is None:
        assert not drawn.exists(), "it has no network any more: remove its picture"
        return
    assert drawn.exists(), "run: make pages"
    assert drawn.read_text(encoding="utf-8") == expected, "run: make pages"
    assert f"]({drawn.name})" in text.read_text(encoding="utf-8"), f"the page does not show {drawn.name}"


def trust(page: str) -> tuple[Path, str]:
    """Where the trust map of a page lies, and the map."""
    folder = files(page)[1].parent
    facts = trust_of([configuration(page)], name=page.replace("_", "-"))
    return folder / ("trust.svg" if page in WRITTEN else f"{page}_trust.svg"), svg(trust_picture(facts))


@pytest.mark.parametrize("page", TRUST)
def test_page_shows_its_trust_map(page: str) -> None:
    drawn, expected = trust(page)
    assert drawn.exists(), "run: make pages"
    assert drawn.read_text(encoding="utf-8") == expected, "run: make pages"
    assert f"]({drawn.name})" in files(page)[0].read_text(encoding="utf-8"), f"the page does not show {drawn.name}"


def test_readme_shows_the_map_of_the_quickstart() -> None:
    assert re.search(r"!\[[^]]+\]\(examples/quickstart/map\.svg\)", (ROOT / "README.md").read_text(encoding="utf-8"))


def write() -> None:
    """Draw every map."""
    begin()
    for page in [*WRITTEN, *BLUEPRINTS]:
        drawn = picture(page)
        if drawn is not None:
            files(page)[1].write_text(drawn, encoding="utf-8")
    for page in TRUST:
        drawn_at, text = trust(page)
        drawn_at.write_text(text, encoding="utf-8")
    end()


if __name__ == "__main__":
    write()
