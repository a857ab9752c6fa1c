"""One block of a configuration as an object: arguments by dotted path, nested blocks, what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.model.repetition import follows, is_at_most_one
from secureinfra.terraform.model.written import Scopes, evaluated, items_of, objects_of
from secureinfra.terraform.read.hcl_notes import ignored_in
from secureinfra.terraform.read.source import Document
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_given, is_unknown, unknowns

INSTANCE_KEY = re.compile(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]")
"""Which instance, as addresses write it: `[0]`, `["a"]`."""

IGNORED = "ignore_changes = all of "
"""How a doubt begins about a block whose arguments Terraform does not apply to what is there.

developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#ignore_changes
"""
_UNREAD = object()


class Doubt(NamedTuple):
    """Why it is not known whether, or how often, a block is there: its own `count`, `for_each` or `enabled`, or a module's.

    Args:
        module: the address of the module in which the expression stands, with a dot behind it.
        written: the expression.
        label: the address of what it is written in.
    """

    module: str
    written: str
    label: str


class Node:
    """A block, or a nested block.

    Args:
        raw: what was written, in Terraform's JSON syntax.
        scopes: what its expressions may name; `None` where `raw` holds values already, as a plan does.
        path: where it stands within its resource, e.g. `rule[0]`; empty for the resource itself.
        hidden: what is not known where it is not known whether and how often the block is there.
    """

    def __init__(
        self, raw: Mapping[str, Any], scopes: Scopes | None, path: str = "", hidden: Unknown | None = None
    ) -> None:
        self.raw, self.path = raw, path
        self._scopes, self._hidden = scopes, hidden
        self._read: dict[str, Any] = {}

    def get(self, path: str, default: Any = None) -> Any:
        """The value of an argument, as far as it is known.

        Strings, numbers, booleans, lists and objects come as Python's own. What is not known is an `Unknown`, which
        raises when it is compared. A nested block comes as an object; of several, the first (`blocks` gives all).

        Args:
            path: names divided by dots, e.g. `versioning_configuration.status`.
            default: the answer where nothing, or Terraform's `null`, is written.
        """
        found = self._read.get(path, _UNREAD)
        if found is _UNREAD:
            name, _, rest = path.partition(".")
            found = self._read[path] = self._nested(name, rest) if rest else self._value(name)
        return default if found is None else found

    def items(self, path: str) -> list[Any]:
        """The items of a list argument; what is not a list counts as its one item, and nothing written as none.

        Args:
            path: as for `get`.
        """
        value = self.get(path)
        if isinstance(value, list | tuple):
            return list(value)
        return [] if value is None else [value]

    def has(self, path: str) -> bool:
        """Whether anything is written there.

        Raises:
            UnknownValueError: that depends on what only Terraform knows: a variable may be null, a dynamic block empty.
        """
        return is_given(self.get(path))

    @property
    def is_there(self) -> bool:
        """True for what is written; a block that may or may not be there raises `UnknownValueError`."""
        return self._hidden is None or bool(self._hidden)

    def blocks(self, name: str) -> list[Node]:
        """The nested blocks of that name, those of `dynamic` ones included.

        Where their number is not known there is one node, of which every question answers `Unknown`.
        """
        if self._hidden is not None:
            return [Node({}, None, self._inner(name, 0), self._hidden)]
        written = self.raw.get(name)
        if isinstance(written, str) and self._scopes:
            written = evaluate(written, self._scopes.values)
        if is_unknown(written):
            return [Node({}, None, self._inner(name, 0), written)]
        found = [
            Node(raw, self._scopes, self._inner(name, position)) for position, raw in enumerate(objects_of(written))
        ]
        for dynamic in _dynamics(self.raw, name):
            found.extend(self._expanded(name, dynamic, len(found)))
        return found

    def references(self, path: str) -> set[str]:
        """The traversals an argument depends on, followed through variables, locals and module outputs.

        They are absolute and name an attribute: `aws_kms_key.k.arn`, `module.m.aws_s3_bucket.b.id`.
        """
        if self._hidden is not None:
            return set(self._hidden.references)
        name, _, rest = path.partition(".")
        if rest:
            return {reference for node in self.blocks(name) for reference in node.references(rest)}
        written = self.raw.get(name)
        value = evaluated(written, self._scopes.symbols) if self._scopes else written
        return {reference for unknown in unknowns(value) for reference in unknown.references}

    def _value(self, name: str) -> Any:
        if self._hidden is not None:
            return self._hidden
        if name in self.raw:
            written = self.raw[name]
            return evaluated(written, self._scopes.values) if self._scopes else written
        nodes = self.blocks(name) if "dynamic" in self.raw else ()
        return nodes[0].whole() if nodes else None

    def whole(self) -> Any:
        """Everything that was written, as far as it is known: an object by argument."""
        if self._hidden is not None:
            return self._hidden
        return evaluated(self.raw, self._scopes.values) if self._scopes else self.raw

    def _nested(self, name: str, rest: str) -> Any:
        written = self.raw.get(name)
        if self._hidden is not None or isinstance(written, Mapping | list) or "dynamic" in self.raw:
            # Of a large block only what is asked for is evaluated.
            nodes = self.blocks(name)
            return nodes[0].get(rest) if nodes else None
        value = self._value(name)
        for part in rest.split("."):
            value = _member(value, part)
        return value

    def _inner(self, name: str, position: int) -> str:
        return f"{self.path}.{name}[{position}]" if self.path else f"{name}[{position}]"

    def _expanded(self, name: str, dynamic: Mapping[str, Any], start: int) -> Iterator[Node]:
        if self._scopes is None:
            return
        values = evaluated(dynamic["for_each"], self._scopes.values)
        symbols = evaluated(dynamic["for_each"], self._scopes.symbols)
        if is_unknown(values):
            yield Node({}, None, self._inner(name, start), values)
            return
        iterator = str(dynamic.get("iterator", name))
        content = next(objects_of(dynamic.get("content")), {})
        others = {} if is_unknown(symbols) else dict(items_of(symbols))
        for position, (key, value) in enumerate(items_of(values)):
            own = {iterator: {"key": key, "value": value}}
            other = {iterator: {"key": key, "value": others.get(key, value)}}
            yield Node(content, self._scopes.within(own, other), self._inner(name, start + position))


class Block(Node):
    """A resource or data source; one instance of it where `count` or `for_each` is known.

    Args:
        section: `resource` or `data`.
        type: the Terraform type.
        name: its name.
        raw: what was written.
        scopes: as for `Node`.
        module: the address of its module with a dot behind it, e.g. `module.network.`; empty in the root.
        key: which instance it is, as addresses write it: `[0]`, `["a"]`; empty where there is one, or their number is not known.
        document: the file it stands in.
        doubts: why it is not known whether it is there, those of the modules around it first.
    """

    def __init__(
        self,
        section: str,
        type: str,
        name: str,
        raw: Mapping[str, Any],
        scopes: Scopes | None,
        *,
        module: str = "",
        key: str = "",
        document: Document | None = None,
        doubts: tuple[Doubt, ...] = (),
    ) -> None:
        super().__init__(raw, scopes)
        self.doubts = doubts
        self.section, self.type, self.name, self.module, self.key = section, type, name, module, key
        self.document = document
        self.address = f"{module}{'data.' if section == 'data' else ''}{type}.{name}{key}"

    @property
    def file(self) -> str:
        """The file it is written in; empty for what lies in no file."""
        return self.document.file if self.document else ""

    def line_of(self, at: str = "") -> int | None:
        """The line on which it, or something within it, is written, counted from 1; `None` where it is not known.

        Args:
            at: where within it, e.g. `rule[0].action`.
        """
        if self.document is None:
            return None
        steps = at.replace("[", ".").replace("]", "").split(".") if at else ()
        return self.document.line_of(self.section, self.type, self.name, *steps)

    @property
    def is_source(self) -> bool:
        """Whether it is what people or tools wrote, rather than what a plan says will be."""
        return self._scopes is not None

    @property
    def construct_path(self) -> str:
        """The path of the construct that made it, from the engine's metadata; empty for Terraform that people wrote."""
        metadata = self._comment().get("metadata")
        return str(metadata.get("path", "")) if isinstance(metadata, Mapping) else ""

    @property
    def stands_for_several(self) -> bool:
        """Whether it stands for all instances of a resource whose number is not known."""
        return self.is_source and not self.key and ("count" in self.raw or "for_each" in self.raw)

    @property
    def is_one_of_several(self) -> bool:
        """Whether a reference to one instance of it leaves others out: of `count = var.n`, `[0]` is not all."""
        counted = [doubt.written for doubt in self.doubts if not doubt.written.startswith(IGNORED)]
        return self.stands_for_several and not is_at_most_one(counted[-1] if counted else "")

    def is_as_sure_as(self, other: Block | None) -> bool:
        """Whether it is there whenever another is: not `count = var.n`, unless the other says that too or is counted by it.

        The modules around both count as well.

        Args:
            other: `None` for what is there in any case.
        """
        shared = {(doubt.module, doubt.written) for doubt in other.doubts} if other else set()
        return all(
            (doubt.module, doubt.written) in shared or (other is not None and other.counts(doubt))
            for doubt in self.doubts
        )

    def surely(self, other: Block | None = None) -> bool:
        """True for what is there whenever another is, so that it may stand in for it.

        Args:
            other: as for `is_as_sure_as`.

        Raises:
            UnknownValueError: it is not known whether it is there.
        """
        if not self.is_as_sure_as(other):
            raise UnknownValueError(self.doubtful())
        return True

    def doubtful(self) -> Unknown:
        """What is not known of a block that is not sure to be there, or to be as it is written."""
        if self.doubts and self.doubts[-1].written.startswith(IGNORED):
            return Unknown(f"whether {self.address} is as written, since it has ignore_changes = all")
        return Unknown(f"how many {self.address} there are")

    def counts(self, doubt: Doubt) -> bool:
        """Whether a doubt is about how many of this block there are, so that there is one for each."""
        data = "data." if self.section == "data" else ""
        return doubt.module == self.module and follows(doubt.written, f"{data}{self.type}.{self.name}")

    @property
    def waivers(self) -> list[Mapping[str, Any]]:
        """The waivers written beside it."""
        return list(objects_of(self._comment().get("waivers")))

    @property
    def ignored(self) -> list[Mapping[str, Any]]:
        """What is written beside it for other scanners to ignore: `tool`, `id`, `reason`, and `line` if it is a comment."""
        return list(ignored_in(self._comment())) if "//" in self.raw else []

    def _comment(self) -> Mapping[str, Any]:
        comment = self.raw.get("//")
        return comment if isinstance(comment, Mapping) else {}

    def __repr__(self) -> str:
        return f"<{self.address}>"


def _dynamics(raw: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    for dynamic in objects_of(raw.get("dynamic")):
        yield from (held for held in objects_of(dynamic.get(name)) if "for_each" in held)


def _member(value: Any, name: str) -> Any:
    if is_unknown(value):
        inner = f"{value.text.removeprefix('${').removesuffix('}')}.{name}"
        return Unknown(f"${{{inner}}}", (inner,) if value.reference else value.references)
    if isinstance(value, list) and value and not name.isdigit():
        value = value[0]
    if isinstance(value, list | tuple):
        return value[int(name)] if name.isdigit() and int(name) < len(value) else None
    return value.get(name) if isinstance(value, Mapping) else None
