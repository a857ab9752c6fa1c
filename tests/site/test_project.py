"""The generator's settings: a menu that leads to pages, and nothing from the network."""

import tomllib
from typing import Any

import pytest

from secureinfra.site.project import settings
from secureinfra.site.write import Site

# The site takes seconds to make, so one process makes it for all.
pytestmark = pytest.mark.xdist_group("site")


def paths(menu: Any) -> list[str]:
    if isinstance(menu, str):
        return [menu]
    held = menu.values() if isinstance(menu, dict) else menu
    return [path for one in held for path in paths(one)]


def test_the_menu_leads_to_pages_that_are_there(site: Site) -> None:
    project = tomllib.loads(settings(site.pages))["project"]
    shown = paths(project["nav"])
    assert len(shown) == len(set(shown))
    assert set(shown) <= set(site.pages)
    assert {path for path in site.pages if path.startswith("examples/") and path.endswith("README.md")} <= set(shown)
    assert {"api/index.md", "controls/index.md", "catalogue.md", "frameworks/index.md", "CHANGELOG.md"} <= set(shown)
    howto = ["README", "first_stack", "adopting", "blueprint", "pull_requests", "leaving", "site"]
    assert [path for path in shown if path.startswith("examples/howto/")] == [
        f"examples/howto/{name}.md" for name in howto
    ]
    assert shown[shown.index("examples/howto/site.md") + 1] == "examples/quickstart/README.md"
    assert [path for path in shown if path.endswith((".py.md", ".json.md"))] == []


def test_files_that_the_settings_name_are_copied(site: Site) -> None:
    project = tomllib.loads(settings(site.pages))["project"]
    assert {*project["extra_css"], *project["extra_javascript"]} <= set(site.files)


def test_nothing_is_taken_from_the_network(site: Site) -> None:
    project = tomllib.loads(settings(site.pages))["project"]
    assert project["theme"]["font"] is False
    # The generator draws these fences with a script of another server.
    assert "custom_fences" not in project["markdown_extensions"].get("pymdownx", {}).get("superfences", {})
    assert [
        path.name
        for path in site.files.values()
        if "http" in path.read_text(encoding="utf-8") and path.suffix in (".css", ".js")
    ] == []
