"""What can be written out as a module: the constructs of this library, blueprints, and anybody's own classes."""

from __future__ import annotations

import re

from secureinfra.errors import ConfigError
from secureinfra.generator.constructs import ASKS, CONSTRUCTS, WITHIN
from secureinfra.generator.entry import Entry, nearest
from secureinfra.modules.source import NAME
from secureinfra.projects.registry import blueprints


def entries() -> dict[str, Entry]:
    """Everything that has a name: constructs first, then blueprints, third parties' included."""
    published = {
        name: Entry(name, blueprint.path, asks=ASKS.get(name, ()))
        for name, blueprint in blueprints().items()
        if not blueprint.taken
    }
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
        f"there is no module {name!r}: it is neither a construct nor a blueprint.{nearest(name, known)} "
        "List them: secureinfra module --list. Your own class: package.module:Class."
    )


def _refuse_part(name: str) -> None:
    """A construct that is no module by itself leads to the blueprint that has it."""
    cls = name.rpartition(":")[2]
    if cls in WITHIN and (cls == name or name.startswith("secureinfra.aws.")):
        raise ConfigError(
            f"{name}: needs another construct beside it, which a module of its own would not have. Write out the "
            f"blueprint that has both: secureinfra module {WITHIN[cls]} --out DIR."
        )


def _short(cls: str) -> str:
    """A module's name from a class's: `SecurePaymentsBucket` is `payments-bucket`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", cls)
    if len(words) > 1 and words[0] == "Secure":
        words = words[1:]
    return "-".join(words).lower()[: len(NAME)].strip("-")
