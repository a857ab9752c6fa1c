"""What must agree, compared: files can be read in one sitting, everything has its test."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests._support.imports import ROOT, modules, tree

LIBRARY = ROOT / "secureinfra"
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 50


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_files_can_be_read_in_one_sitting() -> None:
    lines = {name: len(text_of(path).splitlines()) for name, path in modules().items()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            yield node.name, node.end_lineno - node.lineno + 1


def test_functions_can_be_read_in_one_look() -> None:
    long = [
        f"{name}.{function}: {lines} lines"
        for name, path in modules().items()
        for function, lines in functions(path)
        if lines > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_how_checks_read_is_apart_from_what_they_demand() -> None:
    readers = [path for name, path in modules().items() if name.startswith("secureinfra.controls.shared.")]
    assert readers
    demand = re.compile(r"= Control\(|\.check\(\"|check_configuration")
    assert [str(path.relative_to(ROOT)) for path in readers if demand.search(text_of(path))] == []


def test_nothing_names_this_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    for name in listed:
        path = ROOT / name
        assert not path.is_symlink(), f"{name}: a link leads to where it was made"
        if path.suffix in (".py", ".md", ".toml", ".json", ".txt", "") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            found = re.search(r"(?<![\w.-])/(?:root|home|Users)/\w|/work/\w", text)
            assert found is None, f"{name}: {found.group() if found else ''}"
