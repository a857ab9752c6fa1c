"""HCL files as documents in Terraform's JSON syntax: python-hcl2 finds the blocks and arguments, and their form follows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.hcl_notes import MARK, read_waivers
from secureinfra.terraform.hcl_text import Source
from secureinfra.terraform.hcl_value import Mode, Values
from secureinfra.terraform.labels import LABELS, unknown_block
from secureinfra.terraform.positions import Place
from secureinfra.terraform.source import Document

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
        ConfigurationError: it is no HCL, no Terraform, or larger than `LARGEST`.
    """
    reader = _Reader(_source(text, file))
    body: dict[str, Any] = {}
    root = Place(1)
    for tree, base in reader.statements():
        reader.top(tree, base, body, root)
    for kind, held in body.items():
        if not LABELS[kind] and isinstance(held, list) and len(held) == 1:
            body[kind] = held[0]
    return Document(file, body, lambda: root)


def variables(text: str, file: str) -> Mapping[str, Any]:
    """What a file of variables sets: plain values, unknown where one is anything but a literal.

    Raises:
        ConfigurationError: it is no HCL, has blocks, or is larger than `LARGEST`.
    """
    reader = _Reader(_source(text, file))
    values: dict[str, Any] = {}
    for tree, base in reader.statements():
        reader.settings(tree, base, values)
    return values


def _source(text: str, file: str) -> Source:
    if len(text) > LARGEST:
        raise ConfigurationError(
            f"{file}: is larger than {LARGEST // 1024 // 1024} MB, which is the most that is read of one HCL file. "
            "Split it, or give the JSON of a plan."
        )
    return Source(text, file)


class _Reader:
    """Turns the trees of python-hcl2 into what Terraform's JSON syntax has in their place."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._values = Values(source)
        self._has_waivers = MARK in source.text

    def statements(self) -> Iterator[tuple[Any, int]]:
        """The tree of each attribute or block of the file, and the offset at which the tree's positions start."""
        import hcl2  # noqa: PLC0415  # takes longer to load than most configurations to read
        from lark.exceptions import UnexpectedInput  # noqa: PLC0415

        # One at a time, since a tree takes some hundred times the memory of its text.
        for start, end in self._source.statements():
            try:
                yield hcl2.parses_to_tree(self._source.plain[start:end]).children[0], start
            except UnexpectedInput as error:
                raise self._unexpected(start, end, error.pos_in_stream) from None

    def top(self, tree: Any, base: int, into: dict[str, Any], place: Place) -> None:
        """Add the blocks of one tree to the body of the document."""
        for item in self._items(tree, base):
            kind, labels, start = self._head(item, base)
            if item.data == "attribute":
                raise self._source.error(start, f"{kind!r} is an argument outside of any block. Move it into one.")
            if kind not in LABELS:
                raise self._source.error(start, unknown_block(kind))
            if len(labels) != LABELS[kind]:
                wanted = ["no label", 'one label: "NAME"', 'two labels: "TYPE" "NAME"'][LABELS[kind]]
                raise self._source.error(start, f"{kind!r} has {len(labels)} labels here. Write {wanted}.")
            self._top_block(item, base, into, place)

    def settings(self, tree: Any, base: int, into: dict[str, Any]) -> None:
        """Add what one tree of a file of variables sets."""
        for item in self._items(tree, base):
            if item.data == "block":
                start = base + item.meta.start_pos
                raise self._source.error(start, "a file of variables has no blocks. Write NAME = VALUE.")
        self.body(tree, base, into, Place(1), ("terraform",))

    def _top_block(self, item: Any, base: int, into: dict[str, Any], place: Place) -> None:
        kind, labels, start = self._head(item, base)
        line = self._source.line(start)
        holder, name = into, kind
        for label in labels:
            holder, place, name = holder.setdefault(name, {}), place.at(name, line), label
        if kind == "locals":
            self.body(_body_of(item), base, into.setdefault(kind, {}), place.at(kind, line), (kind,))
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
        self.body(_body_of(item), base, block, place, (kind,))
        waivers = read_waivers(self._source.comments(start, base + item.meta.end_pos)) if self._has_waivers else ()
        if waivers and kind in ("resource", "data"):
            block["//"] = {"waivers": waivers}

    def body(self, tree: Any, base: int, into: dict[str, Any], place: Place, kinds: tuple[str, ...]) -> None:
        """Add the arguments and nested blocks of a body.

        Args:
            tree: the body.
            base: the offset at which its positions start.
            into: takes them.
            place: takes their lines.
            kinds: the kinds of the blocks around, the outermost first.
        """
        arguments: set[str] = set()
        for item in self._items(tree, base):
            name, _, start = self._head(item, base)
            if name in arguments or (name in into and item.data == "attribute"):
                raise self._source.error(start, f"{name!r} is set a second time in this block. Keep one of them.")
            if item.data == "block":
                self._nested(item, base, into, place, (*kinds, name))
                continue
            arguments.add(name)
            here = place.at(name, self._source.line(start))
            into[name] = self._values.value(item.children[-1], base, here, mode_of(kinds, name))

    def _nested(self, item: Any, base: int, into: dict[str, Any], place: Place, kinds: tuple[str, ...]) -> None:
        name, labels, start = self._head(item, base)
        line = self._source.line(start)
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
                raise self._source.error(start, f"a second {name!r} is in this block. Keep one of them.")
            holder[key] = written
        else:
            blocks = holder.setdefault(key, [])
            blocks.append(written)
            place = place.at(str(len(blocks) - 1), line)
        self.body(_body_of(item), base, block, place, kinds)

    def _items(self, tree: Any, base: int) -> Iterator[Any]:
        """The attributes and blocks of a body, each of which begins a line of its own."""
        for item in tree.children:
            if item.data in ("attribute", "block"):
                start = base + item.meta.start_pos
                if self._source.before(start) not in "\n{":
                    raise self._source.error(
                        start, "something is before this on its line. Write it on a line of its own."
                    )
                yield item

    def _head(self, item: Any, base: int) -> tuple[str, list[str], int]:
        """Name, labels and offset of an attribute or block."""
        start = base + item.meta.start_pos
        words: list[str] = []
        for child in item.children:
            if getattr(child, "data", None) in ("body", "new_line_or_comment") or getattr(child, "type", None):
                break
            words.append(self._values.word(child, base))
        return words[0], words[1:], start

    def _unexpected(self, start: int, end: int, offset: int | None) -> ConfigurationError:
        # python-hcl2 reads a newline more than there is.
        written = self._source.plain[start:end]
        where = min(len(written.rstrip()) if offset is None else offset, len(written))
        if not written[where:].strip():
            where = len(written.rstrip())
            return self._source.error(start + where, "an argument or block ends too early. Complete it.")
        found = self._source.text[start + where :].split(maxsplit=1)[0][:20]
        return self._source.error(
            start + where, f"{found!r} is not what HCL has here. Mend what is here or just before."
        )


def _body_of(item: Any) -> Any:
    return next(child for child in item.children if getattr(child, "data", None) == "body")


def mode_of(kinds: tuple[str, ...], name: str) -> Mode:
    """How Terraform reads an argument: as an expression, as code that is kept as written, or as a plain value.

    Args:
        kinds: the block and those within it, from the outside in: `("resource", "lifecycle")`.
        name: the argument.
    """
    if name in _WRITTEN.get(kinds, ()) or (kinds[-1] == "dynamic" and name == "iterator"):
        return Mode.WRITTEN
    return Mode.TAKEN if kinds[0] == "terraform" or name in _TAKEN.get(kinds, ()) else Mode.EVALUATED
