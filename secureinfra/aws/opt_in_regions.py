"""Which regions an account has to opt into: services have other names there, and deliver elsewhere within limits."""

from __future__ import annotations

# Opened before March 20, 2019, and on in every account; all later ones are off until the account opts into them, so that
# this list is final. docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
_ALWAYS_ON = frozenset(
    """
    us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1
    eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3
    ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2
    """.split()
)
# Partitions of their own, in which nothing is opted into.
_OTHER_PARTITIONS = ("us-gov-", "us-iso", "cn-", "eu-isoe-", "eusc-")


def is_opt_in_region(region: str) -> bool:
    """Whether an account has to opt into a region, as into `me-south-1`.

    Args:
        region: its code.
    """
    return region not in _ALWAYS_ON and not region.startswith(_OTHER_PARTITIONS)
