"""S3 bucket: private, encrypted with a customer key, versioned, logged, reachable over TLS only."""

from __future__ import annotations

import re
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.s3.let_go import let_go_of_access_logs
from secureinfra.aws.s3.log_bucket import LogBucket, log_accesses
from secureinfra.aws.s3.notification import CREATED, REMOVED, BucketEvents, Notifications
from secureinfra.aws.s3.private_bucket import PrivateBucket, PrivateBucketConfig
from secureinfra.aws.s3.replication import Replication, replicate
from secureinfra.config.problem import Problem
from secureinfra.config.rules import VpcEndpointId, is_token
from secureinfra.controls.s3 import bucket as s3
from secureinfra.declared.declares import declares
from secureinfra.engine import BacksUp, Grantee, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, Statement
from secureinfra.policy.conditions import like

__all__ = ["BucketConfig", "SecureBucket"]

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
    """Deny objects that a caller encrypts with another key; requests that name no key use this bucket's."""
    vpc_endpoint_ids: tuple[VpcEndpointId, ...] = ()
    """Objects can be reached through these VPC endpoints only; calls that AWS services make for a caller still work."""
    event_notifications: bool = False
    """Send an event to EventBridge for every change."""
    replicate_to: Replication | None = None
    """Copy every new object to a bucket in another region or account."""

    def problems(self) -> Any:
        """Object lock and replication need versions."""
        yield from super().problems()
        for field in ("object_lock", "replicate_to"):
            if getattr(self, field) is not None and not self.versioned:
                why = "S3 refuses it without versions"
                yield Problem(
                    field,
                    "needs versioned=True",
                    why,
                    lambda words: f"Remove {words.setting('versioned', False)}",
                    subject=field,
                )


@declares(
    module="bucket",
    page="storage",
    yours=(
        "Grants for readers and writers: policies of roles that name the bucket and its key.",
        "The data in it, and its classification.",
    ),
)
class SecureBucket(PrivateBucket):
    """A bucket that can be reached only with TLS 1.2, an identity and access to its key.

    Creates the bucket with its public-access block, ownership, policy, encryption, versioning, lifecycle and access
    logging; a key when none is given; and, once in a stack, the access-log bucket that all buckets share.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        access_log: bucket for the access log; by default the one that the stack shares.
        backup: the plan that backs it up; AWS Backup needs versions.
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
        backup: BacksUp | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, key, provider, moved_from)
        own = KeyConfig(description=f"{self.path}: bucket", protect=config.protect, tags=config.tags)
        self.key: SecureKey = key_of(self, key, own)
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
        if access_log is not None or not config.logged:
            let_go_of_access_logs(self)
        if config.logged:
            log_accesses(self, access_log or LogBucket.shared(self))
        self._notifications = Notifications(self, config.event_notifications)
        if config.replicate_to:
            replicate(self, self.key, config.replicate_to)
        if backup is not None:
            self._back_up(backup)

    @property
    def on_created(self) -> BucketEvents:
        """Events of new objects and new versions: `bucket.on_created.deliver_to(queue, prefix="in/")`."""
        return BucketEvents(self._notifications, CREATED)

    @property
    def on_removed(self) -> BucketEvents:
        """Events of deleted objects and versions."""
        return BucketEvents(self._notifications, REMOVED)

    def grant_read(self, grantee: Grantee | str, prefix: str = "") -> None:
        """Let a role list and get the objects below a prefix, and decrypt them.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            prefix: e.g. `in/`; by default every object. Without `/` at its end it covers whatever begins like it: `team` covers
                `team-secrets/`, too.
        """
        self._grant(grantee, prefix, ("s3:GetObject", "s3:GetObjectVersion"))
        self._grant_list(grantee, prefix)
        self.key.grant(grantee, "Decrypt", _READ_KEY, via="s3")

    def grant_write(self, grantee: Grantee | str, prefix: str = "") -> None:
        """Let a role put and encrypt objects below a prefix, also by multipart upload, but not read, list or delete
        them.

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

    def _back_up(self, plan: BacksUp) -> None:
        if not self.config.versioned:
            raise ConfigError(
                f"{self.path}: backup= needs versions, which AWS Backup copies. Remove versioned=False, or backup=."
            )
        plan.back_up(self.path, self.arn, "S3", key=self.key)

    def _grant(self, grantee: Grantee | str, prefix: str, actions: tuple[str, ...]) -> None:
        self._check_prefix(prefix)
        self._read_waiver(grantee, Statement(actions=actions, resources=(self.objects(prefix),)))

    def _grant_list(self, grantee: Grantee | str, prefix: str) -> None:
        conditions = (like("s3:prefix", f"{prefix}*"),) if prefix else ()
        self._read_waiver(grantee, Statement(actions=("s3:ListBucket",), resources=(self.arn,), conditions=conditions))

    def _read_waiver(self, grantee: Grantee | str, statement: Statement) -> None:
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
            folder = re.split(r"[*?]", prefix.lstrip("/*?"))[0].rstrip("/")
            advice = (
                f"Write {folder + '/'!r}" if folder else "Leave it out for every object, or name a folder, e.g. 'in/'"
            )
            raise ConfigError(
                f"{self.path}: prefix={prefix!r} is not a prefix: S3 keys start without '/', and '*' is added for you. {advice}."
            )

    def _require_key(self) -> None:
        if not self.config.key_required:
            return
        self._deny_other("DenyOtherKeys", "s3:x-amz-server-side-encryption-aws-kms-key-id", self.key.arn)
        self._deny_other("DenyOtherEncryption", "s3:x-amz-server-side-encryption", "aws:kms")

    def _deny_other(self, sid: str, header: str, value: str) -> None:
        """Deny uploads whose header requests other encryption; uploads without the header get the bucket's default."""
        # Two conditions, because a negated one also matches a request without the header, IfExists or not:
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
