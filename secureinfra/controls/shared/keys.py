"""Whether a KMS key is customer managed, not an AWS managed key, which every principal in the account may use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls.shared.arguments import nodes_at
from secureinfra.controls.verdict import Check, Failure, each, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

CUSTOMER_KEYS = (
    "aws_kms_key",
    "aws_kms_alias",
    "aws_kms_replica_key",
    "aws_kms_external_key",
    "aws_kms_replica_external_key",
)
_LOOKED_UP = {"aws_kms_key": "key_id", "aws_kms_alias": "name"}


def customer_key(path: str) -> Check:
    """A check that an argument refers to a customer managed key.

    Args:
        path: names divided by dots, `[]` after a nested block for each one of them, as for `argument`.
    """
    return CustomerKey(path)


@dataclass(frozen=True)
class CustomerKey:
    """The check that `customer_key` makes, as data.

    Args:
        path: as for `customer_key`.
    """

    path: str

    def __call__(self, block: Block, configuration: Configuration) -> Iterator[Failure]:
        """The failures of a block."""
        blocks, several, name = self.path.rpartition("[].")

        def judge(node: Node) -> Iterator[Failure]:
            value = node.get(name)
            if not is_customer_key(value, configuration):
                at = f"{node.path}.{name}" if node.path else name
                yield Failure(
                    written(at, value), f"{name} = the ARN of a customer managed key, e.g. aws_kms_key.main.arn", at
                )

        return each(nodes_at(block, blocks), judge) if several else judge(block)


def is_customer_key(value: Any, configuration: Configuration) -> bool:
    """Whether a value refers to a customer managed key.

    Args:
        value: an ARN, id or alias, a reference to a key, or nothing.
        configuration: what references are resolved in.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    if not is_unknown(value):
        return value not in (None, "") and not _is_of_aws(str(value))
    block = configuration.target(value)
    if block is None:
        raise UnknownValueError(value)
    if block.section == "data" and block.type in _LOOKED_UP:
        return is_customer_key(block.get(_LOOKED_UP[block.type]), configuration)
    if block.type in CUSTOMER_KEYS:
        return True
    raise UnknownValueError(value)


def _is_of_aws(name: str) -> bool:
    return name.startswith("alias/aws/") or ":alias/aws/" in name
