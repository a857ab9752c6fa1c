"""RegionSettings: what a region has once of Systems Manager, EMR and the default VPC."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.account.region_settings import RegionSettings, RegionSettingsConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

SETTING = (
    "arn:${data.aws_partition.current.partition}:ssm:${data.aws_region.current.id}:"
    "${data.aws_caller_identity.current.account_id}:servicesetting/ssm/"
)


def built(**values: Any) -> dict[str, Any]:
    stack = test_stack()
    RegionSettings(stack, "settings", RegionSettingsConfig(**values))
    found: dict[str, Any] = synthesize(stack)
    return found


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    RegionSettings(stack, "settings")
    matches_snapshot(stack)
    assert_meets(synthesize(stack))


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = RegionSettingsConfig(emr=False, default_security_groups="close", protect=False)
    RegionSettings(stack, "settings", config, provider="aws.other")
    matches_snapshot(stack)


def test_documents_are_not_shared_and_scripts_are_logged() -> None:
    settings = built()["resource"]["aws_ssm_service_setting"].values()
    assert {one["setting_id"]: one["setting_value"] for one in settings} == {
        f"{SETTING}documents/console/public-sharing-permission": "Disable",
        f"{SETTING}automation/customer-script-log-destination": "CloudWatch",
    }


def test_emr_has_no_exceptions_and_can_be_left_out() -> None:
    (block,) = built()["resource"]["aws_emr_block_public_access_configuration"].values()
    assert block["block_public_security_group_rules"] is True
    assert "permitted_public_security_group_rule_range" not in block
    assert "aws_emr_block_public_access_configuration" not in built(emr=False)["resource"]


def test_default_groups_are_closed_on_request_only() -> None:
    assert "aws_default_security_group" not in built()["resource"]
    document = built(default_security_groups="close")
    (group,) = document["resource"]["aws_default_security_group"].values()
    assert group["for_each"] == "${toset(data.aws_vpcs.settings_default_vpcs.ids)}"
    assert (group["vpc_id"], group["ingress"], group["egress"]) == ("${each.value}", [], [])
    (found,) = document["data"]["aws_vpcs"].values()
    assert found["filter"] == [{"name": "isDefault", "values": ["true"]}]


def test_terraform_does_not_destroy_it_but_in_a_sandbox() -> None:
    for environment, kept in (("production", True), ("sandbox", False)):
        stack = test_stack(environment=environment)
        RegionSettings(stack, "settings")
        blocks = synthesize(stack)["resource"]["aws_ssm_service_setting"].values()
        assert [bool(one.get("lifecycle")) for one in blocks] == [kept, kept]


def test_refuses_to_share() -> None:
    with pytest.raises(ConfigError, match="has no field 'documents'"):
        RegionSettings(test_stack(), "settings", RegionSettingsConfig.of({"documents": "Enable"}))


def test_addresses() -> None:
    stack = test_stack()
    RegionSettings(stack, "settings", RegionSettingsConfig(default_security_groups="close"))
    assert addresses(synthesize(stack)) == [
        "aws_default_security_group.settings_default_group",
        "aws_emr_block_public_access_configuration.settings_emr",
        "aws_ssm_service_setting.settings_automations",
        "aws_ssm_service_setting.settings_documents",
    ]
