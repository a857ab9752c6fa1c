"""An entry that can be written as a module: its class, name and required settings."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from secureinfra.config.docstrings import paragraphs_of
from secureinfra.declared.declaration import Declaration, declaration_of
from secureinfra.declared.source import find_class
from secureinfra.errors import ConfigError
from secureinfra.suggest import hint

if TYPE_CHECKING:
    from secureinfra.config.config import Config


@dataclass(frozen=True)
class Entry:
    """An entry that can be written as a module.

    Args:
        name: its name on the command line and in the module, kebab case.
        path: `package.module:Class`.
        public: name of the class in documentation, e.g. `secureinfra.SecureVpc`; `path` by default.
        asks: settings without a default that become variables if they are not set.
        needs: settings that only a settings file can give.
        examples: values of settings for tests, if the examples of their types do not fit together.
        yours: what is left to the module's users.
        noun: what it is, if the module has another name.
        extends: the construct that the class extends to a complete module, `package.module:Class`, if any.
    """

    name: str
    path: str
    public: str = ""
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    examples: Mapping[str, Any] = field(default_factory=dict)
    yours: tuple[str, ...] = ()
    noun: str = ""
    extends: str = ""

    @property
    def origin(self) -> str:
        """Name of the class in documentation."""
        return self.public or self.path

    def declared(self) -> Self:
        """The entry with its class's declaration; loads the class.

        Raises:
            ConfigError: as for `load`.
        """
        return self._with(declaration_of(self.load()))

    def described(self) -> tuple[Self, str]:
        """The entry with its class's declaration and summary, both read from the source without starting the engine.

        Raises:
            ConfigError: the class is not found in the source, and it cannot be loaded.
        """
        found = find_class(self.path)
        if found is None:
            return self.declared(), (*paragraphs_of(self.load()), "")[0]
        return self._with(found.declaration or Declaration()), found.summary

    def load(self) -> type:
        """The class.

        Raises:
            ConfigError: it cannot be imported, or is not a construct.
        """
        # The engine first: it selects the Node.js that `constructs` starts.
        importlib.import_module("secureinfra.engine")
        from constructs import Construct  # noqa: PLC0415

        module, _, name = self.path.partition(":")
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ImportError as error:
            raise ConfigError(f"{self.path}: cannot be imported: {error}. Write package.module:Class.") from None
        if found is None:
            raise ConfigError(f"{self.path}: {module} has no {name!r}.{hint(name, _public(module))}")
        if not (isinstance(found, type) and issubclass(found, Construct)):
            raise ConfigError(f"{self.path}: is not a construct. Name a class that takes scope, id and a Config.")
        return found

    def config_type(self) -> type[Config] | None:
        """The class of its configuration; `None` if it has none."""
        from secureinfra.engine.construct import SecureConstruct  # noqa: PLC0415 - starts the engine

        kind: type[Config] | None = SecureConstruct._config_type.__func__(self.load())  # type: ignore[attr-defined]
        return kind

    def _with(self, declared: Declaration) -> Self:
        return replace(
            self,
            asks=self.asks or declared.asks,
            needs=self.needs or declared.needs,
            examples=self.examples or declared.examples,
            yours=self.yours or declared.yours,
        )


def _public(module: str) -> list[str]:
    return [name for name in vars(importlib.import_module(module)) if not name.startswith("_")]
