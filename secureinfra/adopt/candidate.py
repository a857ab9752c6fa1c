"""A construct that may stand for something that exists, and what of that it stands for."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from secureinfra.adopt.existing import Existing
from secureinfra.adopt.source import Call, Name

_KEPT = frozenset({"app", "stack", "Path", "guard", "import_from"})
# Names that say nothing beside that of the module around them.
_EMPTY = frozenset({"this", "main", "default", "self"})


@dataclass(frozen=True)
class Part:
    """A resource of the construct that exists.

    Args:
        existing: what it stands for.
        id: what an import takes.
        read: its attributes as the import reads them, where it is imported as another type; by default those that it has.
    """

    existing: Existing
    id: str | None
    read: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Candidate:
    """A construct, with everything that it would take over.

    Args:
        main: what it is made for.
        kind: a short word for it, which is added to the id where two would have the same.
        construct: its class.
        config: its configuration.
        named: further arguments, by name.
        calls: methods to call on it, without the variable: `policy.add`.
        parts: what exists of its resources, by their role in the construct.
        superseded: what it makes needless, with the reason.
        needs: addresses of what must be adopted too.
        notes: what a reader of the plan should know.
        apart: what belongs to it and stays where it is, with the reason.
        id: its id in the stack.
    """

    main: Existing
    kind: str
    construct: str
    config: Call
    named: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)
    superseded: tuple[tuple[Existing, str], ...] = ()
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    apart: tuple[tuple[Existing, str], ...] = ()
    id: str = ""

    @property
    def variable(self) -> str:
        """What the program calls it."""
        return variable_of(self.id)

    def source(self) -> Call:
        """The call that makes it."""
        return Call(self.construct, (Name("stack"), self.id, self.config), self.named)

    def steps(self) -> tuple[Call, ...]:
        """The calls that follow."""
        return tuple(Call(f"{self.variable}.{one.name}", one.args, one.named) for one in self.calls)


def part_of(existing: Existing) -> Part:
    """A part that is imported as the type that it has."""
    return Part(existing, existing.import_id)


def variable_of(id: str) -> str:
    """A Python name for an id."""
    name = re.sub(r"\W", "_", id, flags=re.ASCII)
    name = f"_{name}" if name[:1].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) or name in _KEPT else name


def id_of(existing: Existing) -> str:
    """An id out of an address: `module.lake["raw"].aws_s3_bucket.this[0]` is `lake-raw`."""
    words = re.findall(r'module\.([\w-]+)|\["([^"]*)"\]|\[([0-9]+)\]|\.([\w-]+)(?=\[|$)', f".{existing.address}")
    kept = [module or key or number or name for module, key, number, name in words]
    told = [word for word in kept if word not in _EMPTY] or kept
    # A single instance of a module or resource is no reason for a number.
    named = [word for word in told if not re.fullmatch("0", word)] or told
    return re.sub(r"[^A-Za-z0-9]+", "-", "-".join(named)).strip("-").lower()[:60] or existing.type.replace("_", "-")
