"""A Terraform configuration as objects: its blocks by type and address, and how they refer to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.block import Block, Node
from secureinfra.terraform.load import load
from secureinfra.terraform.module import ModuleInstance
from secureinfra.terraform.source import Document, Module, Root
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_reference_to_resource, is_unknown
from secureinfra.terraform.written import objects_of

# Attributes by which others name a resource when they do not refer to it.
_NAMES = ("bucket", "name", "id", "arn", "identifier", "function_name", "cluster_identifier", "key_id", "url")


class Configuration:
    """What was read: one stack, one folder of Terraform, or one plan.

    Args:
        blocks: its resources and data sources, in the order in which they are written.
        name: what reports call it.
        providers: its provider blocks by name, those of modules it calls included.
        unread: calls of modules whose source is not at hand.
    """

    def __init__(
        self,
        blocks: Iterable[Block],
        *,
        name: str = "",
        providers: Mapping[str, Sequence[Node]] | None = None,
        unread: Sequence[str] = (),
    ) -> None:
        self.name, self.providers, self.unread = name, providers or {}, tuple(unread)
        self.blocks = tuple(blocks)
        self._types: dict[str, list[Block]] = {}
        self._addresses: dict[str, Block] = {}
        for block in self.blocks:
            self._types.setdefault(f"data.{block.type}" if block.section == "data" else block.type, []).append(block)
            self._addresses[block.address] = block
        self._indexes: dict[tuple[str, str], _Index] = {}

    @classmethod
    def load(cls, path: str | Path) -> list[Configuration]:
        """Every configuration under a path.

        Args:
            path: a `cdk.tf.json`, a `cdktf.out` folder, a folder of `*.tf.json` and `*.tf`, one such file, or a plan as
                `terraform show -json` prints it.

        Raises:
            ConfigurationError: there is none, or it cannot be read; the error names file and position.
        """
        return [cls.of_root(root) for root in load(path)]

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
            from secureinfra.terraform.plan import blocks_of_plan, providers_of_plan  # noqa: PLC0415 - most runs read no plan

            plan = root.plan or {}
            return cls(blocks_of_plan(plan), name=root.name, providers=providers_of_plan(plan))
        instance = ModuleInstance(root.module)
        blocks = list(instance.blocks())
        providers: dict[str, list[Node]] = {}
        for name, node in instance.providers():
            providers.setdefault(name, []).append(node)
        return cls(blocks, name=root.name, providers=providers, unread=instance.unread)

    def of_type(self, *types: str) -> list[Block]:
        """All blocks of these types, resources as `aws_s3_bucket`, data sources as `data.aws_iam_policy_document`."""
        return [block for type in types for block in self._types.get(type, ())]

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
        if found and not any(other.is_as_sure_as(block) for other in found):
            raise UnknownValueError(Unknown(f"how many {found[0].address} there are"))
        return found


class _Index:
    """Which blocks of a type name which others in one argument."""

    def __init__(self, configuration: Configuration, type: str, via: str) -> None:
        self.by_target: dict[str, list[Block]] = {}
        self.by_value: dict[str, list[Block]] = {}
        self.unsure: list[Unknown] = []
        for block in configuration.of_type(type):
            targets = configuration.targets(block, via)
            for target in targets:
                self.by_target.setdefault(target.address, []).append(block)
            for value in block.items(via):
                if isinstance(value, str):
                    self.by_value.setdefault(value, []).append(block)
                elif is_unknown(value) and not targets and not is_reference_to_resource(value):
                    self.unsure.append(value)


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
