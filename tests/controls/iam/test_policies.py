"""Controls on identity policies, each with a policy that meets it, those that break it, and one that nobody knows."""

import json
from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.iam.attachments import NO_FULL_IAM
from secureinfra.controls.iam.policies import (
    CREDENTIALS_LIMITED,
    DATA_READS_LIMITED,
    NO_ACTION_STAR,
    NO_ADMINISTRATOR,
    NO_DECRYPT_EVERYTHING,
    NO_ESCALATION,
    NO_NOT_ACTION,
    NO_SERVICE_WILDCARD,
    PASS_ROLE_SCOPED,
    PERMISSIONS_LIMITED,
    RESOURCES_NAMED,
    WRITES_LIMITED,
)
from tests.controls.judge import failure, findings, status
from tests.controls.policies import identity, policy

ROLE = "arn:aws:iam::111122223333:role/task"
OBJECT = "arn:aws:s3:::uploads/*"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1"
PASSED = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
TEAM = {"StringEquals": {"aws:ResourceTag/team": "shop"}}

GOOD = policy(
    {"Action": ["s3:GetObject", "s3:PutObject"], "Resource": OBJECT},
    {"Action": "ec2:DescribeInstances", "Resource": "*"},
    {"Action": "iam:PassRole", "Resource": ROLE, "Condition": PASSED},
    {"Action": "kms:Decrypt", "Resource": KEY},
    {"Effect": "Deny", "Action": "*", "Resource": "*"},
)

# Control -> policies that break it, each with what the failure says.
BROKEN: list[tuple[Control, str, str]] = [
    (NO_ADMINISTRATOR, identity("*"), "Action '*' on Resource '*'"),
    (NO_ADMINISTRATOR, identity(["s3:GetObject", "*:*"], [OBJECT, "arn:aws:*:*:*:*"]), "Action '*'"),
    (NO_ADMINISTRATOR, identity("*", Condition=TEAM), "Action '*'"),
    (NO_ACTION_STAR, identity("*", OBJECT), "Action '*' -> the required actions"),
    (NO_SERVICE_WILDCARD, identity("s3:*", OBJECT), "Action 's3:*'"),
    (NO_FULL_IAM, identity("iam:*"), "every IAM action on all resources"),
    (NO_FULL_IAM, identity("*"), "every IAM action"),
    (NO_FULL_IAM, policy({"NotAction": "s3:*", "Resource": "*"}), "every IAM action"),
    (NO_NOT_ACTION, policy({"NotAction": "iam:*", "Resource": OBJECT}), "NotAction ['iam:*'] with Allow"),
    (NO_NOT_ACTION, policy({"Action": "s3:GetObject", "NotResource": OBJECT}), "NotResource"),
    (PASS_ROLE_SCOPED, identity("iam:PassRole"), "iam:PassRole on all roles"),
    (PASS_ROLE_SCOPED, identity("iam:Pass*", ROLE), "without a condition on iam:PassedToService"),
    (PASS_ROLE_SCOPED, policy({"Action": "iam:PassRole", "NotResource": ROLE}), "iam:PassRole on all roles"),
    (RESOURCES_NAMED, identity(["ec2:DescribeInstances", "s3:GetObject"]), "Resource '*' for s3:GetObject"),
    (RESOURCES_NAMED, identity("*"), "Resource '*' for *"),
    (WRITES_LIMITED, identity(["s3:Get*", "s3:DeleteObject"]), "s3:DeleteObject on all resources"),
    (WRITES_LIMITED, policy({"Action": "s3:PutObject", "NotResource": OBJECT}), "s3:PutObject"),
    (WRITES_LIMITED, policy({"NotAction": "iam:*", "Resource": "*"}), "everything but iam:*"),
    (WRITES_LIMITED, identity("*"), "every action on all resources"),
    (WRITES_LIMITED, identity("sqs:*"), "and"),
    (PERMISSIONS_LIMITED, identity("s3:PutBucketPolicy"), "s3:PutBucketPolicy on all resources"),
    (CREDENTIALS_LIMITED, identity("iam:CreateAccessKey"), "iam:CreateAccessKey on all resources"),
    (CREDENTIALS_LIMITED, identity("sts:AssumeRole", "arn:aws:iam::*:role/*"), "sts:AssumeRole"),
    (CREDENTIALS_LIMITED, policy({"NotAction": "s3:*", "Resource": "*"}), "and"),
    (DATA_READS_LIMITED, identity("secretsmanager:Get*"), "secretsmanager:GetSecretValue on all resources"),
    (DATA_READS_LIMITED, identity("ssm:GetParameter", "arn:aws:ssm:*:*:parameter/*"), "ssm:GetParameter"),
    (DATA_READS_LIMITED, identity("s3:GetObject", "arn:aws:s3:::*/*"), "s3:GetObject"),
    (DATA_READS_LIMITED, identity("s3:GetObjectTorrent"), "s3:GetObjectTorrent on all resources"),
    (NO_DECRYPT_EVERYTHING, identity("kms:*", Condition=TEAM), "kms:Decrypt with all keys"),
    (NO_ESCALATION, identity("iam:PutRolePolicy"), "iam:PutRolePolicy on all resources (known as"),
]
CONTROLS = sorted({control for control, _, _ in BROKEN}, key=lambda control: control.id)


