"""GuardDuty: every feature on, findings published and exported."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.detection.guardduty import GuardDuty, GuardDutyConfig
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

# Field, GuardDuty's name, control.
FEATURES = [
    ("s3_data_events", "S3_DATA_EVENTS", "guardduty-s3-watched"),
    ("eks_audit_logs", "EKS_AUDIT_LOGS", "guardduty-eks-audit-watched"),
    ("ebs_malware_protection", "EBS_MALWARE_PROTECTION", "guardduty-volumes-scanned"),
    ("rds_login_events", "RDS_LOGIN_EVENTS", "guardduty-rds-watched"),
    ("lambda_network_logs", "LAMBDA_NETWORK_LOGS", "guardduty-lambda-watched"),
    ("runtime_monitoring", "RUNTIME_MONITORING", "guardduty-runtime-watched"),
]


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="not sold in this region", owner="security", until="2099-12-31")


def features_of(stack: Any) -> dict[str, dict[str, Any]]:
    blocks = synthesize(stack)["resource"]["aws_guardduty_detector_feature"].values()
    return {block["name"]: block for block in blocks}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    GuardDuty(stack, "guardduty")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    home = GuardDuty(stack, "guardduty", GuardDutyConfig(tags={"team": "security"}), key=SecureKey(stack, "data"))
    GuardDuty(stack, "guardduty-other", log_bucket=home.log_bucket, provider="aws.other")
    off: dict[str, Any] = {field: False for field, _, _ in FEATURES}
    gulf = GuardDutyConfig(
        **off,
        opt_in_region="me-south-1",
        bucket_retention_days=None,
        protect=False,
        waivers=tuple(waiver(control) for _, _, control in FEATURES),
    )
    GuardDuty(stack, "guardduty-gulf", gulf, provider="aws.gulf")
    matches_snapshot(stack)


def test_enabled() -> None:
    stack = test_stack()
    GuardDuty(stack, "guardduty")
    (detector,) = synthesize(stack)["resource"]["aws_guardduty_detector"].values()
    assert detector["enable"] is True
    assert detector["finding_publishing_frequency"] == "FIFTEEN_MINUTES"


@pytest.mark.parametrize(("field", "feature", "control"), FEATURES)
def test_feature_is_on_and_off_only_with_a_waiver(field: str, feature: str, control: str) -> None:
    stack = test_stack()
    GuardDuty(stack, "guardduty")
    assert features_of(stack)[feature]["status"] == "ENABLED"
    assert_meets(synthesize(stack), "all")
    off: dict[str, Any] = {field: False}
    with pytest.raises(ControlError, match=f"test/guardduty: GuardDutyConfig {field}=False breaks control {control}"):
        GuardDuty(test_stack(), "guardduty", GuardDutyConfig(**off))


@pytest.mark.parametrize(("field", "feature", "control"), FEATURES)
def test_waiver_switches_a_feature_off_and_says_so(field: str, feature: str, control: str) -> None:
    stack = test_stack()
    GuardDuty(stack, "guardduty", GuardDutyConfig.of({field: False, "waivers": (waiver(control),)}))
    assert features_of(stack)[feature]["status"] == "DISABLED"
    (detector,) = synthesize(stack)["resource"]["aws_guardduty_detector"].values()
    assert detector["//"]["waivers"][0]["control"] == control
    assert_meets(synthesize(stack), "all")


def test_runtime_watched() -> None:
    stack = test_stack()
    GuardDuty(stack, "guardduty")
    features = features_of(stack)
    agents = {item["name"]: item["status"] for item in features["RUNTIME_MONITORING"]["additional_configuration"]}
    assert agents == dict.fromkeys(
        ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"), "ENABLED"
    )
    # AWS refuses a detector that has both.
    assert "EKS_RUNTIME_MONITORING" not in features
    assert sorted(features) == sorted(feature for _, feature, _ in FEATURES)


def test_findings_are_exported_once_bucket_and_key_allow_it() -> None:
    stack = test_stack()
    GuardDuty(stack, "guardduty")
    (export,) = synthesize(stack)["resource"]["aws_guardduty_publishing_destination"].values()
    assert export["destination_arn"] == "${aws_s3_bucket.guardduty_reports_bucket.arn}"
    assert export["kms_key_arn"] == "${aws_kms_key.guardduty_key.arn}"
    assert export["depends_on"] == ["aws_s3_bucket_policy.guardduty_reports_policy"]


def test_other_region_exports_to_the_bucket_of_the_first() -> None:
    stack = test_stack()
    home = GuardDuty(stack, "guardduty")
    GuardDuty(stack, "other", log_bucket=home.log_bucket, provider="aws.other")
    resources = synthesize(stack)["resource"]
    export = resources["aws_guardduty_publishing_destination"]["other_export"]
    assert export["provider"] == "aws.other"
    assert export["destination_arn"] == "${aws_s3_bucket.guardduty_reports_bucket.arn}"
    made = [block for type, blocks in resources.items() for name, block in blocks.items() if name.startswith("other_")]
    assert {block["provider"] for block in made} == {"aws.other"}
    assert list(resources["aws_s3_bucket"]) == ["guardduty_reports_bucket", "access_logs_bucket"]
    assert_meets(synthesize(stack), "all")


def test_protected_outside_sandboxes() -> None:
    for environment, protected in (("production", True), ("sandbox", False)):
        stack = test_stack(environment=environment)
        GuardDuty(stack, "guardduty")
        (detector,) = synthesize(stack)["resource"]["aws_guardduty_detector"].values()
        assert detector.get("lifecycle", {}).get("prevent_destroy", False) is protected


def test_refuses_what_is_no_region() -> None:
    with pytest.raises(ConfigError, match="opt_in_region='Bahrain' is not an AWS region"):
        GuardDuty(test_stack(), "guardduty", GuardDutyConfig(opt_in_region="Bahrain"))


def test_refuses_switching_the_detector_off() -> None:
    with pytest.raises(ConfigError, match="GuardDutyConfig has no field 'enable'"):
        GuardDuty(test_stack(), "guardduty", GuardDutyConfig(enable=False))  # type: ignore[call-arg]


def test_addresses() -> None:
    stack = test_stack()
    archive = LogBucket(stack, "archive", key=SecureKey(stack, "data"))
    GuardDuty(stack, "guardduty", log_bucket=archive)
    assert [address for address in addresses(synthesize(stack)) if ".guardduty" in address] == [
        "aws_guardduty_detector.guardduty_detector",
        "aws_guardduty_detector_feature.guardduty_ebs_malware_protection",
        "aws_guardduty_detector_feature.guardduty_eks_audit_logs",
        "aws_guardduty_detector_feature.guardduty_lambda_network_logs",
        "aws_guardduty_detector_feature.guardduty_rds_login_events",
        "aws_guardduty_detector_feature.guardduty_runtime_monitoring",
        "aws_guardduty_detector_feature.guardduty_s3_data_events",
        "aws_guardduty_publishing_destination.guardduty_export",
    ]
    stack = test_stack()
    GuardDuty(stack, "guardduty")
    kept = ("aws_kms_key.guardduty_key", "aws_s3_bucket.guardduty_reports_bucket")
    assert set(kept) <= set(addresses(synthesize(stack)))
