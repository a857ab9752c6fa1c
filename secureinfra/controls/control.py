"""What a control is: a decision, why it was made, and who else demands it."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from secureinfra.controls import catalogue
from secureinfra.errors import ConfigError

_ALL: dict[str, Control] = {}


@dataclass(frozen=True)
class Control:
    """One decision that the output must show, with its reason and its sources.

    Args:
        id: the noun of the Terraform type and the decision, in kebab case; ids are contract.
        title: the decision, as a fact about the output.
        why: what happens where it is not met; it ends an error's sentence, so it starts in lower case.
        row: key of the catalogue's row with the frameworks and scanners that demand it too; empty where none does.
        waivable: false for the few that no reason excuses.
    """

    id: str
    title: str
    why: str
    row: str = ""
    waivable: bool = True

    def __post_init__(self) -> None:
        if self.id in _ALL:
            raise ConfigError(f"control {self.id!r} is defined twice: ids are contract. Choose another id.")
        _ALL[self.id] = self

    @property
    def severity(self) -> str:
        """`low`, `medium`, `high` or `critical` as the sources rate it; empty where none does."""
        return catalogue.rows()[self.row]["severity"] if self.row else ""

    def source(self, column: str) -> tuple[str, ...]:
        """Ids under which one framework or scanner knows it, e.g. `source("fsbp_id")`; columns as in the catalogue."""
        return catalogue.cell(self.row, column) if self.row else ()

    def keeps(self, test: Callable[[Any], bool] = bool, expression: str = "{value}") -> Keeps:
        """Tie a config field to this control: the value keeps it while `test` holds.

        Args:
            test: true for a value that meets the control; by default, that the value is true.
            expression: the same test in Terraform's language, for a value that is not known at synthesis.
        """
        return Keeps(self, test, expression)


@dataclass(frozen=True)
class Keeps:
    """Field metadata: the control that the field's default satisfies, and the test that says so."""

    control: Control
    test: Callable[[Any], bool]
    expression: str


def find(id: str) -> Control:
    """The control with that id.

    Raises:
        ConfigError: there is none; the error names the nearest.
    """
    if id in _ALL:
        return _ALL[id]
    near = difflib.get_close_matches(id, _ALL, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ConfigError(f"there is no control {id!r}: a waiver or a lookup must name one by its id.{hint}")


def every() -> tuple[Control, ...]:
    """All controls, in the order of their ids."""
    return tuple(_ALL[id] for id in sorted(_ALL))
