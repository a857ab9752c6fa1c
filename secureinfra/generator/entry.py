"""Something that can be written out as a module: its class, its name, and what it asks for."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine import SecureConstruct
from secureinfra.errors import ConfigError


@dataclass(frozen=True)
class Entry:
    """Something that can be written out.

    Args:
        name: how the command line and the module call it, kebab case.
        path: `package.module:Class`.
        public: how pages call the class, e.g. `secureinfra.SecureVpc`; by default as `path`.
        asks: settings without a default that become variables when nobody gives them a value.
        needs: settings that only a settings file can give.
        examples: values of settings for tests, where those of their types do not go together.
        yours: what is left to whoever uses the module.
        noun: what it is, where the module is called otherwise.
        extends: the construct that the class writes out as a whole, `package.module:Class`, where it is another.
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
        """How pages call the class."""
        return self.public or self.path

    def load(self) -> type:
        """The class.

        Raises:
            ConfigError: it cannot be imported, or is no construct.
        """
        module, _, name = self.path.partition(":")
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ImportError as error:
            raise ConfigError(f"{self.path}: cannot be imported: {error}. Write package.module:Class.") from None
        if found is None:
            raise ConfigError(
                f"{self.path}: {module} has no {name!r}.{nearest(name, vars(importlib.import_module(module)))}"
            )
        if not (isinstance(found, type) and issubclass(found, Construct)):
            raise ConfigError(f"{self.path}: is no construct. Name a class that takes scope, id and a Config.")
        return found

    def config_type(self) -> type[Config] | None:
        """The class of its configuration; `None` where it takes none."""
        kind: type[Config] | None = SecureConstruct._config_type.__func__(self.load())  # type: ignore[attr-defined]
        return kind


def nearest(name: str, known: Mapping[str, Any]) -> str:
    """The name of several that is most like another, as a sentence; empty where none is."""
    near = difflib.get_close_matches(name, [key for key in known if not key.startswith("_")], n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
