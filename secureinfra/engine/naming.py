"""Terraform names from construct paths, and which of them are taken."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Protocol

from secureinfra.config.rule import Rule
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
    """A text as part of an id: letters and digits in lower case, with a single `-` for anything else in between."""
    return _BETWEEN_WORDS.sub("-", text).strip("-").lower()


def shortened(name: str, longest: int) -> str:
    """A name of AWS that is not too long: its end becomes eight digits of its hash, so that it stays the same and its own.

    Args:
        name: what comes from a path.
        longest: how many characters AWS takes.
    """
    if len(name) <= longest:
        return name
    return f"{name[: longest - 9].rstrip('-_')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


class Named(Protocol):
    """What has a place in the tree, and settings."""

    config: Any

    @property
    def path(self) -> str:
        """Where it is."""


def derived_name(construct: Named, *rules: Rule, name: str | None = None) -> str:
    """The name that AWS knows a construct by, where its configuration gives none: it comes from the construct's path.

    Args:
        construct: what is named.
        rules: what AWS takes.
        name: how the path is written where `-` in place of `/` is not enough.

    Raises:
        ConfigError: AWS does not take it.
    """
    name = construct.path.replace("/", "-") if name is None else name
    for rule in rules:
        if complaint := rule.complaint(name):
            setting = f"{type(construct.config).__name__}(name='...')"
            raise ConfigError(
                f"{construct.path}: name {name!r}, which comes from the path, {complaint}. Set {setting}."
            )
    return name


class Names:
    """The names that are taken in one stack."""

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
