"""What an identity policy may not allow: each way of breaking each control, and what keeps it."""

import re
from typing import Any

import pytest

from secureinfra.controls.iam.policies import breaches, escalations
from secureinfra.facts.iam_actions import is_unscopable
from secureinfra.policy import Condition, Statement
from secureinfra.policy import conditions as c
from secureinfra.policy.conditions import passed_to_service

ROLE = "arn:aws:iam::111122223333:role/task"
ANY_SERVICE = c.like("iam:PassedToService", "*")
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1"


OBJECT = "arn:aws:s3:::x"


def allow(action: str, resource: str, *conditions: Condition) -> Statement:
    return Statement(actions=(action,), resources=(resource,), conditions=conditions)


def broken_by(**parts: Any) -> set[str]:
    return {breach.control.id for breach in breaches(Statement(**parts))}


@pytest.mark.parametrize(
    "parts",
    [
        {"actions": ("*",), "resources": ("*",)},
        {"actions": ("*",), "resources": ("arn:aws:*:*:*:*",)},
        {"actions": ("*",), "resources": ("*",), "conditions": c.mfa()},
        {"actions": ("*",), "resources": (OBJECT, "*")},
    ],
)
def test_no_administrator(parts: dict[str, Any]) -> None:
    assert "iam-policy-no-administrator" in broken_by(**parts)


def test_no_action_star() -> None:
    assert "iam-policy-no-action-star" in broken_by(actions=("*",), resources=(OBJECT,))


@pytest.mark.parametrize("action", ["s3:*", "s3:**", "s3:?*", "s3:*?"])
def test_no_service_wildcard(action: str) -> None:
    assert broken_by(actions=(action,), resources=(OBJECT,)) == {"iam-policy-no-service-wildcard"}


@pytest.mark.parametrize(
    "parts",
    [
        {"not_actions": ("iam:CreateUser",), "resources": (OBJECT,)},
        {"actions": ("s3:GetObject",), "not_resources": (OBJECT,)},
    ],
)
def test_no_not_action(parts: dict[str, Any]) -> None:
    assert broken_by(**parts) == {"iam-policy-no-not-action"}


@pytest.mark.parametrize(
    "parts",
    [
        {"actions": ("iam:PassRole",), "resources": ("*",)},
        {"actions": ("iam:Pass*",), "resources": ("arn:aws:iam::111122223333:role/*",)},
        {"actions": ("iam:PassRole",), "resources": (ROLE,)},
        {"actions": ("iam:PassRole",), "resources": ("${aws_iam_role.task.arn}",)},
        {"actions": ("iam:PassRole",), "resources": (ROLE,), "conditions": (ANY_SERVICE,)},
        {"not_actions": ("s3:GetObject",), "resources": (ROLE,)},
    ],
)
def test_pass_role_scoped(parts: dict[str, Any]) -> None:
    assert "iam-policy-pass-role-scoped" in broken_by(**parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"actions": ("s3:GetObject",), "resources": ("*",)},
        {"actions": ("ec2:DescribeInstances", "s3:PutObject"), "resources": ("*",)},
        {"actions": ("s3:GetObject",), "resources": ("arn:aws:s3:::*",)},
        {"actions": ("s3:GetObject",), "resources": ("arn:aws:s3:::*/*",)},
        {"actions": ("sqs:SendMessage",), "resources": ("arn:aws:sqs:*:*:*",)},
        {"actions": ("sqs:SendMessage",), "resources": ("arn:${data.x.y.z}:sqs:${var.r}:${var.a}:*",)},
        {"actions": ("ec2:Describe*",), "resources": ("*",)},
    ],
)
def test_resources_named(parts: dict[str, Any]) -> None:
    assert broken_by(**parts) == {"iam-policy-resources-named"}


@pytest.mark.parametrize(
    "parts",
    [
        {"actions": ("kms:Decrypt",), "resources": ("*",)},
        {"actions": ("kms:ReEncrypt*",), "resources": ("arn:aws:kms:eu-central-1:111122223333:key/*",)},
        {"actions": ("kms:Decrypt",), "resources": ("*",), "conditions": (c.via_service("s3.x.amazonaws.com"),)},
    ],
)
def test_no_decrypt_everything(parts: dict[str, Any]) -> None:
    assert "iam-policy-no-decrypt-everything" in broken_by(**parts)