def test_ids_are_contract() -> None:
    assert [control.id for control in CONTROLS] == [
        "iam-policy-credentials-limited",
        "iam-policy-data-reads-limited",
        "iam-policy-no-action-star",
        "iam-policy-no-administrator",
        "iam-policy-no-decrypt-everything",
        "iam-policy-no-escalation",
        "iam-policy-no-full-iam",
        "iam-policy-no-not-action",
        "iam-policy-no-service-wildcard",
        "iam-policy-pass-role-scoped",
        "iam-policy-permissions-limited",
        "iam-policy-resources-named",
        "iam-policy-writes-limited",
    ]


@pytest.mark.parametrize(("control", "broken", "says"), BROKEN)
def test_broken(control: Control, broken: str, says: str) -> None:
    found = failure(control, aws_iam_policy={"p": {"policy": broken}})
    assert "aws_iam_policy.p policy" in found
    assert says in found


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_met(control: Control) -> None:
    assert status(control, aws_iam_policy={"p": {"policy": GOOD}}) == "passed"


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
@pytest.mark.parametrize(
    "unknown",
    [
        "${var.x}",
        '${jsonencode({Statement = [{Effect = var.x, Action = "*", NotAction = "s3:*", Resource = "*"}]})}',
    ],
    ids=["policy", "effect"],
)
def test_nobody_knows(control: Control, unknown: str) -> None:
    assert status(control, variable={"x": {}}, aws_iam_policy={"p": {"policy": unknown}}) == "unknown"


# Of NotAction nothing hangs on the action.
@pytest.mark.parametrize("control", [one for one in CONTROLS if one is not NO_NOT_ACTION], ids=lambda one: one.id)
def test_an_unknown_action_alone(control: Control) -> None:
    assert status(control, variable={"x": {}}, aws_iam_policy={"p": {"policy": identity("${var.x}")}}) == "unknown"


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_an_unknown_resource(control: Control) -> None:
    action = {
        PASS_ROLE_SCOPED: "iam:PassRole",
        PERMISSIONS_LIMITED: "s3:PutBucketPolicy",
        CREDENTIALS_LIMITED: "iam:CreateAccessKey",
        DATA_READS_LIMITED: "s3:GetObject",
        NO_DECRYPT_EVERYTHING: "kms:Decrypt",
        NO_ESCALATION: "iam:PutRolePolicy",
        NO_ADMINISTRATOR: "*",
        NO_FULL_IAM: "iam:*",
    }.get(control, "s3:PutObject")
    known = {NO_ACTION_STAR, NO_SERVICE_WILDCARD, NO_NOT_ACTION}
    held = {"p": {"policy": identity(action, "${var.x}", Condition=PASSED if control is PASS_ROLE_SCOPED else {})}}
    answer = status(control, variable={"x": {}}, aws_iam_policy=held)
    assert answer == ("passed" if control in known else "unknown")


def test_unknown_does_not_hide_what_is_wrong() -> None:
    mixed = policy(
        {"Action": "${var.x}", "Resource": "*"}, {"Action": ["${var.x}", "*"], "Resource": ["${var.x}", "*"]}
    )
    held = {"p": {"policy": mixed}}
    assert "policy.Statement[1]" in failure(NO_ADMINISTRATOR, variable={"x": {}}, aws_iam_policy=held)
    assert status(RESOURCES_NAMED, variable={"x": {}}, aws_iam_policy=held) == "failed"


