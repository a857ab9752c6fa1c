"""Which controls a check asks: those of packs, some alone, all but some."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from secureinfra.check.finding import READABLE
from secureinfra.controls.control import Control
from secureinfra.controls.packs import ALL, is_in, known
from secureinfra.controls.search import named
from secureinfra.errors import ConfigError


@dataclass(frozen=True)
class Selection:
    """Which controls are checked.

    Args:
        packs: names of packs.
        only: ids of the only controls, whatever pack they are in; all of the packs if there are none.
        skip: ids of controls that are not checked.
    """

    packs: tuple[str, ...] = (ALL,)
    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()

    @classmethod
    def of(cls, packs: Iterable[str], only: Iterable[str] = (), skip: Iterable[str] = ()) -> Selection:
        """The controls with some ids, their own or published ones.

        Raises:
            ConfigError: a pack does not exist, or an id is not that of a control.
        """
        chosen = tuple(known(name) for name in packs)
        wanted, left = (frozenset(control.id for id in held for control in named(id)) for held in (only, skip))
        if READABLE in left:
            raise ConfigError(f"{READABLE} cannot be skipped: what cannot be read is not checked. Use --exclude.")
        return cls(chosen, wanted, left)

    def asks(self, control: Control) -> bool:
        """Whether a control is checked."""
        if control.id in self.skip:
            return False
        return control.id in self.only if self.only else any(is_in(control, name) for name in self.packs)

    def leaves_off(self, control: Control) -> bool:
        """Whether a control is an option that is checked and fails nothing."""
        if self.only or not control.optional:
            return False
        return not any(name != ALL and is_in(control, name) for name in self.packs)
