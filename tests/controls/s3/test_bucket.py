"""Controls on S3 buckets, each with an input that meets it, one for each way of breaking it, and one that nobody knows."""

from typing import Any

import pytest

from secureinfra.controls.s3 import bucket as s3
from secureinfra.controls.s3.access import NOT_PUBLIC
from secureinfra.controls.s3.policy import POLICY_NOT_PUBLIC
from secureinfra.controls.s3.policy_denial import TLS_ONLY
from tests.controls.judge import failure, findings, status
from tests.controls.s3_blocks import B, bucket, lets_in, of

SSE = "aws_s3_bucket_server_side_encryption_configuration"
X: Any = {"x": {}}


def sse(algorithm: str = "aws:kms", key: str | None = "${aws_kms_key.k.arn}") -> dict[str, Any]:
    return {"apply_server_side_encryption_by_default": {"sse_algorithm": algorithm, "kms_master_key_id": key}}


def encrypted(**default: Any) -> dict[str, Any]:
    return {"aws_s3_bucket": bucket(), SSE: of(rule=sse(**default)), "aws_kms_key": {"k": {}}}


def test_encrypted() -> None:
    assert status(s3.ENCRYPTED, **encrypted()) == "passed"
    assert status(s3.ENCRYPTED, **encrypted(algorithm="aws:kms:dsse")) == "passed"
    assert failure(s3.ENCRYPTED, **encrypted(algorithm="AES256", key=None)) == (
        f"{SSE}.x rule[0].apply_server_side_encryption_by_default.sse_algorithm: "
        'sse_algorithm = "AES256" -> sse_algorithm = "aws:kms" with a customer managed key'
    )
    assert "kms_master_key_id is not set" in failure(s3.ENCRYPTED, **encrypted(key=None))
    assert "alias/aws/s3" in failure(s3.ENCRYPTED, **encrypted(key="alias/aws/s3"))
    assert f"no {SSE}" in failure(s3.ENCRYPTED, aws_s3_bucket=bucket())
    assert "no rule" in failure(s3.ENCRYPTED, **{SSE: of()})
    assert status(s3.ENCRYPTED, variable=X, **encrypted(key="${var.x}")) == "unknown"
    assert status(s3.ENCRYPTED, variable=X, **encrypted(algorithm="${var.x}")) == "unknown"


def test_encrypted_within_the_bucket() -> None:
    good = bucket(server_side_encryption_configuration={"rule": sse()})
    bad = bucket(server_side_encryption_configuration=[{"rule": [sse("AES256", None)]}])
    assert status(s3.ENCRYPTED, aws_s3_bucket=good, aws_kms_key={"k": {}}) == "passed"
    assert "AES256" in failure(s3.ENCRYPTED, aws_s3_bucket=bad)


def test_encrypted_is_not_asked_of_access_log_buckets() -> None:
    """S3 and load balancers deliver no logs to SSE-KMS."""
    plain = {"aws_s3_bucket": bucket(), SSE: of(rule=sse("AES256", None))}
    writers: list[dict[str, Any]] = [
        {"aws_s3_bucket_logging": {"l": {"bucket": "other", "target_bucket": B}}},
        {"aws_lb": {"l": {"access_logs": {"bucket": B, "enabled": True}}}},
        {"aws_lb": {"l": {"connection_logs": {"bucket": "${aws_s3_bucket.b.bucket}"}}}},
        {"aws_elb": {"l": {"access_logs": {"bucket": B}}}},
        {"aws_s3_bucket_policy": of(policy=lets_in("logging.s3.amazonaws.com"))},
        {"aws_s3_bucket_policy": of(policy=lets_in("logdelivery.elasticloadbalancing.amazonaws.com"))},
    ]
    for writer in writers:
        assert status(s3.ENCRYPTED, **plain, **writer) == "not applicable"
        assert status(s3.ENCRYPTED, aws_s3_bucket=bucket(), **writer) == "not applicable"
    (said,) = {finding.found for finding in findings(s3.ENCRYPTED, aws_s3_bucket=bucket(), **writers[0])}
    assert said == (
        "aws_s3_bucket_logging.l writes access logs to it: S3 and load balancers do not deliver logs to a bucket with default SSE-KMS"
    )
    others = {"aws_s3_bucket_policy": of(policy=lets_in("cloudtrail.amazonaws.com"))}
    assert status(s3.ENCRYPTED, **plain, **others) == "failed"
    somebody = {"aws_s3_bucket_policy": of(policy="${var.x}")}
    assert status(s3.ENCRYPTED, variable=X, **plain, **somebody) == "unknown"


