"""Buckets that stay in AWS, with what is in them, when other settings do without them."""

from __future__ import annotations

from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.s3.private_bucket import PrivateBucket
from secureinfra.engine import SecureConstruct

# What a bucket consists of: without its settings it would not be private any more.
_PARTS = {
    "aws_s3_bucket": "bucket",
    "aws_s3_bucket_lifecycle_configuration": "lifecycle",
    "aws_s3_bucket_logging": "access-logging",
    "aws_s3_bucket_object_lock_configuration": "object-lock",
    "aws_s3_bucket_ownership_controls": "ownership",
    "aws_s3_bucket_policy": "policy",
    "aws_s3_bucket_public_access_block": "public-access-block",
    "aws_s3_bucket_server_side_encryption_configuration": "encryption",
    "aws_s3_bucket_versioning": "versioning",
}

_NEVER_OF_ACCESS_LOGS = frozenset({"aws_s3_bucket_logging", "aws_s3_bucket_object_lock_configuration"})


def let_go_of_bucket(
    owner: SecureConstruct, *path: str, key: tuple[str, ...] = (), given: PrivateBucket | None = None
) -> None:
    """Have Terraform forget a bucket of a construct's own with all its settings, and the key of what is in it.

    Args:
        owner: the construct.
        path: the ids of the parts that it belongs to, and its own.
        key: the same for its key, if it has one of its own.
        given: the bucket that takes its place.
    """
    for type, part in _PARTS.items():
        owner.let_go(type, *path, part, given=given)
    if key:
        owner.let_go("aws_kms_key", *key, given=given)
    # It may have been the last one whose accesses are logged there.
    let_go_of_access_logs(owner)


def let_go_of_access_logs(owner: SecureConstruct) -> None:
    """Have Terraform forget the access-log bucket that the stack shares, where no construct uses it any more.

    Args:
        owner: a construct that may have used it.
    """
    for type, part in _PARTS.items():
        if type not in _NEVER_OF_ACCESS_LOGS:
            owner.let_go(type, LogBucket.shared_id(owner), part, shared=True)
