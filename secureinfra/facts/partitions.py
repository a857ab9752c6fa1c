"""The partitions of AWS: which one a region belongs to, and what AWS does not offer there."""

from __future__ import annotations

# By the first word of the region, longest first.
_PARTITIONS = {
    "us-gov-": "aws-us-gov",
    "cn-": "aws-cn",
    "eusc-": "aws-eusc",
    "us-isob-": "aws-iso-b",
    "us-isof-": "aws-iso-f",
    "us-iso-": "aws-iso",
    "eu-isoe-": "aws-iso-e",
}

# By the beginning of resource types. CloudFront and Macie have no endpoint there in the list of endpoints that AWS publishes with
# its SDKs (botocore 1.44, data/endpoints.json); for GovCloud also docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-services.html.
_WITHOUT_CLOUDFRONT_AND_MACIE = {"aws_cloudfront_": "CloudFront", "aws_macie2_": "Macie"}
_LACKING: dict[str, dict[str, str]] = {
    "aws-us-gov": _WITHOUT_CLOUDFRONT_AND_MACIE,
    "aws-eusc": _WITHOUT_CLOUDFRONT_AND_MACIE,
    "aws-cn": {"aws_macie2_": "Macie"},
}


def partition_of(region: str) -> str:
    """The partition of a region: `aws-cn` for `cn-north-1`, `aws` for all that have no name of their own.

    Args:
        region: its code.
    """
    return next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")


def apart(one: str | None, other: str | None) -> str | None:
    """What keeps two regions apart, in words, if both are known and are in different partitions: no account is in both.

    Args:
        one: the code of a region; `None` if it is not known.
        other: that of the other.
    """
    if one is None or other is None or partition_of(one) == partition_of(other):
        return None
    return f"{other} is in partition {partition_of(other)}, and {one} in {partition_of(one)}: an account is in one partition only"


def lacking(region: str, type: str) -> str | None:
    """The service that a resource type needs and that AWS does not offer in the partition of a region; `None` if it does.

    Args:
        region: its code.
        type: the Terraform type.
    """
    services = _LACKING.get(partition_of(region), {})
    return next((service for start, service in services.items() if type.startswith(start)), None)
