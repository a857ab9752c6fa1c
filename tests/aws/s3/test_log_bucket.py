"""LogBucket: each service writes under its own condition; AWS's limits are kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.log_bucket import LogBucket, LogBucketConfig
from secureinfra.aws.s3.private_bucket import ObjectLock
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.policy.grammar import problems
from secureinfra.testing import addresses, synthesize, test_stack

TRAIL = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit"
ACCOUNT = "${data.aws_caller_identity.current.account_id}"


def statements_of(stack: Any, name: str = "logs") -> dict[str, dict[str, Any]]:
    policy = json.loads(synthesize(stack)["resource"]["aws_s3_bucket_policy"][f"{name}_policy"]["policy"])
    assert problems(policy) == []
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    logs = LogBucket(stack, "logs")
    logs.allow_access_logs()
    logs.allow_load_balancer_logs()
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    key = SecureKey(stack, "audit-key")
    config = LogBucketConfig(
        name="acme-audit", object_lock=ObjectLock(mode="COMPLIANCE", days=365), expiration_days=2557
    )
    logs = LogBucket(stack, "logs", config, key=key)
    logs.allow_cloudtrail((TRAIL,), organization_id="o-a1b2c3d4e5", prefix="org")
    logs.allow_flow_logs()
    LogBucket(stack, "history", LogBucketConfig(name="acme-history"), key=key).allow_config()
    matches_snapshot(stack)


def test_without_a_key_s3_encrypts_and_nothing_logs_to_itself() -> None:
    stack = test_stack()
    LogBucket(stack, "logs")
    resources = synthesize(stack)["resource"]
    (rule,) = resources["aws_s3_bucket_server_side_encryption_configuration"]["logs_encryption"]["rule"]
    assert rule["apply_server_side_encryption_by_default"] == {"sse_algorithm": "AES256"}
    assert "aws_s3_bucket_logging" not in resources


def test_with_a_key_kms_encrypts_and_accesses_are_logged() -> None:
    stack = test_stack()
    LogBucket(stack, "logs", key=SecureKey(stack, "audit-key"))
    resources = synthesize(stack)["resource"]
    (rule,) = resources["aws_s3_bucket_server_side_encryption_configuration"]["logs_encryption"]["rule"]
    assert rule["apply_server_side_encryption_by_default"]["sse_algorithm"] == "aws:kms"
    assert (
        resources["aws_s3_bucket_logging"]["logs_access_logging"]["target_bucket"]
        == "${aws_s3_bucket.access_logs_bucket.id}"
    )


def test_logs_retained() -> None:
    stack = test_stack()
    LogBucket(stack, "logs")
    rules = synthesize(stack)["resource"]["aws_s3_bucket_lifecycle_configuration"]["logs_lifecycle"]["rule"]
    (expiry,) = [rule for rule in rules if "expiration" in rule]
    assert expiry["expiration"][0]["days"] >= 365


def test_access_logs_are_written_by_s3_for_this_account() -> None:
    stack = test_stack()
    LogBucket(stack, "logs").allow_access_logs()
    statement = statements_of(stack)["S3AccessLogs"]
    assert statement["Principal"] == {"Service": ["logging.s3.amazonaws.com"]}
    assert statement["Action"] == ["s3:PutObject"]
    assert statement["Condition"]["StringEquals"]["aws:SourceAccount"] == [ACCOUNT]


def test_load_balancers_write_below_their_prefix() -> None:
    stack = test_stack()
    LogBucket(stack, "logs").allow_load_balancer_logs("public")
    statement = statements_of(stack)["LoadBalancerLogs"]
    assert statement["Principal"] == {"Service": ["logdelivery.elasticloadbalancing.amazonaws.com"]}
    assert statement["Resource"] == [f"${{aws_s3_bucket.logs_bucket.arn}}/public/AWSLogs/{ACCOUNT}/*"]


def test_network_load_balancers_deliver_with_a_key_and_without() -> None:
    stack = test_stack()
    LogBucket(stack, "logs").allow_network_load_balancer_logs("internal")
    statement = statements_of(stack)["NetworkLoadBalancerLogsWrites"]
    assert statement["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert statement["Resource"] == [f"${{aws_s3_bucket.logs_bucket.arn}}/internal/AWSLogs/{ACCOUNT}/*"]
    assert statement["Condition"]["StringEquals"]["s3:x-amz-acl"] == ["bucket-owner-full-control"]
    assert statements_of(stack)["NetworkLoadBalancerLogs"]["Action"] == ["s3:GetBucketAcl"]
    stack = test_stack()
    LogBucket(stack, "logs", key=SecureKey(stack, "key")).allow_network_load_balancer_logs()
    key = synthesize(stack)["resource"]["aws_kms_key"]["key"]["policy"]
    assert "delivery.logs.amazonaws.com" in key


def test_trails_are_named() -> None:
    stack = test_stack()
    LogBucket(stack, "logs", key=SecureKey(stack, "audit-key")).allow_cloudtrail((TRAIL,))
    found = statements_of(stack)
    for sid in ("CloudTrail", "CloudTrailWrites"):
        assert found[sid]["Condition"]["StringEquals"]["aws:SourceArn"] == [TRAIL]
    key = synthesize(stack)["resource"]["aws_kms_key"]["audit_key_key"]["policy"]
    assert "cloudtrail.amazonaws.com" in key


def test_flow_logs_and_config_come_from_this_account() -> None:
    stack = test_stack()
    logs = LogBucket(stack, "logs", key=SecureKey(stack, "audit-key"))
    logs.allow_flow_logs()
    logs.allow_config()
    found = statements_of(stack)
    for sid in ("FlowLogs", "FlowLogsWrites", "Config", "ConfigWrites"):
        assert found[sid]["Condition"]["StringEquals"]["aws:SourceAccount"] == [ACCOUNT]


def test_shared_bucket_is_made_once_for_each_stack() -> None:
    stack, other = test_stack(), test_stack("other")
    assert LogBucket.shared(stack) is LogBucket.shared(stack)
    assert LogBucket.shared(stack) is not LogBucket.shared(other)


@pytest.mark.parametrize("method", ["allow_access_logs", "allow_load_balancer_logs"])
def test_refuses_logs_that_a_key_would_lose(method: str) -> None:
    stack = test_stack()
    logs = LogBucket(stack, "logs", key=SecureKey(stack, "audit-key"))
    with pytest.raises(ConfigError, match="test/logs: a bucket with a key takes no .* Use a LogBucket without key="):
        getattr(logs, method)()


def test_refuses_access_logs_under_object_lock() -> None:
    logs = LogBucket(test_stack(), "logs", LogBucketConfig(object_lock=ObjectLock(days=1)))
    with pytest.raises(ConfigError, match=r"test/logs: .* exclude each other: .* Use a LogBucket of its own for them"):
        logs.allow_access_logs()


def test_refuses_config_under_object_lock() -> None:
    stack = test_stack()
    logs = LogBucket(stack, "logs", LogBucketConfig(object_lock=ObjectLock(days=1)), key=SecureKey(stack, "audit-key"))
    with pytest.raises(
        ConfigError, match="test/logs: object_lock and AWS Config exclude each other: it delivers nothing"
    ):
        logs.allow_config()


def test_policy_not_public_and_tls_only_whoever_writes() -> None:
    stack = test_stack()
    logs = LogBucket(stack, "logs", key=SecureKey(stack, "audit-key"))
    logs.allow_cloudtrail((TRAIL,))
    logs.allow_flow_logs()
    logs.allow_config()
    found = statements_of(stack)
    for sid in ("DenyWithoutTls", "DenyOldTls"):
        assert (found[sid]["Effect"], found[sid]["Principal"], found[sid]["Action"]) == ("Deny", "*", ["s3:*"])
    for statement in found.values():
        assert statement["Effect"] == "Deny" or set(statement["Principal"]) == {"Service"}


def test_allowing_twice_changes_nothing() -> None:
    once, twice = test_stack(), test_stack()
    for stack, times in ((once, 1), (twice, 2)):
        logs = LogBucket(stack, "logs")
        for _ in range(times):
            logs.allow_access_logs()
            logs.allow_load_balancer_logs()
    assert statements_of(once) == statements_of(twice)


def test_protected_unless_sandbox() -> None:
    for environment, expected in ((None, True), ("sandbox", None)):
        stack = test_stack(environment=environment)
        LogBucket(stack, "logs")
        bucket = synthesize(stack)["resource"]["aws_s3_bucket"]["logs_bucket"]
        assert bucket.get("lifecycle", {}).get("prevent_destroy") is expected


def test_refuses_short_retention() -> None:
    message = r"test/logs: LogBucketConfig expiration_days=30 breaks control s3-log-bucket-retained: .*\s+.*add Waiver"
    with pytest.raises(ControlError, match=message):
        LogBucket(test_stack(), "logs", LogBucketConfig(expiration_days=30))


def test_refuses_prefix_with_a_slash() -> None:
    with pytest.raises(ConfigError, match="is not a folder: write e.g. 'alb'"):
        LogBucket(test_stack(), "logs").allow_load_balancer_logs("/public")


def test_waiver_for_short_retention() -> None:
    stack = test_stack()
    waiver = Waiver(control="s3-log-bucket-retained", reason="trial", owner="lab", until="2099-12-31")
    LogBucket(stack, "logs", LogBucketConfig(expiration_days=30, waivers=(waiver,)))
    assert synthesize(stack)["resource"]["aws_s3_bucket"]["logs_bucket"]["//"]["waivers"] == [
        waiver.to_json("test/logs")
    ]


def test_addresses(snapshot: Any) -> None:
    stack = test_stack()
    LogBucket.shared(stack)
    LogBucket(stack, "logs", LogBucketConfig(object_lock=ObjectLock(days=1)), key=SecureKey(stack, "audit-key"))
    assert addresses(synthesize(stack)) == snapshot


def test_accesses_to_load_balancer_logs_are_logged() -> None:
    stack = test_stack()
    logs = LogBucket(stack, "logs")
    logs.allow_load_balancer_logs("public")
    logs.allow_load_balancer_logs("internal")
    (logging,) = synthesize(stack)["resource"]["aws_s3_bucket_logging"].values()
    assert logging["target_prefix"] == "test/logs/"
    LogBucket.shared(stack).allow_load_balancer_logs()
    assert len(synthesize(stack)["resource"]["aws_s3_bucket_logging"]) == 1, "it would log itself"
