"""No caller from outside: proved, broken with a real request, or unknown with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from secureinfra.proofs.theorems.outside_access import NO_OUTSIDE_ACCESS
from secureinfra.proofs.theorems.theorem import Result
from secureinfra.terraform.model.configuration import Configuration

ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, principal: Any = "*", resource: str = "*", **parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **parts}


def results(**resources: dict[str, Any]) -> dict[str, Result]:
    """The verdicts by address; `aws_s3_bucket__b={...}` is the block `aws_s3_bucket.b`."""
    document: dict[str, Any] = {}
    for address, block in resources.items():
        type, _, name = address.partition("__")
        document.setdefault(type, {})[name] = block
    found = NO_OUTSIDE_ACCESS.prove(Configuration.of({"resource": document}, "stack"))
    return {result.address: result for result in found}


def of_bucket(*statements: dict[str, Any], **more: dict[str, Any]) -> Result:
    held = {
        "aws_s3_bucket__b": {"bucket": "data"},
        "aws_s3_bucket_policy__p": {"bucket": "${aws_s3_bucket.b.id}", "policy": policy(*statements)},
        **more,
    }
    return results(**held)["aws_s3_bucket.b"]


def test_a_public_bucket_is_broken_by_a_real_request() -> None:
    found = of_bucket(allow("s3:GetObject", resource="${aws_s3_bucket.b.arn}/*"))
    assert found.verdict == "BROKEN"
    assert found.found == "an anonymous caller could s3:GetObject arn:aws:s3:::data/example from 203.0.113.7"
    assert [(step.address, step.at, step.text) for step in found.steps] == [
        ("aws_s3_bucket_policy.p", "policy.Statement[0]", "Allow s3:GetObject for *")
    ]
    assert found.request["action"] == "s3:GetObject"


def test_a_condition_on_the_organization_is_proof() -> None:
    assert of_bucket(allow("s3:GetObject", Condition=ORGANIZATION)).verdict == "PROVED"


def test_a_resource_without_a_policy_is_proved() -> None:
    assert results(aws_sqs_queue__q={})["aws_sqs_queue.q"].verdict == "PROVED"


def test_a_policy_that_is_not_known_is_unknown_with_its_address() -> None:
    found = results(aws_sqs_queue__q={"policy": "${var.policy}"})["aws_sqs_queue.q"]
    assert found.verdict == "UNKNOWN"
    assert found.reason == "the policy of aws_sqs_queue.q depends on ${var.policy}"


def test_a_deny_that_may_not_be_there_proves_nothing() -> None:
    outsiders = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": outsiders}
    both = policy(allow("sqs:SendMessage"), deny)
    held = {"queue_url": "${aws_sqs_queue.q.url}", "policy": both}
    sure = results(aws_sqs_queue__q={}, aws_sqs_queue_policy__p=held)
    assert sure["aws_sqs_queue.q"].verdict == "PROVED"
    unsure = results(aws_sqs_queue__q={}, aws_sqs_queue_policy__p={**held, "count": "${var.n}"})
    assert unsure["aws_sqs_queue.q"].verdict == "UNKNOWN"


def test_two_policies_of_one_resource_do_not_help_each_other() -> None:
    outsiders = {"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": outsiders}
    found = results(
        aws_sqs_queue__q={"policy": policy(deny)},
        aws_sqs_queue_policy__p={"queue_url": "${aws_sqs_queue.q.url}", "policy": policy(allow("sqs:SendMessage"))},
    )
    assert found["aws_sqs_queue.q"].verdict == "BROKEN"


def test_a_policy_of_a_resource_defined_elsewhere_is_its_own_subject() -> None:
    found = results(aws_sqs_queue_policy__p={"queue_url": "${var.url}", "policy": policy(allow("sqs:SendMessage"))})
    assert found["aws_sqs_queue_policy.p"].verdict == "BROKEN"


PUBLIC_DOMAIN = {"domain_name": "d", "access_policies": policy(allow("es:*"))}


def test_of_a_domain_in_a_network_the_network_decides() -> None:
    assert results(aws_opensearch_domain__d=PUBLIC_DOMAIN)["aws_opensearch_domain.d"].verdict == "BROKEN"
    inside = {**PUBLIC_DOMAIN, "vpc_options": {"subnet_ids": ["subnet-1"]}}
    assert results(aws_opensearch_domain__d=inside)["aws_opensearch_domain.d"].verdict == "PROVED"


@pytest.mark.parametrize("argument", ["bucket", "name"])
def test_a_policy_names_its_resource_by_a_literal(argument: str) -> None:
    if argument == "bucket":
        held = {"bucket": "data", "policy": policy(allow("s3:GetObject"))}
        found = results(aws_s3_bucket__b={"bucket": "data"}, aws_s3_bucket_policy__p=held)
        assert found["aws_s3_bucket.b"].verdict == "BROKEN"
    else:
        held = {"vault_name": "v", "policy": policy(allow("glacier:GetJobOutput"))}
        found = results(aws_glacier_vault__v={"name": "v"}, aws_glacier_vault_lock__p=held)
        assert found["aws_glacier_vault.v"].verdict == "BROKEN"
