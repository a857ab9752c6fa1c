"""What an identity policy may not allow: each way of breaking each control, and what keeps it."""

from typing import Any

import pytest

from secureinfra.policy import Statement
from secureinfra.policy.conditions import equals, passed_to_service
from secureinfra.policy.rules import breaches, escalations, is_unscopable

ROLE = "arn:aws:iam::111122223333:role/task"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1"


@pytest.mark.parametrize(
    ("control", "parts"),
    [
        ("iam-policy-no-administrator", {"actions": ("*",), "resources": ("*",)}),
        ("iam-policy-no-action-star", {"actions": ("*",), "resources": ("arn:aws:s3:::x",)}),
        ("iam-policy-no-service-wildcard", {"actions": ("s3:*",), "resources": ("arn:aws:s3:::x",)}),
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
        ("iam-policy-no-decrypt-everything", {"actions": ("kms:Decrypt",), "resources": ("*",)}),
        ("iam-policy-no-decrypt-everything", {"actions": ("kms:ReEncrypt*",), "resources": ("arn:aws:kms:x:1:key/*",)}),
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


def test_limited_actions_are_no_escalation() -> None:
    named = Statement(actions=("iam:PutRolePolicy",), resources=(ROLE,))
    tagged = Statement(actions=("iam:PutRolePolicy",), resources=("*",), conditions=(equals("aws:ResourceTag/x", "y"),))
    assert not list(escalations([named, tagged]))


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("ec2:DescribeInstances", True),
        ("EC2:describeinstances", True),
        ("ec2:Describe*", True),
        ("s3:GetObject", False),
        ("s3:Get*", False),
        ("kms:CreateKey", True),
        ("nosuch:Action", False),
    ],
)
def test_is_unscopable(action: str, answer: bool) -> None:
    assert is_unscopable(action) is answer
