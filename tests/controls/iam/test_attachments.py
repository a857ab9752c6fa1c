"""Managed policies of AWS, and to whom policies are attached."""

from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.iam.attachments import (
    NO_ADMINISTRATOR_PERMISSION_SET,
    NO_BROAD_MANAGED_POLICY,
    NO_CLOUDSHELL,
    NO_FULL_ACCESS,
    NO_FULL_IAM,
    USERS_HOLD_NO_POLICY,
)
from tests.controls.judge import failure, findings, status
from tests.controls.policies import identity

AWS = "arn:aws:iam::aws:policy"
GOOD = f"{AWS}/job-function/ViewOnlyAccess"

BROKEN = [
    (NO_BROAD_MANAGED_POLICY, "AdministratorAccess"),
    (NO_BROAD_MANAGED_POLICY, "PowerUserAccess"),
    (NO_BROAD_MANAGED_POLICY, "job-function/SystemAdministrator"),
    (NO_FULL_ACCESS, "AmazonS3FullAccess"),
    (NO_FULL_ACCESS, "AmazonBedrockFullAccess"),
    (NO_FULL_ACCESS, "service-role/AmazonEC2ContainerRegistryFullAccess"),
    (NO_FULL_IAM, "IAMFullAccess"),
    (NO_CLOUDSHELL, "AWSCloudShellFullAccess"),
]
CONTROLS = [NO_BROAD_MANAGED_POLICY, NO_FULL_ACCESS, NO_FULL_IAM, NO_CLOUDSHELL]
IDS = [
    "iam-role-no-broad-managed-policy",
    "iam-role-no-full-access-policy",
    "iam-policy-no-full-iam",
    "iam-role-no-cloudshell-policy",
]


def attached(type: str, arn: str) -> dict[str, Any]:
    if type == "aws_iam_role":
        return {type: {"a": {"managed_policy_arns": [GOOD, arn]}}}
    if type.endswith("_exclusive"):
        return {type: {"a": {"policy_arns": [GOOD, arn]}}}
    return {type: {"a": {"policy_arn": arn}}}


TYPES = (
    "aws_iam_role_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_user_policy_attachment",
    "aws_iam_group_policy_attachment",
    "aws_iam_role",
    "aws_iam_role_policy_attachments_exclusive",
)


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize(("control", "name"), BROKEN)
def test_broken(type: str, control: Control, name: str) -> None:
    found = failure(control, **attached(type, f"{AWS}/{name}"))
    assert f"{type}.a " in found
    assert f'= "{AWS}/{name}"' in found


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("control", CONTROLS, ids=IDS)
def test_met(type: str, control: Control) -> None:
    assert status(control, **attached(type, GOOD)) == "passed"
    assert status(control, variable={"x": {}}, **attached(type, "${var.x}")) == "unknown"
    own = {"p": {"policy": identity("s3:GetObject", "arn:aws:s3:::b/*")}}
    assert status(control, aws_iam_policy=own, **attached(type, "${aws_iam_policy.p.arn}")) == "passed"


@pytest.mark.parametrize("control", CONTROLS, ids=IDS)
def test_not_asked(control: Control) -> None:
    assert status(control, aws_iam_role={"r": {}}) == "not applicable"


@pytest.mark.parametrize(
    ("arn", "answer"),
    [
        ("arn:${data.aws_partition.p.partition}:iam::aws:policy/AdministratorAccess", "failed"),
        ("arn:${data.aws_partition.p.partition}:iam::aws:policy/ReadOnlyAccess", "passed"),
        ("arn:aws:iam::aws:policy/${var.x}", "unknown"),
        ("${data.aws_iam_policy.by_arn.arn}", "failed"),
        ("${data.aws_iam_policy.by_name.arn}", "failed"),
        ("${data.aws_iam_policy.unsure.arn}", "unknown"),
        ("${data.terraform_remote_state.s.outputs.arn}", "unknown"),
        ("arn:aws:iam::aws:policy/AdministratorAccess-AWSElasticBeanstalk", "failed"),
        ("arn:aws:iam::aws:policy/MyAdministratorAccessLog", "passed"),
    ],
)
def test_no_broad_managed_policy(arn: str, answer: str) -> None:
    policies = {
        "by_arn": {"arn": f"{AWS}/AdministratorAccess"},
        "by_name": {"name": "AdministratorAccess"},
        "unsure": {"name": "${var.x}"},
    }
    data = {"aws_partition": {"p": {}}, "aws_iam_policy": policies, "terraform_remote_state": {"s": {}}}
    held = attached("aws_iam_role_policy_attachment", arn)
    assert status(NO_BROAD_MANAGED_POLICY, data=data, variable={"x": {}}, **held) == answer


def test_full_access_is_what_aws_calls_so() -> None:
    own = attached("aws_iam_role_policy_attachment", "arn:aws:iam::111122223333:policy/QueueFullAccess")
    assert status(NO_FULL_ACCESS, **own) == "passed"


def test_no_administrator_permission_set() -> None:
    def held(arn: str) -> dict[str, Any]:
        return {"aws_ssoadmin_managed_policy_attachment": {"a": {"managed_policy_arn": arn}}}

    control = NO_ADMINISTRATOR_PERMISSION_SET
    assert control.waivable
    assert "managed_policy_arn" in failure(control, **held(f"{AWS}/AdministratorAccess"))
    assert status(control, **held(GOOD)) == "passed"
    assert status(control, variable={"x": {}}, **held("${var.x}")) == "unknown"
    assert status(NO_BROAD_MANAGED_POLICY, **held(f"{AWS}/AdministratorAccess")) == ""
    assert status(NO_CLOUDSHELL, **held(f"{AWS}/AWSCloudShellFullAccess")) == "failed"


def test_no_full_iam_is_asked_once_of_a_role() -> None:
    role = {"r": {"managed_policy_arns": [f"{AWS}/IAMFullAccess"], "inline_policy": {"policy": identity("iam:*")}}}
    found = findings(NO_FULL_IAM, aws_iam_role=role)
    assert [finding.at for finding in found] == ["inline_policy[0].policy.Statement[0]", "managed_policy_arns[0]"]
    assert len(findings(NO_FULL_IAM, aws_iam_role={"r": {"managed_policy_arns": [GOOD]}})) == 1


def test_users_hold_no_policy() -> None:
    control = USERS_HOLD_NO_POLICY
    assert 'a policy on a user: user = "ann"' in failure(control, aws_iam_user_policy={"p": {"user": "ann"}})
    assert status(control, aws_iam_user_policy_attachment={"a": {"user": "${var.x}"}}, variable={"x": {}}) == "failed"
    for users, answer in ((["ann"], "failed"), ([], "passed"), (None, "passed"), ("${var.x}", "unknown")):
        attachment = {"a": {"users": users, "roles": ["r"]}}
        assert status(control, variable={"x": {}}, aws_iam_policy_attachment=attachment) == answer
    none: dict[str, Any] = {"e": {"user_name": "ann", "policy_arns": []}}
    assert status(control, aws_iam_user_policy_attachments_exclusive=none) == "passed"
    some = {"e": {"user_name": "ann", "policy_names": ["p"]}}
    assert status(control, aws_iam_user_policies_exclusive=some) == "failed"
