"""What can be written out as a module: the constructs of this library, blueprints, and anybody's own classes."""

from __future__ import annotations

import difflib
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine import SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.modules.source import NAME
from secureinfra.projects.registry import blueprints


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
                f"{self.path}: {module} has no {name!r}.{_nearest(name, vars(importlib.import_module(module)))}"
            )
        if not (isinstance(found, type) and issubclass(found, Construct)):
            raise ConfigError(f"{self.path}: is no construct. Name a class that takes scope, id and a Config.")
        return found

    def config_type(self) -> type[Config] | None:
        """The class of its configuration; `None` where it takes none."""
        kind: type[Config] | None = SecureConstruct._config_type.__func__(self.load())  # type: ignore[attr-defined]
        return kind


def entries() -> dict[str, Entry]:
    """Everything that has a name: constructs first, then blueprints, third parties' included."""
    from secureinfra.generator.constructs import CONSTRUCTS  # noqa: PLC0415 - it is made of entries

    published = {name: Entry(name, blueprint.path) for name, blueprint in blueprints().items() if not blueprint.taken}
    return {**CONSTRUCTS, **published}


def find(name: str) -> Entry:
    """What a name stands for: one of the list, the name of a class, or `package.module:Class`.

    Raises:
        ConfigError: there is no such thing.
    """
    known = entries()
    by_path = {path: entry for entry in known.values() for path in (entry.path, entry.extends) if path}
    if name in by_path:
        return by_path[name]
    _refuse_part(name)
    if ":" in name:
        cls = name.rpartition(":")[2]
        entry = Entry(_short(cls), name)
        entry.load()
        return entry
    by_class = {path.rpartition(":")[2]: entry for path, entry in by_path.items()}
    if name in known:
        return known[name]
    if name in by_class:
        return by_class[name]
    raise ConfigError(
        f"there is no module {name!r}: it is neither a construct nor a blueprint.{_nearest(name, known)} "
        "List them: secureinfra module --list. Your own class: package.module:Class."
    )


def _refuse_part(name: str) -> None:
    """A construct that is no module by itself leads to the blueprint that has it."""
    from secureinfra.generator.constructs import WITHIN  # noqa: PLC0415 - it is made of entries

    cls = name.rpartition(":")[2]
    if cls in WITHIN and (cls == name or name.startswith("secureinfra.aws.")):
        raise ConfigError(
            f"{name}: needs another construct beside it, which a module of its own would not have. Write out the "
            f"blueprint that has both: secureinfra module {WITHIN[cls]} --out DIR."
        )


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, [key for key in known if not key.startswith("_")], n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _short(cls: str) -> str:
    """A module's name from a class's: `SecurePaymentsBucket` is `payments-bucket`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", cls)
    if len(words) > 1 and words[0] == "Secure":
        words = words[1:]
    return "-".join(words).lower()[: len(NAME)].strip("-")
