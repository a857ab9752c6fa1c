"""Typed values: what AWS takes, what it does not, and what only Terraform will know."""

import re
from pathlib import Path
from typing import Any

import pytest

import secureinfra
from secureinfra.config.rule import Rule
from secureinfra.config.rules import (
    ACCOUNT_ID,
    ANY_CIDR,
    ARN,
    IPV4_CIDR,
    IPV6_CIDR,
    ORGANIZATION_ID,
    REGION,
    VPC_ENDPOINT_ID,
    VPC_ID,
    is_token,
    literal,
)

TOKENS = ("${var.x}", "a-${aws_vpc.x.id}", "${TfToken[TOKEN.0]}", -1.8881545897087503e289, ["#{TfToken[TOKEN.1]}"])


@pytest.mark.parametrize("value", TOKENS)
def test_token(value: object) -> None:
    assert is_token(value)


@pytest.mark.parametrize("value", ["", "var.x", "$x", 0, -1.5, None, [], ["${"[:1]], ["a", "#{TfToken[1]}"], True])
def test_no_token(value: object) -> None:
    assert not is_token(value)


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (IPV4_CIDR, ["10.0.0.0/8", "0.0.0.0/0"], ["10.0.0.1/8", "10.0.0.0/33", "::/0", "ten", ""]),
        (IPV6_CIDR, ["2001:db8::/56", "::/0"], ["2001:db8::1/56", "10.0.0.0/8", "2001::/129"]),
        (ANY_CIDR, ["10.0.0.0/8", "2001:db8::/56"], ["10.0.0.1/8", "x"]),
        (
            ARN,
            ["arn:aws:iam::111122223333:role/a", "arn:aws-us-gov:s3:::b", "arn:aws:iam::aws:policy/ReadOnlyAccess"],
            ["arn:aws:iam::1111:role/a", "role/a", "arn:aws:iam::111122223333:", ""],
        ),
        (ACCOUNT_ID, ["111122223333"], ["11112222333", "1111-2222-3333", "", "abcdefghijkl"]),
        (REGION, ["eu-central-1", "us-gov-west-1", "cn-north-1"], ["eu-central", "EU-CENTRAL-1", "eu-central-1a"]),
        (ORGANIZATION_ID, ["o-a1b2c3d4e5"], ["o-1", "a1b2c3d4e5"]),
        (VPC_ID, ["vpc-0a1b2c3d", "vpc-0a1b2c3d4e5f60718"], ["vpc-", "vpc-xyz", "0a1b2c3d"]),
        (VPC_ENDPOINT_ID, ["vpce-0a1b2c3d4e5f60718"], ["vpc-0a1b2c3d4e5f60718"]),
    ],
)
def test_rule(rule: Rule, good: list[Any], bad: list[Any]) -> None:
    assert [rule.complaint(value) for value in good] == [None] * len(good)
    assert all(rule.complaint(value) for value in bad)
    assert rule.complaint("${var.x}") is None


def test_complaint_names_the_way_out() -> None:
    assert ACCOUNT_ID.complaint("1") == "is not an AWS account id: write its 12 digits in quotes, e.g. '111122223333'"


def test_literal() -> None:
    assert literal("home/${aws:username}/%{x}") == "home/$${aws:username}/%%{x}"


def test_patterns_are_such_as_terraform_takes() -> None:
    # Its regular expressions repeat nothing more than 1,000 times: `can(regex(...))` would refuse every value.
    for folder in ("aws", "modules"):
        for source in Path(secureinfra.__file__).with_name(folder).rglob("*.py"):
            repeats = [int(most) for most in re.findall(r"\{\d*,?(\d+)\}", source.read_text())]
            assert max(repeats, default=0) <= 1000, source.name
