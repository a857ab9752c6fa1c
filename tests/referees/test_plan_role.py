"""The plan role may make every call of a plan of what this library writes, as its policies and those of AWS decide."""

import dataclasses
import json
import re
from typing import Any

import pytest

from secureinfra.aws.delivery.github_actions_limits import PLAN_READS
from secureinfra.proofs.decision import decide
from secureinfra.proofs.requests import Caller, Request
from tests.aws.delivery.test_github_actions_limits import ACCOUNT, built, layers, read
from tests.referees.applied import APPLIED, results
from tests.referees.limits import LEFT_OUT
from tests.referees.plan_calls import LISTED, actions_of
from tests.referees.stacks import document_of

ROLE = f"arn:aws:iam::{ACCOUNT}:role/site_plan"
# What a call reads: the resources that the role's own statement names, and anything else for calls of AWS's policies.
RESOURCES = {
    action: [f"arn:aws:{resource.replace('*', 'x').format(account=ACCOUNT)}" for resource in resources]
    for resources, actions in PLAN_READS
    for action in actions
}
# AWS's policies name these by ARN.
NAMED = {
    "acm:ListTagsForCertificate": [f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/x"],
}
# Values of secrets and parameters, which the provider reads whenever Terraform writes them: a plan role reads those that
# `plan_statements` name, and no others.
VALUES = ["secretsmanager:GetSecretValue", "ssm:GetParameter"]


def refused(calls: set[str], resources: dict[str, Any]) -> list[str]:
    """The actions that the role is not allowed; of keys, the policy of a key of this library has a say too."""
    own = dataclasses.replace(layers(resources, "site_plan"), resource=None)
    of_keys = dataclasses.replace(own, resource=read(resources["aws_kms_key"]["state_key"]["policy"]))
    caller = Caller("signed", ROLE, ACCOUNT)
    context = {"aws:principalarn": (ROLE,), "aws:principalaccount": (ACCOUNT,), "aws:securetransport": ("true",)}

    def is_allowed(action: str) -> bool:
        other = f"arn:aws:{action.partition(':')[0]}:eu-central-1:{ACCOUNT}:x/y"
        asked = (Request(caller, action, on, context) for on in RESOURCES.get(action) or NAMED.get(action) or [other])
        return all(decide(one, of_keys if action.startswith("kms:") else own) is True for one in asked)

    return sorted(action for action in calls if not is_allowed(action))


@pytest.mark.terraform
def test_the_plan_role_may_make_every_call_of_a_plan() -> None:
    recorded = {
        action
        for found in results().values()
        for calls in found["calls"].values()
        for call in calls
        for action in actions_of(call)
    }
    assert len(recorded) > 80
    assert refused(recorded | {action for listed in LISTED.values() for action in listed}, built()) == VALUES


@pytest.mark.terraform
def test_calls_of_every_type_are_recorded_or_listed() -> None:
    types = {type for name in APPLIED for type in document_of(name)["resource"] if type.startswith("aws_")}
    recorded = {type for found in results().values() for type in found["calls"]}
    assert sorted(types - recorded - set(LISTED)) == []
    assert sorted(set(LISTED) - types) == [], "listed and not written by any stack"
    assert sorted(set(LEFT_OUT) - set(LISTED)) == []


def test_without_its_own_reads_the_role_could_not_plan() -> None:
    """The test tells policies apart: AWS's alone do not do."""
    resources = built()
    inline = resources["aws_iam_role_policy"]["site_plan_permissions"]
    document = json.loads(inline["policy"])
    own = {action for _, actions in PLAN_READS for action in actions}
    document["Statement"] = [one for one in document["Statement"] if not own & set(one["Action"])]
    inline["policy"] = json.dumps(document)
    asked = {"logs:GetDelivery", "wafv2:GetIPSet", "s3:GetBucketPolicy"}
    assert refused(asked, resources) == ["logs:GetDelivery", "wafv2:GetIPSet"]
    assert not any(re.search(r"[*?]", resource) for resources in RESOURCES.values() for resource in resources)
