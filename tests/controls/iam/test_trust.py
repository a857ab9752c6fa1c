"""Controls on trust policies, each with one that meets it, one for each way of breaking it, and one that nobody knows."""

from typing import Any

import pytest

from secureinfra.controls.iam.trust import (
    ACCOUNT_TRUST_CONDITIONED,
    TRUST_ACTIONS_NAMED,
    TRUST_NAMES_PRINCIPALS,
    TRUST_NO_CONFUSED_DEPUTY,
)
from tests.controls.judge import failure, findings, status
from tests.controls.policies import policy, trust

ROLE = "arn:aws:iam::111122223333:role/deploy"
ROOT = "arn:aws:iam::111122223333:root"
HERE = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


@pytest.mark.parametrize(
    ("principal", "says"),
    [
        ("*", "Allow for Principal '*'"),
        ({"AWS": "*"}, "Allow for Principal {'AWS': '*'}"),
        ({"AWS": [ROLE, "*"]}, "{'AWS': '*'}"),
        ({"Federated": "*"}, "{'Federated': '*'}"),
        ({"Service": "*"}, "{'Service': '*'}"),
    ],
)
@pytest.mark.parametrize("condition", [None, ORGANIZATION])
def test_trust_names_principals(principal: Any, says: str, condition: Any) -> None:
    found = failure(TRUST_NAMES_PRINCIPALS, aws_iam_role=trust(principal, condition))
    assert found.startswith("aws_iam_role.r assume_role_policy.Statement[0]: ")
    assert says in found


def test_trust_names_principals_met() -> None:
    assert status(TRUST_NAMES_PRINCIPALS, aws_iam_role=trust({"AWS": ROLE})) == "passed"
    assert status(TRUST_NAMES_PRINCIPALS, aws_iam_role=trust("*", Effect="Deny")) == "passed"
    everybody_but = {"r": {"assume_role_policy": policy({"Action": "sts:AssumeRole", "NotPrincipal": {"AWS": ROLE}})}}
    assert "NotPrincipal with Allow" in failure(TRUST_NAMES_PRINCIPALS, aws_iam_role=everybody_but)
    for unknown in (trust("${var.x}"), trust({"AWS": "${var.x}"}), {"r": {"assume_role_policy": "${var.x}"}}):
        assert status(TRUST_NAMES_PRINCIPALS, variable={"x": {}}, aws_iam_role=unknown) == "unknown"


def test_trust_names_principals_in_a_document() -> None:
    statement: dict[str, Any] = {
        "actions": ["sts:AssumeRole"],
        "principals": [{"type": "AWS", "identifiers": ["*"]}],
    }
    data = {"aws_iam_policy_document": {"d": {"statement": [statement]}}}
    assert "data.aws_iam_policy_document.d statement[0]" in failure(TRUST_NAMES_PRINCIPALS, data=data)
    used = {"r": {"assume_role_policy": "${data.aws_iam_policy_document.d.json}"}}
    answers = {f.address: f.status for f in findings(TRUST_NAMES_PRINCIPALS, data=data, aws_iam_role=used)}
    assert answers == {"data.aws_iam_policy_document.d": "not applicable", "aws_iam_role.r": "failed"}
    statement["principals"][0]["type"] = "${var.x}"
    for control in (TRUST_NAMES_PRINCIPALS, TRUST_NO_CONFUSED_DEPUTY, ACCOUNT_TRUST_CONDITIONED):
        if control is not TRUST_NAMES_PRINCIPALS:
            assert status(control, data=data, variable={"x": {}}, aws_iam_role=used) == "unknown", control.id


