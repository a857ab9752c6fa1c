"""Python source as data: calls of public names, written as text for the program and run here to see what they make."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from secureinfra.declared.names import HOMES

_WIDTH = 88


@dataclass(frozen=True)
class Name:
    """A variable of the program."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call: of a public name, of a method of one (`Peer.cidr`), or of a method of a variable (`uploads.policy.add`).

    Args:
        name: what is called.
        args: arguments by position: text, numbers, truth values, tuples, mappings, names, calls.
        named: arguments by name.
    """

    name: str
    args: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


def public_names(value: Any) -> Iterator[str]:
    """The public names that a call uses."""
    if isinstance(value, Call):
        head = value.name.partition(".")[0]
        if head in HOMES:
            yield head
        for part in (*value.args, *value.named.values()):
            yield from public_names(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from public_names(part)


def run(value: Any, variables: Mapping[str, Any]) -> Any:
    """What a value stands for; calls are made.

    Raises:
        SecureInfraError: a call is refused.
    """
    if isinstance(value, Call):
        called = _found(value.name, variables)
        return called(
            *(run(one, variables) for one in value.args),
            **{name: run(one, variables) for name, one in value.named.items()},
        )
    if isinstance(value, Name):
        return variables[value.text]
    if isinstance(value, tuple):
        return tuple(run(one, variables) for one in value)
    return value


def _found(name: str, variables: Mapping[str, Any]) -> Callable[..., Any]:
    head, *rest = name.split(".")
    found = (
        variables[head] if head in variables else getattr(importlib.import_module(f"secureinfra.{HOMES[head]}"), head)
    )
    for part in rest:
        found = getattr(found, part)
    called: Callable[..., Any] = found
    return called


def text_of(value: Any, indent: int = 0, taken: int = 0) -> str:
    """A value as Python source, on one line where it fits.

    Args:
        value: as the arguments of a `Call`.
        indent: by how many blanks the line that it begins in is indented.
        taken: how many more characters of that line are taken.
    """
    flat = _flat(value)
    if len(flat) + indent + taken <= _WIDTH:
        return flat
    inner = indent + 4
    if isinstance(value, Call) and (value.args or value.named):
        lines = [text_of(one, inner, 1) for one in value.args]
        lines += [f"{name}={text_of(one, inner, len(name) + 2)}" for name, one in value.named.items()]
        return _over_lines(f"{value.name}(", lines, ")", indent)
    if isinstance(value, tuple) and value:
        return _over_lines("(", [text_of(one, inner, 1) for one in value], ")", indent)
    if isinstance(value, dict) and value:
        lines = [f"{quoted(key)}: {text_of(one, inner, len(key) + 5)}" for key, one in value.items()]
        return _over_lines("{", lines, "}", indent)
    return flat


def _over_lines(start: str, lines: list[str], end: str, indent: int) -> str:
    blanks = " " * (indent + 4)
    return "\n".join([start, *(f"{blanks}{line}," for line in lines), f"{' ' * indent}{end}"])


def _flat(value: Any) -> str:
    if isinstance(value, Call):
        given = [*map(_flat, value.args), *(f"{name}={_flat(one)}" for name, one in value.named.items())]
        return f"{value.name}({', '.join(given)})"
    if isinstance(value, Name):
        return value.text
    if isinstance(value, tuple):
        return f"({', '.join(map(_flat, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)}: {_flat(one)}" for key, one in value.items()) + "}"
    return quoted(value) if isinstance(value, str) else repr(value)


def quoted(text: str) -> str:
    """A text as a Python literal in double quotes; what is not plain text is escaped."""
    escaped = ('\\"' if one == '"' else one if one == "'" else repr(one)[1:-1] for one in text)
    return f'"{"".join(escaped)}"'
