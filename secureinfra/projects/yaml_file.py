"""A YAML file of settings, each with its place: line and column, or the option of the command line that gave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from secureinfra.errors import ConfigError

Keys = tuple[str | int, ...]
"""The names and numbers that lead to a value."""

_PLAIN = ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "merge")
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in _PLAIN}
_MERGE = "tag:yaml.org,2002:merge"


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
        for start, _ in _way(self.root, keys):
            place = start
        if place is None:
            return self.file
        return f"{self.file}:{place.start_mark.line + 1}:{place.start_mark.column + 1}"

    def text(self, keys: Keys) -> str | None:
        """How a scalar that is no text is written in the file."""
        keys = self._source((*self.base, *keys))
        way = list(_way(self.root, keys))
        if len(way) != len(keys) or not way or not isinstance(way[-1][1], ScalarNode):
            return None
        return None if str(way[-1][1].tag).endswith(":str") else str(way[-1][1].value)

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
    reading = _Reading(name)
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
        keys = tuple(int(part) if part.isdecimal() else part for part in name.split("."))
        values = _with(values, keys, _scalar(written, name, said, option), said)
        given = {known: origin for known, origin in given.items() if known[: len(keys)] != keys}
        given[keys] = said
    return Document(values, replace(document.places, given=given))


def _scalar(written: str, name: str, said: str, option: str) -> Any:
    try:
        root = YAML(typ="safe", pure=True).compose(written)
    except YAMLError:
        raise ConfigError(f"{said}: {written!r} is no YAML. Quote it, e.g. {option} '{name}=\"text\"'.") from None
    reading = _Reading(said)
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
    return {**held, str(first): _with(held.get(str(first)), tuple(rest), value, said)}


class _Reading:
    """Nodes as plain values, and everything that is wrong with them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[str] = []
        self._known: dict[int, Any] = {}
        self._open: set[int] = set()
        self._constructor = YAML(typ="safe", pure=True).constructor

    def value(self, node: Node) -> Any:
        """A node's value; one that is named in several places is read once."""
        if id(node) in self._open:
            self._tell(node, "refers to itself. Write it out.")
            return None
        if id(node) not in self._known:
            self._open.add(id(node))
            self._known[id(node)] = self._read(node)
            self._open.remove(id(node))
        return self._known[id(node)]

    def _read(self, node: Node) -> Any:
        if str(node.tag) not in _TAGS:
            self._tell(
                node, f"{node.tag} is no type of settings. Write a text, a number, true, false, a list or a mapping."
            )
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node)
        if isinstance(node, SequenceNode):
            return [self.value(item) for item in node.value]
        try:
            return self._constructor.construct_object(node)
        except (ValueError, YAMLError):
            self._tell(node, f"{node.value!r} cannot be read. Put it in quotes if it is a text.")
            return None

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        found: dict[str, Any] = {}
        first: dict[str, Node] = {}
        for key, value in node.value:
            if str(key.tag) == _MERGE:
                continue
            name = self._name(key)
            if name in first:
                before = first[name].start_mark.line + 1
                self._tell(
                    key, f"{name!r} stands here again, after line {before}: one of them would be lost. Keep one."
                )
            first.setdefault(name, key)
            found[name] = self.value(value)
        merged = {name: self.value(value) for name, _, value in _merged(node)}
        return {**merged, **found}

    def _name(self, key: Node) -> str:
        if not isinstance(key, ScalarNode):
            self._tell(key, "a list or mapping is no name of a setting. Write a text before ':'.")
            return ""
        if not str(key.tag).endswith(":str"):
            self._tell(key, f'{key.value} is no text, and names are. Put it in quotes: "{key.value}".')
        return str(key.value)

    def _tell(self, node: Node, complaint: str) -> None:
        mark = node.start_mark
        self.problems.append(f"{self.name}:{mark.line + 1}:{mark.column + 1}: {complaint}")


def _way(root: Node | None, keys: Keys) -> Iterator[tuple[Node, Node]]:
    """For each key, as far as they lead: where it starts, and what it holds."""
    node = root
    for key in keys:
        if isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
            step = (node.value[key], node.value[key])
        elif isinstance(node, MappingNode):
            own = [(name, value) for name, value in node.value if name.value == str(key)]
            own = own or [(name, value) for text, name, value in _merged(node) if text == str(key)]
            if not own:
                return
            step = own[-1]
        else:
            return
        yield step
        node = step[1]


def _merged(node: MappingNode, within: tuple[Node, ...] = ()) -> Iterator[tuple[str, Node, Node]]:
    """What `<<` brings into a mapping, the last of a name counts; a mapping that brings itself brings nothing."""
    sources = [value for key, value in node.value if str(key.tag) == _MERGE]
    parts = [part for source in sources for part in (source.value if isinstance(source, SequenceNode) else (source,))]
    for part in reversed(parts):
        if isinstance(part, MappingNode) and not any(part is outer for outer in (node, *within)):
            yield from _merged(part, (node, *within))
            yield from ((str(key.value), key, value) for key, value in part.value if str(key.tag) != _MERGE)


def _where(error: YAMLError, name: str) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name


def _complaint(error: YAMLError) -> str:
    problem = getattr(error, "problem", None) or "is no YAML"
    if "\\t" in problem:
        return "a tab stands here. Indent with spaces."
    return f"{problem}. Mend the YAML; a text that holds ': ' or ' #', or begins with a sign, needs quotes."
