"""Blueprints by name: this library's own, and those that installed packages publish."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, cast

from secureinfra.errors import ConfigError
from secureinfra.suggest import hint
from secureinfra.version import __version__

if TYPE_CHECKING:
    from secureinfra.config.config import Config
    from secureinfra.engine import SecureConstruct

GROUP = "secureinfra.blueprints"
"""The group of entry points under which a package publishes its blueprints: `name = "package.module:Class"`."""
_OWN = "secureinfra_blueprints"


@dataclass(frozen=True)
class Blueprint:
    """A ready-made stack with a name.

    Args:
        name: its name in settings files.
        path: where its class is, `package.module:Class`.
        distribution: the package that publishes it, with its version.
        taken: why the name cannot be used for it.
    """

    name: str
    path: str
    distribution: str
    taken: str = ""

    def load(self) -> type[SecureConstruct]:
        """Its class; starts the engine.

        Raises:
            ConfigError: it cannot be imported, is not a construct, or has no configuration.
        """
        if self.taken:
            raise ConfigError(f"blueprint {self.name!r} {self.taken}")
        module, _, cls = self.path.partition(":")
        from secureinfra.config.config import Config  # noqa: PLC0415 - the list of names needs neither pydantic
        from secureinfra.engine import SecureConstruct  # noqa: PLC0415 - nor the engine

        try:
            found = functools.reduce(getattr, cls.split("."), importlib.import_module(module))
        except Exception as error:
            # Importing third-party code may raise anything, which must not affect other blueprints.
            raise ConfigError(f"{self._who} cannot be loaded: {type(error).__name__}: {error}.") from None
        if not (isinstance(found, type) and issubclass(found, SecureConstruct)):
            raise ConfigError(f"{self._who} is not a blueprint: {cls} is not a SecureConstruct(scope, id, config).")
        if found._config_type() in (None, Config):
            raise ConfigError(f"{self._who} is not a blueprint: its constructor has no `config: SomeConfig`.")
        return found

    def config_type(self) -> type[Config]:
        """The class of its settings.

        Raises:
            ConfigError: as for `load`.
        """
        return cast("type[Config]", self.load()._config_type())

    @property
    def _who(self) -> str:
        return f"blueprint {self.name!r} ({self.path} of {self.distribution})"


def blueprints() -> dict[str, Blueprint]:
    """Every blueprint by its name, sorted; none is imported."""
    found = {blueprint.name: blueprint for blueprint in _own()}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        published = Blueprint(point.name, point.value.split(" ")[0], _distribution(point))
        known = found.setdefault(point.name, published)
        if known.path != published.path:
            # An installed package must not be able to replace a blueprint of another package.
            both = f"{known.path} of {known.distribution} and {published.path} of {published.distribution}"
            why = f"is published twice: {both}. Write the one you mean, e.g. '{known.path}'."
            found[point.name] = Blueprint(known.name, known.path, known.distribution, why)
    return dict(sorted(found.items()))


def find(name: str) -> Blueprint:
    """The blueprint of a name, or of `package.module:Class`.

    Raises:
        ConfigError: there is no blueprint of that name.
    """
    if re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*", name):
        use_current_folder()
        return Blueprint(name, name, "this project")
    known = blueprints()
    if name not in known:
        raise ConfigError(
            f"there is no blueprint {name!r}.{hint(name, known)} List them: secureinfra blueprints. Your own class: "
            "package.module:Class."
        )
    return known[name]


def use_current_folder() -> None:
    """Allow `package.module:Class` to name modules in the working folder, as `python -m` does."""
    if "" not in sys.path:
        sys.path.insert(0, "")


def _own() -> Iterator[Blueprint]:
    """The blueprints of this library, found by their files, since an older installation lacks entry points of new ones."""
    package = importlib.util.find_spec(_OWN)
    for folder in package.submodule_search_locations or () if package else ():
        for file in sorted(Path(folder).glob("[a-z]*.py")):
            cls = "".join(word.capitalize() for word in file.stem.split("_"))
            if re.search(rf"^class {cls}\(SecureConstruct\):$", file.read_text(encoding="utf-8"), re.MULTILINE):
                path = f"{_OWN}.{file.stem}:{cls}"
                yield Blueprint(file.stem.replace("_", "-"), path, f"secureinfra {__version__}")


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown package"
