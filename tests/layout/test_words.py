"""Texts that people read use the words of AWS and Terraform: a small list of words that are not theirs, and where it holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[2] / "secureinfra"
ROOT = LIBRARY.parent
# Folders that are held to the list; the pages are too. STYLE.md holds the list itself.
HELD = (
    "adopt",
    "aws",
    "controls",
    "check",
    "cli",
    "compare",
    "config",
    "declared",
    "engine",
    "facts",
    "files",
    "mcp",
    "modules",
    "policy",
    "proofs",
    "site",
    "stacks",
    "terraform",
    "tfpolicy",
    "../blueprints/secureinfra_blueprints",
)
# Part of a text, as a regular expression -> what to write instead.
NOT_OURS = {
    r"takes? on (a|the|this) role|take it on": "assume",
    r"\bmend(s|ed)?\b": "fix",
    r"\bjudge[sd]?\b": "check, evaluate",
    r"\bhears? of\b": "is notified of",
    r"proven by DNS": "validated by DNS",
    r"\bhands? on\b": "forward",
    r"\blets? (in|everybody|nobody|anybody|everyone)\b|\badmits?\b": "allow",
    r"root of Terraform|states of Terraform": "root module, Terraform state",
    r"\b(is|are) no (AWS|ARN|VPC|list|UTF-8|YAML|JSON|module|stack|number|text|baseline|waiver|service|policy)\b": "is not a",
    r"\b(nobody|somebody|whoever|whom|everybody)\b": "the system or principal that is meant",
    r"\bmade anew\b": "recreated",
    r"\borganisation|synthesis(e|ed|es)\b": "American spelling",
    r"\bAsked (by|about)\b": "Required by, Checked on",
}
# Quoted for a reason: the name of a method.
QUOTED = re.compile(r"`[^`]*`|Principal\.everybody\(\)")


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The strings of a file, docstrings included, each with its line; names of keys and paths are not texts."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, QUOTED.sub("", node.value)


def found_in(source: str) -> list[str]:
    return [
        f"{line}: {match.group()!r}: write {instead}"
        for line, text in texts(source)
        for words, instead in NOT_OURS.items()
        if (match := re.search(words, text, re.IGNORECASE))
    ]


@pytest.mark.parametrize("folder", HELD)
def test_words(folder: str) -> None:
    files = sorted((LIBRARY / folder).rglob("*.py"))
    assert files
    found = [
        f"{file.relative_to(LIBRARY)}:{one}" for file in files for one in found_in(file.read_text(encoding="utf-8"))
    ]
    assert found == []


PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md", "CHANGELOG.md")] + [
    *ROOT.glob("examples/*/*.md"),
    *ROOT.glob("blueprints/*/*.md"),
    *LIBRARY.glob("stacks/new/template/*.md"),
]


def test_words_of_pages() -> None:
    found = [
        f"{page.relative_to(ROOT)}:{number}: {match.group()!r}: write {instead}"
        for page in PAGES
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        for words, instead in NOT_OURS.items()
        if (match := re.search(words, QUOTED.sub("", line), re.IGNORECASE))
    ]
    assert found == []


def test_single_files() -> None:
    found = [
        f"{file.name}:{one}"
        for file in sorted(LIBRARY.glob("*.py"))
        for one in found_in(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_word_of_the_list_is_found() -> None:
    assert found_in('"""Who takes on the role."""\nx = f"nobody {y} knows"\n') == [
        "1: 'takes on the role': write assume",
        "2: 'nobody': write the system or principal that is meant",
    ]
    assert found_in('x = "`judge` is a name"\n') == []
