"""Which arguments of a resource differ between two configurations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from secureinfra.facts.replacement import ABSENT
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.unknown import Unknown, is_unknown, unknowns

# Terraform's own arguments, which are none of the provider's.
_META = frozenset("// count for_each depends_on provider lifecycle connection provisioner dynamic timeouts".split())


@dataclass(frozen=True)
class Difference:
    """An argument that differs.

    Args:
        path: `block.argument`, without indices; the path of a block stands for adding or removing it.
        old: its value before; `ABSENT` if it was not written.
        new: its value afterwards.
        certain: false where either depends on what is not known, so that both may be the same.
    """

    path: str
    old: Any
    new: Any
    certain: bool


def differences(old: Block, new: Block, renamed: Mapping[str, str]) -> list[Difference]:
    """The arguments that differ, each once.

    Args:
        old: the resource before.
        new: the resource afterwards.
        renamed: old address by new one, of all resources whose address changed.
    """
    names = sorted((_names(old) | _names(new)) - _META)
    found = (one for name in names for one in _in_value(name, _value(old, name), _value(new, name), renamed))
    return list({one.path: one for one in found}.values())


def _names(block: Block) -> set[str]:
    dynamic = block.raw.get("dynamic")
    held = dynamic if isinstance(dynamic, list) else [dynamic]
    return set(block.raw) | {name for one in held if isinstance(one, Mapping) for name in one}


def _value(block: Block, name: str) -> Any:
    """A whole argument; blocks as a list of objects, those of `dynamic` ones included."""
    if "dynamic" in block.raw and name in _names(block) - set(block.raw):
        return [node.whole() for node in block.blocks(name)]
    return block.get(name)


def _in_value(path: str, old: Any, new: Any, renamed: Mapping[str, str]) -> Iterator[Difference]:
    old, new = _normal(old), _normal(new)
    if is_unknown(old) or is_unknown(new):
        if not _same_unknown(old, new, renamed):
            # A value and the lack of one differ whatever the value is, unless it turns out to be null.
            yield Difference(path, old, new, certain=False)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted(set(old) | set(new)):
            yield from _in_value(f"{path}.{name}", old.get(name), new.get(name), renamed)
    elif isinstance(old, list) and isinstance(new, list) and any(isinstance(one, Mapping) for one in (*old, *new)):
        for before, after in zip(old, new, strict=False):
            yield from _in_value(path, before, after, renamed)
        if len(old) != len(new):
            yield Difference(path, old, new, certain=True)
    elif not _same(old, new, renamed):
        yield Difference(path, old, new, certain=next(unknowns([old, new]), None) is None)


def _normal(value: Any) -> Any:
    """A value as the provider would see it: one block as an object, no empty collection, text of JSON as what it says."""
    if isinstance(value, tuple):
        value = list(value)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping):
        value = value[0]
    if is_unknown(value):
        return value
    if value in ([], {}):
        return ABSENT
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return _normal(json.loads(value))
        except ValueError:
            return value
    return value


def _same(old: Any, new: Any, renamed: Mapping[str, str]) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(_same(one, other, renamed) for one, other in zip(old, new, strict=True))
    if is_unknown(old) or is_unknown(new):
        return _same_unknown(old, new, renamed)
    return bool(_text(old) == _text(new))


def _same_unknown(old: Any, new: Any, renamed: Mapping[str, str]) -> bool:
    if not (isinstance(old, Unknown) and isinstance(new, Unknown)):
        return False
    text = new.text
    for now, before in renamed.items():
        text = before.join(re.split(rf"(?<![\w.\]-]){re.escape(now)}(?![\w-])", text))
    return old.text == text


def _text(value: Any) -> Any:
    """Terraform converts between text, numbers and booleans."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value
