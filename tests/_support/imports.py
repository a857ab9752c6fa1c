"""The library's imports as its text has them: at the top of a file, inside a function, and for type checkers alone."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = {"secureinfra": ROOT / "secureinfra", "secureinfra_blueprints": ROOT / "blueprints/secureinfra_blueprints"}


@dataclass(frozen=True)
class Import:
    """One module that names another.

    Args:
        importer: the dotted name of the module that imports.
        imported: the dotted name of what it imports; a public name taken from `secureinfra` counts as its own module.
        line: where it says so.
        facade: the public name was taken from `secureinfra` itself.
    """

    importer: str
    imported: str
    line: int
    facade: bool = False

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {'secureinfra, ' if self.facade else ''}{self.imported}"


@functools.cache
def modules() -> Mapping[str, Path]:
    """Every module of the library and of the blueprints, by its dotted name."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*.py")):
            parts = (package, *path.relative_to(folder).with_suffix("").parts)
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@functools.cache
def tree(path: Path) -> ast.Module:
    """A file, parsed once."""
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imports() -> tuple[Import, ...]:
    """Every import of the library and of the blueprints, but for the table of public names itself."""
    known = modules()
    return tuple(found for module, path in known.items() if module != "secureinfra" for found in _imports(module, path))


def circles() -> list[list[str]]:
    """Groups of modules that import each other in a loop, whenever and for whatever they do."""
    arrows: dict[str, set[str]] = {}
    for found in imports():
        if found.imported in modules() and found.imported != found.importer:
            arrows.setdefault(found.importer, set()).add(found.imported)
    reached = {module: _reached(module, arrows) for module in arrows}
    groups = {
        tuple(sorted(other for other in reached[module] if module in reached.get(other, ()))) for module in arrows
    }
    return sorted(list(group) for group in groups if group)


def _reached(module: str, arrows: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    open_ = list(arrows.get(module, ()))
    while open_:
        other = open_.pop()
        if other not in found:
            found.add(other)
            open_ += arrows.get(other, ())
    return found


def _imports(importer: str, path: Path) -> Iterator[Import]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (Import(importer, alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _from(importer, node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            named = node.args[0]
            if isinstance(named, ast.Constant) and isinstance(named.value, str):
                yield Import(importer, named.value, node.lineno)


def _from(importer: str, node: ast.ImportFrom) -> Iterator[Import]:
    assert node.module is not None, f"{importer}:{node.lineno}: a relative import"
    assert node.level == 0, f"{importer}:{node.lineno}: a relative import"
    for alias in node.names:
        inner = f"{node.module}.{alias.name}"
        if inner in modules():
            yield Import(importer, inner, node.lineno)
        elif node.module == "secureinfra":
            yield Import(importer, _homes()[alias.name], node.lineno, facade=True)
        else:
            yield Import(importer, node.module, node.lineno)


@functools.cache
def _homes() -> Mapping[str, str]:
    """The module of each public name, as type checkers read it."""
    stub = PACKAGES["secureinfra"] / "__init__.pyi"
    path = stub if stub.exists() else PACKAGES["secureinfra"] / "__init__.py"
    found = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and node.module]
    return {alias.asname or alias.name: str(node.module) for node in found for alias in node.names}
