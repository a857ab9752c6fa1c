"""A YAML file of settings, each with its location: line and column, or the command-line option that set it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from secureinfra.errors import ConfigError
from secureinfra.files.yaml_nodes import Keys, Reading, way


@dataclass(frozen=True)
class Places:
    """The locations of values.

    Args:
        file: name of the file in errors.
        root: the YAML nodes, which know their lines.
        given: what the command line set, with the option, by the keys of the value.
        moved: values taken from another part of the file, each with the keys of its source.
        base: the keys of this part; all others are relative to it.
    """

    file: str
    root: Node | None = None
    given: Mapping[Keys, str] = field(default_factory=dict)
    moved: Mapping[Keys, Keys] = field(default_factory=dict)
    base: Keys = ()

    def below(self, *keys: str | int) -> Places:
        """The locations of a part."""
        return replace(self, base=(*self.base, *keys))

    def at(self, keys: Keys = ()) -> str:
        """The location of a value: `settings.yaml:12:7` or `--set zones=2`; for a missing one, that of its parent."""
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
        """How a scalar other than text is written in the file."""
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
        places: the location of each.
    """

    values: dict[str, Any]
    places: Places


def read(path: Path, *, name: str | None = None) -> Document:
    """The mapping in a YAML file, with the location of each value.

    Args:
        path: the file.
        name: name of the file in errors; by default the given path.

    Raises:
        ConfigError: it cannot be read, is not YAML, is not a mapping, or has duplicate names; these are reported together.
    """
    return parse(text_of(path), name or str(path))


def text_of(path: Path, *, what: str = "settings") -> str:
    """The text of a file.

    Args:
        path: the file.
        what: what it holds, for errors.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}. Give a YAML file of {what}.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text. Write the {what} as YAML.") from None


def parse(text: str, name: str) -> Document:
    """The mapping in a YAML text; arguments and errors as for `read`."""
    values, places = value_of(text, name)
    if values is None and places.root is None:
        return Document({}, places)
    if not isinstance(places.root, MappingNode):
        raise ConfigError(f"{name}:1:1: has no settings. Write one per line, e.g. 'zones: 2'.")
    return Document(values, places)


def value_of(text: str, name: str, *, what: str = "settings") -> tuple[Any, Places]:
    """The content of a YAML text, a mapping or not, with the location of each value; `None` if it is empty.

    Args:
        text: YAML, or JSON.
        name: name of the file in errors.
        what: what it holds, for errors.

    Raises:
        ConfigError: it is not YAML, or has values that settings cannot have; these are reported together.
    """
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise ConfigError(f"{_where(error, name)}: {_complaint(error)}") from None
    except RecursionError:
        raise ConfigError(f"{name}: is nested too deeply to be {what}.") from None
    if root is None:
        return None, Places(name)
    reading = Reading(name)
    value = reading.value(root)
    if reading.problems:
        raise ConfigError("\n".join(reading.problems))
    return value, Places(name, root)


def assign(document: Document, assignments: Iterable[str], option: str = "--set") -> Document:
    """The document with values from the command line: `zones=2`, `trust.mfa=true`, `tags={team: web}`.

    Args:
        document: the document from a file, which stays unchanged.
        assignments: a name, or names joined by dots, `=`, and a value as YAML.
        option: name of the option in errors.

    Raises:
        ConfigError: one has no name or no value, or leads through something that is not a mapping.
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
        raise ConfigError(f"{said}: {written!r} is not YAML. Quote it, e.g. {option} '{name}=\"text\"'.") from None
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
        raise ConfigError(f"{said}: leads to {held!r}, which has no {first!r}. Set the whole value instead.")
    return {**held, first: _with(held.get(first), tuple(rest), value, said)}


def _keys(held: Any, parts: Iterable[str]) -> Keys:
    """The keys of a dotted name: a number is a list position if it leads into a list."""
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
    problem = getattr(error, "problem", None) or "is not YAML"
    if "\\t" in problem:
        return "a tab is not allowed here. Indent with spaces."
    return (
        f"{problem}. Fix the YAML; text that contains ': ' or ' #', or begins with a special character, needs quotes."
    )
