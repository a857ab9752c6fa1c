"""Common base of all buckets: private, encrypted, versioned, reachable over TLS only."""

from __future__ import annotations

import re
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.lifecycle import Transition, lifecycle_rules
from secureinfra.config.adopted import Adopted
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import BUCKET_NAME, Number
from secureinfra.controls.s3.lifecycle import UPLOADS_ABORTED
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement

__all__ = ["ObjectLock"]

Days = Annotated[Number, between(1, 36500, "days")]


class ObjectLock(Config):
    """Object lock (write once, read many): versions cannot be deleted during the retention period."""

    mode: str = "GOVERNANCE"
    """`GOVERNANCE` (a special permission bypasses it) or `COMPLIANCE` (no principal can bypass it, not even root)."""
    days: Days
    """How long each version is locked."""

    def problems(self) -> Any:
        """The mode must be one of AWS's two."""
        if self.mode not in ("GOVERNANCE", "COMPLIANCE"):
            yield Problem("mode", "is not an object-lock mode", instead="Write 'GOVERNANCE' or 'COMPLIANCE'")


class PrivateBucketConfig(Config):
    """What a caller may choose about any bucket."""

    name: Annotated[str, BUCKET_NAME] | None = None
    """Exact name, globally unique; by default AWS adds a random suffix to the construct's path. Another name replaces the bucket,
    which Terraform refuses while it is protected: copy the objects into a second bucket instead."""
    object_lock: ObjectLock | None = None
    """Lock versions against deletion. It can be turned on later, for versions written from then on, but never off."""
    noncurrent_days: Days = 90
    """Days after which a replaced or deleted version expires."""
    abort_incomplete_uploads_days: Annotated[
        Number, between(1, 36500, "days"), UPLOADS_ABORTED.keeps(lambda days: days <= 7, "{value} <= 7")
    ] = 7
    """Days after which the parts of an incomplete upload are removed."""
    expiration_days: Days | None = None
    """Days after which current objects expire; by default they stay."""
    transitions: tuple[Transition, ...] = ()
    """Cheaper storage classes for older objects."""
    protect: bool = True
    """Terraform refuses to destroy the bucket; the `sandbox` environment turns it off."""
    adopt: Adopted = {}
    """Import ids of what exists already, by role in the construct, which are imported instead of created:
    `{"bucket": "acme-uploads", "policy": True}`. `True` stands for what exists and whose id follows from the others.
    The name must be the one that it has."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Any:
        """Transitions must come in order, and before expiry."""
        days = [transition.days for transition in self.transitions]
        known = [value for value in days if isinstance(value, int)]
        if known != sorted(set(known)):
            why = "each must come later than the one before"
            yield Problem("transitions", "are out of order", why, "Sort them by days", subject=f"transitions={days}")
        if isinstance(self.expiration_days, int) and known and known[-1] >= self.expiration_days:
            what = f"is not after the last transition (day {known[-1]})"
            why = "the objects would be gone before they move"
            yield Problem("expiration_days", what, why, "Let them expire later, or drop the transition")


@declares(apart="the base of SecureBucket and LogBucket")
class PrivateBucket(SecureConstruct):
    """The parts that every bucket has; `SecureBucket` and `LogBucket` add their own.

    AWS answers `OperationAborted` when several of a bucket's settings change at once, so the calls for the
    public-access block, the policy and the ownership are chained.
    """

    config: PrivateBucketConfig
    _role = "bucket"

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: PrivateBucketConfig,
        key: SecureKey | None,
        provider: Any,
        moved_from: str | None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.key = key
        self.policy = PolicyDocument("resource", self.path)
        self.bucket = Resource(
            self,
            self._role,
            "aws_s3_bucket",
            protect=config.protect,
            bucket=config.name,
            bucket_prefix=None if config.name else self._prefix(),
            # In a sandbox Terraform empties the bucket before it deletes it; versions under an object lock stand in its way.
            force_destroy=lambda: None if self.stack_state.protects else True,
            tags=config.tags or None,
        )

    @property
    def arn(self) -> str:
        """Reference to the bucket's ARN."""
        return self.bucket.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the bucket's name."""
        return self.bucket.ref("bucket")

    @property
    def bucket_id(self) -> str:
        """Reference to the bucket, which other resources take as `bucket`."""
        return self.bucket.ref("id")

    def objects(self, prefix: str = "") -> str:
        """ARN of all objects below a prefix."""
        return f"{self.arn}/{prefix}*"

    def _prefix(self) -> str:
        # AWS adds 26 characters to a prefix of at most 37.
        readable = re.sub(r"[^a-z0-9]+", "-", self.path.lower()).strip("-")
        return f"{readable[:36].rstrip('-')}-"

    def _block_public_access(self) -> None:
        self.public_access_block = Resource(
            self,
            "public-access-block",
            "aws_s3_bucket_public_access_block",
            bucket=self.bucket_id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )

    def _write_policy(self) -> None:
        self.bucket_policy = Resource(
            self,
            "policy",
            "aws_s3_bucket_policy",
            depends_on=[self.public_access_block],
            bucket=self.bucket_id,
            policy=self.policy.to_json,
        )
        self._deny("DenyWithoutTls", ("s3:*",), Condition("Bool", "aws:SecureTransport", ("false",)))
        self._deny("DenyOldTls", ("s3:*",), Condition("NumericLessThan", "s3:TlsVersion", ("1.2",)))

    def _deny(self, sid: str, actions: tuple[str, ...], *conditions: Condition, objects_only: bool = False) -> None:
        resources = (self.objects(),) if objects_only else (self.arn, self.objects())
        self.policy.add(
            Statement(
                sid=sid,
                effect="Deny",
                principal=Principal.everybody(),
                actions=actions,
                resources=resources,
                conditions=conditions,
            )
        )

    def _disable_acls(self) -> None:
        Resource(
            self,
            "ownership",
            "aws_s3_bucket_ownership_controls",
            depends_on=[self.bucket_policy],
            bucket=self.bucket_id,
            rule={"object_ownership": "BucketOwnerEnforced"},
        )

    def _keep_versions(self, *, status: str = "Enabled") -> None:
        self.versioning = Resource(
            self,
            "versioning",
            "aws_s3_bucket_versioning",
            bucket=self.bucket_id,
            versioning_configuration={"status": status},
        )

    def _encrypt(self) -> None:
        default = (
            {"sse_algorithm": "aws:kms", "kms_master_key_id": self.key.arn} if self.key else {"sse_algorithm": "AES256"}
        )
        Resource(
            self,
            "encryption",
            "aws_s3_bucket_server_side_encryption_configuration",
            bucket=self.bucket_id,
            rule=[
                {"apply_server_side_encryption_by_default": default, "bucket_key_enabled": True if self.key else None}
            ],
        )

    def _refuse_customer_keys(self) -> None:
        # By policy, which works with providers 5 and 6: only provider 6 supports `blocked_encryption_types`.
        # docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
        header = Condition("Null", "s3:x-amz-server-side-encryption-customer-algorithm", ("false",))
        self._deny("DenyCustomerKeys", ("s3:PutObject",), header, objects_only=True)

    def _expire(self) -> None:
        Resource(
            self,
            "lifecycle",
            "aws_s3_bucket_lifecycle_configuration",
            depends_on=[self.versioning],
            bucket=self.bucket_id,
            rule=lifecycle_rules(
                abort_incomplete_uploads_days=self.config.abort_incomplete_uploads_days,
                noncurrent_days=self.config.noncurrent_days,
                transitions=self.config.transitions,
                expiration_days=self.config.expiration_days,
            ),
        )

    def _lock(self) -> None:
        if self.config.object_lock is None:
            return
        retention = {"mode": self.config.object_lock.mode, "days": self.config.object_lock.days}
        # This alone enables the lock, of a bucket that exists too; `object_lock_enabled` of the bucket would replace it.
        # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_object_lock_configuration
        Resource(
            self,
            "object-lock",
            "aws_s3_bucket_object_lock_configuration",
            depends_on=[self.versioning],
            bucket=self.bucket_id,
            rule={"default_retention": retention},
        )
