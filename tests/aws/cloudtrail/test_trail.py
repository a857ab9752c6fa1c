"""SecureTrail: what is recorded, where it goes, who may touch it."""

import json
import re
from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import Any

import pytest

from secureinfra.aws.cloudtrail.trail import DataEvents, SecureTrail, TrailConfig
from secureinfra.aws.detection.security_alarms import SecurityAlarms
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.log_bucket import LogBucket, LogBucketConfig
from secureinfra.aws.s3.private_bucket import ObjectLock
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
PARTITION = "${data.aws_partition.current.partition}"
REGION = "${data.aws_region.current.id}"
ORGANIZATION = "o-a1b2c3d4e5"
TRAIL_ARN = f"arn:{PARTITION}:cloudtrail:{REGION}:{ACCOUNT}:trail/test-audit"
S3_WRITES = DataEvents(name="S3 writes", resource_type="AWS::S3::Object", read_only=False)


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="test", owner="tests", until="2099-12-31")


def blocks(stack: Any, type: str) -> dict[str, dict[str, Any]]:
    return dict(synthesize(stack)["resource"][type])


def trail_with(**values: Any) -> tuple[Any, dict[str, Any]]:
    stack = test_stack()
    SecureTrail(stack, "audit", TrailConfig(**values))
    return stack, blocks(stack, "aws_cloudtrail")["audit_trail"]


def policy_of(stack: Any, type: str, name: str, argument: str = "policy") -> dict[str, dict[str, Any]]:
    statements = json.loads(blocks(stack, type)[name][argument])["Statement"]
    return {statement.get("Sid", "only"): statement for statement in statements}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SecureTrail(stack, "audit")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = TrailConfig(
        name="company",
        organization_id=ORGANIZATION,
        data_events=(
            S3_WRITES,
            DataEvents(
                name="payments", resource_type="AWS::S3::Object", arns_starting_with=("arn:aws:s3:::acme-payments/",)
            ),
            DataEvents(name="functions", resource_type="AWS::Lambda::Function"),
        ),
        insights=True,
        object_lock=ObjectLock(mode="COMPLIANCE", days=365),
        log_group_retention_days=90,
        bucket_retention_days=None,
        tags={"team": "security"},
        waivers=(waiver("log-group-retained"),),
    )
    SecureTrail(stack, "audit", config, key=SecureKey(stack, "data"))
    matches_snapshot(stack)


def test_multi_region() -> None:
    _, trail = trail_with()
    assert trail["is_multi_region_trail"] is True
    assert trail["include_global_service_events"] is True


def test_logging() -> None:
    assert trail_with()[1]["enable_logging"] is True


def test_validated() -> None:
    assert trail_with()[1]["enable_log_file_validation"] is True


def test_management_events() -> None:
    _, trail = trail_with()
    assert trail["event_selector"] == [{"read_write_type": "All", "include_management_events": True}]
    _, trail = trail_with(data_events=(S3_WRITES,))
    assert "event_selector" not in trail
    management = [{"field": "eventCategory", "equals": ["Management"]}]
    assert trail["advanced_event_selector"][0]["field_selector"] == management


def test_encrypted() -> None:
    stack, trail = trail_with()
    assert trail["kms_key_id"] == "${aws_kms_key.audit_key.arn}"
    encryption = blocks(stack, "aws_s3_bucket_server_side_encryption_configuration")["audit_logs_encryption"]
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": "${aws_kms_key.audit_key.arn}"}
    assert encryption["rule"][0]["apply_server_side_encryption_by_default"] == default


def test_key_opens_for_this_trail_only() -> None:
    stack, _ = trail_with()
    statements = policy_of(stack, "aws_kms_key", "audit_key")
    for sid in ("AllowCloudtrail", "AllowCloudtrailBucketKey", "AllowCloudtrailRead"):
        assert statements[sid]["Condition"]["ArnLike"] == {"aws:SourceArn": [TRAIL_ARN]}
    context = {"kms:EncryptionContext:aws:cloudtrail:arn": [f"arn:{PARTITION}:cloudtrail:*:{ACCOUNT}:trail/*"]}
    assert statements["AllowCloudtrail"]["Condition"]["StringLike"] == context


