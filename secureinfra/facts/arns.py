"""Patterns of ARNs and account ids, as RE2 text, which both Python and Terraform support."""

from __future__ import annotations

ACCOUNT_ID = "[0-9]{12}"
START = "arn:aws[a-z-]*:"
REGION = "[a-z0-9-]+"

ANY = f"{START}[a-z0-9-]+:[a-z0-9-]*:({ACCOUNT_ID}|aws|aws-managed|cloudfront)?:.+"
"""Any ARN; some belong to AWS itself, with `aws` in place of an account."""
CERTIFICATE = f"{START}(?:acm:{REGION}:{ACCOUNT_ID}:certificate/.+|iam::{ACCOUNT_ID}:server-certificate/.+)"
"""A certificate for a load balancer: from ACM, or an IAM server certificate."""


def arn(service: str, resource: str, *, region: str = REGION, account: str = ACCOUNT_ID) -> str:
    """The pattern of the ARNs of one kind of resource.

    Args:
        service: as written in an ARN; a pattern may match several.
        resource: pattern of what follows the account.
        region: pattern of the region; by default any, and empty for services without.
        account: pattern of the account; empty for buckets.
    """
    return f"{START}{service}:{region}:{account}:{resource}"
