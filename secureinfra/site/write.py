"""All pages of the site, written into a folder that the generator turns into HTML."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from secureinfra.files.folder import fill, replaced
from secureinfra.site.catalogue_pages import catalogue_page, framework_pages
from secureinfra.site.control_pages import control_pages
from secureinfra.site.project import settings
from secureinfra.site.reference_pages import links_from, reference_pages
from secureinfra.site.repository_pages import repository_pages
from secureinfra.site.scripts import scripts_in

_ASSETS = Path(__file__).with_name("assets")


class Site(NamedTuple):
    """What the generator reads.

    Args:
        pages: Markdown by path.
        files: files that are copied, by path.
    """

    pages: dict[str, str]
    files: dict[str, Path]


def site_of(repository: Path) -> Site:
    """The whole site.

    Args:
        repository: the folder of the repository, for the pages that people write.

    Raises:
        ConfigurationError: a page of the repository links to what is not there.
    """
    pages, files = repository_pages(repository)
    pages |= control_pages(links_from("controls")) | reference_pages() | framework_pages()
    pages["catalogue.md"] = catalogue_page()
    files |= {f"assets/{path.name}": path for path in sorted(_ASSETS.iterdir()) if path.suffix in (".css", ".js")}
    return Site(pages, files)


def write_site(repository: Path, folder: Path, packages: Path | None = None) -> int:
    """Write the pages and the generator's settings, all of them or none.

    Args:
        repository: the folder of the repository.
        folder: what becomes the site's source: `zensical.toml` and `pages`. It is replaced.
        packages: where `npm pack` put the packages of the scripts that draw diagrams and search in a folder; without it, diagrams
            stay text and the search needs a server.

    Returns:
        The number of pages.

    Raises:
        ConfigurationError: as for `site_of`, or something cannot be written.
    """
    site = site_of(repository)
    scripts = scripts_in(packages) if packages else {}
    with replaced(folder) as fresh:
        fill(
            fresh,
            {
                "zensical.toml": settings(site.pages, scripts=bool(scripts)),
                **{f"pages/{path}": text for path, text in site.pages.items()},
            },
        )
        for path, source in site.files.items():
            target = fresh / "pages" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        for name, content in scripts.items():
            (fresh / "pages" / "assets" / name).write_bytes(content)
    return len(site.pages)
