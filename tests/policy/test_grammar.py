"""The grammar refuses what AWS calls malformed."""

from typing import Any

import pytest

from secureinfra.policy.grammar import problems

GOOD: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def test_good_policy() -> None:
    assert problems({"Version": "2012-10-17", "Statement": GOOD}) == []


@pytest.mark.parametrize(
    "statement",
    [
        {**GOOD, "Effect": "allow"},
        {**GOOD, "NotAction": "s3:*"},
        {"Effect": "Allow", "Resource": "*"},
        {**GOOD, "Action": []},
        {**GOOD, "Action": "GetObject"},
        {**GOOD, "Sid": "has space"},
        {**GOOD, "Principal": {"Aws": "*"}},
        {**GOOD, "Condition": {"StringIs": {"aws:x": "1"}}},
        {**GOOD, "Condition": {"StringEquals": {"nokey": "1"}}},
        {**GOOD, "Resources": "*"},
        {**GOOD, "NotResource": "*"},
    ],
)
def test_refuses(statement: dict[str, Any]) -> None:
    assert problems({"Version": "2012-10-17", "Statement": [statement]})


def test_refuses_repeated_sid_and_old_version() -> None:
    twice = [{**GOOD, "Sid": "A"}, {**GOOD, "Sid": "A", "Action": "s3:PutObject"}]
    assert problems({"Version": "2012-10-17", "Statement": twice}) == ["Sid 'A' is used 2 times"]
    assert problems({"Version": "2008-10-17", "Statement": GOOD})
