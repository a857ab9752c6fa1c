"""Where reports are kept: one bucket for all services and regions, which each may write to and nobody may empty."""

import json
from typing import Any

import pytest

from secureinfra.aws.detection.config_recorder import ConfigRecorder, ConfigRecorderConfig
from secureinfra.aws.detection.guardduty import GuardDuty, GuardDutyConfig
from secureinfra.aws.detection.macie import Macie, MacieConfig
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.log_bucket import LogBucket, LogBucketConfig
from secureinfra.aws.s3.private_bucket import ObjectLock
from secureinfra.config.waiver import Waiver
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import outdir, synthesize, test_stack

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
ARN = "arn:${data.aws_partition.current.partition}"
KEEPERS = [GuardDuty, Macie, ConfigRecorder]
CONFIGS: dict[Any, Any] = {GuardDuty: GuardDutyConfig, Macie: MacieConfig, ConfigRecorder: ConfigRecorderConfig}


def statements_of(document: Any, type: str, name: str) -> dict[str, dict[str, Any]]:
    policy = json.loads(document["resource"][type][name]["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def shared(stack: Any, **config: Any) -> LogBucket:
    return LogBucket(stack, "archive", LogBucketConfig(**config), key=SecureKey(stack, "data"))


@pytest.mark.parametrize("kind", KEEPERS)
def test_no_call_deletes_reports(kind: Any) -> None:
    stack = test_stack()
    kind(stack, "watch")
    deny = statements_of(synthesize(stack), "aws_s3_bucket_policy", "watch_reports_policy")["DenyDeletion"]
    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
    assert deny["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    assert deny["Resource"] == ["${aws_s3_bucket.watch_reports_bucket.arn}/*"]
    assert "Condition" not in deny


@pytest.mark.parametrize("kind", KEEPERS)
def test_reports_are_encrypted_with_a_customer_key_and_kept_for_seven_years(kind: Any) -> None:
    stack = test_stack()
    kind(stack, "watch")
    resources = synthesize(stack)["resource"]
    (encryption,) = resources["aws_s3_bucket_server_side_encryption_configuration"]["watch_reports_encryption"]["rule"]
    default = encryption["apply_server_side_encryption_by_default"]
    assert default == {"sse_algorithm": "aws:kms", "kms_master_key_id": "${aws_kms_key.watch_key.arn}"}
    rules = resources["aws_s3_bucket_lifecycle_configuration"]["watch_reports_lifecycle"]["rule"]
    assert [{"days": 2557}] in [rule.get("expiration") for rule in rules]


@pytest.mark.parametrize(
    ("kind", "sid", "principal", "sources", "actions"),
    [
        (
            GuardDuty,
            "GuardDuty",
            "guardduty",
            [f"{ARN}:guardduty:*:{ACCOUNT}:detector/*"],
            ["kms:GenerateDataKey", "kms:Decrypt"],
        ),
        (
            Macie,
            "Macie",
            "macie",
            [
                f"{ARN}:macie2:*:{ACCOUNT}:export-configuration:*",
                f"{ARN}:macie2:*:{ACCOUNT}:classification-job/*",
            ],
            ["kms:GenerateDataKey", "kms:Encrypt", "kms:Decrypt"],
        ),
    ],
)
def test_service_writes_for_this_account_only(
    kind: Any, sid: str, principal: str, sources: list[str], actions: list[str]
) -> None:
    stack = test_stack()
    kind(stack, "watch", log_bucket=shared(stack))
    document = synthesize(stack)
    scope = {"StringEquals": {"aws:SourceAccount": [ACCOUNT]}, "ArnLike": {"aws:SourceArn": sources}}
    bucket = statements_of(document, "aws_s3_bucket_policy", "archive_policy")
    assert (bucket[sid]["Action"], bucket[sid]["Condition"]) == (["s3:GetBucketLocation"], scope)
    writes = bucket[f"{sid}Writes"]
    assert writes["Principal"] == {"Service": [f"{principal}.amazonaws.com"]}
    assert (writes["Action"], writes["Condition"]) == (["s3:PutObject"], scope)
    key = statements_of(document, "aws_kms_key", "data_key")[f"Allow{sid}"]
    assert (key["Action"], key["Condition"]) == (actions, scope)


@pytest.mark.parametrize(("kind", "principal"), [(GuardDuty, "guardduty"), (Macie, "macie")])
@pytest.mark.parametrize("region", ["me-south-1", "${var.region}"])
def test_region_that_was_opted_into_is_in_the_service_s_name(kind: Any, principal: str, region: str) -> None:
    stack = test_stack()
    kind(stack, "watch", CONFIGS[kind](opt_in_region=region))
    document = synthesize(stack)
    named = {"Service": [f"{principal}.{region}.amazonaws.com"]}
    sid = {"guardduty": "GuardDuty", "macie": "Macie"}[principal]
    assert statements_of(document, "aws_s3_bucket_policy", "watch_reports_policy")[sid]["Principal"] == named
    assert statements_of(document, "aws_kms_key", "watch_key")[f"Allow{sid}"]["Principal"] == named


def test_config_writes_from_other_regions_to_a_given_bucket() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config", log_bucket=shared(stack))
    condition = statements_of(synthesize(stack), "aws_kms_key", "data_key")["AllowConfig"]["Condition"]
    assert f"{ARN}:config:*:{ACCOUNT}:*" in condition["ArnLike"]["aws:SourceArn"]
    assert condition["StringEquals"] == {"aws:SourceAccount": [ACCOUNT]}


@pytest.mark.parametrize("kind", KEEPERS)
def test_bucket_of_another_stack(kind: Any) -> None:
    app = App(outdir=outdir())
    central, member = TerraformStack(app, "central"), TerraformStack(app, "member")
    bucket = shared(central)
    watching = kind(member, "watch", log_bucket=bucket)
    theirs, ours = synthesize(central), synthesize(member)
    assert "data.aws_caller_identity.current.account_id" in json.dumps(theirs["resource"]["aws_s3_bucket_policy"])
    assert "aws_s3_bucket_policy" not in ours["resource"]
    assert "aws_s3_bucket_policy" not in json.dumps(ours["resource"])
    assert watching.key is bucket.key


@pytest.mark.parametrize("kind", KEEPERS)
def test_refuses_bucket_without_key(kind: Any) -> None:
    stack = test_stack()
    with pytest.raises(
        ConfigError, match=r"test/watch: log_bucket 'test/logs' has no key: .* LogBucket\(\.\.\., key=key\)"
    ):
        kind(stack, "watch", log_bucket=LogBucket(stack, "logs"))


@pytest.mark.parametrize("kind", KEEPERS)
def test_refuses_key_beside_bucket(kind: Any) -> None:
    stack = test_stack()
    with pytest.raises(
        ConfigError, match="log_bucket 'test/archive' and key= exclude each other: the bucket's own key"
    ):
        kind(stack, "watch", log_bucket=shared(stack), key=SecureKey(stack, "own"))


@pytest.mark.parametrize("kind", KEEPERS)
def test_refuses_retention_beside_bucket(kind: Any) -> None:
    stack = test_stack()
    with pytest.raises(
        ConfigError, match=r"exclude each other: the bucket decides\. Set LogBucketConfig\(expiration_days"
    ):
        kind(stack, "watch", CONFIGS[kind](bucket_retention_days=400), log_bucket=shared(stack))


@pytest.mark.parametrize("kind", [Macie, ConfigRecorder])
def test_refuses_locked_bucket(kind: Any) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=f"{kind.__name__} cannot deliver to a bucket with default retention"):
        kind(stack, "watch", log_bucket=shared(stack, object_lock=ObjectLock(days=365)))


def test_guardduty_takes_a_locked_bucket() -> None:
    stack = test_stack()
    GuardDuty(stack, "watch", log_bucket=shared(stack, object_lock=ObjectLock(days=365)))
    assert "watch_export" in synthesize(stack)["resource"]["aws_guardduty_publishing_destination"]


@pytest.mark.parametrize("kind", KEEPERS)
def test_logs_retained(kind: Any) -> None:
    with pytest.raises(ControlError, match="bucket_retention_days=90 breaks control s3-log-bucket-retained"):
        kind(test_stack(), "watch", CONFIGS[kind](bucket_retention_days=90))


@pytest.mark.parametrize("kind", KEEPERS)
def test_waiver_lets_reports_expire_early(kind: Any) -> None:
    waiver = Waiver(control="s3-log-bucket-retained", reason="kept in the SIEM", owner="security", until="2099-12-31")
    stack = test_stack()
    kind(stack, "watch", CONFIGS[kind](bucket_retention_days=90, waivers=(waiver,)))
    resources = synthesize(stack)["resource"]
    assert resources["aws_s3_bucket"]["watch_reports_bucket"]["//"]["waivers"][0]["control"] == waiver.control
    rules = resources["aws_s3_bucket_lifecycle_configuration"]["watch_reports_lifecycle"]["rule"]
    assert [{"days": 90}] in [rule.get("expiration") for rule in rules]
