"""Buckets for reports of AWS's security services: encrypted with a customer key, kept for years, protected from deletion."""

from __future__ import annotations

from dataclasses import dataclass

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.s3.let_go import let_go_of_bucket
from secureinfra.aws.s3.log_bucket import LogBucket, LogBucketConfig, LogExpirationDays
from secureinfra.config.config import Config
from secureinfra.controls.s3.lifecycle import LOGS_RETAINED
from secureinfra.engine import AwsProvider, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.facts.opt_in_regions import is_opt_in_region
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import source_account, source_arn


class EvidenceConfig(Config):
    """What a caller may choose about where a service's reports are kept."""

    bucket_retention_days: LogExpirationDays = 2557
    """How long the bucket keeps the reports (seven years); `None` keeps them forever."""
    protect: bool = True
    """Terraform refuses to destroy service, bucket and key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@dataclass(frozen=True)
class Writer:
    """A service that writes reports: its principal, the resources it writes for, and what it does with the key.

    Args:
        sid: prefix of its statement ids.
        service: its principal, without the end of the host name.
        sources: the resources it writes for, below `arn:partition:`, in any region of the account.
        key_actions: the key actions that it needs.
    """

    sid: str
    service: str
    sources: tuple[str, ...]
    key_actions: tuple[str, ...]


def evidence_bucket(
    owner: SecureConstruct,
    given: LogBucket | None,
    key: SecureKey | None,
    *,
    takes_lock: bool = False,
) -> tuple[LogBucket, SecureKey]:
    """The bucket that a construct was given, or one of its own, and the key of that bucket.

    Args:
        owner: the construct; its configuration is an `EvidenceConfig`.
        given: a bucket with a key, or none.
        key: key for the construct's own bucket; by default one of its own.
        takes_lock: whether a bucket with an object lock is accepted. AWS's pages say only of AWS Config that it delivers
            to none; of GuardDuty and Macie they say nothing.

    Raises:
        ConfigError: the bucket has no key or a lock that the service cannot write under, or the options contradict it.
    """
    if given is not None:
        let_go_of_bucket(owner, "reports", key=("key",), given=given)
        return given, _checked(owner, given, key, takes_lock)
    config: EvidenceConfig = owner.config
    described = KeyConfig(description=f"{owner.path}: reports", protect=config.protect, tags=config.tags)
    key = key_of(owner, key, described)
    bucket = LogBucket(
        owner,
        "reports",
        LogBucketConfig(
            expiration_days=config.bucket_retention_days,
            protect=config.protect,
            tags=config.tags,
            waivers=tuple(waiver for waiver in config.waivers if waiver.control == LOGS_RETAINED.id),
        ),
        key=key,
    )
    _deny_deletion(bucket)
    return bucket, key


def let_write(writer: Writer, bucket: LogBucket, key: SecureKey, opt_in_region: str | None = None) -> None:
    """Let a service write to a bucket with its key, for this account, using references valid in the bucket's stack.

    Args:
        writer: the service.
        bucket: the bucket, which may belong to another stack or region.
        key: its key.
        opt_in_region: the region that the service writes from, where the account had to opt into it.
    """
    # docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html: in an opt-in region the service has the
    # region in its name; docs.aws.amazon.com/macie/latest/user/discovery-results-repository-s3.html too.
    region = f".{opt_in_region}" if opt_in_region else ""
    principal = Principal.service(f"{writer.service}{region}.amazonaws.com")
    conditions = _for_this_account(writer, bucket)
    for sid, action, resource in (
        (writer.sid, "s3:GetBucketLocation", bucket.arn),
        (f"{writer.sid}Writes", "s3:PutObject", bucket.objects()),
    ):
        bucket.policy.add(
            Statement(sid=sid, principal=principal, actions=(action,), resources=(resource,), conditions=conditions)
        )
    key.policy.add(
        Statement(
            sid=f"Allow{writer.sid}",
            principal=principal,
            # Under a bucket key, S3 decrypts the bucket's data key in the writer's name: see `kms_services` on CloudTrail.
            actions=(*writer.key_actions, "kms:Decrypt"),
            resources=("*",),
            conditions=_for_this_account(writer, key),
        )
    )


def opt_in_region_of(owner: SecureConstruct) -> str | None:
    """The region of a construct, if it is an opt-in region: `opt_in_region` of its configuration, or its provider's.

    Args:
        owner: the construct.
    """
    given: str | None = owner.config.opt_in_region
    region = AwsProvider.region_of(owner)
    return given or (region if region and is_opt_in_region(region) else None)


def _for_this_account(writer: Writer, holder: SecureConstruct) -> tuple[Condition, ...]:
    # References as seen from the policy's construct, whose stack may be another one.
    arns = (f"arn:{holder.partition}:{source.format(account=holder.account_id)}" for source in writer.sources)
    return source_account(holder.account_id), source_arn(*arns)


def _checked(owner: SecureConstruct, given: LogBucket, key: SecureKey | None, takes_lock: bool) -> SecureKey:
    where = f"{owner.path}: log_bucket {given.path!r}"
    if given.key is None:
        raise ConfigError(
            f"{where} has no key: reports are encrypted with a customer key. Give it one: LogBucket(..., key=key)."
        )
    if key is not None:
        raise ConfigError(f"{where} and key= exclude each other: the bucket's own key is used. Remove key=.")
    if given.config.object_lock and not takes_lock:
        raise ConfigError(
            f"{where} has object_lock: {type(owner).__name__} cannot deliver to a bucket with default retention, the "
            "reports would be lost. Use a LogBucket without it."
        )
    if "bucket_retention_days" in owner.config.model_fields_set:
        raise ConfigError(
            f"{where} and bucket_retention_days exclude each other: the bucket decides. "
            "Set LogBucketConfig(expiration_days=...) instead."
        )
    return given.key


def _deny_deletion(bucket: LogBucket) -> None:
    # Instead of an object lock, under which AWS Config delivers nothing: only expiry, which asks no policy, removes reports.
    # docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html
    # docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html
    bucket.policy.add(
        Statement(
            sid="DenyDeletion",
            effect="Deny",
            principal=Principal.everybody(),
            actions=("s3:DeleteObject", "s3:DeleteObjectVersion"),
            resources=(bucket.objects(),),
        )
    )
