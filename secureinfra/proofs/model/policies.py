"""Resource policies of a configuration as statements: JSON in an argument, or what other arguments allow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secureinfra.controls.iam.documents import policies
from secureinfra.controls.iam.resource_policies import CHECKED_ELSEWHERE, RESOURCE_POLICIES
from secureinfra.proofs.model.doors import DOORS
from secureinfra.proofs.reading import read_statement
from secureinfra.proofs.statements import Origin, Statement
from secureinfra.proofs.text import HOLE
from secureinfra.terraform.unknown import UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["POLICIES", "TRUST", "Document", "documents_in", "documents_of", "unsure"]

TRUST = "aws_iam_role"
POLICIES = {
    **RESOURCE_POLICIES,
    **{type: path for type, path in CHECKED_ELSEWHERE.items() if type != TRUST},
    "aws_kms_replica_external_key": "policy",
    "aws_s3control_multi_region_access_point_policy": "details[].policy",
}
"""The argument with the resource policy, by type; trust policies apart."""


@dataclass(frozen=True)
class Document:
    """One policy of a block.

    Args:
        block: what holds it.
        path: the argument.
        statements: what it says.
        unread: what is not known where it could not be read; empty where it could.
    """

    block: Block
    path: str
    statements: tuple[Statement, ...] = ()
    unread: str = ""


def documents_of(block: Block, configuration: Configuration) -> list[Document]:
    """The resource policies of a block, and what its other arguments allow; none where it has none.

    Args:
        block: of any type.
        configuration: where references lead.
    """
    found = documents_in(block, POLICIES[block.type], configuration) if block.type in POLICIES else []
    if door := DOORS.get(block.type):
        try:
            opened = tuple(door(block, configuration))
        except UnknownValueError as error:
            return [*found, Document(block, "", unread=error.value.text)]
        found += [Document(block, "", opened)] if opened else []
    return found


def documents_in(block: Block, path: str, configuration: Configuration) -> list[Document]:
    """The policies in an argument of a block.

    Args:
        block: what holds them.
        path: as `policies` of controls takes it.
        configuration: where references lead.
    """
    found = []
    for policy in policies(block, path, configuration):
        if isinstance(policy.read, UnknownValueError):
            found.append(Document(block, policy.path, unread=policy.read.value.text))
            continue
        read = (
            dataclasses.replace(
                read_statement(held, configuration, block.address), origin=Origin(block.address, policy.at(held))
            )
            for held in policy.read
        )
        found.append(Document(block, policy.path, tuple(read)))
    return found


def unsure(statements: Iterable[Statement]) -> Iterator[Statement]:
    """Statements of a policy that may not be there: each may do nothing."""
    return (dataclasses.replace(held, effect=HOLE) for held in statements)
