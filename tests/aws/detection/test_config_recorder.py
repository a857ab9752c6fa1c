"""ConfigRecorder: role, recorder, delivery, history, rules; the home region and others."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.detection.config_recorder import ConfigRecorder, ConfigRecorderConfig
from secureinfra.aws.kms.key import SecureKey
from secureinfra.config.waiver import Waiver
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, outdir, synthesize, test_stack

ROLE = ":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
WAIVER = Waiver(
    control="config-recorder-global-resources",
    reason="the home region's stack records them",
    owner="security",
    until="2099-12-31",
)


def only(stack: Any, type: str) -> Any:
    (block,) = synthesize(stack)["resource"][type].values()
    return block


def rules_of(stack: Any) -> dict[str, dict[str, Any]]:
    return dict(synthesize(stack)["resource"].get("aws_config_config_rule", {}))


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = ConfigRecorderConfig(
        service_linked_role="existing",
        recording_frequency="DAILY",
        retention_period_in_days=400,
        snapshot_frequency="One_Hour",
        rule_packs=("cis-v3", "cis-v5", "fsbp"),
        excluded_rules=("s3-bucket-mfa-delete-enabled",),
        bucket_retention_days=None,
        protect=False,
        tags={"team": "security"},
    )
    home = ConfigRecorder(stack, "config", config, key=SecureKey(stack, "data"))
    ConfigRecorder(stack, "config-other", home=home, provider="aws.other")
    own = ConfigRecorderConfig(rule_packs=("cis-v5",))
    ConfigRecorder(
        stack, "config-own", own, home=home, key=SecureKey(stack, "own", provider="aws.own"), provider="aws.own"
    )
    matches_snapshot(stack)


def test_all_resources() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config")
    assert only(stack, "aws_config_configuration_recorder")["recording_group"]["all_supported"] is True
    assert_meets(synthesize(stack), "all")


def test_global_resources_in_the_home_region_only() -> None:
    stack = test_stack()
    home = ConfigRecorder(stack, "config")
    ConfigRecorder(stack, "other", home=home, provider="aws.other")
    recorders = synthesize(stack)["resource"]["aws_config_configuration_recorder"]
    groups = {name: block["recording_group"]["include_global_resource_types"] for name, block in recorders.items()}
    assert groups == {"config_recorder": True, "other_recorder": False}
    assert_meets(synthesize(stack), "all")


def test_switched_on_after_delivery() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config")
    status = only(stack, "aws_config_configuration_recorder_status")
    assert status["is_enabled"] is True
    assert status["depends_on"] == ["aws_config_delivery_channel.config_channel"]


def test_delivered_encrypted_once_bucket_and_key_allow_it() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config")
    channel = only(stack, "aws_config_delivery_channel")
    assert channel["s3_bucket_name"] == "${aws_s3_bucket.config_reports_bucket.bucket}"
    assert channel["s3_kms_key_arn"] == "${aws_kms_key.config_key.arn}"
    assert channel["depends_on"] == [
        "aws_config_configuration_recorder.config_recorder",
        "aws_s3_bucket_policy.config_reports_policy",
    ]


def test_service_linked_role() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config")
    recorder = only(stack, "aws_config_configuration_recorder")
    assert recorder["role_arn"] == "${aws_iam_service_linked_role.config_role.arn}"
    assert only(stack, "aws_iam_service_linked_role")["aws_service_name"] == "config.amazonaws.com"


def test_service_linked_role_that_exists() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config", ConfigRecorderConfig(service_linked_role="existing"))
    assert only(stack, "aws_config_configuration_recorder")["role_arn"].endswith(ROLE)
    assert "aws_iam_service_linked_role" not in synthesize(stack)["resource"]
    assert_meets(synthesize(stack), "all")


def test_other_region_uses_role_and_bucket_of_the_home_region() -> None:
    stack = test_stack()
    home = ConfigRecorder(stack, "config")
    ConfigRecorder(stack, "other", home=home, provider="aws.other")
    resources = synthesize(stack)["resource"]
    recorder = resources["aws_config_configuration_recorder"]["other_recorder"]
    assert recorder["role_arn"].endswith(ROLE)
    assert recorder["depends_on"] == ["aws_config_configuration_recorder.config_recorder"]
    channel = resources["aws_config_delivery_channel"]["other_channel"]
    assert channel["s3_bucket_name"] == "${aws_s3_bucket.config_reports_bucket.bucket}"
    assert channel["s3_kms_key_arn"] == "${aws_kms_key.config_key.arn}"
    assert list(resources["aws_iam_service_linked_role"]) == ["config_role"]
    made = [block for blocks in resources.values() for name, block in blocks.items() if name.startswith("other_")]
    assert {block["provider"] for block in made} == {"aws.other"}


def test_other_region_with_a_key_has_a_bucket_of_its_own() -> None:
    stack = test_stack()
    home = ConfigRecorder(stack, "config")
    key = SecureKey(stack, "own", provider="aws.other")
    ConfigRecorder(stack, "other", home=home, key=key, provider="aws.other")
    channel = synthesize(stack)["resource"]["aws_config_delivery_channel"]["other_channel"]
    assert channel["s3_bucket_name"] == "${aws_s3_bucket.other_reports_bucket.bucket}"


def test_history_is_kept_by_config_too() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config")
    assert only(stack, "aws_config_retention_configuration")["retention_period_in_days"] == 2557


def test_daily_recording() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config", ConfigRecorderConfig(recording_frequency="DAILY"))
    assert only(stack, "aws_config_configuration_recorder")["recording_mode"] == {"recording_frequency": "DAILY"}


def test_rules_are_made_once_for_all_packs_and_after_the_recorder() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config", ConfigRecorderConfig(rule_packs=("cis-v3", "cis-v5", "fsbp")))
    rules = rules_of(stack)
    names = [rule["name"] for rule in rules.values()]
    assert len(names) == len(set(names)) == 87
    rule = rules["config_rule_iam_policy_in_use"]
    assert rule["source"] == {"owner": "AWS", "source_identifier": "IAM_POLICY_IN_USE"}
    assert json.loads(rule["input_parameters"]) == {
        "policyARN": "arn:${data.aws_partition.current.partition}:iam::aws:policy/AWSSupportAccess",
        "policyUsageType": "ANY",
    }
    assert all(
        rule["depends_on"] == ["aws_config_configuration_recorder_status.config_status"] for rule in rules.values()
    )


def test_no_rules_by_default() -> None:
    stack = test_stack()
    ConfigRecorder(stack, "config")
    assert rules_of(stack) == {}


def test_excluded_rule_is_left_out() -> None:
    stack = test_stack()
    config = ConfigRecorderConfig(rule_packs=("cis-v5",), excluded_rules=("efs-encrypted-check",))
    ConfigRecorder(stack, "config", config)
    assert "config_rule_efs_encrypted_check" not in rules_of(stack)
    assert "config_rule_efs_filesystem_ct_encrypted" in rules_of(stack)


def test_rules_on_the_account_are_the_home_region_s() -> None:
    stack = test_stack()
    config = ConfigRecorderConfig(rule_packs=("cis-v5",))
    home = ConfigRecorder(stack, "config", config)
    ConfigRecorder(stack, "other", config, home=home, provider="aws.other")
    rules = rules_of(stack)
    assert "config_rule_root_account_mfa_enabled" in rules
    assert "other_rule_root_account_mfa_enabled" not in rules
    assert "other_rule_vpc_flow_logs_enabled" in rules


def test_home_of_another_stack_needs_a_waiver() -> None:
    app = App(outdir=outdir())
    central, member = TerraformStack(app, "central"), TerraformStack(app, "member")
    home = ConfigRecorder(central, "config")
    with pytest.raises(
        ControlError, match="member/refused: home='central/config' of another stack breaks control config-"
    ):
        ConfigRecorder(member, "refused", home=home, provider="aws.other")


def test_waiver_for_home_of_another_stack() -> None:
    app = App(outdir=outdir())
    central, member = TerraformStack(app, "central"), TerraformStack(app, "member")
    home = ConfigRecorder(central, "config")
    ConfigRecorder(member, "config", ConfigRecorderConfig(waivers=(WAIVER,)), home=home, provider="aws.other")
    synthesize(central)
    document = synthesize(member)
    recorder = document["resource"]["aws_config_configuration_recorder"]["config_recorder"]
    assert recorder["//"]["waivers"][0]["control"] == WAIVER.control
    assert "depends_on" not in recorder
    assert_meets(document, "all")


def test_global_resources_left_out_without_a_home_need_a_waiver() -> None:
    config = ConfigRecorderConfig(include_global_resource_types=False)
    with pytest.raises(ControlError, match="breaks control config-recorder-global-resources"):
        ConfigRecorder(test_stack(), "config", config)


def test_waiver_leaves_global_resources_out() -> None:
    stack = test_stack()
    config = ConfigRecorderConfig(
        include_global_resource_types=False,
        service_linked_role="existing",
        rule_packs=("cis-v5",),
        waivers=(WAIVER,),
    )
    ConfigRecorder(stack, "config", config)
    recorder = only(stack, "aws_config_configuration_recorder")
    assert recorder["recording_group"]["include_global_resource_types"] is False
    assert "config_rule_access_keys_rotated" not in rules_of(stack)
    assert_meets(synthesize(stack), "all")


@pytest.mark.parametrize("field", ["include_global_resource_types", "service_linked_role"])
def test_refuses_what_the_home_region_decides(field: str) -> None:
    stack = test_stack()
    home = ConfigRecorder(stack, "config")
    value: Any = {"include_global_resource_types": True, "service_linked_role": "create"}[field]
    config = ConfigRecorderConfig.of({field: value})
    with pytest.raises(ConfigError, match=f"{field} and home='test/config' exclude each other"):
        ConfigRecorder(stack, "other", config, home=home)


def test_refuses_a_home_that_has_a_home() -> None:
    stack = test_stack()
    home = ConfigRecorder(stack, "config")
    other = ConfigRecorder(stack, "other", home=home, provider="aws.other")
    with pytest.raises(ConfigError, match="home='test/other' has a home itself, 'test/config': an account has one"):
        ConfigRecorder(stack, "third", home=other, provider="aws.third")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"rule_packs": ("cis-v4",)}, "must be 'cis-v3', 'cis-v5' or 'fsbp'"),
        (
            {"rule_packs": ("cis-v5",), "excluded_rules": ("efs-encrypted-chek",)},
            "excluded_rules has 'efs-encrypted-chek', .* Did you mean 'efs-encrypted-check'?",
        ),
        ({"excluded_rules": ("encrypted-volumes",)}, r"is not a rule of rule_packs=\(\)\. Remove it"),
        ({"retention_period_in_days": 7}, "must be between 30 and 2557 days"),
        ({"recording_frequency": "HOURLY"}, "must be 'CONTINUOUS' or 'DAILY'"),
    ],
)
def test_refuses_unusable_choice(values: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ConfigRecorder(test_stack(), "config", ConfigRecorderConfig(**values))


def test_refuses_switching_the_recorder_off() -> None:
    with pytest.raises(ConfigError, match="ConfigRecorderConfig has no field 'is_enabled'"):
        ConfigRecorder(test_stack(), "config", ConfigRecorderConfig(is_enabled=False))  # type: ignore[call-arg]


def test_addresses() -> None:
    stack = test_stack()
    packs = ConfigRecorderConfig(rule_packs=("cis-v5",))
    ConfigRecorder(stack, "config", packs)
    made = addresses(synthesize(stack))
    assert [a for a in made if ".config_" in a and "_s3_" not in a and "_rule" not in a] == [
        "aws_config_configuration_recorder.config_recorder",
        "aws_config_configuration_recorder_status.config_status",
        "aws_config_delivery_channel.config_channel",
        "aws_config_retention_configuration.config_retention",
        "aws_iam_service_linked_role.config_role",
        "aws_kms_alias.config_key_alias",
        "aws_kms_key.config_key",
    ]
    assert "aws_config_config_rule.config_rule_vpc_flow_logs_enabled" in made
    assert "aws_s3_bucket.config_reports_bucket" in made
