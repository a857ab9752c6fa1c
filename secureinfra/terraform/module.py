"""One instance of a Terraform module: its blocks, and the scope in which their expressions are evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.block import Block, Node
from secureinfra.terraform.installed import installed_module
from secureinfra.terraform.load import load_module
from secureinfra.terraform.scope import Named, Root, attributes, collected
from secureinfra.terraform.source import Document, Module
from secureinfra.terraform.unknown import Unknown, is_unknown
from secureinfra.terraform.written import Scopes, evaluated, items_of, objects_of

T = TypeVar("T")


# Arguments of a call that are not the module's.
_OF_A_CALL = ("//", "source", "version", "count", "for_each", "providers", "depends_on")
MOST_MODULES_WITHIN_EACH_OTHER = 20
# More instances than this are judged as one, since what differs between them rarely decides a control.
MOST_INSTANCES = 1000


class ModuleInstance:
    """A module as one call of it sees it.

    Args:
        module: its files.
        address: e.g. `module.network.` or `module.team["a"].module.network.`; empty for the root.
        arguments: what the call gives, each with the scopes of the caller.
        key: which instance of the call it is, as addresses write it.
        depth: how many calls lie above it.
        root: the folder of the root module; this module's own where it is the root.
    """

    def __init__(
        self,
        module: Module,
        address: str = "",
        arguments: Mapping[str, tuple[Any, Scopes]] | None = None,
        *,
        key: str = "",
        depth: int = 0,
        root: Path | None = None,
    ) -> None:
        self.address, self.key = address, key
        self._arguments = arguments or {}
        self._depth = depth
        self._directory = module.directory
        self._root = root or module.directory
        self._given = module.tfvars
        self.unread: list[str] = []
        self._variables = _by_name(module, "variable")
        self._outputs = _by_name(module, "output")
        self._calls = _by_name(module, "module")
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
        self._instances: dict[tuple[str, str, str], list[Block]] = {}
        self._children: dict[str, Any] = {}
        self._underway: list[str] = []
        self.scopes = Scopes(Root(self, symbolic=False), Root(self, symbolic=True))

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

    def instances(self, key: tuple[str, str, str]) -> list[Block]:
        """The instances of one resource or data source; one that stands for all where their number is not known."""
        if key not in self._instances:
            section, type, name = key
            raw, document = self.written[key]
            label = f"{self.address}{'data.' if section == 'data' else ''}{type}.{name}"
            self._instances[key] = [
                Block(section, type, name, raw, scopes, module=self.address, key=which, document=document)
                for which, scopes in self._guarded(
                    label, lambda: self._repeated(raw, label), lambda: document.place(section, type, name)
                )
            ]
        return self._instances[key]

    def variable(self, name: str, *, symbolic: bool) -> Any:
        """The value of an input variable: what the call or a variables file gives, or its default."""
        if name in self._arguments:
            written, scopes = self._arguments[name]
            return evaluated(written, scopes.symbols if symbolic else scopes.values)
        if name in self._given:
            return self._given[name]
        declared = self._variables.get(name)
        if declared is not None and "default" in declared:
            return declared["default"]
        return self._unknown(f"var.{name}")

    def local(self, name: str, *, symbolic: bool) -> Any:
        """The value of a local.

        Raises:
            ConfigurationError: it depends on itself.
        """
        if name not in self._locals:
            return self._unknown(f"local.{name}")
        scope = self.scopes.symbols if symbolic else self.scopes.values
        written, document = self._locals[name]
        return self._guarded(
            f"{self.address}local.{name}", lambda: evaluated(written, scope), lambda: document.place("locals", name)
        )

    def output(self, name: str, *, symbolic: bool) -> Any:
        """The value of an output."""
        declared = self._outputs.get(name)
        if declared is None:
            return self._unknown(f"output.{name}")
        scope = self.scopes.symbols if symbolic else self.scopes.values
        label = f"{self.address}output.{name}"
        return self._guarded(label, lambda: evaluated(declared.get("value"), scope))

    def outputs(self, *, symbolic: bool) -> Mapping[str, Any]:
        """What `module.network` in the caller's expressions stands for: its outputs by name."""
        return Named(lambda name: self.output(name, symbolic=symbolic))

    def resources(self, section: str, type: str, *, symbolic: bool) -> Any:
        """What `aws_subnet` in an expression stands for: the resources of that type by name."""
        return Named(lambda name: self._resource((section, type, name), symbolic=symbolic))

    def module(self, name: str, *, symbolic: bool) -> Any:
        """What `module.network` in an expression stands for: its outputs, or those of each instance."""
        children = self._called(name)
        if not children:
            return self._unknown(f"module.{name}")
        return collected([(child.key, child.outputs(symbolic=symbolic)) for child in children])

    def _resource(self, key: tuple[str, str, str], *, symbolic: bool) -> Any:
        section, type, name = key
        if key not in self.written:
            return self._unknown(f"{'data.' if section == 'data' else ''}{type}.{name}")
        blocks = self.instances(key)
        repeated = "count" in self.written[key][0] or "for_each" in self.written[key][0]
        if repeated and len(blocks) == 1 and not blocks[0].key:
            # Nobody knows how many there are, so nobody knows which one is meant.
            return Unknown(f"${{{blocks[0].address}}}", (blocks[0].address,))
        if not blocks:
            return []
        return collected([(block.key, attributes(block, symbolic=symbolic)) for block in blocks])

    def _called(self, name: str) -> list[ModuleInstance]:
        if name not in self._children:
            self._children[name] = []
            call = self._calls.get(name)
            if call is not None:
                label = f"{self.address}module.{name}"
                self._children[name] = self._guarded(label, lambda: self._instantiated(name, call))
        found: list[ModuleInstance] = self._children[name]
        return found

    def _instantiated(self, name: str, call: Mapping[str, Any]) -> list[ModuleInstance]:
        source = call.get("source")
        directory = self._directory_of(name, str(source))
        if directory is None:
            self.unread.append(f"{self.address}module.{name} ({source})")
            return []
        if self._depth >= MOST_MODULES_WITHIN_EACH_OTHER:
            raise ConfigurationError(
                f"{self.address}module.{name}: modules call each other {self._depth} deep: does one call itself?"
            )
        module = load_module(directory)
        return [
            ModuleInstance(
                module,
                f"{self.address}module.{name}{key}.",
                {argument: (value, scopes) for argument, value in call.items() if argument not in _OF_A_CALL},
                key=key,
                depth=self._depth + 1,
                root=self._root,
            )
            for key, scopes in self._repeated(call, f"{self.address}module.{name}")
        ]

    def _directory_of(self, name: str, source: str) -> Path | None:
        """Where the module of a call lies: beside this one, or where `terraform init` put it."""
        if self._directory is None or self._root is None:
            return None
        if source.startswith(("./", "../")):
            return self._directory / source
        return installed_module(self._root, f"{self.address}module.{name}", source)

    def _repeated(self, raw: Mapping[str, Any], label: str) -> list[tuple[str, Scopes]]:
        if "count" in raw:
            return self._counted(raw["count"], label)
        if "for_each" in raw:
            return self._for_each(raw["for_each"], label)
        return [("", self.scopes)]

    def _counted(self, written: Any, label: str) -> list[tuple[str, Scopes]]:
        count = evaluated(written, self.scopes.values)
        count = int(count) if isinstance(count, str) and count.isdigit() else count
        if not isinstance(count, int) or count > MOST_INSTANCES:
            index = {"count": {"index": Unknown("${count.index}", (f"{label}.count.index",))}}
            return [("", self.scopes.within(index, index))]
        indexes = ({"count": {"index": position}} for position in range(count))
        return [(f"[{position}]", self.scopes.within(index, index)) for position, index in enumerate(indexes)]

    def _for_each(self, written: Any, label: str) -> list[tuple[str, Scopes]]:
        values = evaluated(written, self.scopes.values)
        symbols = evaluated(written, self.scopes.symbols)
        if isinstance(values, list):
            values = (
                {item: item for item in values if isinstance(item, str)} if not any(map(is_unknown, values)) else None
            )
        if not isinstance(values, Mapping) or len(values) > MOST_INSTANCES:
            each = {part: Unknown(f"${{each.{part}}}", (f"{label}.each.{part}",)) for part in ("key", "value")}
            return [("", self.scopes.within({"each": each}, {"each": each}))]
        others = {} if is_unknown(symbols) or not isinstance(symbols, Mapping) else dict(items_of(symbols))
        found = []
        for key, value in values.items():
            own, other = {"key": key, "value": value}, {"key": key, "value": others.get(key, value)}
            found.append((f'["{key}"]', self.scopes.within({"each": own}, {"each": other})))
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
    return {
        name: raw
        for document in module.documents
        for name, held in _labels(document.body.get(section))
        for raw in objects_of(held)
    }


def _labels(value: Any) -> Iterator[tuple[str, Any]]:
    """Labels and what they hold: Terraform JSON has an object wherever a label stands, or a list of them."""
    for part in objects_of(value):
        yield from ((label, held) for label, held in part.items() if label != "//")
