"""A YAML file of settings, each with its place: line and column, or the option of the command line that gave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from secureinfra.errors import ConfigError
from secureinfra.projects.yaml_nodes import Keys, Reading, way


@dataclass(frozen=True)
class Places:
    """Where values stand.

    Args:
        file: how errors call the file.
        root: what was read, as nodes that know their lines.
        given: what the command line gave, and the option that did, by the keys of the value.
        moved: values that come from another part of the file, each with the keys of its source.
        base: the keys of the part that is meant; all others are relative to it.
    """

    file: str
    root: Node | None = None
    given: Mapping[Keys, str] = field(default_factory=dict)
    moved: Mapping[Keys, Keys] = field(default_factory=dict)
    base: Keys = ()

    def below(self, *keys: str | int) -> Places:
        """The places of a part."""
        return replace(self, base=(*self.base, *keys))

    def at(self, keys: Keys = ()) -> str:
        """Where a value stands: `settings.yaml:12:7` or `--set zones=2`; for one that is missing, what would hold it."""
        keys = self._source((*self.base, *keys))
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.given:
                return self.given[keys[:length]]
        place = self.root
        for start, _ in way(self.root, keys):
            place = start
        if place is None:
            return self.file
        return f"{self.file}:{place.start_mark.line + 1}:{place.start_mark.column + 1}"

    def text(self, keys: Keys) -> str | None:
        """How a scalar that is no text is written in the file."""
        keys = self._source((*self.base, *keys))
        steps = list(way(self.root, keys))
        if len(steps) != len(keys) or not steps or not isinstance(steps[-1][1], ScalarNode):
            return None
        return None if str(steps[-1][1].tag).endswith(":str") else str(steps[-1][1].value)

    def _source(self, keys: Keys) -> Keys:
        for length in range(len(keys), 0, -1):
            if keys[:length] in self.moved:
                return (*self.moved[keys[:length]], *keys[length:])
        return keys


@dataclass(frozen=True)
class Document:
    """A mapping read from a file.

    Args:
        values: what it holds, as plain Python values.
        places: where each of them stands.
    """

    values: dict[str, Any]
    places: Places


def read(path: Path, *, name: str | None = None) -> Document:
    """The mapping that a YAML file holds, with the place of each value.

    Args:
        path: the file.
        name: how errors call it; by default as it was given.

    Raises:
        ConfigError: it cannot be read, is no YAML, holds no mapping, or a name twice; all of the latter together.
    """
    return parse(text_of(path), name or str(path))


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}. Give a YAML file of settings.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is no UTF-8 text. Write the settings as YAML.") from None


def parse(text: str, name: str) -> Document:
    """The mapping that a YAML text holds; arguments and errors as for `read`."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise ConfigError(f"{_where(error, name)}: {_complaint(error)}") from None
    except RecursionError:
        raise ConfigError(f"{name}: is nested too deeply to be settings.") from None
    if root is None:
        return Document({}, Places(name))
    reading = Reading(name)
    values = reading.value(root)
    if not isinstance(root, MappingNode):
        raise ConfigError(f"{name}:1:1: holds no settings. Write one a line, e.g. 'zones: 2'.")
    if reading.problems:
        raise ConfigError("\n".join(reading.problems))
    return Document(values, Places(name, root))


def assign(document: Document, assignments: Iterable[str], option: str = "--set") -> Document:
    """The document with values that the command line gives: `zones=2`, `trust.mfa=true`, `tags={team: web}`.

    Args:
        document: what a file gave, which stays as it is.
        assignments: a name, or names with dots between them, `=`, and a value as YAML.
        option: how errors call the option.

    Raises:
        ConfigError: one has no name or no value, or leads through something that is no mapping.
    """
    values, given = document.values, dict(document.places.given)
    for text in assignments:
        said = f"{option} {text}"
        name, equals, written = text.partition("=")
        if not (name and equals):
            raise ConfigError(f"{said}: lacks a value. Write e.g. {option} zones=2.")
        keys = _keys(values, name.split("."))
        values = _with(values, keys, _scalar(written, name, said, option), said)
        given = {known: origin for known, origin in given.items() if known[: len(keys)] != keys}
        given[keys] = said
    return Document(values, replace(document.places, given=given))


def _scalar(written: str, name: str, said: str, option: str) -> Any:
    try:
        root = YAML(typ="safe", pure=True).compose(written)
    except YAMLError:
        raise ConfigError(f"{said}: {written!r} is no YAML. Quote it, e.g. {option} '{name}=\"text\"'.") from None
    reading = Reading(said)
    value = reading.value(root) if root is not None else None
    if reading.problems:
        raise ConfigError(reading.problems[0])
    return value


def _with(held: Any, keys: Keys, value: Any, said: str) -> Any:
    if not keys:
        return value
    first, *rest = keys
    if isinstance(held, list) and isinstance(first, int) and first < len(held):
        return [_with(item, tuple(rest), value, said) if number == first else item for number, item in enumerate(held)]
    if held is None:
        held = {}
    if not isinstance(held, dict):
        raise ConfigError(f"{said}: leads to {held!r}, which has no {first!r}. Give the whole value instead.")
    return {**held, first: _with(held.get(first), tuple(rest), value, said)}


def _keys(held: Any, parts: Iterable[str]) -> Keys:
    """The keys that a name with dots stands for: a number is one where it leads into a list."""
    keys: list[str | int] = []
    for part in parts:
        key = int(part) if isinstance(held, list) and part.isdecimal() else part
        keys.append(key)
        try:
            held = held[key]
        except (LookupError, TypeError):
            held = None
    return tuple(keys)


def _where(error: YAMLError, name: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name


def _complaint(error: YAMLError) -> str:
    problem = getattr(error, "problem", None) or "is no YAML"
    if "\\t" in problem:
        return "a tab stands here. Indent with spaces."
    return f"{problem}. Mend the YAML; a text that holds ': ' or ' #', or begins with a sign, needs quotes."