def test_key_lets_cloudtrail_decrypt_under_a_bucket_key() -> None:
    # Without it AWS refuses CreateTrail for a bucket with a bucket key (InsufficientEncryptionPolicyException).
    stack, _ = trail_with()
    encryption = blocks(stack, "aws_s3_bucket_server_side_encryption_configuration")["audit_logs_encryption"]
    assert encryption["rule"][0]["bucket_key_enabled"] is True
    assert "kms:Decrypt" in policy_of(stack, "aws_kms_key", "audit_key")["AllowCloudtrailRead"]["Action"]


def test_to_cloudwatch() -> None:
    stack, trail = trail_with()
    assert trail["cloud_watch_logs_group_arn"] == "${aws_cloudwatch_log_group.audit_events_log_group.arn}:*"
    assert trail["cloud_watch_logs_role_arn"] == "${aws_iam_role.audit_delivery_role.arn}"
    group = blocks(stack, "aws_cloudwatch_log_group")["audit_events_log_group"]
    assert (group["kms_key_id"], group["retention_in_days"]) == ("${aws_kms_key.audit_key.arn}", 365)


def test_delivery_role_writes_its_own_streams_only() -> None:
    stack, _ = trail_with(organization_id=ORGANIZATION)
    statement = policy_of(stack, "aws_iam_role_policy", "audit_delivery_permissions")["only"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    streams = "${aws_cloudwatch_log_group.audit_events_log_group.arn}:log-stream:"
    assert statement["Resource"] == [f"{streams}{ACCOUNT}_CloudTrail_{REGION}*", f"{streams}{ORGANIZATION}_*"]


def test_delivery_role_trusts_cloudtrail_without_a_source_condition() -> None:
    # CloudTrail sends no source when it assumes this role: with a condition the trail cannot be made (see `iam_trust`).
    stack, _ = trail_with()
    trust = policy_of(stack, "aws_iam_role", "audit_delivery_role", "assume_role_policy")["only"]
    assert trust["Principal"] == {"Service": ["cloudtrail.amazonaws.com"]}
    assert "Condition" not in trust


def test_bucket_private() -> None:
    stack, trail = trail_with()
    assert trail["s3_bucket_name"] == "${aws_s3_bucket.audit_logs_bucket.id}"
    block = blocks(stack, "aws_s3_bucket_public_access_block")["audit_logs_public_access_block"]
    assert all(value is True for name, value in block.items() if name.startswith(("block", "ignore", "restrict")))
    statements = policy_of(stack, "aws_s3_bucket_policy", "audit_logs_policy")
    assert statements["CloudTrail"]["Condition"]["StringEquals"]["aws:SourceArn"] == [TRAIL_ARN]
    assert statements["CloudTrailWrites"]["Condition"]["StringEquals"]["aws:SourceArn"] == [TRAIL_ARN]
    assert statements["CloudTrailWrites"]["Resource"] == [
        f"${{aws_s3_bucket.audit_logs_bucket.arn}}/AWSLogs/{ACCOUNT}/*"
    ]


def test_bucket_logged() -> None:
    stack, _ = trail_with()
    logging = blocks(stack, "aws_s3_bucket_logging")["audit_logs_access_logging"]
    assert logging["target_bucket"] == "${aws_s3_bucket.access_logs_bucket.id}"


def test_organization_writes_to_its_folder() -> None:
    stack, trail = trail_with(organization_id=ORGANIZATION)
    assert trail["is_organization_trail"] is True
    writes = policy_of(stack, "aws_s3_bucket_policy", "audit_logs_policy")["CloudTrailWrites"]
    assert f"${{aws_s3_bucket.audit_logs_bucket.arn}}/AWSLogs/{ORGANIZATION}/*" in writes["Resource"]


def test_trail_comes_after_what_it_is_tried_against() -> None:
    _, trail = trail_with()
    assert trail["depends_on"] == [
        "aws_s3_bucket_policy.audit_logs_policy",
        "aws_iam_role_policy.audit_delivery_permissions",
    ]


def test_no_dependency_cycle() -> None:
    # Key, bucket, log group and role all speak of the trail, and the trail of them.
    stack = test_stack()
    trail = SecureTrail(
        stack,
        "audit",
        TrailConfig(object_lock=ObjectLock(days=365)),
        key=SecureKey(stack, "data", KeyConfig(strict=True)),
    )
    SecurityAlarms(stack, "alarms", trail=trail)
    trail.grant_read(SecureRole(stack, "auditors", RoleConfig(trust=ServiceTrust(service="ec2"))))
    document = synthesize(stack)
    found = {
        f"{type}.{name}": json.dumps(block)
        for type, blocks in document["resource"].items()
        for name, block in blocks.items()
    }
    needs = {
        address: {other for other in re.findall(r"aws_\w+\.\w+", text) if other in found and other != address}
        for address, text in found.items()
    }
    order = list(TopologicalSorter(needs).static_order())
    assert order.index("aws_kms_key.data_key") < order.index("aws_cloudtrail.audit_trail")


def test_data_events_leave_out_the_log_bucket() -> None:
    chosen = DataEvents(name="some", resource_type="AWS::S3::Object", arns_starting_with=("arn:aws:s3:::acme",))
    functions = DataEvents(name="functions", resource_type="AWS::Lambda::Function", read_only=True)
    _, trail = trail_with(data_events=(S3_WRITES, chosen, functions))
    own = {"not_starts_with": ["${aws_s3_bucket.audit_logs_bucket.arn}/"]}
    _, writes, some, calls = (selector["field_selector"] for selector in trail["advanced_event_selector"])
    assert writes[-2:] == [{"field": "readOnly", "equals": ["false"]}, {"field": "resources.ARN", **own}]
    assert some[-1] == {"field": "resources.ARN", "starts_with": ["arn:aws:s3:::acme"], **own}
    assert calls[-1] == {"field": "readOnly", "equals": ["true"]}


def test_insights() -> None:
    _, trail = trail_with(insights=True)
    kinds = ["ApiCallRateInsight", "ApiErrorRateInsight"]
    assert [selector["insight_type"] for selector in trail["insight_selector"]] == kinds


def test_object_lock() -> None:
    stack, _ = trail_with(object_lock=ObjectLock(days=400))
    assert "object_lock_enabled" not in blocks(stack, "aws_s3_bucket")["audit_logs_bucket"]
    lock = blocks(stack, "aws_s3_bucket_object_lock_configuration")["audit_logs_object_lock"]
    assert lock["rule"]["default_retention"] == {"mode": "GOVERNANCE", "days": 400}


def test_protected_except_in_a_sandbox() -> None:
    for environment, expected in ((None, True), ("sandbox", None)):
        stack = test_stack(environment=environment)
        SecureTrail(stack, "audit")
        found = {
            type: block.get("lifecycle", {}).get("prevent_destroy")
            for type, name in (
                ("aws_cloudtrail", "audit_trail"),
                ("aws_kms_key", "audit_key"),
                ("aws_s3_bucket", "audit_logs_bucket"),
            )
            for block in [blocks(stack, type)[name]]
        }
        assert set(found.values()) == {expected}


def test_tags_reach_everything_it_makes() -> None:
    stack, _ = trail_with(tags={"team": "security"})
    resources = synthesize(stack)["resource"]
    tagged = {type for type, found in resources.items() if any("tags" in block for block in found.values())}
    assert tagged == {"aws_cloudtrail", "aws_kms_key", "aws_s3_bucket", "aws_cloudwatch_log_group", "aws_iam_role"}


def test_log_bucket_of_ones_own() -> None:
    stack = test_stack()
    bucket = LogBucket(stack, "archive", LogBucketConfig(expiration_days=None), key=SecureKey(stack, "data"))
    SecureTrail(stack, "audit", log_bucket=bucket)
    assert blocks(stack, "aws_cloudtrail")["audit_trail"]["s3_bucket_name"] == "${aws_s3_bucket.archive_bucket.id}"
    for name in ("data_key", "audit_key"):
        assert "AllowCloudtrail" in policy_of(stack, "aws_kms_key", name)


def test_grant_read_gives_files_and_key() -> None:
    stack = test_stack()
    role = SecureRole(stack, "auditors", RoleConfig(trust=ServiceTrust(service="ec2")))
    SecureTrail(stack, "audit").grant_read(role)
    policy = json.loads(blocks(stack, "aws_iam_role_policy")["auditors_permissions"]["policy"])
    assert [(statement["Action"], statement["Resource"]) for statement in policy["Statement"]] == [
        (["s3:GetBucketLocation", "s3:ListBucket"], ["${aws_s3_bucket.audit_logs_bucket.arn}"]),
        (["s3:GetObject"], ["${aws_s3_bucket.audit_logs_bucket.arn}/AWSLogs/*"]),
        (["kms:Decrypt", "kms:DescribeKey"], ["${aws_kms_key.audit_key.arn}"]),
    ]


def test_grant_read_gives_the_key_of_a_given_log_bucket_too() -> None:
    stack = test_stack()
    role = SecureRole(stack, "auditors", RoleConfig(trust=ServiceTrust(service="ec2")))
    bucket = LogBucket(stack, "logs", key=SecureKey(stack, "lock"))
    SecureTrail(stack, "audit", log_bucket=bucket).grant_read(role)
    policy = json.loads(blocks(stack, "aws_iam_role_policy")["auditors_permissions"]["policy"])
    (decrypted,) = [one["Resource"] for one in policy["Statement"] if "kms:Decrypt" in one["Action"]]
    assert decrypted == ["${aws_kms_key.audit_key.arn}", "${aws_kms_key.lock_key.arn}"]


def test_refuses_grant_to_arn() -> None:
    arn: Any = "arn:aws:iam::111122223333:role/auditor"
    with pytest.raises(ConfigError, match="cannot edit the policy behind an ARN. Pass a SecureRole"):
        SecureTrail(test_stack(), "audit").grant_read(arn)


def test_token_is_judged_by_terraform() -> None:
    events = DataEvents(name="some", resource_type="AWS::S3::Object", arns_starting_with=("${var.bucket_arn}",))
    _, trail = trail_with(
        organization_id="${var.organization}", bucket_retention_days="${var.days}", data_events=(events,)
    )
    conditions = " ".join(item["condition"] for item in trail["lifecycle"]["precondition"])
    for expression in ("var.organization", "var.days >= 365", "var.bucket_arn"):
        assert expression in conditions


def test_refuses_short_retention_in_cloudwatch_and_in_the_bucket() -> None:
    with pytest.raises(ControlError) as error:
        trail_with(log_group_retention_days=30, bucket_retention_days=90)
    assert "TrailConfig log_group_retention_days=30 breaks control log-group-retained" in str(error.value)
    assert "TrailConfig bucket_retention_days=90 breaks control s3-log-bucket-retained" in str(error.value)


def test_refuses_lock_that_outlasts_the_files() -> None:
    with pytest.raises(ConfigError, match=r"object_lock.days=3000 outlasts bucket_retention_days=2557: expired files"):
        trail_with(object_lock=ObjectLock(days=3000))


@pytest.mark.parametrize("name", ["ab", "my--trail", "-trail", "trail_", "my trail", "x" * 129])
def test_refuses_bad_name(name: str) -> None:
    with pytest.raises(ConfigError, match="is not a trail name"):
        trail_with(name=name)


def test_refuses_name_from_an_unusable_path() -> None:
    message = (
        r"test/my--trail: name 'test-my--trail', which comes from the path, is not a trail name.*TrailConfig\(name="
    )
    with pytest.raises(ConfigError, match=message):
        SecureTrail(test_stack(), "my--trail")


def test_refuses_bad_organization() -> None:
    with pytest.raises(ConfigError, match="organization_id='acme' is not an organization id"):
        trail_with(organization_id="acme")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"name": "x", "resource_type": "S3"},
            "TrailConfig data_events: DataEvents resource_type='S3' is not a resource type",
        ),
        (
            {"name": "x", "resource_type": "AWS::S3::Object", "arns_starting_with": ("acme",)},
            "'acme' is not a beginning of an ARN",
        ),
        ({"resource_type": "AWS::S3::Object"}, "DataEvents lacks 'name'"),
    ],
)
def test_refuses_bad_data_events(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        trail_with(data_events=(DataEvents(**values),))


def test_refuses_log_bucket_without_key() -> None:
    stack = test_stack()
    with pytest.raises(
        ConfigError, match=r"log_bucket 'test/logs' has no key, which breaks control cloudtrail-encrypted"
    ):
        SecureTrail(stack, "audit", log_bucket=LogBucket(stack, "logs"))


def test_refuses_settings_of_a_bucket_that_has_its_own() -> None:
    stack = test_stack()
    bucket = LogBucket(stack, "logs", key=SecureKey(stack, "data"))
    with pytest.raises(ConfigError, match=r"TrailConfig object_lock and log_bucket='test/logs' exclude each other"):
        SecureTrail(stack, "audit", TrailConfig(object_lock=ObjectLock(days=365)), log_bucket=bucket)


def test_refuses_switching_off_what_is_fixed() -> None:
    for field in ("enable_logging", "is_multi_region_trail", "enable_log_file_validation", "kms_key_id"):
        with pytest.raises(ConfigError, match=f"TrailConfig has no field '{field}'"):
            trail_with(**{field: False})


def test_waiver_for_an_unencrypted_trail_is_never_accepted() -> None:
    with pytest.raises(ConfigError, match=r"Waiver\(control='cloudtrail-encrypted'\) is never accepted"):
        trail_with(waivers=(waiver("cloudtrail-encrypted"),))


def test_waiver_reaches_the_group_it_excuses() -> None:
    stack, trail = trail_with(log_group_retention_days=90, waivers=(waiver("log-group-retained"),))
    group = blocks(stack, "aws_cloudwatch_log_group")["audit_events_log_group"]
    assert group["retention_in_days"] == 90
    for block in (trail, group):
        assert block["//"]["waivers"][0]["control"] == "log-group-retained"


def test_addresses() -> None:
    stack, _ = trail_with()
    own = [address for address in addresses(synthesize(stack)) if not address.split(".")[1].startswith("access_logs")]
    assert own == [
        "aws_cloudtrail.audit_trail",
        "aws_cloudwatch_log_group.audit_events_log_group",
        "aws_iam_role.audit_delivery_role",
        "aws_iam_role_policy.audit_delivery_permissions",
        "aws_kms_alias.audit_key_alias",
        "aws_kms_key.audit_key",
        "aws_s3_bucket.audit_logs_bucket",
        "aws_s3_bucket_lifecycle_configuration.audit_logs_lifecycle",
        "aws_s3_bucket_logging.audit_logs_access_logging",
        "aws_s3_bucket_ownership_controls.audit_logs_ownership",
        "aws_s3_bucket_policy.audit_logs_policy",
        "aws_s3_bucket_public_access_block.audit_logs_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration.audit_logs_encryption",
        "aws_s3_bucket_versioning.audit_logs_versioning",
    ]
