"""The theorem that no request over plain http is answered where a resource's own policy decides that."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.proofs.model.access import worst
from secureinfra.proofs.model.resources import Resource, arn_of_block, resources_of
from secureinfra.proofs.outside import Verdict, outcome
from secureinfra.proofs.questions import world_of
from secureinfra.proofs.requests import Caller
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.text import FRESH
from secureinfra.proofs.theorems.evidence import as_data
from secureinfra.proofs.theorems.theorem import Result, Step, Theorem, broken, proved, unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["NO_PLAIN_HTTP", "THEOREMS"]

# What is asked of each type: an action, and what stands behind the ARN. Their endpoints answer over http too:
# docs.aws.amazon.com/general/latest/gr/ (s3, sns). Publishing is what carries data to a topic; its policy
# takes no wildcard of actions.
_ASKED = {
    "aws_s3_bucket": ("s3:*", ("", "/*")),
    "aws_sns_topic": ("sns:publish", ("",)),
}
_CALLERS = (Caller("anonymous"), Caller("signed", f"arn:aws:iam::{FRESH}:role/{FRESH}", FRESH))


def _no_plain_http(configuration: Configuration) -> Iterator[Result]:
    for resource in resources_of(configuration).values():
        if resource.block.type in _ASKED:
            yield _of_resource(resource, configuration)


def _of_resource(resource: Resource, configuration: Configuration) -> Result:
    action, parts = _ASKED[resource.block.type]
    arn = arn_of_block(resource.block, configuration)
    documents = [document for document in resource.documents if document.path]
    policies = [document.statements for document in documents] or [()]
    verdict = worst(_verdict(policy, action, arn + part) for policy in policies for part in parts)
    if verdict.answer == "BROKEN":
        held = dataclasses.replace(verdict, statements=())
        steps = [Step("no statement denies it", document.block, document.path) for document in documents]
        missing = [Step("it has no policy", resource.block)]
        request = as_data(verdict.request) if verdict.request else {}
        return broken(resource.block, f"{held.told()} with aws:SecureTransport false", steps or missing, request)
    if resource.unread or verdict.answer == "UNKNOWN":
        return unknown(resource.block, f"its policy depends on {resource.unread}" if resource.unread else verdict.why)
    return proved(resource.block, "its policy denies every request without TLS")


def _verdict(policy: tuple[Statement, ...], action: str, resource: str) -> Verdict:
    every = Statement("Allow", actions=(action,), resources=(resource,))
    denying = [held for held in policy if held.may_deny]
    # Services use TLS; a version of TLS is absent from a request without it.
    keys = {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}
    worlds = (world_of(caller, keys) for caller in _CALLERS)
    asked = (dataclasses.replace(world, never=world.never | {"s3:tlsversion"}) for world in worlds)
    return outcome([every], denying, asked)


NO_PLAIN_HTTP = Theorem(
    id="no-plain-http",
    title="No request over plain http reaches a bucket or a topic",
    why="data and signatures could be read on the way",
    scope=(
        "Buckets, and publishing to topics, of this configuration, by their own policies: any caller, of any account. "
        "Calls that AWS services make for a caller are left out, since they use TLS. Queues, load balancers and distributions "
        "are not looked at."
    ),
    prove=_no_plain_http,
)

THEOREMS = (NO_PLAIN_HTTP,)
