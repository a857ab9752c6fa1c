"""Partitions by region, and what they lack."""

import pytest

from secureinfra.config.rules import REGION
from secureinfra.facts.partitions import apart, lacking, partition_of


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-central-1", "aws"),
        ("us-east-1", "aws"),
        ("us-gov-west-1", "aws-us-gov"),
        ("cn-northwest-1", "aws-cn"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eu-isoe-west-1", "aws-iso-e"),
    ],
)
def test_partition_of(region: str, partition: str) -> None:
    assert partition_of(region) == partition
    assert REGION.test(region)


def test_apart() -> None:
    said = "us-east-1 is in partition aws, and cn-north-1 in aws-cn: an account is in one partition only"
    assert apart("cn-north-1", "us-east-1") == said
    assert apart("cn-north-1", "cn-northwest-1") is None
    assert apart(None, "us-east-1") is None


def test_lacking() -> None:
    assert lacking("us-gov-west-1", "aws_cloudfront_distribution") == "CloudFront"
    assert lacking("eusc-de-east-1", "aws_macie2_account") == "Macie"
    assert lacking("cn-north-1", "aws_macie2_account") == "Macie"
    assert lacking("cn-north-1", "aws_kms_key") is None
    assert lacking("eu-central-1", "aws_macie2_account") is None
