"""S3 bucket: private, encrypted with a customer key, versioned, logged, reachable over TLS only."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms_key import KeyConfig, SecureKey
from secureinfra.aws.s3_log_bucket import LogBucket, log_accesses
from secureinfra.aws.s3_private_bucket import PrivateBucket, PrivateBucketConfig
from secureinfra.aws.s3_replication import Replication, replicate
from secureinfra.controls import s3
from secureinfra.engine import Grantee, Resource, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, Statement
from secureinfra.policy.conditions import like
from secureinfra.values import VpcEndpointId, is_token

# A multipart upload decrypts its own parts: docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
_WRITE_KEY = ("kms:GenerateDataKey", "kms:Decrypt")
_READ_KEY = ("kms:Decrypt",)


class BucketConfig(PrivateBucketConfig):
    """What a caller may choose about a bucket."""

    versioned: Annotated[bool, s3.VERSIONED.keeps()] = True
    """Keep old versions, so that a deleted object can be restored."""
    logged: Annotated[bool, s3.LOGGED.keeps()] = True
    """Log every access to the given or the stack's shared access-log bucket."""
    key_required: bool = False
    """Refuse objects that a caller encrypts with any other key; requests that name no key get this bucket's."""
    vpc_endpoint_ids: tuple[VpcEndpointId, ...] = ()
    """Objects are reached through these VPC endpoints only; AWS services acting for you are not cut off."""
    event_notifications: bool = False
    """Send an event to EventBridge for every change."""
    replicate_to: Replication | None = None
    """Copy every new object to a bucket in another region or account."""

    def problems(self) -> Any:
        """Object lock and replication need versions."""
        yield from super().problems()
        for field in ("object_lock", "replicate_to"):
            if getattr(self, field) is not None and not self.versioned:
                yield f"{field} needs versioned=True: S3 refuses it without versions. Remove versioned=False."


class SecureBucket(PrivateBucket):
    """A bucket that nobody reaches without TLS 1.2, an identity and the key.

    Creates the bucket with its public-access block, ownership, policy, encryption, versioning, lifecycle and access
    logging; a key when none is given; and, once in a stack, the access-log bucket that all buckets share.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (about 1 USD a month).
        access_log: bucket that takes the access log; by default the one the stack shares.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `uploads = SecureBucket(stack, "uploads"); uploads.grant_read(service, prefix="in/")`
    """

    config: BucketConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: BucketConfig = BucketConfig(),
        *,
        key: SecureKey | None = None,
        access_log: LogBucket | None = None,
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, key, provider)
        self.key: SecureKey = key or SecureKey(
            self, "key", KeyConfig(description=f"{self.path}: bucket", protect=config.protect, tags=config.tags)
        )
        self._block_public_access()
        self._write_policy()
        self._disable_acls()
        self._keep_versions(status="Enabled" if config.versioned else "Suspended")
        self._encrypt()
        self._refuse_customer_keys()
        self._expire()
        self._lock()
        self._require_key()
        self._require_endpoints()
        if config.logged:
            log_accesses(self, access_log or LogBucket.shared(self))
        if config.event_notifications:
            Resource(self, "notification", "aws_s3_bucket_notification", bucket=self.bucket_id, eventbridge=True)
        if config.replicate_to:
            replicate(self, config.replicate_to)

    def grant_read(self, grantee: Grantee | str, prefix: str = "") -> None:
        """Let a role list and get the objects below a prefix, and decrypt them.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            prefix: e.g. `in/`; by default every object.
        """
        self._grant(grantee, prefix, ("s3:GetObject", "s3:GetObjectVersion"))
        self._grant_list(grantee, prefix)
        self.key.grant(grantee, "Decrypt", _READ_KEY, via="s3")

    def grant_write(self, grantee: Grantee | str, prefix: str = "") -> None:
        """Let a role put objects below a prefix, in parts too, and encrypt them; not read, list or delete.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            prefix: e.g. `out/`; by default every object.
        """
        self._grant(grantee, prefix, ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"))
        self.key.grant(grantee, "Encrypt", _WRITE_KEY, via="s3")

    def grant_read_write(self, grantee: Grantee | str, prefix: str = "") -> None:
        """Let a role list, get and put objects below a prefix.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            prefix: e.g. `work/`; by default every object.
        """
        self.grant_read(grantee, prefix)
        self.grant_write(grantee, prefix)

    def grant_delete(self, grantee: Grantee | str, prefix: str = "") -> None:
        """Let a role delete objects below a prefix; old versions stay and can be restored.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            prefix: e.g. `tmp/`; by default every object.
        """
        self._grant(grantee, prefix, ("s3:DeleteObject",))

    def _grant(self, grantee: Grantee | str, prefix: str, actions: tuple[str, ...]) -> None:
        self._check_prefix(prefix)
        self._permit(grantee, Statement(actions=actions, resources=(self.objects(prefix),)))

    def _grant_list(self, grantee: Grantee | str, prefix: str) -> None:
        conditions = (like("s3:prefix", f"{prefix}*"),) if prefix else ()
        self._permit(grantee, Statement(actions=("s3:ListBucket",), resources=(self.arn,), conditions=conditions))

    def _permit(self, grantee: Grantee | str, statement: Statement) -> None:
        principal = principal_of(grantee, self.path)
        if isinstance(grantee, str):
            self.policy.add(
                Statement(
                    principal=principal,
                    actions=statement.actions,
                    resources=statement.resources,
                    conditions=statement.conditions,
                )
            )
        else:
            grantee.add_to_policy(statement)

    def _check_prefix(self, prefix: str) -> None:
        if not is_token(prefix) and (prefix.startswith("/") or "*" in prefix or "?" in prefix):
            raise ConfigError(
                f"{self.path}: prefix={prefix!r} is no prefix: S3 keys start without '/', and '*' is added for you. "
                f"Write {prefix.strip('/*?') + '/'!r}."
            )

    def _require_key(self) -> None:
        if not self.config.key_required:
            return
        self._deny_other("DenyOtherKeys", "s3:x-amz-server-side-encryption-aws-kms-key-id", self.key.arn)
        self._deny_other("DenyOtherEncryption", "s3:x-amz-server-side-encryption", "aws:kms")

    def _deny_other(self, sid: str, header: str, value: str) -> None:
        """Refuse uploads whose header asks for something else; one without it gets the bucket's default, which is right."""
        # Two conditions, since a negated one is true as well of a request without the header, IfExists or not:
        # docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
        there = Condition("Null", header, ("false",))
        self._deny(sid, ("s3:PutObject",), there, Condition("StringNotEquals", header, (value,)), objects_only=True)

    def _require_endpoints(self) -> None:
        if not self.config.vpc_endpoint_ids:
            return
        # Objects only, so that Terraform and administrators can still manage the bucket from outside.
        self._deny(
            "DenyOutsideEndpoints",
            ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"),
            Condition("StringNotEqualsIfExists", "aws:SourceVpce", tuple(self.config.vpc_endpoint_ids)),
            Condition("BoolIfExists", "aws:ViaAWSService", ("false",)),
            Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",)),
            objects_only=True,
        )