def test_versioned() -> None:
    on, off = ({"status": word} for word in ("Enabled", "Suspended"))
    both = {"aws_s3_bucket": bucket()}
    assert status(s3.VERSIONED, **both, aws_s3_bucket_versioning=of(versioning_configuration=on)) == "passed"
    assert failure(s3.VERSIONED, **both, aws_s3_bucket_versioning=of(versioning_configuration=off)) == (
        'aws_s3_bucket_versioning.x versioning_configuration[0].status: status = "Suspended" -> status = "Enabled"'
    )
    assert "no aws_s3_bucket_versioning" in failure(s3.VERSIONED, **both)
    assert status(s3.VERSIONED, aws_s3_bucket=bucket(versioning={"enabled": True})) == "passed"
    assert "versioning.enabled = false" in failure(s3.VERSIONED, aws_s3_bucket=bucket(versioning=[{"enabled": False}]))
    unknown = of(versioning_configuration={"status": "${var.x}"})
    assert status(s3.VERSIONED, variable=X, **both, aws_s3_bucket_versioning=unknown) == "unknown"
    elsewhere = of("${var.x}", versioning_configuration=on)
    assert status(s3.VERSIONED, variable=X, **both, aws_s3_bucket_versioning=elsewhere) == "unknown"


def test_mfa_delete() -> None:
    def versioning(value: Any) -> dict[str, Any]:
        configuration = {"status": "Enabled", "mfa_delete": value}
        return {"aws_s3_bucket": bucket(), "aws_s3_bucket_versioning": of(versioning_configuration=configuration)}

    rules = of(rule={"id": "a", "status": "Enabled"})
    assert status(s3.MFA_DELETE, **versioning("Enabled")) == "passed"
    assert 'mfa_delete = "Disabled"' in failure(s3.MFA_DELETE, **versioning("Disabled"))
    assert status(s3.MFA_DELETE, **versioning(None)) == "not applicable"
    assert (
        status(s3.MFA_DELETE, **versioning("Disabled"), aws_s3_bucket_lifecycle_configuration=rules) == "not applicable"
    )
    assert status(s3.MFA_DELETE, variable=X, **versioning("${var.x}")) == "unknown"
    assert status(s3.MFA_DELETE, aws_s3_bucket=bucket(versioning={"enabled": True, "mfa_delete": True})) == "passed"
    assert status(s3.MFA_DELETE, aws_s3_bucket=bucket()) == "not applicable"


def test_logged() -> None:
    def logging(target: str, bucket_name: str = B) -> dict[str, Any]:
        return {"aws_s3_bucket_logging": of(bucket_name, target_bucket=target, target_prefix="b/")}

    two: Any = {"b": {"bucket": "b"}, "logs": {"bucket": "logs"}}
    assert "no aws_s3_bucket_logging" in failure(s3.LOGGED, aws_s3_bucket=bucket())
    assert status(s3.LOGGED, aws_s3_bucket=two, **logging("${aws_s3_bucket.logs.id}")) == "passed"
    assert status(s3.LOGGED, aws_s3_bucket=bucket(), **logging("logs")) == "passed"
    assert "the bucket itself" in failure(s3.LOGGED, aws_s3_bucket=bucket(), **logging("${aws_s3_bucket.b.bucket}"))
    assert "the bucket itself" in failure(s3.LOGGED, **logging("same", "same"))
    assert 'target_bucket = ""' in failure(s3.LOGGED, aws_s3_bucket=bucket(), **logging(""))
    assert status(s3.LOGGED, variable=X, aws_s3_bucket=bucket(), **logging("${var.x}")) == "unknown"
    assert status(s3.LOGGED, aws_s3_bucket=bucket(logging={"target_bucket": "logs"})) == "passed"
    assert "the bucket itself" in failure(s3.LOGGED, aws_s3_bucket=bucket(bucket="b", logging={"target_bucket": "b"}))
    policy = {"aws_s3_bucket_policy": of(policy=lets_in("logging.s3.amazonaws.com"))}
    assert status(s3.LOGGED, aws_s3_bucket=bucket(), **policy) == "not applicable"


@pytest.mark.parametrize("service", ["logdelivery.elasticloadbalancing.amazonaws.com", "logdelivery.elb.amazonaws.com"])
def test_logged_is_required_of_the_log_bucket_of_a_load_balancer(service: str) -> None:
    policy = {"aws_s3_bucket_policy": of(policy=lets_in(service))}
    assert status(s3.LOGGED, aws_s3_bucket=bucket(), **policy) == "failed"
    balancer = {"aws_lb": {"l": {"access_logs": {"bucket": "${aws_s3_bucket.b.id}", "enabled": True}}}}
    assert status(s3.LOGGED, aws_s3_bucket=bucket(), **balancer) == "failed"
    target = {"aws_s3_bucket_logging": {"l": {"bucket": "other", "target_bucket": "${aws_s3_bucket.b.id}"}}}
    answers = {one.address: one.status for one in findings(s3.LOGGED, aws_s3_bucket=bucket(), **balancer, **target)}
    assert answers["aws_s3_bucket.b"] == "not applicable"


