"""What an identity policy may not allow: each way of breaking each control, and what keeps it."""

import re
from typing import Any

import pytest

from secureinfra.policy import Condition, Statement
from secureinfra.policy import conditions as c
from secureinfra.policy.conditions import passed_to_service
from secureinfra.policy.rules import breaches, escalations, is_unscopable

ROLE = "arn:aws:iam::111122223333:role/task"
ANY_SERVICE = c.like("iam:PassedToService", "*")
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1"


@pytest.mark.parametrize(
    ("control", "parts"),
    [
        ("iam-policy-no-administrator", {"actions": ("*",), "resources": ("*",)}),
        ("iam-policy-no-action-star", {"actions": ("*",), "resources": ("arn:aws:s3:::x",)}),
        ("iam-policy-no-service-wildcard", {"actions": ("s3:*",), "resources": ("arn:aws:s3:::x",)}),
        ("iam-policy-no-service-wildcard", {"actions": ("s3:**",), "resources": ("arn:aws:s3:::x",)}),
        ("iam-policy-no-service-wildcard", {"actions": ("s3:?*",), "resources": ("arn:aws:s3:::x",)}),
        ("iam-policy-no-administrator", {"actions": ("*",), "resources": ("arn:aws:*:*:*:*",)}),
        ("iam-policy-no-administrator", {"actions": ("*",), "resources": ("*",), "conditions": c.mfa()}),
        ("iam-policy-no-not-action", {"not_actions": ("iam:CreateUser",), "resources": ("arn:aws:s3:::x",)}),
        ("iam-policy-no-not-action", {"actions": ("s3:GetObject",), "not_resources": ("arn:aws:s3:::x",)}),
        ("iam-policy-pass-role-scoped", {"actions": ("iam:PassRole",), "resources": ("*",)}),
        (
            "iam-policy-pass-role-scoped",
            {"actions": ("iam:Pass*",), "resources": ("arn:aws:iam::111122223333:role/*",)},
        ),
        ("iam-policy-pass-role-scoped", {"actions": ("iam:PassRole",), "resources": (ROLE,)}),
        ("iam-policy-resources-named", {"actions": ("s3:GetObject",), "resources": ("*",)}),
        ("iam-policy-resources-named", {"actions": ("ec2:DescribeInstances", "s3:PutObject"), "resources": ("*",)}),
        ("iam-policy-resources-named", {"actions": ("s3:GetObject",), "resources": ("arn:aws:s3:::*",)}),
        ("iam-policy-resources-named", {"actions": ("s3:GetObject",), "resources": ("arn:aws:s3:::*/*",)}),
        ("iam-policy-resources-named", {"actions": ("sqs:SendMessage",), "resources": ("arn:aws:sqs:*:*:*",)}),
        ("iam-policy-resources-named", {"actions": ("ec2:Describe*",), "resources": ("*",)}),
        (
            "iam-policy-pass-role-scoped",
            {"actions": ("iam:PassRole",), "resources": (ROLE,), "conditions": (ANY_SERVICE,)},
        ),
        ("iam-policy-pass-role-scoped", {"not_actions": ("s3:GetObject",), "resources": (ROLE,)}),
        ("iam-policy-no-decrypt-everything", {"actions": ("kms:Decrypt",), "resources": ("*",)}),
        (
            "iam-policy-no-decrypt-everything",
            {"actions": ("kms:ReEncrypt*",), "resources": ("arn:aws:kms:eu-central-1:111122223333:key/*",)},
        ),
    ],
)
def test_breaks(control: str, parts: dict[str, Any]) -> None:
    assert control in {breach.control.id for breach in breaches(Statement(**parts))}


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


def test_escalation_over_several_statements() -> None:
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