def test_unknown_role_without_a_service_is_wrong_either_way() -> None:
    held = {"p": {"policy": identity("iam:PassRole", "${var.x}")}}
    assert status(PASS_ROLE_SCOPED, variable={"x": {}}, aws_iam_policy=held) == "failed"


def test_what_hangs_on_nothing_unknown_is_known() -> None:
    """An unknown resource matters to no action of which AWS knows no narrower one, nor to one that opens nothing."""
    held = {"p": {"policy": identity("ec2:DescribeInstances", "${var.x}")}}
    for control in (RESOURCES_NAMED, WRITES_LIMITED, NO_ESCALATION, NO_DECRYPT_EVERYTHING):
        assert status(control, variable={"x": {}}, aws_iam_policy=held) == "passed", control.id


@pytest.mark.parametrize("control", [WRITES_LIMITED, PERMISSIONS_LIMITED, CREDENTIALS_LIMITED, DATA_READS_LIMITED])
def test_limited_by_a_condition(control: Control) -> None:
    actions = ["s3:PutObject", "s3:PutBucketPolicy", "iam:CreateAccessKey", "s3:GetObject"]
    assert status(control, aws_iam_policy={"p": {"policy": identity(actions, Condition=TEAM)}}) == "passed"
    lenient = {"StringEqualsIfExists": {"aws:ResourceTag/team": "shop"}}
    assert status(control, aws_iam_policy={"p": {"policy": identity(actions, Condition=lenient)}}) == "failed"


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, "failed"),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, "passed"),
        ({"Bool": {"aws:SecureTransport": "true"}}, "failed"),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "passed"),
        ({"StringLike": {"aws:ResourceTag/team": "*"}}, "failed"),
        ({"StringLike": {"aws:ResourceTag/team": ["shop", "*"]}}, "failed"),
        ({"StringEquals": {"aws:PrincipalAccount": "$${aws:PrincipalAccount}"}}, "failed"),
        ({"StringEquals": {"aws:ResourceTag/team": "$${aws:PrincipalTag/team}"}}, "failed"),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, "failed"),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "passed"),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, "passed"),
        ({"StringEquals": {"aws:ResourceTag/team": "${var.x}"}}, "unknown"),
    ],
)
def test_limited_by_what_a_condition_means(condition: Any, answer: str) -> None:
    held = {"p": {"policy": identity("s3:DeleteObject", Condition=condition)}}
    assert status(WRITES_LIMITED, variable={"x": {}}, aws_iam_policy=held) == answer


@pytest.mark.parametrize(
    ("service", "answer"),
    [
        ("ecs-tasks.amazonaws.com", "passed"),
        ("ecs-tasks.amazonaws.com*", "passed"),
        ("*.amazonaws.com", "failed"),
        (["ecs-tasks.amazonaws.com", "*"], "failed"),
    ],
)
def test_passed_to_a_service_that_is_named(service: Any, answer: str) -> None:
    condition = {"StringLike": {"iam:PassedToService": service}}
    held = identity("iam:PassRole", "arn:aws:iam::111122223333:role/app", Condition=condition)
    assert status(PASS_ROLE_SCOPED, aws_iam_policy={"p": {"policy": held}}) == answer


@pytest.mark.parametrize(
    ("key", "answer"), [("key*", "failed"), ("k*", "failed"), ("key/1*", "passed"), ("key/1", "passed")]
)
def test_every_key_by_a_pattern(key: str, answer: str) -> None:
    held = identity("kms:Decrypt", f"arn:aws:kms:eu-west-1:111122223333:{key}")
    assert status(NO_DECRYPT_EVERYTHING, aws_iam_policy={"p": {"policy": held}}) == answer


def test_registry_token_cannot_be_limited() -> None:
    held = {"p": {"policy": identity("ecr:GetAuthorizationToken")}}
    assert status(CREDENTIALS_LIMITED, aws_iam_policy=held) == "passed"


