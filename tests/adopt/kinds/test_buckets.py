"""Buckets: which construct, which key, which log bucket, and what of the policy stays."""

from typing import Any

import pytest

from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.kinds.buckets import candidate
from secureinfra.adopt.source import text_of
from tests.adopt.states import bucket, estate, found, key, policy, setting

READ = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/reader"},
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::acme-uploads/*",
}
TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::acme-uploads"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
LOGS = {
    "Effect": "Allow",
    "Principal": {"Service": "logging.s3.amazonaws.com"},
    "Action": "s3:PutObject",
    "Resource": "arn:aws:s3:::acme-uploads/*",
}


def encrypted(name: str, key: str) -> dict[str, Any]:
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
    return setting(
        "server_side_encryption_configuration", name, rule=[{"apply_server_side_encryption_by_default": [default]}]
    )


def made(*resources: dict[str, Any], address: str = "aws_s3_bucket.uploads") -> Any:
    there = estate(*resources)
    return candidate(there, found(there, address))


def test_settings_are_parts() -> None:
    one = made(bucket("uploads"), setting("policy", "uploads", policy=policy(TLS)), setting("versioning", "other"))
    assert {role: part.id for role, part in one.parts.items()} == {"bucket": "acme-uploads", "policy": "acme-uploads"}
    assert one.construct == "SecureBucket"
    assert text_of(one.config) == 'BucketConfig(name="acme-uploads")'


def test_what_is_allowed_stays_and_what_the_construct_denies_is_not_written_twice() -> None:
    one = made(bucket("uploads"), setting("policy", "uploads", policy=policy(READ, TLS)))
    assert [call.name for call in one.calls] == ["policy.add"]
    assert "role/reader" in text_of(one.calls[0])


def test_a_policy_that_no_resource_manages_counts_too() -> None:
    assert len(made(bucket("uploads", policy=policy(READ))).calls) == 1


def test_old_versions_that_are_kept_today_are_kept() -> None:
    kept = setting("versioning", "uploads", versioning_configuration=[{"status": "Enabled"}])
    assert made(bucket("uploads"), kept).config.named["noncurrent_days"] == 36500
    suspended = setting("versioning", "uploads", versioning_configuration=[{"status": "Suspended"}])
    assert "noncurrent_days" not in made(bucket("uploads"), suspended).config.named


def test_its_key_is_adopted_with_it() -> None:
    one = made(bucket("uploads"), key(), encrypted("uploads", "1234-data"))
    assert one.named["key"].address == "aws_kms_key.data"
    assert one.needs == ("aws_kms_key.data",)
    assert one.notes == ()


def test_another_key_is_said() -> None:
    assert "instead of alias/aws/s3" in made(bucket("uploads"), encrypted("uploads", "alias/aws/s3")).notes[0]
    assert "kms:Decrypt" in made(bucket("uploads")).notes[0]


def test_a_target_of_logs_is_a_log_bucket() -> None:
    log = setting("logging", "uploads", target_bucket="acme-logs", target_prefix="x/")
    resources = (bucket("uploads"), bucket("logs"), log)
    logs = made(*resources, address="aws_s3_bucket.logs")
    assert logs.construct == "LogBucket"
    assert text_of(logs.config) == 'LogBucketConfig(name="acme-logs", expiration_days=None)'
    uploads = made(*resources)
    assert uploads.named["access_log"].address == "aws_s3_bucket.logs"
    assert uploads.needs == ("aws_s3_bucket.logs",)


def test_access_logs_are_allowed_under_the_constructs_own_condition() -> None:
    one = made(bucket("uploads", policy=policy(LOGS)))
    assert one.construct == "LogBucket"
    assert [call.name for call in one.calls] == ["allow_access_logs"]


def test_a_lock_stays() -> None:
    rule = [{"default_retention": [{"mode": "GOVERNANCE", "days": None, "years": 1}]}]
    one = made(bucket("uploads"), setting("object_lock_configuration", "uploads", rule=rule))
    assert text_of(one.config.named["object_lock"]) == 'ObjectLock(mode="GOVERNANCE", days=365)'


def test_acls_are_superseded() -> None:
    one = made(bucket("uploads"), setting("acl", "uploads", acl="private"))
    assert [other.address for other, _ in one.superseded] == ["aws_s3_bucket_acl.uploads"]


@pytest.mark.parametrize(
    ("resources", "why"),
    [
        ([bucket("uploads"), setting("website_configuration", "uploads")], "makes it a website"),
        ([bucket("uploads", grant=[{"type": "Group", "uri": "AllUsers"}])], "ACL grants access to a group"),
        ([bucket("uploads", lifecycle_rule=[{"id": "x"}])], "written in the bucket itself"),
        ([bucket("uploads", policy=policy({**READ, "NotPrincipal": "x"}))], "NotPrincipal"),
    ],
)
def test_refuses_what_no_construct_is(resources: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(Unfit, match=why):
        made(*resources)
