"""Who may do what: the policies that have a say between a principal and a resource, and the verdict."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from secureinfra.proofs.decision import Layers
from secureinfra.proofs.outside import Verdict
from secureinfra.proofs.questions import may, world_of
from secureinfra.proofs.requests import Caller
from secureinfra.proofs.statements import OWN_ACCOUNT, Origin, Statement

if TYPE_CHECKING:
    from secureinfra.proofs.model.principals import Principal
    from secureinfra.proofs.model.resources import Resource
    from secureinfra.proofs.worlds import World

__all__ = ["account_of", "layers_of", "resource_policies", "verdict_of", "world_of_principal", "worst"]

_KEYS = frozenset({"aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key"})
_ANYTHING = (Statement("Allow", actions=("*",), resources=("*",)),)
_MOST_STATEMENTS = 2_000
"""Of more statements no verdict is sought, so that an answer always comes."""


def resource_policies(resource: Resource) -> Iterator[tuple[Statement, ...]]:
    """The policies of a resource, of which one counts; one that says nothing where it has none.

    What permissions and grants allow counts beside each of them.
    """
    grants = tuple(held for document in resource.documents if not document.path for held in document.statements)
    written = [document.statements for document in resource.documents if document.path]
    if not written and resource.block.type in _KEYS:
        # docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
        root = (("aws", f"arn:aws:iam::{OWN_ACCOUNT}:root"),)
        origin = Origin(resource.block.address, "policy")
        written = [(Statement("Allow", actions=("kms:*",), resources=("*",), principals=root, origin=origin),)]
    yield from ((*statements, *grants) for statements in written or [()])


def account_of(arn: str) -> str:
    """The account of a resource, by its ARN; the configuration's own where the ARN has none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[4] not in ("", "*") else OWN_ACCOUNT


def layers_of(principal: Principal | None, policy: tuple[Statement, ...] | None, account: str = OWN_ACCOUNT) -> Layers:
    """The policies that have a say.

    Args:
        principal: who asks; `None` for a caller from elsewhere, whose own policies may allow anything.
        policy: of the resource.
        account: of the resource.
    """
    return Layers(
        account,
        identity=principal.identity if principal else _ANYTHING,
        resource=policy or None,
        boundary=principal.boundary if principal else None,
    )


def world_of_principal(caller: Caller, context: Mapping[str, str] | None = None) -> World:
    """The requests of one principal: a role has no user name."""
    world = world_of(caller, context)
    return world if ":user/" in caller.arn else dataclasses.replace(world, never=world.never | {"aws:username"})


def verdict_of(action: str, resource: str, world: World, layers: Layers) -> Verdict:
    """Whether a caller may do something; `UNKNOWN` where there are too many statements to tell.

    Args:
        action: one action, or a pattern.
        resource: an ARN, or a pattern.
        world: who asks.
        layers: the policies that have a say.
    """
    statements = list(itertools.islice(layers.all_statements, _MOST_STATEMENTS + 1))
    if len(statements) > _MOST_STATEMENTS:
        return Verdict("UNKNOWN", why=f"gave up after {_MOST_STATEMENTS:,} statements")
    found = may(action, resource, world, layers)
    if found.answer == "BROKEN":
        relevant = tuple(held for held in layers.all_statements if held.may_allow and _applies(held, found))
        return dataclasses.replace(found, statements=relevant)
    return found


def _applies(held: Statement, verdict: Verdict) -> bool:
    return verdict.request is not None and held.applies(verdict.request) is True


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of several that decides: `BROKEN` before `UNKNOWN` before `PROVED`."""
    left: Verdict | None = None
    for verdict in verdicts:
        if verdict.answer == "BROKEN":
            return verdict
        if left is None or (left.answer == "PROVED" and verdict.answer == "UNKNOWN"):
            left = verdict
    return left or Verdict("PROVED")
