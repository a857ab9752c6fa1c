"""The settings of the generator: the navigation, and that nothing is taken from the network."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

# The order of how-to pages, from the first stack to leaving.
HOWTO = "examples/howto"
_PROJECT = ("CHANGELOG", "ARCHITECTURE", "CONTRIBUTING", "STYLE", "SECURITY")

_SETTINGS = """\
# Written by `python -m secureinfra.site`.
[project]
site_name = "secureinfra"
site_description = "Hardened AWS infrastructure, from Python to plain Terraform"
docs_dir = "pages"
site_dir = "html"
# Links name files, so that the pages can be read from a folder, and from any path of a server.
use_directory_urls = false
nav = {nav}
extra_css = ["assets/site.css"]
extra_javascript = {scripts}

[project.extra]
generator = false
{offline}
[project.theme]
language = "en"
# No fonts from another server: those of the reader's system.
font = false
features = [
  "content.code.copy",
  "content.tabs.link",
  "navigation.footer",
  "navigation.top",
  "navigation.tracking",
  "search.highlight",
]

[[project.theme.palette]]
media = "(prefers-color-scheme)"
toggle.icon = "lucide/sun-moon"
toggle.name = "Switch to light mode"

[[project.theme.palette]]
media = "(prefers-color-scheme: light)"
scheme = "default"
toggle.icon = "lucide/sun"
toggle.name = "Switch to dark mode"

[[project.theme.palette]]
media = "(prefers-color-scheme: dark)"
scheme = "slate"
toggle.icon = "lucide/moon"
toggle.name = "Switch to the mode of the system"

[project.markdown_extensions]
attr_list = {{}}
md_in_html = {{}}
tables = {{}}
pymdownx.highlight.pygments_lang_class = true
# Not the generator's own class for Mermaid, for which it would fetch a script from another server.
pymdownx.superfences = {fences}
pymdownx.tabbed.alternate_style = true

[project.markdown_extensions.toc]
permalink = true
toc_depth = 3
slugify = {{ object = "pymdownx.slugs.slugify", kwds = {{ case = "lower" }} }}
"""


# The search of a site that is read from a folder: its index as a script, and workers that such pages may have.
_OFFLINE = """
[[project.extra.polyfills]]
path = "assets/iframe-worker.js"

[project.plugins.offline]
enabled = true
"""
_FENCES = (
    '{ custom_fences = [{ name = "mermaid", class = "diagram", format = "pymdownx.superfences.fence_code_format" }] }'
)


def settings(pages: Mapping[str, str], *, scripts: bool = False) -> str:
    """The generator's `zensical.toml`.

    Args:
        pages: all pages by path.
        scripts: whether the site has copies of the scripts that draw diagrams and search in a folder.
    """
    return _SETTINGS.format(
        nav=_toml(navigation(pages)),
        scripts=_toml(["assets/catalogue.js", *(["assets/diagrams.js"] if scripts else [])]),
        offline=_OFFLINE if scripts else "",
        fences=_FENCES if scripts else "{}",
    )


def navigation(pages: Mapping[str, str]) -> list[Any]:
    """What the menu shows: titles with paths, or with lists of such.

    Args:
        pages: all pages by path. Those of single controls, names and frameworks are reached through their lists.
    """
    return [
        {"Home": "README.md"},
        {"How to": [{"Overview": f"{HOWTO}/README.md"}, *_titled(pages, _in_order(pages, HOWTO))]},
        {"Guides": list(_titled(pages, [one for one in _readmes(pages) if not one.startswith(HOWTO)]))},
        {"Blueprints": list(_titled(pages, _below(pages, "blueprints/secureinfra_blueprints")))},
        {
            "Reference": [
                {"Public names": "api/index.md"},
                {"Controls": "controls/index.md"},
                {"Catalogue": "catalogue.md"},
                {"Frameworks": "frameworks/index.md"},
            ]
        },
        {"Project": [{name.capitalize(): f"{name}.md"} for name in _PROJECT if f"{name}.md" in pages]},
    ]


def _below(pages: Collection[str], folder: str) -> Iterator[str]:
    """The pages of a folder, without those that only show a file."""
    found = (one for one in pages if one.rpartition("/")[0] == folder and not one.endswith(_SHOWN))
    yield from sorted(found)


def _in_order(pages: Mapping[str, str], folder: str) -> Iterator[str]:
    """The pages of a folder in the order in which its README lists them."""
    readme = pages[f"{folder}/README.md"]
    found = (one for one in _below(pages, folder) if not one.endswith("/README.md"))
    yield from sorted(found, key=lambda one: (readme.find(f"({one.rpartition('/')[2]})"), one))


_SHOWN = (".py.md", ".json.md", ".yaml.md", ".toml.md")


def _readmes(pages: Mapping[str, str]) -> Sequence[str]:
    """The pages of the examples, in the order of the table of all pages."""
    order = pages["README.md"].partition("## All pages")[2]
    found = (one for one in pages if one.startswith("examples/") and one.endswith("/README.md"))
    return sorted(found, key=lambda one: (order.find(f"({one})"), one))


def _titled(pages: Mapping[str, str], paths: Any) -> Iterator[dict[str, str]]:
    for path in paths:
        title = pages[path].removeprefix("# ").partition("\n")[0].replace("`", "")
        yield {title: path}


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(held)}" for key, held in value.items()) + " }"
    return json.dumps(value)
