"""Whom a resource policy lets in: the conditions that say who, and those that do not."""

from typing import Any

import pytest

from secureinfra.controls.shared.resource_policies import accounts_in, foreign_accounts
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.model.policy_document import PolicyCondition, PolicyStatement
from secureinfra.terraform.unknown import Unknown, UnknownValueError


def condition(operator: str, key: str, *values: Any) -> PolicyCondition:
    return PolicyCondition(operator, key, values)


HERE = Configuration.of({})


def allow(principal: str, *conditions: PolicyCondition) -> PolicyStatement:
    return PolicyStatement("Allow", ("sns:Publish",), principals={"AWS": (principal,)}, conditions=conditions)


@pytest.mark.parametrize(
    "statement",
    [
        allow("111122223333"),
        allow("arn:aws:iam::111122223333:root"),
        allow("arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"),
        allow("${aws_iam_role.r.arn}"),
        allow("*", condition("StringEquals", "aws:SourceOwner", "111122223333")),
        allow("*", condition("ArnLike", "aws:SourceArn", "arn:aws:s3:::uploads")),
        PolicyStatement("Deny", principals={"AWS": ("*",)}),
        PolicyStatement("Allow", principals={"Service": ("s3.amazonaws.com",)}),
    ],
    ids=str,
)
def test_own_account(statement: PolicyStatement) -> None:
    assert foreign_accounts(statement, {"111122223333"}, HERE) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (allow("444455556666"), "444455556666"),
        (allow("arn:aws:iam::444455556666:role/r"), "arn:aws:iam::444455556666:role/r"),
        (
            allow("arn:aws:iam::${aws_organizations_account.a.id}:root"),
            "arn:aws:iam::${aws_organizations_account.a.id}:root",
        ),
        (allow("*"), "*"),
        (allow("*", condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5")), "*"),
        (allow("*", condition("StringEquals", "aws:SourceAccount", "444455556666")), "*"),
        (allow("*", condition("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}")), "*"),
        (allow("*", condition("StringEquals", "aws:SourceAccount", "111122223333", "444455556666")), "*"),
    ],
    ids=str,
)
def test_foreign_account(statement: PolicyStatement, found: str) -> None:
    assert foreign_accounts(statement, {"111122223333"}, HERE) == [found]


@pytest.mark.parametrize(
    "principal",
    [
        "arn:aws:iam::${var.account}:root",
        "${data.aws_ssm_parameter.partner.value}",
        "arn:aws:iam::${data.aws_elb_service_account.main.id}:root",
        Unknown("${var.principal}", ["var.principal"]),
    ],
    ids=repr,
)
def test_account_nobody_knows(principal: Any) -> None:
    with pytest.raises(UnknownValueError):
        foreign_accounts(allow(principal), {"111122223333"}, HERE)


def test_accounts_in() -> None:
    values = ["arn:aws:sns:eu-central-1:111122223333:t", "444455556666", "${aws_sns_topic.t.arn}", "*", None]
    assert accounts_in(values) == {"111122223333", "444455556666"}
    assert accounts_in([]) == set()
