"""Theorems about callers from outside: no policy of the configuration allows a caller that it does not name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.iam.resource_policies import has_another_door
from secureinfra.proofs.model.classes import may_allow
from secureinfra.proofs.model.policies import Document
from secureinfra.proofs.model.resources import Resource, resources_of
from secureinfra.proofs.outside import Verdict, lets_strangers_in
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.theorems.evidence import as_data, steps_of
from secureinfra.proofs.theorems.theorem import Result, Theorem, broken, proved, unknown
from secureinfra.terraform.unknown import UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["NO_OUTSIDE_ACCESS", "THEOREMS"]


def _no_outside_access(configuration: Configuration) -> Iterator[Result]:
    for resource in resources_of(configuration).values():
        yield from _of_resource(resource, configuration)
    for block in configuration.blocks:
        if block.section == "resource" and (argument := may_allow(block)):
            yield unknown(block, f"what its {argument} lets others use is not modelled; read it")


def _of_resource(resource: Resource, configuration: Configuration) -> Iterator[Result]:
    if not resource.documents:
        yield proved(resource.block, "no policy in this configuration allows anyone else")
        return
    open_results: list[Result] = []
    for document in resource.documents:
        result = _of_document(resource, document, configuration)
        if result.verdict == "BROKEN":
            yield result
            return
        if result.verdict == "UNKNOWN":
            open_results.append(result)
    yield (
        open_results[0]
        if open_results
        else proved(resource.block, "no statement allows a caller that it does not name")
    )


def _of_document(resource: Resource, document: Document, configuration: Configuration) -> Result:
    if document.unread:
        return unknown(resource.block, f"the policy of {document.block.address} depends on {document.unread}")
    left: Result | None = None
    for held in document.statements:
        if not held.may_allow:
            continue
        verdict = lets_strangers_in(held, document.statements)
        if verdict.answer == "BROKEN":
            return _counted(resource, document, held, verdict, configuration)
        if verdict.answer == "UNKNOWN" and left is None:
            left = unknown(resource.block, verdict.why, steps_of([held], configuration))
    return left or proved(resource.block)


def _counted(
    resource: Resource, document: Document, held: Statement, verdict: Verdict, configuration: Configuration
) -> Result:
    """A counterexample, unless it gets in by no door: of a domain in a VPC the network decides."""
    try:
        if has_another_door(document.block, configuration):
            return proved(resource.block, "who reaches it is decided by the network, or it is public by its type")
    except UnknownValueError as error:
        return unknown(resource.block, f"it depends on {error.value.text}")
    request = as_data(verdict.request) if verdict.request else {}
    return broken(resource.block, verdict.told(), steps_of([held], configuration), request)


NO_OUTSIDE_ACCESS = Theorem(
    id="no-outside-access",
    title="No caller from outside reads, writes or administers data, keys, queues and secrets",
    why="anyone on the internet, or any AWS account, could use them",
    scope=(
        "Resource policies, ACLs, permissions, grants and shares of this configuration. A caller from outside is anonymous, a "
        "principal of an account that the policy does not name, or a service that acts for one. Accounts and services that a "
        "policy names are meant; public web content through CloudFront, and APIs, are not looked at."
    ),
    prove=_no_outside_access,
)

THEOREMS = (NO_OUTSIDE_ACCESS,)
