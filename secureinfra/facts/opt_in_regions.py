"""The regions that an account has to opt into: service names differ there, and delivery to other regions is limited."""

from __future__ import annotations

# Opened before March 20, 2019, and enabled in every account; all later ones are disabled until the account opts in, so
# this list is final. docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
_ALWAYS_ON = frozenset(
    """
    us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1
    eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3
    ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2
    """.split()
)
# Separate partitions, without opt-in regions.
# AWS Config supported these before February 2022; regions it came to later record no users, roles, groups and policies of
# IAM, and no new region is expected to.
# docs.aws.amazon.com/config/latest/developerguide/select-resources.html ("Global resource types")
_OPT_IN_WITH_IAM = frozenset({"af-south-1", "ap-east-1", "ap-southeast-3", "eu-south-1", "me-south-1"})
_OTHER_PARTITIONS = ("us-gov-", "us-iso", "cn-", "eu-isoe-", "eusc-")


def is_opt_in_region(region: str) -> bool:
    """Whether an account has to opt into a region, as into `me-south-1`.

    Args:
        region: its code.
    """
    return region not in _ALWAYS_ON and not region.startswith(_OTHER_PARTITIONS)


def records_iam(region: str) -> bool:
    """Whether AWS Config can record users, roles, groups and policies of IAM in a region.

    Args:
        region: its code; empty if it is not known.
    """
    return not region or region in _OPT_IN_WITH_IAM or not is_opt_in_region(region)
