"""Patterns of ARNs take what AWS writes, in every partition, and nothing else."""

import re

import pytest

from secureinfra.facts import arns

ACCOUNT = "111122223333"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/deploy", True),
        (f"arn:aws-us-gov:ec2:us-gov-west-1:{ACCOUNT}:vpc/vpc-1", True),
        ("arn:aws:s3:::acme", True),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", True),
        ("arn:aws:iam::1234:role/deploy", False),
        ("aws:s3:::acme", False),
        ("arn:aws:s3:::", False),
    ],
)
def test_any(text: str, whole: bool) -> None:
    assert (re.fullmatch(arns.ANY, text) is not None) is whole


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (f"arn:aws:acm:eu-central-1:{ACCOUNT}:certificate/1", True),
        (f"arn:aws-cn:iam::{ACCOUNT}:server-certificate/web", True),
        (f"arn:aws:acm::{ACCOUNT}:certificate/1", False),
        (f"arn:aws:acm-pca:eu-central-1:{ACCOUNT}:certificate/1", False),
        (f"arn:aws:iam::{ACCOUNT}:role/web", False),
    ],
)
def test_certificate(text: str, whole: bool) -> None:
    assert (re.fullmatch(arns.CERTIFICATE, text) is not None) is whole


def test_pattern_of_one_kind() -> None:
    group = arns.arn("logs", "log-group:.+")
    assert re.fullmatch(group, f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:web")
    assert not re.fullmatch(group, f"arn:aws:logs::{ACCOUNT}:log-group:web")
    bucket = arns.arn("s3", "[a-z.-]+", region="", account="")
    assert re.fullmatch(bucket, "arn:aws:s3:::acme-logs")
    assert not re.fullmatch(bucket, f"arn:aws:s3::{ACCOUNT}:acme-logs")
