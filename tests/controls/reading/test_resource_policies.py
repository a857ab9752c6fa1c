"""Whom a resource policy lets in: the conditions that say who, and those that do not."""

from typing import Any

import pytest

from secureinfra.controls.reading.resource_policies import accounts_in, foreign_accounts, says_for_whom, says_who
from secureinfra.terraform.policy_document import PolicyCondition, PolicyStatement
from secureinfra.terraform.unknown import Unknown, UnknownValueError


def condition(operator: str, key: str, *values: Any) -> PolicyCondition:
    return PolicyCondition(operator, key, values)


@pytest.mark.parametrize(
    "limit",
    [
        condition("StringEquals", "aws:SourceAccount", "111122223333"),
        condition("StringEquals", "AWS:SourceOwner", "${data.aws_caller_identity.current.account_id}"),
        condition("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*"),
        condition("ArnEquals", "aws:SourceArn", "${aws_s3_bucket.b.arn}"),
        condition("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:uploads"),
        condition("ArnLike", "aws:SourceArn", "arn:aws:s3:::uploads"),
        condition("ArnLike", "aws:SourceArn", "arn:aws:cloudwatch:*:111122223333:alarm:*"),
        condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/*"),
        condition("StringLike", "aws:userid", "AROAEXAMPLEID:*"),
        condition("IpAddress", "aws:SourceIp", "192.0.2.0/24"),
        condition("StringEquals", "aws:SourceVpce", "vpce-0a1b2c3d4e5f60718"),
    ],
    ids=str,
)
def test_says_who(limit: PolicyCondition) -> None:
    assert says_who(limit)


@pytest.mark.parametrize(
    "open",
    [
        condition("Bool", "aws:SecureTransport", "true"),
        condition("StringNotEquals", "aws:SourceAccount", "111122223333"),
        condition("StringEqualsIfExists", "aws:SourceAccount", "111122223333"),
        condition("Null", "aws:SourceAccount", "false"),
        condition("StringLike", "aws:SourceAccount", "*"),
        condition("StringEquals", "aws:SourceAccount"),
        condition("StringLike", "aws:PrincipalOrgID", "o-*"),
        condition("StringLike", "aws:userid", "*:alice"),
        condition("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
        condition("ArnLike", "aws:SourceArn", "arn:aws:s3:*:*:*"),
        condition("ArnLike", "aws:SourceArn", "arn:aws:cloudwatch:*:*:alarm:main"),
        condition("ArnLike", "aws:SourceArn", "arn:aws:s3:::uploads", "*"),
        condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/deploy"),
        condition("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
        condition("IpAddress", "aws:SourceIp", "::/0"),
    ],
    ids=str,
)
def test_does_not_say_who(open: PolicyCondition) -> None:
    assert not says_who(open)


def test_value_nobody_knows() -> None:
    with pytest.raises(UnknownValueError):
        says_who(condition("StringEquals", "aws:SourceAccount", Unknown("${var.account}", ["var.account"])))


def test_says_for_whom() -> None:
    assert says_for_whom(condition("StringEquals", "aws:SourceAccount", "111122223333"))
    assert not says_for_whom(condition("StringEquals", "aws:PrincipalAccount", "111122223333"))


def allow(principal: str, *conditions: PolicyCondition) -> PolicyStatement:
    return PolicyStatement("Allow", principals={"AWS": (principal,)}, conditions=conditions)


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
    assert foreign_accounts(statement, {"111122223333"}) == []


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
        (allow("*", condition("StringEquals", "aws:SourceAccount", "111122223333", "444455556666")), "*"),
    ],
    ids=str,
)
def test_foreign_account(statement: PolicyStatement, found: str) -> None:
    assert foreign_accounts(statement, {"111122223333"}) == [found]


@pytest.mark.parametrize(
    "principal", ["arn:aws:iam::${var.account}:root", Unknown("${var.principal}", ["var.principal"])], ids=repr
)
def test_account_nobody_knows(principal: Any) -> None:
    with pytest.raises(UnknownValueError):
        foreign_accounts(allow(principal), {"111122223333"})


def test_accounts_in() -> None:
    values = ["arn:aws:sns:eu-central-1:111122223333:t", "444455556666", "${aws_sns_topic.t.arn}", "*", None]
    assert accounts_in(values) == {"111122223333", "444455556666"}
    assert accounts_in([]) == set()