@pytest.mark.parametrize(
    "parts",
    [
        {"effect": "Deny", "actions": ("*",), "resources": ("*",)},
        {"actions": ("s3:GetObject",), "resources": ("arn:aws:s3:::x/*",)},
        {"actions": ("ec2:DescribeInstances", "sts:GetCallerIdentity", "s3:ListAllMyBuckets"), "resources": ("*",)},
        {
            "actions": ("iam:PassRole",),
            "resources": (ROLE,),
            "conditions": (passed_to_service("ecs-tasks.amazonaws.com"),),
        },
        {"actions": ("kms:Decrypt",), "resources": (KEY,)},
        {"actions": ("s3:Get*",), "resources": ("arn:aws:s3:::x/*",)},
        {"actions": ("s3:GetObject",), "resources": ("${aws_s3_bucket.x.arn}/*",)},
    ],
)
def test_keeps(parts: dict[str, Any]) -> None:
    assert list(breaches(Statement(**parts))) == []


def test_no_escalation_over_several_statements() -> None:
    pass_role = Statement(actions=("iam:PassRole",), resources=("*",))
    make = Statement(actions=("lambda:CreateFunction", "lambda:InvokeFunction"), resources=("*",))
    found = {breach.broken for breach in escalations([pass_role, make])}
    assert any("iam:PassRole + lambda:CreateFunction" in text for text in found)
    assert not list(escalations([make]))


@pytest.mark.parametrize(
    "action", ["iam:CreatePolicyVersion", "iam:PutRolePolicy", "iam:Put*", "lambda:UpdateFunctionCode"]
)
def test_escalation_by_one_action(action: str) -> None:
    assert list(escalations([Statement(actions=(action,), resources=("*",))]))


@pytest.mark.parametrize(
    "resource",
    ["arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:*", "arn:*", "arn:${data.x.y.z}:iam::${var.a}:role/*"],
)
def test_escalation_over_every_role(resource: str) -> None:
    assert list(escalations([Statement(actions=("iam:PutRolePolicy",), resources=(resource,))]))


@pytest.mark.parametrize("condition", [c.secure_transport(), c.source_ip("203.0.113.0/24"), *c.mfa()])
def test_conditions_on_the_caller_do_not_limit_escalation(condition: Condition) -> None:
    assert list(escalations([Statement(actions=("iam:PutRolePolicy",), resources=("*",), conditions=(condition,))]))


def test_everything_but_a_few_actions_is_an_escalation() -> None:
    assert list(escalations([Statement(not_actions=("s3:GetObject",), resources=("*",))]))
    assert not list(escalations([Statement(not_actions=("s3:GetObject",), resources=("arn:aws:s3:::x/*",))]))


@pytest.mark.parametrize(
    "parts",
    [
        {"resources": (ROLE,)},
        {"resources": ("*",), "conditions": (c.resource_tag("team", "shop"),)},
        {"resources": ("*",), "conditions": (c.arn_like("iam:PermissionsBoundary", "arn:aws:iam::*:policy/bound"),)},
        {"resources": ("*",), "effect": "Deny"},
    ],
)
def test_limited_actions_are_no_escalation(parts: dict[str, Any]) -> None:
    assert not list(escalations([Statement(actions=("iam:PutRolePolicy",), **parts)]))


TEAM = "arn:aws:iam::111122223333:role/team/*"
AWS_POLICY = "arn:aws:iam::aws:policy"


@pytest.mark.parametrize(
    "parts",
    [
        {"resources": (TEAM,)},
        {"resources": (TEAM,), "conditions": (c.arn_like("iam:PolicyARN", f"{AWS_POLICY}/*"),)},
        {"resources": ("*",), "conditions": (c.equals("iam:PolicyARN", f"{AWS_POLICY}/AdministratorAccess"),)},
        {
            "resources": ("*",),
            "conditions": (c.equals("iam:PermissionsBoundary", f"{AWS_POLICY}/AdministratorAccess"),),
        },
        {"resources": ("*",), "conditions": (c.arn_like("iam:PolicyARN", f"{AWS_POLICY}/Admin*", "arn:aws:iam::1:x"),)},
    ],
)
def test_a_pattern_or_a_policy_of_all_rights_is_no_limit(parts: dict[str, Any]) -> None:
    assert list(escalations([Statement(actions=("iam:AttachRolePolicy",), **parts)]))


