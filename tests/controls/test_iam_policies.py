"""Controls on identity policies, each with a policy that meets it, those that break it, and one that nobody knows."""

import json
from typing import Any

import pytest

from secureinfra.controls import Control, iam
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
    (iam.NO_ADMINISTRATOR, identity("*"), "Action '*' on Resource '*'"),
    (iam.NO_ADMINISTRATOR, identity(["s3:GetObject", "*:*"], [OBJECT, "arn:aws:*:*:*:*"]), "Action '*'"),
    (iam.NO_ADMINISTRATOR, identity("*", Condition=TEAM), "Action '*'"),
    (iam.NO_ACTION_STAR, identity("*", OBJECT), "Action '*' -> the actions that are needed"),
    (iam.NO_SERVICE_WILDCARD, identity("s3:*", OBJECT), "Action 's3:*'"),
    (iam.NO_FULL_IAM, identity("iam:*"), "every action of IAM on every resource"),
    (iam.NO_FULL_IAM, identity("*"), "every action of IAM"),
    (iam.NO_FULL_IAM, policy({"NotAction": "s3:*", "Resource": "*"}), "every action of IAM"),
    (iam.NO_NOT_ACTION, policy({"NotAction": "iam:*", "Resource": OBJECT}), "NotAction ['iam:*'] with Allow"),
    (iam.NO_NOT_ACTION, policy({"Action": "s3:GetObject", "NotResource": OBJECT}), "NotResource"),
    (iam.PASS_ROLE_SCOPED, identity("iam:PassRole"), "iam:PassRole on every role"),
    (iam.PASS_ROLE_SCOPED, identity("iam:Pass*", ROLE), "without a condition on iam:PassedToService"),
    (iam.PASS_ROLE_SCOPED, policy({"Action": "iam:PassRole", "NotResource": ROLE}), "iam:PassRole on every role"),
    (iam.RESOURCES_NAMED, identity(["ec2:DescribeInstances", "s3:GetObject"]), "Resource '*' for s3:GetObject"),
    (iam.RESOURCES_NAMED, identity("*"), "Resource '*' for *"),
    (iam.WRITES_LIMITED, identity(["s3:Get*", "s3:DeleteObject"]), "s3:DeleteObject on every resource"),
    (iam.WRITES_LIMITED, policy({"Action": "s3:PutObject", "NotResource": OBJECT}), "s3:PutObject"),
    (iam.WRITES_LIMITED, policy({"NotAction": "iam:*", "Resource": "*"}), "everything but iam:*"),
    (iam.WRITES_LIMITED, identity("*"), "every action on every resource"),
    (iam.WRITES_LIMITED, identity("sqs:*"), "and"),
    (iam.PERMISSIONS_LIMITED, identity("s3:PutBucketPolicy"), "s3:PutBucketPolicy on every resource"),
    (iam.CREDENTIALS_LIMITED, identity("iam:CreateAccessKey"), "iam:CreateAccessKey on every resource"),
    (iam.CREDENTIALS_LIMITED, identity("sts:AssumeRole", "arn:aws:iam::*:role/*"), "sts:AssumeRole"),
    (iam.CREDENTIALS_LIMITED, policy({"NotAction": "s3:*", "Resource": "*"}), "and"),
    (iam.DATA_READS_LIMITED, identity("secretsmanager:Get*"), "secretsmanager:GetSecretValue on every resource"),
    (iam.DATA_READS_LIMITED, identity("ssm:GetParameter", "arn:aws:ssm:*:*:parameter/*"), "ssm:GetParameter"),
    (iam.DATA_READS_LIMITED, identity("s3:GetObject", "arn:aws:s3:::*/*"), "s3:GetObject"),
    (iam.NO_DECRYPT_EVERYTHING, identity("kms:*", Condition=TEAM), "kms:Decrypt with every key"),
    (iam.NO_ESCALATION, identity("iam:PutRolePolicy"), "iam:PutRolePolicy on every resource (known as"),
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


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_an_unknown_action_alone(control: Control) -> None:
    if control is iam.NO_NOT_ACTION:  # nothing hangs on the action here
        return
    assert status(control, variable={"x": {}}, aws_iam_policy={"p": {"policy": identity("${var.x}")}}) == "unknown"


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_an_unknown_resource(control: Control) -> None:
    action = {
        iam.PASS_ROLE_SCOPED: "iam:PassRole",
        iam.PERMISSIONS_LIMITED: "s3:PutBucketPolicy",
        iam.CREDENTIALS_LIMITED: "iam:CreateAccessKey",
        iam.DATA_READS_LIMITED: "s3:GetObject",
        iam.NO_DECRYPT_EVERYTHING: "kms:Decrypt",
        iam.NO_ESCALATION: "iam:PutRolePolicy",
        iam.NO_ADMINISTRATOR: "*",
        iam.NO_FULL_IAM: "iam:*",
    }.get(control, "s3:PutObject")
    known = {iam.NO_ACTION_STAR, iam.NO_SERVICE_WILDCARD, iam.NO_NOT_ACTION}
    held = {"p": {"policy": identity(action, "${var.x}", Condition=PASSED if control is iam.PASS_ROLE_SCOPED else {})}}
    answer = status(control, variable={"x": {}}, aws_iam_policy=held)
    assert answer == ("passed" if control in known else "unknown")


def test_unknown_does_not_hide_what_is_wrong() -> None:
    mixed = policy(
        {"Action": "${var.x}", "Resource": "*"}, {"Action": ["${var.x}", "*"], "Resource": ["${var.x}", "*"]}
    )
    held = {"p": {"policy": mixed}}
    assert "policy.Statement[1]" in failure(iam.NO_ADMINISTRATOR, variable={"x": {}}, aws_iam_policy=held)
    assert status(iam.RESOURCES_NAMED, variable={"x": {}}, aws_iam_policy=held) == "failed"


