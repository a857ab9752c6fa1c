"""What conditions of identity policies leave to an ordinary request."""

import pytest

from secureinfra.controls.iam.limits import is_limited, limits_rights, names_service
from secureinfra.policy.conditions import Condition
from secureinfra.policy.statement import Statement


def under(operator: str, key: str, *values: str) -> Statement:
    return Statement(actions=("s3:DeleteObject",), resources=("*",), conditions=(Condition(operator, key, values),))


@pytest.mark.parametrize(
    ("statement", "limited"),
    [
        (under("StringEquals", "aws:ResourceTag/team", "shop"), True),
        (under("StringLike", "aws:ResourceTag/team", "*"), False),
        (under("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"), False),
        (under("Bool", "aws:MultiFactorAuthPresent", "true"), True),
    ],
)
def test_is_limited(statement: Statement, limited: bool) -> None:
    assert is_limited(statement) is limited


def test_limits_rights() -> None:
    assert limits_rights(under("ArnEquals", "iam:PolicyARN", "arn:aws:iam::111122223333:policy/reader"))
    assert not limits_rights(under("ArnEquals", "iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess"))
    assert not limits_rights(under("Bool", "aws:MultiFactorAuthPresent", "true")), "it says who calls"


def test_names_service() -> None:
    assert names_service(under("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"))
    assert not names_service(under("StringLike", "iam:PassedToService", "*.amazonaws.com"))
