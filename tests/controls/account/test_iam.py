"""What an account sets once for IAM."""

from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.account.iam import (
    PASSWORD_COMPLEX,
    PASSWORD_EXPIRES,
    PASSWORD_LENGTH,
    PASSWORD_NOT_REUSED,
    ROOT_CENTRAL,
    ROOT_SESSIONS,
    SUPPORT_ROLE,
)
from tests.controls.judge import failure, findings, status

STRONG = {
    "minimum_password_length": 14,
    "password_reuse_prevention": 24,
    "max_password_age": 90,
    "require_lowercase_characters": True,
    "require_uppercase_characters": True,
    "require_numbers": True,
    "require_symbols": True,
}
SUPPORT = "arn:aws:iam::aws:policy/AWSSupportAccess"


# Ids: iam-account-password-length, iam-account-password-not-reused, iam-account-password-expires.
@pytest.mark.parametrize(
    ("control", "name", "bad"),
    [
        (PASSWORD_LENGTH, "minimum_password_length", (13, None, "8")),
        (PASSWORD_NOT_REUSED, "password_reuse_prevention", (23, None, 0)),
        (PASSWORD_EXPIRES, "max_password_age", (91, None, 0)),
        (PASSWORD_COMPLEX, "require_symbols", (False, None, "false")),
        (PASSWORD_COMPLEX, "require_numbers", (False,)),
        (PASSWORD_COMPLEX, "require_uppercase_characters", (False,)),
        (PASSWORD_COMPLEX, "require_lowercase_characters", (False,)),
    ],
)
def test_password_length_not_reused_expires_and_complex(control: Control, name: str, bad: tuple[Any, ...]) -> None:
    assert status(control, aws_iam_account_password_policy={"p": STRONG}) == "passed"
    for value in bad:
        found = failure(control, aws_iam_account_password_policy={"p": {**STRONG, name: value}})
        assert f"aws_iam_account_password_policy.p {name}: {name} " in found
    unknown = {"p": {**STRONG, name: "${var.x}"}}
    assert status(control, variable={"x": {}}, aws_iam_account_password_policy=unknown) == "unknown"


def test_password_complex_names_every_kind() -> None:
    assert failure(PASSWORD_COMPLEX, aws_iam_account_password_policy={"p": {}}).count("\n") == 3


def test_password_length_default() -> None:
    assert "(AWS defaults to 6)" in failure(PASSWORD_LENGTH, aws_iam_account_password_policy={"p": {}})


@pytest.mark.parametrize(
    ("features", "answer"),
    [
        (["RootCredentialsManagement", "RootSessions"], "passed"),
        (["RootSessions"], "failed"),
        ([], "failed"),
        ("${var.x}", "unknown"),
        (["${var.x}"], "unknown"),
        (["${var.x}", "RootCredentialsManagement"], "passed"),
    ],
)
def test_root_central(features: Any, answer: str) -> None:
    held = {"f": {"enabled_features": features}}
    assert status(ROOT_CENTRAL, variable={"x": {}}, aws_iam_organizations_features=held) == answer


@pytest.mark.parametrize(
    ("sections", "answer"),
    [
        ({"aws_iam_role_policy_attachment": {"a": {"role": "support", "policy_arn": SUPPORT}}}, "passed"),
        ({"aws_iam_role": {"r": {"managed_policy_arns": [SUPPORT]}}}, "passed"),
        ({"aws_iam_policy_attachment": {"a": {"roles": ["support"], "policy_arn": SUPPORT}}}, "passed"),
        ({"aws_ssoadmin_managed_policy_attachment": {"a": {"managed_policy_arn": SUPPORT}}}, "passed"),
        ({"aws_iam_user_policy_attachment": {"a": {"user": "ann", "policy_arn": SUPPORT}}}, "failed"),
        ({"aws_iam_group_policy_attachment": {"a": {"group": "all", "policy_arn": SUPPORT}}}, "failed"),
        ({"aws_iam_policy_attachment": {"a": {"users": ["ann"], "policy_arn": SUPPORT}}}, "failed"),
        ({"aws_iam_policy_attachment": {"a": {"roles": "${var.x}", "policy_arn": SUPPORT}}}, "unknown"),
        ({"aws_iam_role_policy_attachment": {"a": {"role": "r", "policy_arn": "${var.x}"}}}, "not applicable"),
        ({}, "not applicable"),
    ],
)
def test_support_role(sections: dict[str, Any], answer: str) -> None:
    assert status(SUPPORT_ROLE, variable={"x": {}}, **sections) == answer


def test_support_role_names_the_attachment() -> None:
    held = {"a": {"user": "ann", "policy_arn": SUPPORT}}
    (found,) = findings(SUPPORT_ROLE, aws_iam_user_policy_attachment=held)
    assert found.address == "aws_iam_user_policy_attachment.a"


def test_root_sessions() -> None:
    def features(enabled: Any) -> dict[str, Any]:
        return {"aws_iam_organizations_features": {"f": {"enabled_features": enabled}}}

    control = ROOT_SESSIONS
    assert status(control, **features(["RootCredentialsManagement", "RootSessions"])) == "passed"
    assert "enabled_features" in failure(control, **features(["RootCredentialsManagement"]))
    assert status(control, variable={"x": {}}, **features("${var.x}")) == "unknown"
