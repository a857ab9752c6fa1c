"""HCL files as documents in Terraform's JSON syntax."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read.hcl_notes import IGNORE_MARKS, IGNORED, MARK, ignored_checks, read_waivers
from secureinfra.terraform.read.hcl_text import Source
from secureinfra.terraform.read.hcl_tree import Item, Parser
from secureinfra.terraform.read.hcl_value import Mode, Values
from secureinfra.terraform.read.labels import LABELS, is_misspelt, unknown_block
from secureinfra.terraform.read.positions import Place
from secureinfra.terraform.read.source import Document, Unread, unknown_kind

LARGEST = 8 * 1024 * 1024
"""Characters of the largest HCL file that is read; JSON may be larger."""

# Arguments that Terraform reads as references or keywords, which in JSON are strings of code, by the blocks around.
_WRITTEN: Mapping[tuple[str, ...], Collection[str]] = {
    **dict.fromkeys(
        [("resource",), ("data",), ("ephemeral",), ("action",), ("check", "data")], ("depends_on", "provider")
    ),
    **{(kind, "lifecycle"): ("ignore_changes", "replace_triggered_by") for kind in ("resource", "data")},
    ("resource", "provisioner"): ("when", "on_failure"),
    ("removed", "provisioner"): ("when", "on_failure"),
    ("module",): ("depends_on", "providers"),
    ("output",): ("depends_on",),
    ("variable",): ("type",),
    ("moved",): ("from", "to"),
    ("removed",): ("from",),
    ("import",): ("to", "provider"),
    ("terraform",): ("experiments",),
}
# Arguments that Terraform takes as they are, without evaluating them: in JSON their strings are no templates.
_TAKEN: Mapping[tuple[str, ...], Collection[str]] = {
    ("variable",): ("default", "description", "sensitive", "nullable", "ephemeral", "deprecated"),
    ("output",): ("description", "sensitive", "ephemeral", "deprecated"),
    ("module",): ("source", "version"),
    ("provider",): ("alias", "version"),
}
# Blocks that the JSON syntax has as one object, by their kinds from the outermost on.
_SINGLE = {
    ("resource", "lifecycle"),
    ("data", "lifecycle"),
    ("ephemeral", "lifecycle"),
    ("removed", "lifecycle"),
    ("check", "data"),
    ("terraform", "required_providers"),
    ("terraform", "backend"),
    ("terraform", "cloud"),
}


def document(text: str, file: str) -> Document:
    """A file of HCL in Terraform's JSON syntax, where each string as a template means what the HCL did.

    What a variable's default or another argument that Terraform does not evaluate holds is a plain value, and
    unknown where it is anything but a literal.

    Raises:
        ConfigurationError: it is not an HCL, no Terraform, or larger than `LARGEST`.
    """
    reader = _Reader(_source(text, file))
    body: dict[str, Any] = {}
    root = Place(1)
    for item in reader.items():
        reader.top(item, body, root)
    for kind, held in body.items():
        if not LABELS[kind] and isinstance(held, list) and len(held) == 1:
            body[kind] = held[0]
    return Document(file, body, lambda: root, tuple(reader.unread))


def variables(text: str, file: str) -> Mapping[str, Any]:
    """What a file of variables sets: plain values, unknown where one is anything but a literal.

    Raises:
        ConfigurationError: it is not an HCL, has blocks, or is larger than `LARGEST`.
    """
    reader = _Reader(_source(text, file))
    values: dict[str, Any] = {}
    for item in reader.items():
        reader.setting(item, values)
    return values


def _source(text: str, file: str) -> Source:
    if len(text) > LARGEST:
        raise ConfigurationError(
            f"{file}: is larger than {LARGEST // 1024 // 1024} MB, which is the most that is read of one HCL file. "
            "Split it, or give the JSON of a plan."
        )
    return Source(text, file)


class _Reader:
    """Turns blocks and arguments into what Terraform's JSON syntax has in their place."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._values = Values(source)
        self._has_waivers = MARK in source.text
        self._has_ignored = any(mark in source.text for mark in IGNORE_MARKS)
        self._parser = Parser(source)
        self.unread: list[Unread] = []

    def items(self) -> Iterator[Item]:
        """The arguments and blocks of the file."""
        try:
            yield from self._parser.items()
        except RecursionError:
            raise self._source.error(0, "what is in brackets lies too deep within each other. Flatten it.") from None

    def top(self, item: Item, into: dict[str, Any], place: Place) -> None:
        """Add one block to the body of the document."""
        kind, *labels = map(self._values.word, item.words)
        if item.value is not None:
            raise self._source.error(item.start, f"{kind!r} is an argument outside of any block. Move it into one.")
        if kind not in LABELS:
            if is_misspelt(kind):
                raise self._source.error(item.start, unknown_block(kind))
            self.unread.append(unknown_kind(kind, f"{self._source.file}:{self._source.line(item.start)}: "))
            return
        if len(labels) != LABELS[kind]:
            wanted = ["no label", 'one label: "NAME"', 'two labels: "TYPE" "NAME"'][LABELS[kind]]
            raise self._source.error(item.start, f"{kind!r} has {len(labels)} labels here. Write {wanted}.")
        self._top_block(item, kind, labels, into, place)

    def setting(self, item: Item, into: dict[str, Any]) -> None:
        """Add what one argument of a file of variables sets."""
        if item.value is None:
            raise self._source.error(item.start, "a file of variables has no blocks. Write NAME = VALUE.")
        self.body((item,), into, Place(1), ("terraform",))

    def _top_block(self, item: Item, kind: str, labels: list[str], into: dict[str, Any], place: Place) -> None:
        start = item.start
        line = self._source.line(start)
        holder, name = into, kind
        for label in labels:
            holder, place, name = holder.setdefault(name, {}), place.at(name, line), label
        if kind == "locals":
            self.body(item.body, into.setdefault(kind, {}), place.at(kind, line), (kind,))
            return
        block: dict[str, Any] = {}
        if kind == "provider" or not labels:
            blocks = holder.setdefault(name, [])
            blocks.append(block)
            place = place.at(name, line).at(str(len(blocks) - 1), line)
        elif name in holder:
            address = ".".join((kind, *labels))
            before = place.held[name].line
            raise self._source.error(start, f"{address} is in line {before} too. Keep one, or give one another name.")
        else:
            holder[name] = block
            place = place.at(name, line)
        self.body(item.body, block, place, (kind,))
        if kind in ("resource", "data"):
            self._notes(block, start, item.end)

    def _notes(self, block: dict[str, Any], start: int, end: int) -> None:
        """Keep what comments say of a block."""
        notes: dict[str, Any] = {}
        if self._has_waivers and (waivers := read_waivers(self._source.comments(start, end))):
            notes["waivers"] = waivers
        if self._has_ignored and (ignored := ignored_checks(self._source.lined_comments(start, end))):
            notes[IGNORED] = ignored
        if notes:
            block["//"] = notes

    def body(self, items: tuple[Item, ...], into: dict[str, Any], place: Place, kinds: tuple[str, ...]) -> None:
        """Add arguments and nested blocks.

        Args:
            items: the body.
            into: takes them.
            place: takes their lines.
            kinds: the kinds of the blocks around, the outermost first.
        """
        arguments: set[str] = set()
        for item in items:
            name, *labels = map(self._values.word, item.words)
            if name in arguments or (name in into and item.value is not None):
                raise self._source.error(item.start, f"{name!r} is set a second time in this block. Keep one of them.")
            if item.value is None:
                self._nested(item, name, labels, into, place, (*kinds, name))
                continue
            arguments.add(name)
            here = place.at(name, self._source.line(item.start))
            into[name] = self._values.value(item.value, here, mode_of(kinds, name))

    def _nested(
        self, item: Item, name: str, labels: list[str], into: dict[str, Any], place: Place, kinds: tuple[str, ...]
    ) -> None:
        line = self._source.line(item.start)
        holder, key, block = into, name, dict[str, Any]()
        written = block
        if name == "provisioner":
            # They run in order, so their labels are within the elements of one list.
            for label in reversed(labels):
                written = {label: written}
        else:
            for label in labels:
                holder, place, key = holder.setdefault(key, {}), place.at(key, line), label
        place = place.at(key, line)
        if kinds in _SINGLE or kinds[-2:] == ("dynamic", "content"):
            if key in holder:
                raise self._source.error(item.start, f"a second {name!r} is in this block. Keep one of them.")
            holder[key] = written
        else:
            blocks = holder.setdefault(key, [])
            blocks.append(written)
            place = place.at(str(len(blocks) - 1), line)
        self.body(item.body, block, place, kinds)


def mode_of(kinds: tuple[str, ...], name: str) -> Mode:
    """How Terraform reads an argument: as an expression, as code that is kept as written, or as a plain value.

    Args:
        kinds: the block and those within it, from the outside in: `("resource", "lifecycle")`.
        name: the argument.
    """
    if name in _WRITTEN.get(kinds, ()) or (kinds[-1] == "dynamic" and name == "iterator"):
        return Mode.WRITTEN
    return Mode.TAKEN if kinds[0] == "terraform" or name in _TAKEN.get(kinds, ()) else Mode.EVALUATED
