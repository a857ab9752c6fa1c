"""The built site, checked: every link and anchor leads somewhere, and nothing is taken from another server."""

from __future__ import annotations

import functools
import posixpath
import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from secureinfra.errors import ConfigurationError

# What a browser fetches by itself. Links that a reader follows may leave the site.
_FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("video", "src")}
_ADDRESSES = {"href", "src"}
# What `link` names without fetching it.
_NAMED = {"canonical", "alternate", "prev", "next"}


class _Page(HTMLParser):
    """The anchors and the addresses of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.addresses: list[tuple[str, str, bool]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an element names."""
        held = dict(attrs)
        self.anchors |= {str(value) for name, value in attrs if name in ("id", "name") and value}
        for name in _ADDRESSES & set(held):
            fetched = (tag, name) in _FETCHED and held.get("rel") not in _NAMED
            self.addresses.append((tag, held[name] or "", fetched))


def problems(folder: Path) -> list[str]:
    """What is wrong with a built site, a sentence each; empty for a good one.

    Args:
        folder: the folder of the HTML.

    Raises:
        ConfigurationError: there is no HTML in it.
    """
    if not (folder / "index.html").is_file():
        raise ConfigurationError(f"{folder}: has no index.html. Build the site first: make site")
    pages = functools.cache(_Page)
    return [
        f"{path.relative_to(folder).as_posix()}: {said}"
        for path in sorted(folder.rglob("*.html"))
        for said in dict.fromkeys(_of_page(path, folder, pages))
    ]


def _of_page(path: Path, folder: Path, pages: functools._lru_cache_wrapper[_Page]) -> Iterator[str]:
    for tag, address, fetched in pages(path).addresses:
        parts = urllib.parse.urlsplit(address)
        if parts.scheme or parts.netloc:
            if fetched and parts.scheme != "data":
                yield f"<{tag}> takes {address} from another server"
            continue
        if path.name == "404.html":
            # It is served for any path, so its own addresses begin at the root of the server.
            continue
        target = _target(path, folder, parts.path)
        if target is None or not target.exists():
            yield f"{address} leads to no file"
        elif parts.fragment and target.suffix == ".html" and not _has(pages(target), parts.fragment):
            yield f"{address} leads to no anchor of {target.relative_to(folder).as_posix()}"


def _has(page: _Page, fragment: str) -> bool:
    return urllib.parse.unquote(fragment) in page.anchors


def _target(path: Path, folder: Path, address: str) -> Path | None:
    if not address:
        return path
    joined = posixpath.normpath((path.parent / urllib.parse.unquote(address)).as_posix())
    target = Path(joined) / "index.html" if Path(joined).is_dir() else Path(joined)
    return target if target.is_relative_to(folder) else None