@pytest.mark.parametrize(
    ("type", "argument"),
    [
        ("aws_iam_policy", "policy"),
        ("aws_iam_role_policy", "policy"),
        ("aws_iam_user_policy", "policy"),
        ("aws_iam_group_policy", "policy"),
        ("aws_ssoadmin_permission_set_inline_policy", "inline_policy"),
    ],
)
def test_everywhere(type: str, argument: str) -> None:
    assert f"{type}.p {argument}.Statement[0]: Action '*' on Resource '*'" in failure(
        NO_ADMINISTRATOR, **{type: {"p": {argument: identity("*")}}}
    )


def test_inline_policies_of_a_role() -> None:
    inline = [{"name": "a", "policy": GOOD}, {"name": "b", "policy": identity("*")}]
    assert "inline_policy[1].policy.Statement[0]" in failure(
        NO_ADMINISTRATOR, aws_iam_role={"r": {"inline_policy": inline}}
    )
    assert status(NO_ADMINISTRATOR, aws_iam_role={"r": {}}) == "not applicable"
    dynamic = {"inline_policy": [{"for_each": "${var.x}", "content": {"policy": GOOD}}]}
    assert status(NO_ADMINISTRATOR, variable={"x": {}}, aws_iam_role={"r": {"dynamic": dynamic}}) == "unknown"


def document(**statement: Any) -> dict[str, Any]:
    return {"aws_iam_policy_document": {"d": {"statement": [statement]}}}


def test_document_is_judged_where_it_is_used() -> None:
    data = document(actions=["*"], resources=["*"])
    used = {"p": {"policy": "${data.aws_iam_policy_document.d.json}"}}
    found = findings(NO_ADMINISTRATOR, data=data, aws_iam_policy=used)
    answers = {finding.address: finding.status for finding in found}
    assert answers == {"data.aws_iam_policy_document.d": "not applicable", "aws_iam_policy.p": "failed"}
    elsewhere = {"p": {"content": "${data.aws_iam_policy_document.d.json}"}}
    assert status(NO_ADMINISTRATOR, data=data, aws_organizations_policy=elsewhere) == "not applicable"


def test_document_that_nobody_uses() -> None:
    data = document(actions=["*"], resources=["*"])
    assert "data.aws_iam_policy_document.d statement[0]: Action '*'" in failure(NO_ADMINISTRATOR, data=data)
    of_a_resource = document(actions=["*"], resources=["*"], principals=[{"type": "AWS", "identifiers": ["1"]}])
    assert status(NO_ADMINISTRATOR, data=of_a_resource) == "not applicable"


def test_document_within_another() -> None:
    data = document(actions=["*"], resources=["*"])
    data["aws_iam_policy_document"]["outer"] = {"source_policy_documents": ["${data.aws_iam_policy_document.d.json}"]}
    answers = {finding.address: finding.status for finding in findings(NO_ADMINISTRATOR, data=data)}
    assert answers == {
        "data.aws_iam_policy_document.d": "not applicable",
        "data.aws_iam_policy_document.outer": "failed",
    }


def test_block_that_may_be_left_out() -> None:
    data = document(actions=["s3:GetObject"], resources=[OBJECT], not_actions="${var.x}")
    assert status(NO_NOT_ACTION, data=data, variable={"x": {}}) == "unknown"


def test_what_is_no_text_is_judged_as_text() -> None:
    odd = policy(
        {"Action": [5, "s3:*"], "Resource": [True, OBJECT], "Condition": {"Bool": {"aws:SecureTransport": True}}}
    )
    assert status(NO_SERVICE_WILDCARD, aws_iam_policy={"p": {"policy": odd}}) == "failed"
    for control in CONTROLS:
        assert status(control, aws_iam_policy={"p": {"policy": odd}}) in ("passed", "failed")


def test_references_are_something() -> None:
    held = {"p": {"policy": identity(["s3:GetObject", "s3:PutObject"], ["${aws_s3_bucket.b.arn}/*"])}}
    for control in CONTROLS:
        assert status(control, aws_iam_policy=held, aws_s3_bucket={"b": {}}) == "passed", control.id


def test_statement_that_is_no_list() -> None:
    held = {"p": {"policy": json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})}}
    assert status(NO_ADMINISTRATOR, aws_iam_policy=held) == "failed"
