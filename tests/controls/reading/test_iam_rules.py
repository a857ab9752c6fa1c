"""What an identity policy may not allow: each way of breaking each control, and what keeps it."""

import re
from typing import Any

import pytest

from secureinfra.controls.iam_policies import breaches, escalations
from secureinfra.controls.reading.iam_actions import is_unscopable
from secureinfra.policy import Condition, Statement
from secureinfra.policy import conditions as c
from secureinfra.policy.conditions import passed_to_service

ROLE = "arn:aws:iam::111122223333:role/task"
ANY_SERVICE = c.like("iam:PassedToService", "*")
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1"


OBJECT = "arn:aws:s3:::x"


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
        {"resources": ("arn:aws:iam::111122223333:role/team/*",)},
        {"resources": ("*",), "conditions": (c.resource_tag("team", "shop"),)},
        {"resources": ("*",), "conditions": (c.arn_like("iam:PermissionsBoundary", "arn:aws:iam::*:policy/bound"),)},
        {"resources": ("*",), "effect": "Deny"},
    ],
)
def test_limited_actions_are_no_escalation(parts: dict[str, Any]) -> None:
    assert not list(escalations([Statement(actions=("iam:PutRolePolicy",), **parts)]))


def test_wildcard_names_what_can_be_scoped() -> None:
    (breach,) = breaches(Statement(actions=("ec2:Describe*",), resources=("*",)))
    assert re.search(r"a policy can name resources for ec2:Describe\w+ and \d+ more", breach.broken)


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
