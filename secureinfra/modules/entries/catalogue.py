"""Lists what can be written as a module: the constructs of this library, blueprints, and classes of users."""

from __future__ import annotations

import re

from secureinfra.blueprints import blueprints
from secureinfra.errors import ConfigError
from secureinfra.modules.content.source import NAME
from secureinfra.modules.entries.constructs import CONSTRUCTS, WITHIN
from secureinfra.modules.entries.entry import Entry
from secureinfra.suggest import hint


def entries() -> dict[str, Entry]:
    """Everything with a name: constructs first, then blueprints, third-party ones included."""
    published = {name: Entry(name, blueprint.path) for name, blueprint in blueprints().items() if not blueprint.taken}
    return {**CONSTRUCTS, **published}


def find(name: str) -> Entry:
    """The entry for a name: a listed name, the name of a class, or `package.module:Class`.

    Raises:
        ConfigError: there is no such thing.
    """
    return _entry(name).declared()


def _entry(name: str) -> Entry:
    known = entries()
    by_path = {path: entry for entry in known.values() for path in (entry.path, entry.extends) if path}
    if name in by_path:
        return by_path[name]
    _refuse_part(name)
    if ":" in name:
        cls = name.rpartition(":")[2]
        return Entry(_short(cls), name)
    by_class = {path.rpartition(":")[2]: entry for path, entry in by_path.items()}
    if name in known:
        return known[name]
    if name in by_class:
        return by_class[name]
    raise ConfigError(
        f"unknown module {name!r}: it is neither a construct nor a blueprint.{hint(name, known)} "
        "List them: secureinfra module --list. Your own class: package.module:Class."
    )


def _refuse_part(name: str) -> None:
    """Refuse a construct that is not a module of its own, and name the blueprint that contains it."""
    cls = name.rpartition(":")[2]
    if cls in WITHIN and (cls == name or name.startswith("secureinfra.aws.")):
        raise ConfigError(
            f"{name}: needs another construct, which its own module would not contain. Write the "
            f"blueprint that contains both:  secureinfra module {WITHIN[cls]} --out DIR."
        )


def _short(cls: str) -> str:
    """A module name from a class name: `SecurePaymentsBucket` is `payments-bucket`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", cls)
    if len(words) > 1 and words[0] == "Secure":
        words = words[1:]
    return "-".join(words).lower()[: len(NAME)].strip("-")
