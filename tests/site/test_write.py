"""The whole site as Markdown: links between its pages resolve, and it is written as a whole or not at all."""

import posixpath
import re
from pathlib import Path

import pytest

from secureinfra.site import __main__ as program
from secureinfra.site.write import Site
from tests._support.imports import ROOT

# The site takes seconds to make, so one process makes it for all.
pytestmark = pytest.mark.xdist_group("site")

CODE = re.compile(r"^ *(`{3,})[^`]*?\n.*?^ *\1$|`[^`\n]+`", re.DOTALL | re.MULTILINE)


def test_links_between_pages_resolve(site: Site) -> None:
    wrong = []
    for path, text in site.pages.items():
        plain = CODE.sub("", text)
        links = re.findall(r"\]\(<?([^)#>\s]+)", plain)
        links += [target.replace(".html", ".md") for target in re.findall(r'href="([^"#]+)', plain)]
        for target in links:
            held = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if "://" not in target and held not in site.pages and held not in site.files:
                wrong.append((path, target))
    assert wrong == []


def test_every_page_has_one_title(site: Site) -> None:
    titles = {path: re.findall(r"^# .+", CODE.sub("x", text), re.MULTILINE) for path, text in site.pages.items()}
    assert {path: found for path, found in titles.items() if len(found) != 1} == {}


def test_it_is_written_the_same_each_time(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["write", str(tmp_path / "site"), "--repository", str(ROOT)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'site'}: {len(site.pages)} pages\n"
    pages = tmp_path / "site" / "pages"
    found = {path.relative_to(pages).as_posix() for path in pages.rglob("*") if path.is_file()}
    assert found == {*site.pages, *site.files}
    assert {path: (pages / path).read_text(encoding="utf-8") for path in site.pages} == site.pages


def test_nothing_is_written_of_a_repository_with_a_broken_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "README.md").write_text("[a](gone.md)")
    assert program.main(["write", str(tmp_path / "site"), "--repository", str(tmp_path)]) == 2
    assert "Error: README.md: gone.md is not a file of the repository." in capsys.readouterr().err
    assert not (tmp_path / "site").exists()
