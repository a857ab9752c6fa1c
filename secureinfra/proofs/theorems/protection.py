"""Theorems about what protects everything else: trails, their buckets, and keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secureinfra.controls.s3.settings import bucket_of
from secureinfra.proofs.model.access import layers_of, resource_policies, verdict_of, world_of_principal, worst
from secureinfra.proofs.model.principals import Principal, principals_of
from secureinfra.proofs.model.resources import arn_of_block, resource_of
from secureinfra.proofs.outside import Verdict
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.text import meets
from secureinfra.proofs.theorems.evidence import as_data, steps_of
from secureinfra.proofs.theorems.theorem import Result, Theorem, broken, proved, unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["KEYS_KEPT", "THEOREMS", "TRAILS_KEPT"]

_OF_TRAILS = (
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "cloudtrail:UpdateTrail",
    "cloudtrail:PutEventSelectors",
)
_OF_THEIR_BUCKETS = ("s3:DeleteBucket",)
_OF_KEYS = ("kms:ScheduleKeyDeletion",)


def _trails_kept(configuration: Configuration) -> Iterator[Result]:
    buckets: dict[str, Block] = {}
    for trail in configuration.of_type("aws_cloudtrail"):
        yield _kept(trail, _OF_TRAILS, configuration)
        if (bucket := bucket_of(trail, configuration, "s3_bucket_name")) is not None:
            buckets[bucket.address] = bucket
    for bucket in buckets.values():
        yield _kept(bucket, _OF_THEIR_BUCKETS, configuration)


def _keys_kept(configuration: Configuration) -> Iterator[Result]:
    for key in configuration.of_type("aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key"):
        yield _kept(key, _OF_KEYS, configuration)


def _kept(block: Block, actions: Sequence[str], configuration: Configuration) -> Result:
    """Whether no principal of the configuration may do one of some things, but those that a statement names for it."""
    resource = resource_of(block, configuration)
    arn = arn_of_block(block, configuration)
    left: Result | None = None
    for principal in principals_of(configuration).values():
        for action in actions:
            without = _without_named(principal, action)
            if not any(_may_speak(held, action) for held in (*without.identity, *resource.statements)):
                continue
            world = world_of_principal(principal.caller)
            found = (
                verdict_of(action, arn, world, layers_of(without, policy)) for policy in resource_policies(resource)
            )
            result = _result(block, principal, worst(found), configuration)
            if result.verdict == "BROKEN":
                return result
            left = left or (result if result.verdict == "UNKNOWN" else None)
    if left is None and resource.unread:
        left = unknown(block, f"its policy depends on {resource.unread}")
    return left or proved(block, f"no principal but those that a statement names may {', '.join(actions)}")


def _result(block: Block, principal: Principal, verdict: Verdict, configuration: Configuration) -> Result:
    if verdict.answer == "BROKEN":
        request = as_data(verdict.request) if verdict.request else {}
        return broken(block, verdict.told(), steps_of(verdict.statements, configuration), request)
    if verdict.answer == "UNKNOWN":
        depends = f"it depends on {principal.unread}" if principal.unread else verdict.why
        return unknown(block, f"{principal.block.address}: {depends}")
    return proved(block)


def _without_named(principal: Principal, action: str) -> Principal:
    """The principal without statements that name both the action and a resource."""
    kept = [held for held in principal.identity if not _names(held, action)]
    return dataclasses.replace(principal, identity=kept)


def _names(held: Statement, action: str) -> bool:
    return (
        held.effect == "Allow" and action.lower() in held.actions and bool(held.resources) and "*" not in held.resources
    )


def _may_speak(held: Statement, action: str) -> bool:
    by_pattern = any(meets(pattern, action.lower()) for pattern in held.actions)
    return held.may_allow and (bool(held.not_actions) or by_pattern)


_ASSUMES = "Identities that are defined elsewhere in the account have no such right."
_SCOPE = (
    "Roles, users, groups and permission sets of this configuration. A statement that writes out the action and a resource "
    "names its principal. The account's root user, and what the organization's policies deny, are not counted."
)
TRAILS_KEPT = Theorem(
    id="trails-kept",
    title="No principal stops a trail or deletes its bucket, but those that a statement names for it",
    why="an attacker could hide what is done in the account",
    scope=_SCOPE,
    assumes=_ASSUMES,
    prove=_trails_kept,
)
KEYS_KEPT = Theorem(
    id="keys-kept",
    title="No principal schedules the deletion of a key, but those that a statement names for it",
    why="everything that the key encrypts would be lost",
    scope=_SCOPE,
    assumes=_ASSUMES,
    prove=_keys_kept,
)

THEOREMS = (TRAILS_KEPT, KEYS_KEPT)