def test_a_harmless_policy_or_a_boundary_is_a_limit() -> None:
    reader = c.equals("iam:PolicyARN", "arn:aws:iam::111122223333:policy/reader")
    bound = c.equals("iam:PermissionsBoundary", "arn:aws:iam::111122223333:policy/limit")
    for condition in (reader, bound):
        assert not list(
            escalations([Statement(actions=("iam:AttachRolePolicy",), resources=(TEAM,), conditions=(condition,))])
        )
    objects = Statement(actions=("*",), resources=("arn:aws:s3:::acme/*",))
    assert not list(escalations([objects])), "no role is among them"


@pytest.mark.parametrize("writes", ["iam:PutRolePolicy", "iam:AttachRolePolicy"])
@pytest.mark.parametrize("uses", ["sts:AssumeRole", "iam:UpdateAssumeRolePolicy"])
@pytest.mark.parametrize("usable", [ROLE, f"{ROLE[:-1]}*", "*"])
def test_rights_of_a_named_role_that_can_be_used(writes: str, uses: str, usable: str) -> None:
    found = [one.broken for one in escalations([allow(writes, ROLE), allow(uses, usable)])]
    assert f"{writes} + {uses} on {ROLE}: its rights can so be written and used" in found


@pytest.mark.parametrize(
    "statements",
    [
        [allow("iam:PutRolePolicy", ROLE), allow("iam:DeleteRolePolicy", ROLE)],
        [allow("iam:UpdateAssumeRolePolicy", ROLE), allow("sts:AssumeRole", ROLE)],
        [allow("iam:PutRolePolicy", ROLE), allow("sts:AssumeRole", f"{ROLE}-of-others")],
        [
            allow(
                "iam:PutRolePolicy", ROLE, c.equals("iam:PermissionsBoundary", "arn:aws:iam::111122223333:policy/limit")
            ),
            allow("sts:AssumeRole", ROLE),
        ],
        [
            allow("iam:AttachRolePolicy", ROLE, c.equals("iam:PolicyARN", "arn:aws:iam::111122223333:policy/reader")),
            allow("sts:AssumeRole", ROLE),
        ],
    ],
)
def test_rights_that_are_limited_or_of_a_role_that_others_use(statements: list[Statement]) -> None:
    assert not list(escalations(statements))


def test_wildcard_names_what_can_be_scoped() -> None:
    (breach,) = breaches(Statement(actions=("ec2:Describe*",), resources=("*",)))
    assert re.search(r"a policy can list resources for ec2:Describe\w+ and \d+ more", breach.broken)


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("ec2:DescribeInstances", True),
        ("EC2:describeinstances", True),
        ("ec2:Describe*", False),
        ("elasticloadbalancing:Describe*", True),
        ("s3:GetObject", False),
        ("s3:Get*", False),
        ("kms:CreateKey", True),
        ("nosuch:Action", False),
    ],
)
def test_is_unscopable(action: str, answer: bool) -> None:
    assert is_unscopable(action) is answer


@pytest.mark.parametrize(
    ("parts", "broken"),
    [
        ({"not_actions": ("s3:DeleteBucket",), "resources": ("*",)}, True),
        ({"not_actions": ("iam:CreateUser",), "resources": ("*",)}, True),
        ({"not_actions": ("iam:*", "organizations:*", "account:*"), "resources": ("*",)}, False),
        ({"not_actions": ("iam:Attach*",), "resources": ("*",)}, False),
        ({"not_actions": ("s3:DeleteBucket",), "resources": ("arn:aws:s3:::acme/*",)}, False),
        ({"actions": ("*",), "not_resources": ("arn:aws:s3:::acme/*",)}, True),
        ({"actions": ("*",), "not_resources": ("arn:aws:iam::*:*",)}, False),
        ({"not_actions": ("s3:DeleteBucket",), "not_resources": ("arn:aws:s3:::acme/*",)}, True),
    ],
)
def test_no_administrator_by_what_is_left(parts: dict[str, Any], broken: bool) -> None:
    """Everything but a little is everything, as long as permissions management is left."""
    assert ("iam-policy-no-administrator" in broken_by(**parts)) is broken
