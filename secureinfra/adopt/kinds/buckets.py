"""S3 buckets with their settings: `SecureBucket`, and `LogBucket` for what AWS services write to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.adopt.candidate import Candidate, Part, id_of, part_of
from secureinfra.adopt.existing import Estate, Existing, Unfit
from secureinfra.adopt.kinds.keys import key_of_arn
from secureinfra.adopt.kinds.lifecycle import lifecycle_of
from secureinfra.adopt.policies import calls_of, is_tls_only, statements_in
from secureinfra.adopt.source import Call, Name

_PARTS = {
    "public-access-block": "aws_s3_bucket_public_access_block",
    "policy": "aws_s3_bucket_policy",
    "ownership": "aws_s3_bucket_ownership_controls",
    "versioning": "aws_s3_bucket_versioning",
    "encryption": "aws_s3_bucket_server_side_encryption_configuration",
    "lifecycle": "aws_s3_bucket_lifecycle_configuration",
    "access-logging": "aws_s3_bucket_logging",
    "object-lock": "aws_s3_bucket_object_lock_configuration",
}
# What AWS services write logs as: docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html,
# /vpc/latest/userguide/flow-logs-s3-permissions.html, /awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html,
# /config/latest/developerguide/s3-bucket-policy.html, /elasticloadbalancing/latest/application/enable-access-logging.html
_ACCESS_LOGS = "logging.s3.amazonaws.com"
_WRITERS = frozenset(
    f"{name}.amazonaws.com"
    for name in ("logging.s3", "delivery.logs", "cloudtrail", "config", "logdelivery.elasticloadbalancing")
)


def candidate(estate: Estate, bucket: Existing) -> Candidate:
    """The `SecureBucket` or `LogBucket` for a bucket.

    Raises:
        Unfit: it is public, or has lifecycle rules that neither has.
    """
    name = str(bucket.get("bucket", bucket.id))
    found = {role: estate.one(type, "bucket", name, bucket.id) for role, type in _PARTS.items()}
    _refuse_public(estate, bucket, name)
    statements = statements_in((found["policy"] or bucket).get("policy"))
    for_logs = _is_for_logs(estate, name, statements)
    key: Existing | Call | None
    key, notes = _key(estate, bucket, found["encryption"], for_logs=for_logs)
    if for_logs and key is None and (trail := estate.one("aws_cloudtrail", "s3_bucket_name", name)):
        key = _key_for_trail(estate, bucket, trail)
    config: dict[str, Any] = {"name": name, **lifecycle_of(_rules(bucket, found["lifecycle"]), for_logs=for_logs)}
    if not for_logs and _versioned(bucket, found["versioning"]) and "noncurrent_days" not in config:
        # The construct's own default would delete old versions that are kept today.
        config["noncurrent_days"] = 36500
    if lock := _lock(found["object-lock"]):
        config["object_lock"] = lock
    if tags := bucket.get("tags"):
        config["tags"] = dict(tags)
    parts: dict[str, Part] = {"bucket": part_of(bucket)}
    parts |= {role: part_of(one) for role, one in found.items() if one}
    named: dict[str, Any] = {"key": key} if key else {}
    target = _log_target(estate, found["access-logging"]) if not for_logs else None
    if target:
        named["access_log"] = target
    calls = tuple(_carried(statements, takes_access_logs=for_logs and key is None))
    acl = estate.one("aws_s3_bucket_acl", "bucket", name, bucket.id)
    return Candidate(
        bucket,
        "bucket",
        "LogBucket" if for_logs else "SecureBucket",
        Call("LogBucketConfig" if for_logs else "BucketConfig", named=config),
        named,
        calls,
        parts,
        ((acl, "ACLs are turned off"),) if acl else (),
        tuple(one.address for one in (key, target) if isinstance(one, Existing)),
        notes,
    )


def _carried(statements: list[dict[str, Any]], *, takes_access_logs: bool) -> Iterator[Call]:
    """The statements of the policy that the construct does not write itself."""
    for statement in statements:
        if takes_access_logs and statement.get("Principal") == {"Service": _ACCESS_LOGS}:
            yield Call("allow_access_logs")
        elif not is_tls_only(statement):
            yield from (Call("policy.add", (call,)) for call in calls_of(statement))


def _refuse_public(estate: Estate, bucket: Existing, name: str) -> None:
    if site := estate.one("aws_s3_bucket_website_configuration", "bucket", name, bucket.id):
        raise Unfit(f"{site.address} makes it a website: SecureBucket is private. Serve it through a Distribution")
    if any(grant.get("type") == "Group" for grant in bucket.get("grant", ())):
        raise Unfit(
            "its ACL grants access to a group: ACLs are turned off here. Set the ACL to private, and write a policy"
        )


def _is_for_logs(estate: Estate, name: str, statements: list[dict[str, Any]]) -> bool:
    services = [one["Principal"].get("Service", ()) for one in statements if isinstance(one.get("Principal"), Mapping)]
    written = {name for one in services for name in ([one] if isinstance(one, str) else one)}
    delivered = estate.one("aws_cloudtrail", "s3_bucket_name", name)
    return bool(written & _WRITERS or delivered) or _takes_access_logs(estate, name)


def _takes_access_logs(estate: Estate, name: str) -> bool:
    return estate.one("aws_s3_bucket_logging", "target_bucket", name) is not None


def _key_for_trail(estate: Estate, bucket: Existing, trail: Existing) -> Existing | Call | None:
    """The key that a trail's bucket gets: the trail's, or one of its own; none where S3 could not deliver access logs any more."""
    if _takes_access_logs(estate, str(bucket.get("bucket", bucket.id))):
        return None
    return key_of_arn(estate, trail.get("kms_key_id")) or Call("SecureKey", (Name("stack"), f"{id_of(bucket)}-own-key"))


def _log_target(estate: Estate, logging: Existing | None) -> Existing | None:
    return estate.one("aws_s3_bucket", "bucket", logging.get("target_bucket")) if logging else None


def _rules(bucket: Existing, lifecycle: Existing | None) -> list[Mapping[str, Any]]:
    if lifecycle is None and bucket.get("lifecycle_rule"):
        raise Unfit(
            "its lifecycle rules are written in the bucket itself, a form that the provider has given up. Move them into an "
            "aws_s3_bucket_lifecycle_configuration first"
        )
    return list(lifecycle.get("rule", ())) if lifecycle else []


def _versioned(bucket: Existing, versioning: Existing | None) -> bool:
    inner = versioning.get("versioning_configuration", ()) if versioning else bucket.get("versioning", ())
    return any(one.get("status") == "Enabled" or one.get("enabled") is True for one in inner)


def _lock(lock: Existing | None) -> Call | None:
    for rule in lock.get("rule", ()) if lock else ():
        for retention in rule.get("default_retention", ()):
            days = retention.get("days") or 365 * (retention.get("years") or 0)
            if days:
                return Call("ObjectLock", named={"mode": retention.get("mode"), "days": days})
    return None


def _key(
    estate: Estate, bucket: Existing, encryption: Existing | None, *, for_logs: bool
) -> tuple[Existing | None, tuple[str, ...]]:
    """The adopted key that it encrypts with, and what a reader must know if it gets another."""
    rules = (encryption or bucket).get("rule" if encryption else "server_side_encryption_configuration", ())
    if not encryption:
        rules = [rule for one in rules for rule in one.get("rule", ())]
    defaults = [one for rule in rules for one in rule.get("apply_server_side_encryption_by_default") or ()]
    given = next((one.get("kms_master_key_id") for one in defaults if one.get("kms_master_key_id")), None)
    key = key_of_arn(estate, given)
    if key or for_logs:
        return key, ()
    readers = "what reads new objects needs kms:Decrypt on it: use grant_read, or allow the role"
    if given:
        return None, (f"new objects are encrypted with a key of its own instead of {given}; {readers}",)
    return None, (f"new objects are encrypted with a key of its own; {readers}",)
