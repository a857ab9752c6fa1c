"""The Terraform AWS provider: its source, and the versions that support everything this library writes."""

from __future__ import annotations

PROVIDER_SOURCE = "hashicorp/aws"
# 5.83 added log delivery (CloudFront and others), 5.84 listeners with security headers. Until 5.89 the creation of a log
# delivery without `field_delimiter` and `s3_delivery_configuration` ended in "Provider produced inconsistent result after
# apply" (terraform-provider-aws issues 40885 and 41122; pull request 41497, the last fix, followed the release of 5.88). 5.92 added how
# long a table can be recovered (`recovery_period_in_days`).
PROVIDER_VERSION = ">= 5.92.0, < 7.0.0"

# What is written for 6 alone is held against the schema of 6.62, which is also the first release that sets the rotation of
# secrets that AWS manages (pull request 49659).
_OF_MAJOR = {5: ">= 5.92.0, < 6.0.0", 6: ">= 6.62.0, < 7.0.0"}


def provider_version(major: int | None) -> str:
    """The versions of the provider that may be installed.

    Args:
        major: 5 or 6; `None` for what both take.
    """
    return PROVIDER_VERSION if major is None else _OF_MAJOR[major]