@pytest.mark.parametrize(
    ("service", "condition", "answer"),
    [
        ("ecs-tasks.amazonaws.com", HERE, "passed"),
        ("ecs-tasks.amazonaws.com", {"ArnLike": {"aws:sourcearn": "arn:aws:ecs:*:111122223333:*"}}, "passed"),
        ("ecs-tasks.amazonaws.com", {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}, "passed"),
        ("ecs-tasks.amazonaws.com", None, "failed"),
        ("ecs-tasks.amazonaws.com", {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}, "failed"),
        ("ecs-tasks.amazonaws.com", {"ArnLike": {"aws:SourceArn": "*"}}, "failed"),
        ("states.eu-central-1.amazonaws.com", None, "failed"),
        ("states.${data.aws_region.r.name}.amazonaws.com", None, "failed"),
        (["ec2.amazonaws.com", "ssm.amazonaws.com"], None, "failed"),
        ("ecs-tasks.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "${var.x}"}}, "unknown"),
        ("newthing.amazonaws.com", None, "unknown"),
        ("newthing.amazonaws.com", HERE, "passed"),
        ("${var.x}", None, "unknown"),
        ("ec2.amazonaws.com", None, "passed"),
        ("lambda.amazonaws.com", None, "passed"),
        ("cloudtrail.amazonaws.com", None, "passed"),
        ("glue.amazonaws.com", None, "passed"),
    ],
)
def test_trust_no_confused_deputy(service: Any, condition: Any, answer: str) -> None:
    role = trust({"Service": service}, condition)
    data: dict[str, Any] = {"aws_region": {"r": {}}}
    assert status(TRUST_NO_CONFUSED_DEPUTY, data=data, variable={"x": {}}, aws_iam_role=role) == answer


def test_trust_no_confused_deputy_says_who() -> None:
    found = failure(TRUST_NO_CONFUSED_DEPUTY, aws_iam_role=trust({"Service": "events.amazonaws.com"}))
    assert "events.amazonaws.com without a condition on aws:SourceAccount" in found
    assert status(TRUST_NO_CONFUSED_DEPUTY, aws_iam_role=trust({"AWS": ROLE})) == "not applicable"


@pytest.mark.parametrize("account", [ROOT, "111122223333", "${data.aws_caller_identity.me.account_id}"])
@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (None, "failed"),
        ({"StringEquals": {"sts:ExternalId": "acme-42"}}, "passed"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "passed"),
        ({"Bool": {"aws:MultiFactorAuthPresent": True}}, "passed"),
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}, "passed"),
        (ORGANIZATION, "passed"),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci-*"}}, "passed"),
        ({"StringEquals": {"aws:PrincipalTag/team": "shop"}}, "passed"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, "failed"),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, "failed"),
        ({"StringLike": {"sts:ExternalId": "*"}}, "failed"),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "failed"),
        ({"StringEquals": {"sts:ExternalId": "${var.x}"}}, "unknown"),
    ],
)
def test_account_trust_conditioned(account: str, condition: Any, answer: str) -> None:
    data: dict[str, Any] = {"aws_caller_identity": {"me": {}}}
    role = trust({"AWS": account}, condition)
    assert status(ACCOUNT_TRUST_CONDITIONED, data=data, variable={"x": {}}, aws_iam_role=role) == answer


def test_account_trust_conditioned_names_the_account() -> None:
    assert f"trust in all of {ROOT} without a condition" in failure(
        ACCOUNT_TRUST_CONDITIONED, aws_iam_role=trust({"AWS": ROOT})
    )
    assert status(ACCOUNT_TRUST_CONDITIONED, aws_iam_role=trust({"AWS": ROLE})) == "passed"
    own = trust({"AWS": "${aws_iam_role.other.arn}"})
    assert status(ACCOUNT_TRUST_CONDITIONED, aws_iam_role={**own, "other": {"assume_role_policy": "{}"}}) == "passed"
    service = trust({"Service": "ec2.amazonaws.com"})
    assert status(ACCOUNT_TRUST_CONDITIONED, aws_iam_role=service) == "not applicable"
    unknown = trust({"AWS": "${var.x}"})
    assert status(ACCOUNT_TRUST_CONDITIONED, variable={"x": {}}, aws_iam_role=unknown) == "unknown"


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("sts:AssumeRole", "passed"),
        (["sts:AssumeRole", "sts:TagSession"], "passed"),
        ("sts:AssumeRole*", "passed"),
        ("*", "failed"),
        ("sts:*", "failed"),
        (["sts:AssumeRole", "STS:*"], "failed"),
        ("${var.x}", "unknown"),
    ],
)
def test_trust_actions_named(action: Any, answer: str) -> None:
    role = trust({"AWS": "111122223333"}, action=action)
    assert status(TRUST_ACTIONS_NAMED, variable={"x": {}}, aws_iam_role=role) == answer


def test_trust_actions_named_refuses_not_action() -> None:
    role = {"r": {"assume_role_policy": policy({"NotAction": "iam:*", "Principal": {"AWS": "111122223333"}})}}
    assert "NotAction with Allow" in failure(TRUST_ACTIONS_NAMED, aws_iam_role=role)
