"""One thing that differs between two configurations and matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from secureinfra.terraform.model.block import Block

Kind = Literal["access", "path", "protection", "destroyed", "replaced"]
KINDS: Final[dict[Kind, str]] = {
    "access": "Wider access",
    "path": "New network paths",
    "protection": "Protections removed",
    "destroyed": "Destroyed",
    "replaced": "Destroyed and created again",
}
"""What is looked for, with the heading of reports."""


@dataclass(frozen=True)
class Change:
    """One finding of a comparison.

    Args:
        kind: what it is about.
        certain: false where it depends on what only Terraform or AWS know.
        block: the resource in the new configuration, or in the old one if it is in that alone.
        found: what differs; for what is not certain, what would decide it.
        at: where within the resource.
        subject: the control or policy that it is about; empty for the resource itself.
    """

    kind: Kind
    certain: bool
    block: Block
    found: str
    at: str = ""
    subject: str = ""

    @property
    def place(self) -> str:
        """File and line, as far as they are known."""
        line = self.block.line_of(self.at)
        return f"{self.block.file}:{line}" if self.block.file and line else self.block.file


@dataclass(frozen=True)
class Comparison:
    """What came of comparing two configurations.

    Args:
        name: of the configurations.
        changes: what differs and matters.
        totals: how many resources there are, by what happens to them: `added`, `changed`, `unchanged`, ...
        notes: what was not looked at.
    """

    name: str
    changes: tuple[Change, ...]
    totals: dict[str, int]
    notes: tuple[str, ...] = ()

    def of(self, kinds: Iterable[Kind], *, certain: bool) -> Iterator[Change]:
        """The changes of some kinds."""
        wanted = set(kinds)
        return (change for change in self.changes if change.kind in wanted and change.certain is certain)
