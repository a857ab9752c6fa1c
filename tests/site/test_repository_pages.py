"""Pages that people write: links lead to pages of the site, and a wrong one stops everything."""

from pathlib import Path

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.site.repository_pages import repository_pages
from secureinfra.site.write import Site
from tests._support.imports import ROOT

# The site takes seconds to make, so one process makes it for all.
pytestmark = pytest.mark.xdist_group("site")


def repository(folder: Path, readme: str) -> Path:
    (folder / "examples" / "one").mkdir(parents=True)
    (folder / "examples" / "one" / "README.md").write_text("# One\n")
    (folder / "examples" / "one" / "main.py").write_text('"""```"""\n')
    (folder / "examples" / "one" / "map.svg").write_text("<svg/>")
    (folder / "README.md").write_text(readme)
    return folder


def test_links_to_pages_stay_and_files_become_pages(tmp_path: Path) -> None:
    text = "[`one`](examples/one/README.md#a) [code](examples/one/main.py) ![m](examples/one/map.svg) [x](https://x.test) [y](#y)"
    pages, files = repository_pages(repository(tmp_path, text))
    assert pages["README.md"] == text.replace("main.py", "main.py.md")
    assert pages["examples/one/main.py.md"] == '# examples/one/main.py\n\n````python\n"""```"""\n````\n'
    assert list(files) == ["examples/one/map.svg"]


def test_a_folder_leads_to_its_page(tmp_path: Path) -> None:
    pages, _ = repository_pages(repository(tmp_path, "[one](examples/one)"))
    assert pages["README.md"] == "[one](examples/one/README.md)"


def test_code_is_not_read_for_links(tmp_path: Path) -> None:
    text = "`[a](nowhere.md)`\n\n```text\n[b](nowhere.md)\n```\n"
    assert repository_pages(repository(tmp_path, text))[0]["README.md"] == text


def test_refuses_links_that_lead_nowhere(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        repository_pages(repository(tmp_path, "[a](gone.md) [b](../outside.md)"))
    assert str(error.value).splitlines() == [
        "README.md: gone.md is not a file of the repository. Correct the link.",
        "README.md: ../outside.md is not a file of the repository. Correct the link.",
    ]


def test_refuses_a_folder_without_pages(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"has no README\.md"):
        repository_pages(tmp_path)


def test_every_page_of_the_repository_is_there(site: Site) -> None:
    written = [ROOT / "README.md", *ROOT.glob("examples/*/*.md"), *ROOT.glob("blueprints/*/*.md")]
    assert [path for path in written if path.relative_to(ROOT).as_posix() not in site.pages] == []
