"""What all modules of one root share: its folder, whose files are read, what may be read below it, and how much may come of it."""

from __future__ import annotations

from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.expressions.files import Files
from secureinfra.terraform.read.source import Module, Tool

MOST_REPEATED = 20_000
"""So many instances of what has `count` or `for_each` are told apart; what would come on top is checked as one."""
MOST_MODULES = 5_000
"""So many instances of modules are read."""


class Tree:
    """What all modules of one root share.

    Args:
        root: the root module.
    """

    def __init__(self, root: Module) -> None:
        self.root: Path | None = root.directory
        self.tool: Tool = root.tool
        self.files = Files(root.directory)
        self.called: set[Path] = set()
        self._repeated = MOST_REPEATED
        self._modules = MOST_MODULES

    def has_room_for(self, instances: int) -> bool:
        """Whether so many instances may be told apart; they are taken if so."""
        if instances > self._repeated:
            return False
        self._repeated -= instances
        return True

    def enter(self, module: Module, address: str) -> None:
        """Begin with one more instance of a module.

        Raises:
            ConfigurationError: there are too many.
        """
        self._modules -= 1
        if self._modules < 0:
            raise ConfigurationError(
                f"{address}: more than {MOST_MODULES:,} instances of modules come of this configuration. "
                "Give a part of it, or the JSON of a plan."
            )
        if module.directory is not None:
            self.files.allow(module.directory)
            self.called.add(module.directory)
