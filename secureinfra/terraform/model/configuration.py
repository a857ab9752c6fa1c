"""A Terraform configuration as objects: its blocks by type and address, and how they refer to each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.model.block import Block, Node
from secureinfra.terraform.model.module import ModuleInstance
from secureinfra.terraform.model.refactoring import forgotten, moves
from secureinfra.terraform.model.written import objects_of
from secureinfra.terraform.read.inputs import Inputs
from secureinfra.terraform.read.load import load
from secureinfra.terraform.read.source import Document, Module, Root, Unread
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_reference_to_resource, is_unknown

# Attributes by which others name a resource when they do not refer to it.
_NAMES = ("bucket", "name", "id", "arn", "identifier", "function_name", "cluster_identifier", "key_id", "url")


class Configuration:
    """What was read: one stack, one folder of Terraform, or one plan.

    Args:
        blocks: its resources and data sources, in the order in which they are written.
        name: what reports call it.
        providers: its provider blocks by name, those of modules it calls included.
        unread: what was not read, such as modules that are not at hand.
        notes: what a reader of the report should know besides.
        path: where it lies, if it is called by its path; `None` for a stack, or a document in memory.
        called: the folders of the modules that it calls.
        moves: old and new address of each `moved` block.
        forgotten: the address in each `removed` block that destroys nothing.
    """

    def __init__(
        self,
        blocks: Iterable[Block],
        *,
        name: str = "",
        providers: Mapping[str, Sequence[Node]] | None = None,
        unread: Sequence[Unread] = (),
        notes: Sequence[str] = (),
        path: Path | None = None,
        called: Iterable[Path] = (),
        moves: Iterable[tuple[str, str]] = (),
        forgotten: Iterable[str] = (),
    ) -> None:
        self.moves, self.forgotten = tuple(moves), tuple(forgotten)
        self.name, self.providers = name, providers or {}
        self.path, self.called = path, frozenset(called)
        self.unread, self.notes = tuple(dict.fromkeys(unread)), tuple(notes)
        self.blocks = tuple(blocks)
        self._types: dict[str, list[Block]] = {}
        self._addresses: dict[str, Block] = {}
        for block in self.blocks:
            self._types.setdefault(f"data.{block.type}" if block.section == "data" else block.type, []).append(block)
            self._addresses[block.address] = block
        self._indexes: dict[tuple[str, str], _Index] = {}
        self.types_read: set[str] = set()

    @classmethod
    def load(cls, path: str | Path, inputs: Inputs | None = None) -> list[Configuration]:
        """Every configuration under a path.

        Args:
            path: a `cdk.tf.json`, a `cdktf.out` folder, a folder of `*.tf.json` and `*.tf`, one such file, or a plan as
                `terraform show -json` prints it.
            inputs: values of variables, and whose files are read.

        Raises:
            ConfigurationError: there is none, or it cannot be read; the error names file and position.
        """
        return [cls.of_root(root) for root in load(path, inputs or Inputs())]

    @classmethod
    def of(cls, document: Mapping[str, Any], name: str = "") -> Configuration:
        """A configuration from memory: Terraform JSON as `stack.to_terraform()` gives it, or a plan.

        Raises:
            ConfigurationError: it has not the form of Terraform JSON.
        """
        if "planned_values" in document:
            return cls.of_root(Root(name=name, path="", module=None, plan=document))
        _refuse_malformed(document, name)
        module = Module(directory=None, documents=(Document(file="", body=document),), tfvars={})
        return cls.of_root(Root(name=name, path="", module=module, plan=None))

    @classmethod
    def of_root(cls, root: Root) -> Configuration:
        """A configuration that was loaded."""
        if root.module is None:
            from secureinfra.terraform.model.plan import blocks_of_plan, providers_of_plan  # noqa: PLC0415 - most runs read no plan

            plan = root.plan or {}
            return cls(blocks_of_plan(plan), name=root.name, providers=providers_of_plan(plan), path=root.own_path)
        instance = ModuleInstance(root.module)
        blocks = list(instance.blocks())
        providers: dict[str, list[Node]] = {}
        for name, node in instance.providers():
            providers.setdefault(name, []).append(node)
        return cls(
            blocks,
            name=root.name,
            providers=providers,
            unread=instance.unread,
            notes=root.module.notes,
            path=root.own_path,
            called=instance.tree.called,
            moves=moves(instance.declared("moved")),
            forgotten=forgotten(instance.declared("removed")),
        )

    def of_type(self, *types: str) -> list[Block]:
        """All blocks of these types, resources as `aws_s3_bucket`, data sources as `data.aws_iam_policy_document`.

        `types_read` holds the types that were asked for.
        """
        self.types_read.update(types)
        return [block for type in types for block in self._types.get(type, ())]

    def is_there(
        self, *types: str, test: Callable[[Block], object] = lambda block: True, beside: Block | None = None
    ) -> bool:
        """Whether a block of these types meets a test and is sure to be there, so that it protects, records or notifies.

        Args:
            types: as for `of_type`.
            test: true for a block that does; any block by default.
            beside: what it is needed for, which may be there as seldom as it is; `None` if it is needed in any case.

        Raises:
            UnknownValueError: none is sure to, and one may.
        """
        return any_of(self.of_type(*types), lambda block: test(block) and block.surely(beside))

    def block(self, address: str) -> Block | None:
        """The block at an address."""
        return self._addresses.get(address)

    def target(self, value: object) -> Block | None:
        """The block that a value is an attribute of: that of `${aws_kms_key.k.arn}` is the key.

        Args:
            value: an `Unknown`, or a traversal such as `aws_kms_key.k.arn`; anything else has no target.
        """
        reference = value.reference if is_unknown(value) else value  # type: ignore[attr-defined]
        if not isinstance(reference, str):
            return None
        while reference:
            if reference in self._addresses:
                return self._addresses[reference]
            reference = _without_last_step(reference)
        return None

    def targets(self, node: Node, path: str, *types: str) -> list[Block]:
        """The blocks that an argument refers to, through variables, locals and module outputs.

        Args:
            node: the block or nested block.
            path: the argument.
            types: those of interest; all if none is given.
        """
        found = (self.target(reference) for reference in sorted(node.references(path)))
        unique = {block.address: block for block in found if block is not None}
        return [block for block in unique.values() if not types or block.type in types]

    def attached(self, block: Block, type: str, via: str) -> list[Block]:
        """The blocks of a type that name this one: its public-access block, its versioning.

        Args:
            block: what they name, by a reference or by the literal name of it.
            type: the type of those that name it.
            via: the argument in which they do, e.g. `bucket`.

        Raises:
            UnknownValueError: none is sure to, and one may: only Terraform knows what it names, or whether it is there.
        """
        index = self._indexes.get((type, via))
        if index is None:
            index = self._indexes[type, via] = _Index(self, type, via)
        found = list(index.by_target.get(block.address, ()))
        for name in _NAMES if index.by_value else ():
            value = block.get(name)
            if isinstance(value, str):
                found += [other for other in index.by_value.get(value, ()) if other not in found]
        if not found and index.unsure:
            raise UnknownValueError(index.unsure[0])
        return self.surely(found, via, block)

    @staticmethod
    def surely(found: list[Block], via: str, block: Block) -> list[Block]:
        """The blocks that name another in an argument, one of which is sure to be there for each instance of it; or none.

        Raises:
            UnknownValueError: there are some, and none is sure to be there whenever the other is.
        """
        for other in found:
            if other.is_as_sure_as(block) and not (
                block.is_one_of_several and _names_one(other.references(via), block)
            ):
                return found
        if found:
            unsure = next((other for other in found if not other.is_as_sure_as(block)), block)
            raise UnknownValueError(unsure.doubtful())
        return []


class _Index:
    """Which blocks of a type name which others in one argument."""

    def __init__(self, configuration: Configuration, type: str, via: str) -> None:
        self.by_target: dict[str, list[Block]] = {}
        self.by_value: dict[str, list[Block]] = {}
        self.unsure: list[Unknown] = []
        for block in configuration.of_type(type):
            targets = configuration.targets(block, via)
            for target in targets:
                for meant in (target, *_looked_up(target, configuration)):
                    self.by_target.setdefault(meant.address, []).append(block)
            for value in block.items(via):
                if isinstance(value, str):
                    self.by_value.setdefault(value, []).append(block)
                elif is_unknown(value) and not targets and not (block.is_source and is_reference_to_resource(value)):
                    # A plan has every resource, so that a reference that leads nowhere is one that was not followed.
                    self.unsure.append(value)


def _looked_up(source: Block, configuration: Configuration) -> list[Block]:
    """The one resource that a data source of the same type looks up: `data.aws_lb_listener` by `arn = aws_lb_listener.l.arn`."""
    if source.section != "data":
        return []
    found = (target for path in source.raw for target in configuration.targets(source, path, source.type))
    unique = {block.address: block for block in found if block.section == "resource"}
    return list(unique.values()) if len(unique) == 1 else []


def _names_one(references: Iterable[str], block: Block) -> bool:
    """Whether all references to a resource name one instance of it: the others are not known."""
    of_it = [reference for reference in references if reference.startswith(block.address)]
    return bool(of_it) and all(reference.startswith(f"{block.address}[") for reference in of_it)


def _without_last_step(traversal: str) -> str:
    """`aws_s3_bucket.b["x.y"].arn` without `.arn`, then without `["x.y"]`, and so on."""
    if traversal.endswith("]"):
        opening = traversal.rfind('["') if traversal.endswith('"]') else traversal.rfind("[")
        return traversal[: max(opening, 0)]
    return traversal.rpartition(".")[0]


def _refuse_malformed(document: Mapping[str, Any], name: str) -> None:
    for section in ("resource", "data"):
        types = list(objects_of(document.get(section, {})))
        if not types or not all(isinstance(blocks, Mapping | list) for part in types for blocks in part.values()):
            raise ConfigurationError(
                f"{name or 'document'}: {section!r} is not what Terraform JSON has there: an object of types, each an "
                "object of names. Give what stack.to_terraform() returns, or a parsed cdk.tf.json."
            )
