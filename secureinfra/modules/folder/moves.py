"""`moved` blocks for resources whose address changed since the last version, so that no resource is replaced."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from secureinfra.modules.content.placeholders import blocks
from secureinfra.suggest import nearest

_ADDRESS = re.compile(r"\b(aws_[a-z0-9_]+)\.[A-Za-z_][\w-]*")


def fingerprints(document: Mapping[str, Any]) -> dict[str, str]:
    """A fingerprint of each resource by address, independent of its name and the names of resources it refers to."""
    found = {}
    for section, (type, name), block in blocks(document):
        if section == "resource":
            kept = {key: value for key, value in block.items() if key not in ("//", "tags", "lifecycle", "depends_on")}
            text = _ADDRESS.sub(r"\1", json.dumps(kept, sort_keys=True))
            found[f"{type}.{name}"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return found


def moves(
    before: Mapping[str, str], now: Mapping[str, str], earlier: tuple[tuple[str, str], ...] = ()
) -> tuple[tuple[str, str], ...]:
    """The addresses that changed, old and new, those that changed in earlier versions included.

    Args:
        before: fingerprints of the previous version of the module.
        now: its current fingerprints.
        earlier: moves that the module already has.
    """
    gone = [address for address in before if address not in now]
    fresh = [address for address in now if address not in before]
    found: list[tuple[str, str]] = []
    for old in gone:
        same = [new for new in fresh if now[new] == before[old] and _type(new) == _type(old)]
        if same:
            new = nearest(old, same, cutoff=0.0) or same[0]
            fresh.remove(new)
            found.append((old, new))
    led = {old: new for old, new in earlier if old not in now}
    followed = {old: dict(found).get(new, new) for old, new in led.items()}
    return tuple((old, new) for old, new in {**followed, **dict(found)}.items() if new in now)


def with_moves(document: Mapping[str, Any], moved: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """The document with a `moved` block for each change of an address."""
    written = [*document.get("moved", []), *({"from": old, "to": new} for old, new in moved)]
    return {**document, "moved": written} if written else dict(document)


def _type(address: str) -> str:
    return address.partition(".")[0]
