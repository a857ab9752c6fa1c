"""Reads what source files declare without importing them, so that lists do not start the engine."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from secureinfra.config.docstrings import paragraphs
from secureinfra.declared.declaration import Declaration
from secureinfra.errors import ConfigError

_BASE = "SecureConstruct"


@dataclass(frozen=True)
class Class:
    """A class as found in its source.

    Args:
        name: its name.
        file: the file that defines it.
        bases: the names of its bases.
        summary: the first paragraph of its docstring.
        declaration: its declaration; `None` if it has none.
    """

    name: str
    file: Path
    bases: tuple[str, ...]
    summary: str
    declaration: Declaration | None


def classes_in(file: Path) -> dict[str, Class]:
    """The top-level classes of a file, by name.

    Raises:
        ConfigError: a class declares something that is not a literal.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name: _class(node, file) for node in tree.body if isinstance(node, ast.ClassDef)}


def constructs_below(folder: Path) -> list[Class]:
    """The constructs that the files of a folder define, in the order of their files: each class derived from SecureConstruct."""
    known = {cls.name: cls for file in sorted(folder.rglob("*.py")) for cls in classes_in(file).values()}

    def leads(name: str) -> bool:
        return name == _BASE or (name in known and any(map(leads, known[name].bases)))

    return [cls for cls in known.values() if leads(cls.name)]


def public_names(file: Path) -> tuple[str, ...]:
    """The names in a file's `__all__`."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            return tuple(ast.literal_eval(node.value))
    return ()


def find_class(path: str) -> Class | None:
    """The class that `package.module:Class` names; `None` if its file does not define it or cannot be read.

    Raises:
        ConfigError: it declares something that is not a literal.
    """
    module, _, name = path.partition(":")
    try:
        file = _file_of(module)
        return classes_in(file).get(name) if file else None
    except (OSError, SyntaxError, ValueError):
        return None


def _file_of(module: str) -> Path | None:
    """The file of a module. Its packages are searched, not imported, since importing may run any code."""
    first, *rest = module.split(".")
    spec = importlib.util.find_spec(first)
    if spec is None:
        return None
    if not rest:
        return Path(spec.origin) if spec.origin else None
    for folder in spec.submodule_search_locations or ():
        path = Path(folder, *rest)
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return None


def _class(node: ast.ClassDef, file: Path) -> Class:
    declarations = list(_declarations(node, file))
    return Class(
        node.name,
        file,
        tuple(ast.unparse(base).rpartition(".")[2] for base in node.bases),
        (*paragraphs(ast.get_docstring(node) or ""), "")[0],
        declarations[0] if declarations else None,
    )


def _declarations(node: ast.ClassDef, file: Path) -> Iterator[Declaration]:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).rpartition(".")[2] == "declares":
            values = {str(keyword.arg): keyword.value for keyword in decorator.keywords}
            try:
                yield Declaration(**{name: ast.literal_eval(value) for name, value in values.items()})
            except (ValueError, TypeError) as error:
                raise ConfigError(
                    f"{file}:{decorator.lineno}: what {node.name} declares cannot be read: {error}. Write literals, by "
                    "the names of the arguments of `declares`."
                ) from None
