"""Replication: a copy of every new object in another region or account."""

from __future__ import annotations

from typing import Annotated, Literal

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.private_bucket import PrivateBucket
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.config.rules import AccountId, Arn, Region
from secureinfra.engine import Resource
from secureinfra.facts.arns import arn
from secureinfra.policy import Statement
from secureinfra.policy.conditions import via_service

__all__ = ["Replication"]

_BUCKET_ARN = matches(
    arn("s3", "[a-z0-9.-]+", region="", account=""), "is not a bucket ARN", example="arn:aws:s3:::acme-replica"
)


class Replication(Config):
    """Where copies go."""

    bucket_arn: Annotated[Arn, _BUCKET_ARN]
    """The destination, a versioned bucket, usually in another region."""
    kms_key_arn: Arn
    """Key in the destination that encrypts the copies; its policy must allow the replication role to use it."""
    region: Region
    """Region of the destination, to which the use of that key is limited."""
    account_id: AccountId | None = None
    """Account of the destination if it is another one; it then owns the copies."""
    storage_class: Literal["STANDARD", "STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR"] = "STANDARD"
    """Storage class of the copies."""
    delete_markers: bool = True
    """Deletions (not expiries of versions) are copied too."""


def replicate(bucket: PrivateBucket, key: SecureKey, to: Replication) -> None:
    """Copy every new object, with a role that can do only that.

    Args:
        bucket: what is copied; it keeps versions.
        key: what decrypts it.
        to: where the copies go.
    """
    # Imported late: most buckets replicate nothing, and then need no roles.
    from secureinfra.aws.iam.role import RoleConfig, SecureRole  # noqa: PLC0415
    from secureinfra.aws.iam.trust import ServiceTrust  # noqa: PLC0415

    # No condition on the source: a condition on one that S3 does not send would stop replication silently.
    description, tags = f"{bucket.path}: replication", bucket.config.tags
    trust = ServiceTrust(service="s3")
    role = SecureRole(bucket, "replication", RoleConfig(trust=trust, description=description, tags=tags))
    for statement in _permissions(bucket, to):
        role.allow(statement)
    key.grant(role, "Replicate", ("kms:Decrypt",), via="s3")
    destination: dict[str, object] = {
        "bucket": to.bucket_arn,
        "storage_class": to.storage_class,
        "encryption_configuration": {"replica_kms_key_id": to.kms_key_arn},
    }
    if to.account_id:
        destination |= {"account": to.account_id, "access_control_translation": {"owner": "Destination"}}
    Resource(
        bucket,
        "replication",
        "aws_s3_bucket_replication_configuration",
        depends_on=[bucket.versioning, role.inline],
        bucket=bucket.bucket_id,
        role=role.arn,
        rule=[
            {
                "id": "everything",
                "status": "Enabled",
                "priority": 1,
                "filter": {"prefix": ""},
                "delete_marker_replication": {"status": "Enabled" if to.delete_markers else "Disabled"},
                "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
                "destination": destination,
            }
        ],
    )


def _permissions(bucket: PrivateBucket, to: Replication) -> list[Statement]:
    # docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
    copy = ("s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner")
    read = ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
    there = via_service(f"s3.{to.region}.{bucket.dns_suffix}")
    return [
        Statement(actions=("s3:GetReplicationConfiguration", "s3:ListBucket"), resources=(bucket.arn,)),
        Statement(actions=read, resources=(bucket.objects(),)),
        Statement(actions=copy if to.account_id else copy[:3], resources=(f"{to.bucket_arn}/*",)),
        Statement(actions=("kms:Encrypt",), resources=(to.kms_key_arn,), conditions=(there,)),
    ]