def test_unknown_role_without_a_service_is_wrong_either_way() -> None:
    held = {"p": {"policy": identity("iam:PassRole", "${var.x}")}}
    assert status(iam.PASS_ROLE_SCOPED, variable={"x": {}}, aws_iam_policy=held) == "failed"


def test_what_hangs_on_nothing_unknown_is_known() -> None:
    """An unknown resource matters to no action of which AWS knows no narrower one, nor to one that opens nothing."""
    held = {"p": {"policy": identity("ec2:DescribeInstances", "${var.x}")}}
    for control in (iam.RESOURCES_NAMED, iam.WRITES_LIMITED, iam.NO_ESCALATION, iam.NO_DECRYPT_EVERYTHING):
        assert status(control, variable={"x": {}}, aws_iam_policy=held) == "passed", control.id


@pytest.mark.parametrize(
    "control", [iam.WRITES_LIMITED, iam.PERMISSIONS_LIMITED, iam.CREDENTIALS_LIMITED, iam.DATA_READS_LIMITED]
)
def test_limited_by_a_condition(control: Control) -> None:
    actions = ["s3:PutObject", "s3:PutBucketPolicy", "iam:CreateAccessKey", "s3:GetObject"]
    assert status(control, aws_iam_policy={"p": {"policy": identity(actions, Condition=TEAM)}}) == "passed"
    lenient = {"StringEqualsIfExists": {"aws:ResourceTag/team": "shop"}}
    assert status(control, aws_iam_policy={"p": {"policy": identity(actions, Condition=lenient)}}) == "failed"


def test_registry_token_cannot_be_limited() -> None:
    held = {"p": {"policy": identity("ecr:GetAuthorizationToken")}}
    assert status(iam.CREDENTIALS_LIMITED, aws_iam_policy=held) == "passed"


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
        iam.NO_ADMINISTRATOR, **{type: {"p": {argument: identity("*")}}}
    )


def test_inline_policies_of_a_role() -> None:
    inline = [{"name": "a", "policy": GOOD}, {"name": "b", "policy": identity("*")}]
    assert "inline_policy[1].policy.Statement[0]" in failure(
        iam.NO_ADMINISTRATOR, aws_iam_role={"r": {"inline_policy": inline}}
    )
    assert status(iam.NO_ADMINISTRATOR, aws_iam_role={"r": {}}) == "not applicable"
    dynamic = {"inline_policy": [{"for_each": "${var.x}", "content": {"policy": GOOD}}]}
    assert status(iam.NO_ADMINISTRATOR, variable={"x": {}}, aws_iam_role={"r": {"dynamic": dynamic}}) == "unknown"


def document(**statement: Any) -> dict[str, Any]:
    return {"aws_iam_policy_document": {"d": {"statement": [statement]}}}


def test_document_is_judged_where_it_is_used() -> None:
    data = document(actions=["*"], resources=["*"])
    used = {"p": {"policy": "${data.aws_iam_policy_document.d.json}"}}
    found = findings(iam.NO_ADMINISTRATOR, data=data, aws_iam_policy=used)
    answers = {finding.address: finding.status for finding in found}
    assert answers == {"data.aws_iam_policy_document.d": "not applicable", "aws_iam_policy.p": "failed"}
    elsewhere = {"p": {"content": "${data.aws_iam_policy_document.d.json}"}}
    assert status(iam.NO_ADMINISTRATOR, data=data, aws_organizations_policy=elsewhere) == "not applicable"


def test_document_that_nobody_uses() -> None:
    data = document(actions=["*"], resources=["*"])
    assert "data.aws_iam_policy_document.d statement[0]: Action '*'" in failure(iam.NO_ADMINISTRATOR, data=data)
    of_a_resource = document(actions=["*"], resources=["*"], principals=[{"type": "AWS", "identifiers": ["1"]}])
    assert status(iam.NO_ADMINISTRATOR, data=of_a_resource) == "not applicable"


def test_document_within_another() -> None:
    data = document(actions=["*"], resources=["*"])
    data["aws_iam_policy_document"]["outer"] = {"source_policy_documents": ["${data.aws_iam_policy_document.d.json}"]}
    answers = {finding.address: finding.status for finding in findings(iam.NO_ADMINISTRATOR, data=data)}
    assert answers == {
        "data.aws_iam_policy_document.d": "not applicable",
        "data.aws_iam_policy_document.outer": "failed",
    }


def test_block_that_may_be_left_out() -> None:
    data = document(actions=["s3:GetObject"], resources=[OBJECT], not_actions="${var.x}")
    assert status(iam.NO_NOT_ACTION, data=data, variable={"x": {}}) == "unknown"


def test_what_is_no_text_is_judged_as_text() -> None:
    odd = policy(
        {"Action": [5, "s3:*"], "Resource": [True, OBJECT], "Condition": {"Bool": {"aws:SecureTransport": True}}}
    )
    assert status(iam.NO_SERVICE_WILDCARD, aws_iam_policy={"p": {"policy": odd}}) == "failed"
    for control in CONTROLS:
        assert status(control, aws_iam_policy={"p": {"policy": odd}}) in ("passed", "failed")


def test_references_are_something() -> None:
    held = {"p": {"policy": identity(["s3:GetObject", "s3:PutObject"], ["${aws_s3_bucket.b.arn}/*"])}}
    for control in CONTROLS:
        assert status(control, aws_iam_policy=held, aws_s3_bucket={"b": {}}) == "passed", control.id


def test_statement_that_is_no_list() -> None:
    held = {"p": {"policy": json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})}}
    assert status(iam.NO_ADMINISTRATOR, aws_iam_policy=held) == "failed"
