"""Controls on lifecycles of S3 objects, each with inputs that meet it, that break it, and that nobody knows."""

from typing import Any

import pytest

from secureinfra.controls.s3 import lifecycle as s3_lifecycle
from tests.controls.judge import failure, status
from tests.controls.s3_blocks import B, bucket, lets_in, of

X: Any = {"x": {}}
CONFIGURATION = "aws_s3_bucket_lifecycle_configuration"
VERSIONED = {"aws_s3_bucket_versioning": of(versioning_configuration={"status": "Enabled"})}
EXPIRES = {"noncurrent_version_expiration": {"noncurrent_days": 30}}


def rules(*rules: dict[str, Any], **others: Any) -> dict[str, Any]:
    """A bucket with a lifecycle configuration of these rules, enabled unless they say otherwise."""
    written = [{"id": "r", "status": "Enabled", **rule} for rule in rules]
    return {"aws_s3_bucket": bucket(), CONFIGURATION: of(rule=written), **others}


def test_lifecycle() -> None:
    control = s3_lifecycle.LIFECYCLE
    assert status(control, **rules(EXPIRES, **VERSIONED)) == "passed"
    assert f"no {CONFIGURATION}" in failure(control, aws_s3_bucket=bucket())
    assert "no enabled rule" in failure(control, **rules({**EXPIRES, "status": "Disabled"}, **VERSIONED))
    assert "no enabled rule" in failure(control, **rules({"expiration": {"days": 30}}, **VERSIONED))
    assert status(control, variable=X, **rules({**EXPIRES, "status": "${var.x}"}, **VERSIONED)) == "unknown"
    dynamic = {"x": {"bucket": B, "dynamic": {"rule": {"for_each": "${var.x}", "content": {"status": "Enabled"}}}}}
    assert status(control, variable=X, aws_s3_bucket=bucket(), **VERSIONED, **{CONFIGURATION: dynamic}) == "unknown"


def test_lifecycle_of_a_bucket_without_versions() -> None:
    """There any rule does, since there are no old versions to expire."""
    control, rule = s3_lifecycle.LIFECYCLE, {"expiration": {"days": 30}}
    off = of(versioning_configuration={"status": "Disabled"})
    suspended = of(versioning_configuration={"status": "Suspended"})
    assert status(control, **rules(rule)) == "passed"
    assert status(control, **rules(rule, aws_s3_bucket_versioning=off)) == "passed"
    assert status(control, **rules(rule, aws_s3_bucket_versioning=suspended)) == "failed"
    assert status(control, **{CONFIGURATION: of("elsewhere", rule={"status": "Enabled", **rule})}) == "unknown"
    assert status(control, **{CONFIGURATION: of("elsewhere", rule={"status": "Enabled", **EXPIRES})}) == "passed"


def test_lifecycle_within_the_bucket() -> None:
    old = {"enabled": True, "noncurrent_version_expiration": {"days": 30}}
    assert status(s3_lifecycle.LIFECYCLE, aws_s3_bucket=bucket(lifecycle_rule=[old])) == "passed"
    assert status(s3_lifecycle.LIFECYCLE, aws_s3_bucket=bucket(lifecycle_rule=[{**old, "enabled": False}])) == "failed"
    kept = {"versioning": {"enabled": True}, "lifecycle_rule": [{"enabled": True, "expiration": {"days": 30}}]}
    assert status(s3_lifecycle.LIFECYCLE, aws_s3_bucket=bucket(**kept)) == "failed"


ABORT = {"abort_incomplete_multipart_upload": {"days_after_initiation": 7}}


@pytest.mark.parametrize("everything", [{}, {"filter": {}}, {"filter": {"prefix": ""}}, {"prefix": ""}])
@pytest.mark.parametrize(
    "narrower",
    [
        {"filter": {"prefix": "tmp/"}},
        {"prefix": "tmp/"},
        {"filter": {"object_size_greater_than": 1}},
        {"filter": {"tag": {"key": "a", "value": "b"}}},
        {"filter": {"and": {"prefix": "a/", "tags": {"k": "v"}}}},
    ],
)
def test_uploads_aborted(everything: dict[str, Any], narrower: dict[str, Any]) -> None:
    control = s3_lifecycle.UPLOADS_ABORTED
    assert status(control, **rules({**ABORT, **everything})) == "passed"
    assert "no enabled rule" in failure(control, **rules({**ABORT, **narrower}))
    assert status(control, **rules({**ABORT, **narrower}, {**ABORT, **everything})) == "passed"