def test_logged_is_asked_of_each_bucket() -> None:
    """The target of the others has no log of its own, and the one that logs nowhere is found among them."""
    three: Any = {"b": {}, "forgotten": {}, "logs": {}}
    logging = {"aws_s3_bucket_logging": of(target_bucket="${aws_s3_bucket.logs.id}")}
    answers = {finding.address: finding.status for finding in findings(s3.LOGGED, aws_s3_bucket=three, **logging)}
    assert answers == {
        "aws_s3_bucket.b": "not applicable",
        "aws_s3_bucket.forgotten": "failed",
        "aws_s3_bucket.logs": "not applicable",
        "aws_s3_bucket_logging.x": "passed",
    }


def test_replicated() -> None:
    def copies(status: str = "Enabled", to: str = "arn:aws:s3:::there") -> dict[str, Any]:
        rule = {"status": status, "destination": {"bucket": to}}
        return {"aws_s3_bucket_replication_configuration": of(role="r", rule=rule)}

    near: Any = {"b": {}, "there": {}}
    far: Any = {"b": {}, "there": {"provider": "aws.west"}}
    there = copies(to="${aws_s3_bucket.there.arn}")
    assert status(s3.REPLICATED, aws_s3_bucket=bucket(), **copies()) == "passed"
    assert "no enabled rule" in failure(s3.REPLICATED, aws_s3_bucket=bucket(), **copies("Disabled"))
    assert "no aws_s3_bucket_replication_configuration" in failure(s3.REPLICATED, aws_s3_bucket=bucket())
    assert "another region" in failure(s3.REPLICATED, aws_s3_bucket=near, **there)
    assert "aws_s3_bucket_replication_configuration.x" not in failure(s3.REPLICATED, aws_s3_bucket=far, **there)
    assert status(s3.REPLICATED, variable=X, aws_s3_bucket=bucket(), **copies("${var.x}")) == "unknown"
    old = bucket(replication_configuration={"role": "r", "rules": [{"status": "Enabled"}]})
    assert status(s3.REPLICATED, aws_s3_bucket=old) == "passed"
    assert s3.REPLICATED.optional


def test_notified() -> None:
    def notification(**arguments: Any) -> dict[str, Any]:
        return {"aws_s3_bucket": bucket(), "aws_s3_bucket_notification": of(**arguments)}

    assert status(s3.NOTIFIED, **notification(eventbridge=True)) == "passed"
    assert status(s3.NOTIFIED, **notification(queue=[{"queue_arn": "q", "events": ["s3:ObjectCreated:*"]}])) == "passed"
    assert "no target" in failure(s3.NOTIFIED, **notification(eventbridge=False))
    assert "no aws_s3_bucket_notification" in failure(s3.NOTIFIED, aws_s3_bucket=bucket())
    assert status(s3.NOTIFIED, variable=X, **notification(eventbridge="${var.x}")) == "unknown"
    assert s3.NOTIFIED.optional


@pytest.mark.parametrize("name", ["a.b.example", "Acme-Data", "x", "-data", "a" * 64, "${var.x}.example.com"])
def test_dns_name(name: str) -> None:
    assert status(s3.DNS_NAME, aws_s3_bucket=bucket(bucket="acme-data-1")) == "passed"
    assert status(s3.DNS_NAME, aws_s3_bucket=bucket(bucket_prefix="acme-")) == "passed"
    assert status(s3.DNS_NAME, aws_s3_bucket=bucket()) == "passed"
    assert "lower-case letters, digits and hyphens" in failure(
        s3.DNS_NAME, variable=X, aws_s3_bucket=bucket(bucket=name, bucket_prefix="")
    )


def test_dns_name_of_which_a_part_is_not_known() -> None:
    account = "acme-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.id}"
    data: Any = {"aws_caller_identity": {"current": {}}, "aws_region": {"current": {}}}
    assert status(s3.DNS_NAME, data=data, aws_s3_bucket=bucket(bucket=account)) == "passed"
    assert status(s3.DNS_NAME, variable=X, aws_s3_bucket=bucket(bucket="acme-${var.x}")) == "unknown"
    assert "bucket_prefix" in failure(s3.DNS_NAME, aws_s3_bucket=bucket(bucket_prefix="Acme."))


def test_some_are_never_waived() -> None:
    assert not TLS_ONLY.waivable
    assert not NOT_PUBLIC.waivable
    assert not POLICY_NOT_PUBLIC.waivable
