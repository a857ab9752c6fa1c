"""What docstrings say: of a class its summary and details, of a configuration's fields and a construct's properties a sentence each."""

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
    paragraphs: list[str] = []
    for paragraph in inspect.cleandoc(vars(cls).get("__doc__") or "").split("\n\n"):
        if _SECTION.match(paragraph.split("\n", maxsplit=1)[0]):
            break
        if paragraph.strip():
            paragraphs.append(on_one_line(paragraph))
    return tuple(paragraphs)


def on_one_line(text: str) -> str:
    """A text with its line breaks as spaces."""
    return " ".join(text.split())


@functools.cache
def fields_of(cls: type) -> dict[str, str]:
    """What stands below each field of a configuration, on one line; those of its bases included."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        found.update(_own_fields_of(base))
    return found


@functools.cache
def _own_fields_of(cls: type) -> dict[str, str]:
    try:
        source = inspect.getsource(cls)
    except (OSError, TypeError):
        # Made at run time, or a built-in: it has no source to read.
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
    """What a class's own docstring says below `Args:`, by the arguments' names, each on one line."""
    text = inspect.cleandoc(vars(cls).get("__doc__") or "")
    below = text.partition("\nArgs:\n")[2].partition("\n\n")[0]
    entries = re.split(r"^    (\w+): ", below, flags=re.MULTILINE)
    return {name: on_one_line(said) for name, said in zip(entries[1::2], entries[2::2], strict=True)}
