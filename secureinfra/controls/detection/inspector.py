"""Controls on Inspector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.verdict import Failure, each, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_ENABLER = "aws_inspector2_enabler"

ENABLED = Control(
    id="inspector-everything-scanned",
    title="Inspector scans EC2 instances, ECR images and Lambda functions",
    why="software with known vulnerabilities would run unnoticed",
    row="inspector-enabled",
    fix='Set resource_types = ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"].',
)
_TYPES = ("EC2", "ECR", "LAMBDA", "LAMBDA_CODE")


@ENABLED.check(_ENABLER)
def _enabled(enabler: Block, configuration: Configuration) -> Iterator[Failure]:
    # Several enablers may divide the resource types of one account among them.
    accounts = enabler.get("account_ids")
    others = [other for other in configuration.of_type(_ENABLER) if other is not enabler]

    def judge(type: str) -> Iterator[Failure]:
        if not _scans(enabler, type) and not any_of(
            others, lambda other: _scans(other, type) and other.get("account_ids") == accounts and other.surely(enabler)
        ):
            yield Failure(
                written("resource_types", enabler.get("resource_types")),
                f'resource_types with "{type}"',
                at="resource_types",
            )

    return each(_TYPES, judge)


def _scans(enabler: Block, type: str) -> bool:
    types = enabler.get("resource_types")
    return any_of(types if isinstance(types, list) else (types,), lambda scanned: bool(scanned == type))
