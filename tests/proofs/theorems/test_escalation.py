"""No principal becomes administrator: the ways, and what limits them."""

from __future__ import annotations

from typing import Any

import pytest

from secureinfra.proofs.theorems.escalation import NO_ESCALATION
from secureinfra.proofs.theorems.theorem import Result
from tests.proofs.configurations import allow, configuration, deny, policy, role, verdicts

APP = "aws_iam_role.app"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
BOUNDARY = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/limits"}}


def of_role(*statements: dict[str, Any], more: Any = None, **parts: Any) -> Result:
    return verdicts(NO_ESCALATION, configuration(**role(*statements, **parts), **(more or {})))[APP]


@pytest.mark.parametrize(
    "action",
    [
        "*",
        "iam:*",
        "iam:Put*",
        "iam:AttachRolePolicy",
        "iam:CreatePolicyVersion",
        ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
    ],
)
def test_a_way_on_all_resources_breaks_it(action: Any) -> None:
    assert of_role(allow(action)).verdict == "BROKEN"


def test_a_way_to_write_rights_into_one_role_breaks_it() -> None:
    found = of_role(allow("iam:PutRolePolicy", "${aws_iam_role.app.arn}"))
    assert found.verdict == "BROKEN"
    assert (
        found.found == "${aws_iam_role.app.arn} could iam:PutRolePolicy ${aws_iam_role.app.arn}: it writes any rights"
    )
    assert [step.address for step in found.steps] == ["aws_iam_role_policy.app"]


def test_reading_is_no_way() -> None:
    assert of_role(allow(["iam:Get*", "s3:GetObject"])).verdict == "PROVED"


def test_a_policy_of_the_condition_limits_what_is_attached() -> None:
    harmless = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/SecurityAudit"}}
    assert of_role(allow("iam:AttachRolePolicy", Condition=harmless)).verdict == "PROVED"
    every = {"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}}
    assert of_role(allow("iam:AttachRolePolicy", Condition=every)).verdict == "BROKEN"


def test_a_boundary_in_the_condition_limits_unless_it_limits_nothing() -> None:
    assert of_role(allow("iam:PutRolePolicy", Condition=BOUNDARY)).verdict == "PROVED"
    nothing = {"StringEquals": {"iam:PermissionsBoundary": ADMINISTRATOR}}
    assert of_role(allow("iam:PutRolePolicy", Condition=nothing)).verdict == "BROKEN"


def test_a_deny_limits() -> None:
    assert of_role(allow("iam:PutRolePolicy"), deny("iam:*")).verdict == "PROVED"
    assert of_role(allow("iam:PutRolePolicy"), deny("iam:PutRolePolicy", "arn:aws:iam::*:role/x*")).verdict == "BROKEN"


def test_its_own_boundary_limits() -> None:
    limits = {"aws_iam_policy__limits": {"policy": policy(allow("s3:*"))}}
    bounded = {"permissions_boundary": "${aws_iam_policy.limits.arn}"}
    assert of_role(allow("iam:PutRolePolicy"), more=limits, **bounded).verdict == "PROVED"
    unknown = {"permissions_boundary": "${var.boundary}"}
    assert of_role(allow("iam:PutRolePolicy"), **unknown).verdict == "UNKNOWN"


def test_an_administrator_is_one() -> None:
    assert of_role(managed_policy_arns=[ADMINISTRATOR]).verdict == "BROKEN"
    by_block = {"aws_iam_role_policy_attachment__a": {"role": "${aws_iam_role.app.name}", "policy_arn": ADMINISTRATOR}}
    assert of_role(more=by_block).verdict == "BROKEN"


def test_a_managed_policy_that_is_not_at_hand_is_unknown_with_its_name() -> None:
    found = of_role(managed_policy_arns=["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"])
    assert found.verdict == "UNKNOWN"
    assert "what the AWS managed policy AmazonSSMManagedInstanceCore allows" in found.reason


def test_a_managed_policy_that_only_reads_is_no_way() -> None:
    assert of_role(managed_policy_arns=["arn:aws:iam::aws:policy/SecurityAudit"]).verdict == "PROVED"


def test_a_policy_that_is_not_known_is_unknown() -> None:
    assert of_role(more={"aws_iam_role_policy__v": {"role": "app", "policy": "${var.p}"}}, name="app").verdict in (
        "UNKNOWN",
        "PROVED",
    )
    held = configuration(
        aws_iam_role__app={"name": "app", "assume_role_policy": "{}"},
        aws_iam_role_policy__v={"role": "${aws_iam_role.app.id}", "policy": "${var.p}"},
    )
    assert verdicts(NO_ESCALATION, held)[APP].verdict == "UNKNOWN"


def test_policies_count_together() -> None:
    second = {
        "role": "${aws_iam_role.app.id}",
        "policy": policy(allow(["lambda:CreateFunction", "lambda:InvokeFunction"])),
    }
    assert of_role(allow("iam:PassRole")).verdict == "PROVED"
    assert of_role(allow("iam:PassRole"), more={"aws_iam_role_policy__more": second}).verdict == "BROKEN"


def test_a_user_has_what_its_groups_have() -> None:
    held = configuration(
        aws_iam_user__u={"name": "u"},
        aws_iam_group__g={"name": "g"},
        aws_iam_group_policy__p={"group": "${aws_iam_group.g.name}", "policy": policy(allow("iam:*"))},
        aws_iam_user_group_membership__m={"user": "${aws_iam_user.u.name}", "groups": ["${aws_iam_group.g.name}"]},
    )
    assert verdicts(NO_ESCALATION, held)["aws_iam_user.u"].verdict == "BROKEN"


def test_a_permission_set_is_a_principal() -> None:
    held = configuration(
        aws_ssoadmin_permission_set__s={"name": "s", "instance_arn": "x"},
        aws_ssoadmin_managed_policy_attachment__a={
            "permission_set_arn": "${aws_ssoadmin_permission_set.s.arn}",
            "managed_policy_arn": ADMINISTRATOR,
        },
    )
    assert verdicts(NO_ESCALATION, held)["aws_ssoadmin_permission_set.s"].verdict == "BROKEN"
