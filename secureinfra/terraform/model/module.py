"""One instance of a Terraform module: its blocks, and the scope in which their expressions are evaluated."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.expressions.values import is_too_large
from secureinfra.terraform.model.block import IGNORED, INSTANCE_KEY, Block, Doubt, Node
from secureinfra.terraform.model.installed import installed_module
from secureinfra.terraform.model.repetition import chained
from secureinfra.terraform.model.scope import Named, Scope, attributes, collected
from secureinfra.terraform.model.tree import Tree
from secureinfra.terraform.model.variables import declared_value
from secureinfra.terraform.model.written import Scopes, evaluated, items_of, objects_of
from secureinfra.terraform.read.load import has_module, load_module
from secureinfra.terraform.read.source import Document, Module, Unread
from secureinfra.terraform.unknown import Unknown, is_unknown

T = TypeVar("T")


# Arguments of a call that are not the module's.
_OF_A_CALL = ("//", "source", "version", "count", "for_each", "providers", "depends_on", "lifecycle")
MOST_MODULES_WITHIN_EACH_OTHER = 20
# More instances than this are checked as one, since what differs between them rarely decides a control.
MOST_INSTANCES = 1000


class Repetition(NamedTuple):
    """One instance of what `count`, `for_each` or `enabled` decides about.

    Args:
        key: which one, as addresses write it; empty where there is one, or their number is not known.
        scopes: what its expressions may name.
        doubts: why their number is not known.
    """

    key: str
    scopes: Scopes
    doubts: tuple[Doubt, ...] = ()


class ModuleInstance:
    """A module as one call of it sees it.

    Args:
        module: its files.
        address: e.g. `module.network.` or `module.team["a"].module.network.`; empty for the root.
        arguments: what the call gives, each with the scopes of the caller.
        key: which instance of the call it is, as addresses write it.
        depth: how many calls lie above it.
        tree: what all modules of the root share; a new one where it is the root.
        doubts: why it is not known whether it is there.
    """

    def __init__(
        self,
        module: Module,
        address: str = "",
        arguments: Mapping[str, tuple[Any, Scopes]] | None = None,
        *,
        key: str = "",
        depth: int = 0,
        tree: Tree | None = None,
        doubts: tuple[Doubt, ...] = (),
    ) -> None:
        self.address, self.key = address, key
        self.tree = tree or Tree(module)
        self.doubts = doubts
        self._arguments = arguments or {}
        self._depth = depth
        self._directory = module.directory
        self._given = module.tfvars
        self.unread: list[Unread] = list(module.unread)
        self._variables = _by_name(module, "variable")
        self._outputs = _by_name(module, "output")
        self._calls = _with_documents(module, "module")
        self._locals: dict[str, tuple[Any, Document]] = {
            name: (value, document)
            for document in module.documents
            for held in objects_of(document.body.get("locals"))
            for name, value in held.items()
        }
        self.written = {
            (section, type, name): (raw, document)
            for document in module.documents
            for section in ("resource", "data")
            for type, blocks in _labels(document.body.get(section))
            for name, held in _labels(blocks)
            for raw in objects_of(held)
        }
        self._providers = [
            (name, raw)
            for document in module.documents
            for name, held in _labels(document.body.get("provider"))
            for raw in objects_of(held)
        ]
        self._documents = module.documents
        self._instances: dict[tuple[str, str, str], list[Block]] = {}
        self._children: dict[str, Any] = {}
        self._absent: set[str] = set()
        self._underway: list[str] = []
        self.scopes = Scopes(self._scope(symbolic=False), self._scope(symbolic=True))

    def blocks(self) -> Iterator[Block]:
        """Every resource and data source, those of modules it calls included."""
        for key in self.written:
            yield from self.instances(key)
        for name in self._calls:
            for child in self._called(name):
                yield from child.blocks()
                self.unread.extend(child.unread)

    def providers(self) -> Iterator[tuple[str, Node]]:
        """Every provider block with the provider's name, those in modules it calls included."""
        for name, raw in self._providers:
            yield name, Node(raw, self.scopes)
        for name in self._calls:
            for child in self._called(name):
                yield from child.providers()

    def declared(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Every `moved` or `removed` block with the address of its module, those in modules it calls included."""
        yield from ((self.address, raw) for one in self._documents for raw in objects_of(one.body.get(kind)))
        for name in self._calls:
            for child in self._called(name):
                yield from child.declared(kind)

    def instances(self, key: tuple[str, str, str]) -> list[Block]:
        """The instances of one resource or data source; one that stands for all where their number is not known."""
        if key not in self._instances:
            section, type, name = key
            raw, document = self.written[key]
            label = f"{self.address}{'data.' if section == 'data' else ''}{type}.{name}"
            self._instances[key] = [
                Block(
                    section,
                    type,
                    name,
                    raw,
                    one.scopes,
                    module=self.address,
                    key=one.key,
                    document=document,
                    doubts=(*self.doubts, *one.doubts, *self._ignored(raw, label)),
                )
                for one in self._guarded(
                    label, lambda: self._repeated(raw, label), lambda: document.place(section, type, name)
                )
            ]
        return self._instances[key]

    def _scope(self, *, symbolic: bool) -> Scope:
        members = {
            "var": lambda name: self.variable(name, symbolic=symbolic),
            "local": lambda name: self.local(name, symbolic=symbolic),
            "module": lambda name: self.module(name, symbolic=symbolic),
            "data": lambda name: self.resources("data", name, symbolic=symbolic),
            "path": self._path,
        }
        resources = functools.partial(self.resources, "resource", symbolic=symbolic)
        return Scope(members, resources, self.tree.files)

    def variable(self, name: str, *, symbolic: bool) -> Any:
        """The value of an input variable: what the call or a variables file gives, or its default."""
        declaration = self._variables.get(name, {})
        if name in self._arguments:
            written, scopes = self._arguments[name]
            given = evaluated(written, scopes.symbols if symbolic else scopes.values)
            if is_too_large(given):
                return self._unknown(f"var.{name}")
        elif name in self._given:
            given = self._given[name]
        elif "default" in declaration:
            given = declaration["default"]
        else:
            return self._unknown(f"var.{name}")
        return declared_value(declaration, given, self._unknown(f"var.{name}"))

    def local(self, name: str, *, symbolic: bool) -> Any:
        """The value of a local.

        Raises:
            ConfigurationError: it depends on itself.
        """
        if name not in self._locals:
            return self._unknown(f"local.{name}")
        scope = self.scopes.symbols if symbolic else self.scopes.values
        written, document = self._locals[name]
        value = self._guarded(
            f"{self.address}local.{name}", lambda: evaluated(written, scope), lambda: document.place("locals", name)
        )
        return self._unknown(f"local.{name}") if is_too_large(value) else value

    def output(self, name: str, *, symbolic: bool) -> Any:
        """The value of an output."""
        declared = self._outputs.get(name)
        if declared is None:
            return self._unknown(f"output.{name}")
        scope = self.scopes.symbols if symbolic else self.scopes.values
        label = f"{self.address}output.{name}"
        value = self._guarded(label, lambda: evaluated(declared.get("value"), scope))
        return self._unknown(f"output.{name}") if is_too_large(value) else value

    def outputs(self, *, symbolic: bool) -> Mapping[str, Any]:
        """What `module.network` in the caller's expressions stands for: its outputs by name."""
        return Named(lambda name: self.output(name, symbolic=symbolic))

    def resources(self, section: str, type: str, *, symbolic: bool) -> Any:
        """What `aws_subnet` in an expression stands for: the resources of that type by name."""
        return Named(lambda name: self._resource((section, type, name), symbolic=symbolic))

    def _path(self, name: str) -> Any:
        """The folder of this module or of the root, from the root on."""
        if self._directory is None or self.tree.root is None or name not in ("module", "root"):
            return Unknown(f"${{path.{name}}}", (f"path.{name}",))
        return Path(os.path.relpath(self._directory, self.tree.root)).as_posix() if name == "module" else "."

    def module(self, name: str, *, symbolic: bool) -> Any:
        """What `module.network` in an expression stands for: its outputs, or those of each instance."""
        children = self._called(name)
        if not children:
            return [] if name in self._absent else self._unknown(f"module.{name}")
        return collected([(child.key, child.outputs(symbolic=symbolic)) for child in children])

    def _resource(self, key: tuple[str, str, str], *, symbolic: bool) -> Any:
        section, type, name = key
        if key not in self.written:
            return self._unknown(f"{'data.' if section == 'data' else ''}{type}.{name}")
        blocks = self.instances(key)
        repeated = "count" in self.written[key][0] or "for_each" in self.written[key][0]
        if repeated and len(blocks) == 1 and not blocks[0].key:
            # Their number is not known, so it is not known which one is meant.
            return Unknown(f"${{{blocks[0].address}}}", (blocks[0].address,), "counted")
        if not blocks:
            return []
        return collected([(block.key, attributes(block, symbolic=symbolic)) for block in blocks])

    def _called(self, name: str) -> list[ModuleInstance]:
        if name not in self._children:
            self._children[name] = []
            call, document = self._calls.get(name, ({}, None))
            if document is not None:
                label = f"{self.address}module.{name}"
                self._children[name] = self._guarded(
                    label,
                    lambda: self._instantiated(name, call, document),
                    lambda: document.place("module", name),
                )
        found: list[ModuleInstance] = self._children[name]
        return found

    def _instantiated(self, name: str, call: Mapping[str, Any], document: Document) -> list[ModuleInstance]:
        repeated = self._repeated(call, f"{self.address}module.{name}")
        if not repeated:
            self._absent.add(name)
            return []
        directory = self._directory_of(name, call.get("source"), document)
        if directory is None:
            return []
        if self._depth >= MOST_MODULES_WITHIN_EACH_OTHER:
            raise ConfigurationError(
                f"{self.address}module.{name}: modules call each other {self._depth} deep: does one call itself?"
            )
        module = load_module(directory, self.tree.tool)
        children = []
        for one in repeated:
            address = f"{self.address}module.{name}{one.key}."
            self.tree.enter(module, address.removesuffix("."))
            arguments = {
                argument: (value, one.scopes) for argument, value in call.items() if argument not in _OF_A_CALL
            }
            children.append(
                ModuleInstance(
                    module,
                    address,
                    arguments,
                    key=one.key,
                    depth=self._depth + 1,
                    tree=self.tree,
                    doubts=(*self.doubts, *one.doubts),
                )
            )
        return children

    def _directory_of(self, name: str, written: Any, document: Document) -> Path | None:
        """Where the module of a call lies: beside this one, or where `terraform init` put it."""
        source = evaluated(written.text if is_unknown(written) else written, self.scopes.values)
        label, line = f"{self.address}module.{name}", document.place("module", name)
        local = isinstance(source, str) and (source.startswith(("./", "../", "/")) or source in (".", ".."))
        found: Path | None = None
        why = "this module is not at hand"
        if not isinstance(source, str):
            source = source.text if is_unknown(source) else "no text"
            why = "its source is not known before Terraform runs"
        elif local and self._directory is not None:
            found = self._directory / source
            if not has_module(found, self.tree.tool):
                found, why = None, "that folder contains no module"
        elif self.tree.root is not None:
            found = installed_module(self.tree.root, label, source)
        if found is None:
            what = f"{INSTANCE_KEY.sub('', label)} ({source})"
            self.unread.append(Unread(what, f"{why}, so what it creates is not checked.", line))
        return found

    def _repeated(self, raw: Mapping[str, Any], label: str) -> list[Repetition]:
        if "count" in raw:
            return self._counted(raw["count"], label)
        if "for_each" in raw:
            return self._for_each(raw["for_each"], label)
        for lifecycle in objects_of(raw.get("lifecycle")):
            if "enabled" in lifecycle:
                return self._enabled(lifecycle["enabled"], label)
        return [Repetition("", self.scopes)]

    def _ignored(self, raw: Mapping[str, Any], label: str) -> tuple[Doubt, ...]:
        """The doubt about a resource that keeps whatever settings it has."""
        ignoring = any(held.get("ignore_changes") in ("all", "${all}") for held in objects_of(raw.get("lifecycle")))
        return (Doubt(self.address, f"{IGNORED}{label}", label),) if ignoring else ()

    def _doubt(self, written: Any, label: str) -> tuple[Doubt, ...]:
        return (Doubt(self.address, str(written.text if is_unknown(written) else written), label),)

    def _enabled(self, written: Any, label: str) -> list[Repetition]:
        """One instance or none, as OpenTofu has it."""
        enabled = evaluated(written, self.scopes.values)
        if is_unknown(enabled):
            return [Repetition("", self.scopes, self._doubt(written, label))]
        return [] if enabled in (False, "false") else [Repetition("", self.scopes)]

    def _counted(self, written: Any, label: str) -> list[Repetition]:
        count = evaluated(written, self.scopes.values)
        count = int(count) if isinstance(count, str) and count.isdigit() else count
        if not isinstance(count, int) or count > MOST_INSTANCES or not self.tree.has_room_for(count):
            index = {"count": {"index": Unknown("${count.index}", (f"{label}.count.index",))}}
            return [Repetition("", self.scopes.within(index, index), self._doubt(written, label))]
        indexes = ({"count": {"index": position}} for position in range(count))
        return [Repetition(f"[{position}]", self.scopes.within(index, index)) for position, index in enumerate(indexes)]

    def _for_each(self, written: Any, label: str) -> list[Repetition]:
        values = evaluated(written, self.scopes.values)
        symbols = evaluated(written, self.scopes.symbols)
        if isinstance(values, list):
            values = (
                {item: item for item in values if isinstance(item, str)} if not any(map(is_unknown, values)) else values
            )
        if not isinstance(values, Mapping) or len(values) > MOST_INSTANCES or not self.tree.has_room_for(len(values)):
            each = {part: Unknown(f"${{each.{part}}}", (f"{label}.each.{part}",)) for part in ("key", "value")}
            follower = chained(values)
            each["value"] = each["value"] if follower is None else follower
            return [Repetition("", self.scopes.within({"each": each}, {"each": each}), self._doubt(written, label))]
        others = {} if is_unknown(symbols) or not isinstance(symbols, Mapping) else dict(items_of(symbols))
        found = []
        for key, value in values.items():
            own, other = {"key": key, "value": value}, {"key": key, "value": others.get(key, value)}
            found.append(Repetition(f'["{key}"]', self.scopes.within({"each": own}, {"each": other})))
        return found

    def _unknown(self, traversal: str) -> Unknown:
        absolute = f"{self.address}{traversal}"
        return Unknown(f"${{{absolute}}}", (absolute,))

    def _guarded(self, label: str, evaluate: Callable[[], T], place: Callable[[], str] = str) -> T:
        if label in self._underway:
            circle = " -> ".join([*self._underway[self._underway.index(label) :], label])
            raise ConfigurationError(
                f"{place()}{label} depends on itself: {circle}. Terraform refuses that too: break the circle."
            )
        self._underway.append(label)
        try:
            return evaluate()
        finally:
            self._underway.pop()


def _by_name(module: Module, section: str) -> dict[str, Mapping[str, Any]]:
    return {name: raw for name, (raw, _) in _with_documents(module, section).items()}


def _with_documents(module: Module, section: str) -> dict[str, tuple[Mapping[str, Any], Document]]:
    return {
        name: (raw, document)
        for document in module.documents
        for name, held in _labels(document.body.get(section))
        for raw in objects_of(held)
    }


def _labels(value: Any) -> Iterator[tuple[str, Any]]:
    """Labels and what they hold: Terraform JSON has an object wherever a label stands, or a list of them."""
    for part in objects_of(value):
        yield from ((label, held) for label, held in part.items() if label != "//")