def test_uploads_aborted_soon() -> None:
    control = s3_lifecycle.UPLOADS_ABORTED
    late = {"abort_incomplete_multipart_upload": {"days_after_initiation": 8}}
    unknown = {"abort_incomplete_multipart_upload": {"days_after_initiation": "${var.x}"}}
    assert failure(control, **rules(late)) == (
        f"{CONFIGURATION}.x rule: no enabled rule does -> "
        "an enabled rule for all objects with abort_incomplete_multipart_upload after 7 days or sooner"
    )
    assert "no enabled rule" in failure(control, **rules(EXPIRES))
    assert "no enabled rule" in failure(control, **rules({**ABORT, "status": "Disabled"}))
    assert "no rule" in failure(control, **rules())
    assert f"no {CONFIGURATION}" in failure(control, aws_s3_bucket=bucket())
    assert status(control, variable=X, **rules(unknown)) == "unknown"
    old = {"enabled": True, "abort_incomplete_multipart_upload_days": 7}
    assert status(control, aws_s3_bucket=bucket(lifecycle_rule=[old])) == "passed"
    assert status(control, aws_s3_bucket=bucket(lifecycle_rule=[{**old, "prefix": "tmp/"}])) == "failed"


TRAIL = {"aws_cloudtrail": {"t": {"s3_bucket_name": B}}}


def test_logs_retained() -> None:
    control = s3_lifecycle.LOGS_RETAINED
    short, long = ({"expiration": {"days": days}} for days in (90, 365))
    assert status(control, **rules(long, **TRAIL)) == "passed"
    assert status(control, **rules(EXPIRES, **TRAIL)) == "passed"
    assert failure(control, **rules(long, short, **TRAIL)) == (
        f"{CONFIGURATION}.x rule[1].expiration[0].days: expiration.days = 90 -> days = 365 or more"
    )
    assert "expiration.date" in failure(control, **rules({"expiration": {"date": "2027-01-01T00:00:00Z"}}, **TRAIL))
    assert status(control, **rules({**short, "status": "Disabled"}, **TRAIL)) == "passed"
    assert status(control, variable=X, **rules({"expiration": {"days": "${var.x}"}}, **TRAIL)) == "unknown"
    assert status(control, **rules(short)) == "not applicable"
    assert status(control, **{CONFIGURATION: of("elsewhere", rule={"status": "Enabled", **short})}) == "not applicable"


@pytest.mark.parametrize(
    "writer",
    [
        {"aws_s3_bucket_logging": {"l": {"bucket": "o", "target_bucket": B}}},
        {"aws_flow_log": {"f": {"log_destination": "${aws_s3_bucket.b.arn}/flow/"}}},
        {"aws_s3_bucket_policy": of(policy=lets_in("cloudtrail.amazonaws.com"))},
        {"aws_s3_bucket_policy": of(policy=lets_in("delivery.logs.amazonaws.com"))},
        {"aws_wafv2_web_acl_logging_configuration": {"w": {"log_destination_configs": ["${aws_s3_bucket.b.arn}"]}}},
    ],
)
def test_logs_retained_whoever_writes_them(writer: dict[str, Any]) -> None:
    assert status(s3_lifecycle.LOGS_RETAINED, **rules({"expiration": {"days": 30}}, **writer)) == "failed"


def test_object_locked() -> None:
    control, type = s3_lifecycle.OBJECT_LOCKED, "aws_s3_bucket_object_lock_configuration"

    def lock(mode: Any) -> dict[str, Any]:
        return {"aws_s3_bucket": bucket(), type: of(rule={"default_retention": {"mode": mode, "days": 1}})}

    assert status(control, **lock("GOVERNANCE")) == "passed"
    assert status(control, **lock("COMPLIANCE")) == "passed"
    assert f"no {type}" in failure(control, aws_s3_bucket=bucket(object_lock_enabled=True))
    assert "mode is not set" in failure(control, aws_s3_bucket=bucket(), **{type: of(object_lock_enabled="Enabled")})
    assert status(control, variable=X, **lock("${var.x}")) == "unknown"
    retention = {"object_lock_enabled": "Enabled", "rule": {"default_retention": {"mode": "GOVERNANCE", "days": 1}}}
    assert status(control, aws_s3_bucket=bucket(object_lock_configuration=retention)) == "passed"
    logging = {"aws_s3_bucket_logging": {"l": {"bucket": "o", "target_bucket": B}}}
    assert status(control, aws_s3_bucket=bucket(), **logging) == "not applicable"
    assert control.optional
