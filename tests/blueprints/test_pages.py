"""Every blueprint has its page beside it, and what the page shows works."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import secureinfra_blueprints
from secureinfra import AwsProvider, AwsProviderConfig
from secureinfra.blueprints import blueprints
from secureinfra.testing import assert_meets, synthesize, test_stack

FOLDER = Path(secureinfra_blueprints.__path__[0])
PAGES = sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))
FILES = sorted(path.stem for path in FOLDER.glob("*[a-z].py"))


def text_of(page: str) -> str:
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8")


def blocks_of(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_page_says_what_is_made_what_it_costs_and_who_is_responsible(page: str) -> None:
    text = text_of(page)
    assert len(blocks_of(page, "mermaid")) == 1
    assert re.search(r"^\| *\| AWS \| this blueprint \| you \|$", text, re.MULTILINE)
    assert re.search(r"^## What it costs$", text, re.MULTILINE)
    assert re.search(r"\bUSD\b", text)


@pytest.mark.parametrize("file", FILES)
def test_only_public_names_are_imported(file: str) -> None:
    source = (FOLDER / f"{file}.py").read_text(encoding="utf-8")
    # Parts of blueprints are in files of their own, whose names begin with '_'.
    modules = re.findall(r"^(?:from|import) (secureinfra(?!_blueprints\._)[\w.]*)", source, re.MULTILINE)
    assert set(modules) == {"secureinfra"}
    assert len(source.splitlines()) <= 400


@pytest.mark.parametrize("page", [page for page in PAGES if page != "ci_cd_access"])
def test_what_the_page_shows_works(page: str) -> None:
    stack = test_stack("acme")
    (snippet,) = blocks_of(page, "python")
    exec(compile(snippet, page, "exec"), {"stack": stack})
    assert_meets(synthesize(stack))
    blueprint = blueprints()[page.replace("_", "-")]
    for settings in blocks_of(page, "yaml"):
        stack = test_stack("acme")
        AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
        constructor: Any = blueprint.load()
        constructor(stack, "settings", blueprint.config_type().of(YAML(typ="safe").load(settings)))
        assert_meets(synthesize(stack))


def test_the_readme_lists_every_blueprint_with_its_page() -> None:
    readme = (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[([a-z-]+)\]\(blueprints/secureinfra_blueprints/(\w+)\.md\) \|", readme, re.MULTILINE)
    assert listed == [(name, name.replace("-", "_")) for name in blueprints()]
