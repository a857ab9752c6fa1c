"""The pages that people write, taken from the repository: their links lead to pages of the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.site.markdown import fenced

PATTERNS = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "STYLE.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "examples/*/*.md",
    "blueprints/secureinfra_blueprints/*.md",
)
# A link or an image, and what is not read for links: blocks of code and code within text.
_LINK = re.compile(
    r"(?P<code>^```.*?^```|`[^`\n]+`)|(?P<head>!?\[(?:[^\]\[]|\[[^\]]*\])*\]\()(?P<target>[^)\s]+)\)",
    re.DOTALL | re.MULTILINE,
)
_LANGUAGES = {".py": "python", ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".tf": "hcl"}
# Names that an own page shows better than their source would.
_INSTEAD = {"secureinfra/controls/catalogue.csv": "catalogue.md"}


def repository_pages(repository: Path) -> tuple[dict[str, str], dict[str, Path]]:
    """The pages with their links turned to the site, and the files beside them, by path.

    Files that a page links to and that are not pages themselves become pages that show them; pictures stay files.

    Args:
        repository: the folder of the repository.

    Raises:
        ConfigurationError: a link leads nowhere, or out of the repository; all of them together.
    """
    sources = {
        path.relative_to(repository).as_posix(): path for one in PATTERNS for path in sorted(repository.glob(one))
    }
    if "README.md" not in sources:
        raise ConfigurationError(f"{repository}: has no README.md. Name the folder of the repository.")
    pages: dict[str, str] = {}
    files: dict[str, Path] = {}
    problems: list[str] = []
    for name, path in sources.items():
        found = _Links(repository, name, sources)
        pages[name] = _LINK.sub(found.turned, path.read_text(encoding="utf-8"))
        files.update(found.files)
        pages.update({f"{shown}.md": _shown(repository, shown) for shown in found.shown})
        problems += found.problems
    if problems:
        raise ConfigurationError("\n".join(problems))
    return pages, files


class _Links:
    """The links of one page."""

    def __init__(self, repository: Path, page: str, pages: Mapping[str, Path]) -> None:
        self.repository, self.page, self.pages = repository, page, pages
        self.files: dict[str, Path] = {}
        self.shown: list[str] = []
        self.problems: list[str] = []

    def turned(self, match: re.Match[str]) -> str:
        """A link as the site has it."""
        if match["code"] or re.match(r"[a-z]+:|#", match["target"]):
            return match.group()
        path, hash, anchor = match["target"].partition("#")
        folder = posixpath.dirname(self.page)
        target = posixpath.normpath(posixpath.join(folder, path))
        turned = self._target(target)
        if not turned:
            self.problems.append(f"{self.page}: {match['target']} is not a file of the repository. Correct the link.")
            return match.group()
        return f"{match['head']}{posixpath.relpath(turned, folder or '.')}{hash}{anchor})"

    def _target(self, target: str) -> str:
        source = self.repository / target
        if target in self.pages:
            return target
        if target.startswith("..") or not source.exists():
            return ""
        if source.is_dir():
            return f"{target}/README.md" if f"{target}/README.md" in self.pages else ""
        if target in _INSTEAD:
            return _INSTEAD[target]
        if source.suffix in (".svg", ".png"):
            self.files[target] = source
            return target
        self.shown.append(target)
        return f"{target}.md"


def _shown(repository: Path, name: str) -> str:
    path = repository / name
    return f"# {name}\n\n{fenced(_LANGUAGES.get(path.suffix, ''), path.read_text(encoding='utf-8'))}\n"
