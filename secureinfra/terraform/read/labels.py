"""The kinds of top-level blocks, how many labels each has, and documents with every label in one form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from secureinfra.suggest import did_you_mean, nearest

LABELS: Mapping[str, int] = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "action": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "check": 1,
    "locals": 0,
    "terraform": 0,
    "moved": 0,
    "import": 0,
    "removed": 0,
    "language": 0,
}
"""Every kind of block at the top of a file, with the number of its labels."""

Refuse = Callable[[tuple[str, ...], str], NoReturn]
"""Raises the error that says what is wrong at a path."""


class Doubled(dict[str, Any]):
    """A JSON object that has a name more than once; `pairs` has all of them."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def is_misspelt(kind: str, known: Mapping[str, int] = LABELS) -> bool:
    """Whether a block of no known kind was meant to be of one; any other may be of a newer release."""
    return nearest(kind, known) is not None


def unknown_block(kind: str, known: Mapping[str, int] = LABELS) -> str:
    """What to say of a block that Terraform does not have.

    Args:
        kind: as it is called.
        known: the kinds that are at the top of such a file.
    """
    hint = did_you_mean(kind, known, f"The blocks are {', '.join(known)}.")
    return f"Terraform has no block {kind!r}. {hint}"


def normal(document: Any, refuse: Refuse) -> dict[str, Any]:
    """The document with its labels as plain objects, as Terraform reads repeated names and lists of objects there.

    Blocks of a kind that is not known are left out.

    Args:
        document: the JSON value of a whole file.
        refuse: called with the path of what is not a Terraform JSON.
    """
    body: dict[str, Any] = {}
    for kind, held in _members(document, (), refuse):
        if kind == "//":
            body[kind] = held
        elif kind not in LABELS:
            if is_misspelt(kind):
                refuse((kind,), unknown_block(kind))
        elif LABELS[kind]:
            _gather(body.setdefault(kind, {}), held, LABELS[kind], (kind,), refuse)
        elif kind == "locals":
            _locals(body.setdefault(kind, {}), held, refuse)
        else:
            blocks = [*_listed(body.get(kind, [])), *_blocks(held, (kind,), refuse)]
            body[kind] = blocks[0] if len(blocks) == 1 else blocks
    return body


def _gather(into: dict[str, Any], held: Any, labels: int, path: tuple[str, ...], refuse: Refuse) -> None:
    for label, inner in _members(held, path, refuse):
        if label == "//":
            continue
        where = (*path, label)
        if labels > 1:
            _gather(into.setdefault(label, {}), inner, labels - 1, where, refuse)
        elif path == ("provider",):
            into[label] = [*into.get(label, ()), *_blocks(inner, where, refuse)]
        else:
            blocks = _blocks(inner, where, refuse)
            if len(blocks) > 1 or (blocks and label in into):
                refuse(where, f"{'.'.join(where)} is there more than once. Give each block a name of its own.")
            if blocks:
                into[label] = blocks[0]


def _locals(into: dict[str, Any], held: Any, refuse: Refuse) -> None:
    for name, value in _members(held, ("locals",), refuse):
        if name in into and name != "//":
            refuse(("locals", name), f"locals.{name} is there more than once. Keep one of them.")
        into[name] = value


def _members(held: Any, path: tuple[str, ...], refuse: Refuse) -> Iterator[tuple[str, Any]]:
    if type(held) is dict:
        yield from held.items()
    else:
        for part in _blocks(held, path, refuse):
            yield from part.pairs if isinstance(part, Doubled) else part.items()


def _blocks(held: Any, path: tuple[str, ...], refuse: Refuse) -> list[Any]:
    blocks = [] if held is None else _listed(held)
    for block in blocks:
        if not isinstance(block, dict):
            where = ".".join(path) if path else "the whole file"
            where = f"an item of {where}" if isinstance(held, list) else where
            refuse(path, f"{where} is {_kind(block)}. Write an object, as Terraform's JSON syntax has one there.")
    return blocks


def _listed(held: Any) -> list[Any]:
    return held if isinstance(held, list) else [held]


def _kind(value: Any) -> str:
    kinds = {str: "a string", bool: "true or false", list: "a list", type(None): "null"}
    return kinds.get(type(value), "a number")
