"""Terraform names from construct paths, and the one place that knows which are taken."""

from __future__ import annotations

import re

from secureinfra.errors import ConfigError

_NOT_A_NAME = re.compile(r"[^A-Za-z0-9_]")
_BETWEEN_WORDS = re.compile(r"[^A-Za-z0-9]+")


def terraform_name(path: tuple[str, ...]) -> str:
    """The Terraform name of a path below its stack: parts joined by `_`, so `network/private-a` is `network_private_a`.

    No hash is added, unlike the engine's own names: addresses stay readable in plans, state and modules. Two paths
    that would share a name are refused instead.
    """
    name = _NOT_A_NAME.sub("_", "_".join(path))
    return f"_{name}" if name[:1].isdigit() else name


def words(text: str) -> str:
    """A text as a part of an id: letters and digits in lower case, one `-` for whatever lies between."""
    return _BETWEEN_WORDS.sub("-", text).strip("-").lower()


class Names:
    """The names that one stack has given away."""

    def __init__(self) -> None:
        self._taken: dict[str, tuple[str, ...]] = {}

    def take(self, path: tuple[str, ...]) -> str:
        """Reserve the name of a path.

        Raises:
            ConfigError: another path has it already.
        """
        name = terraform_name(path)
        other = self._taken.setdefault(name, path)
        if other is not path:
            raise ConfigError(
                f"{'/'.join(path)}: its Terraform name {name!r} is taken by {'/'.join(other)}: two resources would "
                "share one address. Give one of the constructs another id."
            )
        return name
