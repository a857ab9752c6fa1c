"""Reads docstrings: summary and details of a class, and a sentence each for fields of configurations and properties of constructs."""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import re
import textwrap

_SECTION = re.compile(r"^(Args|Raises|Example|Returns|Yields):$")


def paragraphs_of(cls: type) -> tuple[str, ...]:
    """The paragraphs of a class's own docstring before its arguments, each on one line; the first is its summary."""
    return paragraphs(vars(cls).get("__doc__") or "")


def paragraphs(docstring: str) -> tuple[str, ...]:
    """The paragraphs of a docstring before its arguments, each on one line."""
    found: list[str] = []
    for paragraph in inspect.cleandoc(docstring).split("\n\n"):
        if _SECTION.match(paragraph.split("\n", maxsplit=1)[0]):
            break
        if paragraph.strip():
            found.append(on_one_line(paragraph))
    return tuple(found)


def sections(docstring: str) -> dict[str, str]:
    """What stands below each heading of a docstring: `Args`, `Raises`, `Example`, `Returns`.

    Args:
        docstring: the text as it was written.
    """
    found: dict[str, list[str]] = {}
    heading = ""
    for line in inspect.cleandoc(docstring).splitlines():
        if match := _SECTION.match(line):
            heading = match[1]
        elif heading and (not line or line.startswith(" ")):
            found.setdefault(heading, []).append(line)
        else:
            heading = ""
    return {name: textwrap.dedent("\n".join(lines)).strip("\n") for name, lines in found.items()}


def on_one_line(text: str) -> str:
    """A text with its line breaks as spaces."""
    return " ".join(text.split())


@functools.cache
def fields_of(cls: type) -> dict[str, str]:
    """The docstring of each field of a configuration, on one line; fields of its bases included."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        found.update(_own_fields_of(base))
    return found


@functools.cache
def _own_fields_of(cls: type) -> dict[str, str]:
    try:
        source = inspect.getsource(cls)
    except (OSError, TypeError):
        # Created at run time, or a built-in: it has no source.
        return {}
    (body,) = (node.body for node in ast.parse(textwrap.dedent(source)).body if isinstance(node, ast.ClassDef))
    found: dict[str, str] = {}
    for field, below in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    found[field.target.id] = on_one_line(text)
    return found


def arguments_of(cls: type) -> dict[str, str]:
    """The entries below `Args:` in a class's own docstring, by argument, each on one line."""
    text = inspect.cleandoc(vars(cls).get("__doc__") or "")
    below = text.partition("\nArgs:\n")[2].partition("\n\n")[0]
    entries = re.split(r"^    (\w+): ", below, flags=re.MULTILINE)
    return {name: on_one_line(said) for name, said in zip(entries[1::2], entries[2::2], strict=True)}
