"""RegionBaseline: what is set in a region, what watches it, where findings and history go."""

import json
from collections.abc import Callable
from typing import Any, get_args

import pytest

from secureinfra.aws.account.access_analyzer import ArchiveFilter, ArchiveRule
from secureinfra.aws.account.instance_metadata_defaults import InstanceMetadataDefaultsConfig
from secureinfra.aws.detection.guardduty import _FEATURES
from secureinfra.aws.detection.region_baseline import (
    AdministeredService,
    Protection,
    RegionBaseline,
    RegionBaselineConfig,
)
from secureinfra.config.waiver import Waiver
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.engine._cdk import TerraformStack
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

ADMINISTERED: tuple[AdministeredService, ...] = ("config", "guardduty", "inspector", "macie", "securityhub")
WATCHING = ("config", "guardduty", "inspector2", "macie2", "securityhub")


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="not sold here", owner="security", until="2099-12-31")


def two_regions(home: str = "eu-central-1", other: str = "us-east-1", **values: Any) -> Any:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region=home, owner="security"))
    provider = AwsProvider(stack, "further", AwsProviderConfig(region=other, alias="other", owner="security"))
    config = RegionBaselineConfig(**values)
    first = RegionBaseline(stack, "home", config, linked_regions=(other,))
    RegionBaseline(stack, "other", config, home=first, provider=provider)
    return stack


def resources_of(stack: Any) -> dict[str, Any]:
    found: dict[str, Any] = synthesize(stack)["resource"]
    return found


def watching(resources: dict[str, Any]) -> set[str]:
    return {word for type in resources for word in WATCHING if type.startswith(f"aws_{word}_")}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    """What stands in a region in any case; the services that watch have snapshots of their own."""
    stack = test_stack()
    RegionBaseline(stack, "home", RegionBaselineConfig(administered=ADMINISTERED))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    """A region that was opted into, with every option but services whose own snapshots show them."""
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="me-south-1", owner="security"))
    stranger = ArchiveRule(filters=(ArchiveFilter(criteria="principal.AWS", eq=("111122223333",)),))
    config = RegionBaselineConfig(
        subscribers=("security@example.com",),
        administered=("config", "securityhub"),
        without=("macie", "LAMBDA_CODE", "lambda_network_logs"),
        waivers=(waiver("guardduty-lambda-watched"), waiver("inspector-everything-scanned")),
        service_linked_roles=("autoscaling",),
        http_put_response_hop_limit=2,
        unused_access_age=90,
        archive_rules={"partner": stranger},
        tags={"team": "security"},
    )
    RegionBaseline(stack, "home", config)
    matches_snapshot(stack)
    assert_meets(synthesize(stack))


@pytest.mark.parametrize(
    ("home", "other"), [("eu-central-1", "us-east-1"), ("eu-central-1", "me-south-1"), ("eu-south-1", "us-east-1")]
)
def test_meets_every_control(home: str, other: str) -> None:
    document = synthesize(two_regions(home, other))
    assert watching(document["resource"]) == set(WATCHING)
    assert_meets(document)
    assert_meets(document, "fsbp")


def test_home_region_keeps_history_and_findings_of_all() -> None:
    resources = resources_of(two_regions())
    bucket = "${aws_s3_bucket.home_reports_bucket.bucket}"
    assert {one["s3_bucket_name"] for one in resources["aws_config_delivery_channel"].values()} == {bucket}
    exports = resources["aws_guardduty_publishing_destination"].values()
    assert {one["destination_arn"] for one in exports} == {"${aws_s3_bucket.home_reports_bucket.arn}"}
    exports = resources["aws_macie2_classification_export_configuration"].values()
    assert {one["s3_destination"]["bucket_name"] for one in exports} == {bucket}
    (lifecycle,) = (
        one for name, one in resources["aws_s3_bucket_lifecycle_configuration"].items() if name.startswith("home_")
    )
    assert 2557 in [rule["expiration"][0]["days"] for rule in lifecycle["rule"] if rule.get("expiration")]
    policy = json.loads(resources["aws_s3_bucket_policy"]["home_reports_policy"]["policy"])
    (kept,) = (one for one in policy["Statement"] if one.get("Sid") == "DenyDeletion")
    assert (kept["Effect"], kept["Principal"]) == ("Deny", "*")


@pytest.mark.parametrize(("home", "other"), [("eu-central-1", "me-south-1"), ("eu-south-1", "us-east-1")])
def test_regions_that_were_opted_into_keep_findings_apart(home: str, other: str) -> None:
    resources = resources_of(two_regions(home, other))
    exports = resources["aws_guardduty_publishing_destination"]
    assert {name: one["destination_arn"] for name, one in exports.items()} == {
        "home_guardduty_export": "${aws_s3_bucket.home_reports_bucket.arn}",
        "other_guardduty_export": "${aws_s3_bucket.other_reports_bucket.arn}",
    }
    keys = {name: one["kms_key_arn"] for name, one in exports.items()}
    assert keys["other_guardduty_export"] == "${aws_kms_key.other_key.arn}"
    opted = "home" if home == "eu-south-1" else "other"
    for name in ("home", "other"):
        text = resources["aws_s3_bucket_policy"][f"{name}_reports_policy"]["policy"]
        regional = f"guardduty.{home if name == 'home' else other}.amazonaws.com"
        assert (regional in text) is (name == opted)


def principals_in(policy: str, service: str) -> set[str]:
    """The service's principals that a policy allows something."""
    statements = json.loads(policy)["Statement"]
    named = (one["Principal"].get("Service", ()) for one in statements if isinstance(one["Principal"], dict))
    return {name for names in named for name in names if name.startswith(f"{service}.")}


def test_history_of_an_opt_in_region_goes_to_the_home_region() -> None:
    resources = resources_of(two_regions("eu-central-1", "me-south-1"))
    channels = resources["aws_config_delivery_channel"].values()
    assert {one["s3_bucket_name"] for one in channels} == {"${aws_s3_bucket.home_reports_bucket.bucket}"}
    both = {"config.amazonaws.com", "config.me-south-1.amazonaws.com"}
    assert principals_in(resources["aws_s3_bucket_policy"]["home_reports_policy"]["policy"], "config") == both
    assert principals_in(resources["aws_kms_key"]["home_key"]["policy"], "config") == both


@pytest.mark.parametrize("administered", [(), ("guardduty", "macie")])
def test_nothing_is_delivered_into_an_opt_in_home_region(administered: Any) -> None:
    resources = resources_of(two_regions("eu-south-1", "us-east-1", administered=administered))
    channels = resources["aws_config_delivery_channel"]
    assert {name: one["s3_bucket_name"] for name, one in channels.items()} == {
        "home_recorder_channel": "${aws_s3_bucket.home_reports_bucket.bucket}",
        "other_recorder_channel": "${aws_s3_bucket.other_reports_bucket.bucket}",
    }


@pytest.mark.parametrize(
    ("home", "other", "recording"),
    [
        ("eu-central-1", "us-east-1", "home"),
        ("eu-south-1", "us-east-1", "home"),  # an opt-in region that AWS Config supported before 2022
        ("eu-central-2", "us-east-1", "other"),
        ("ap-southeast-5", "me-south-1", "other"),
    ],
)
def test_one_region_that_can_records_iam(home: str, other: str, recording: str) -> None:
    recorders = resources_of(two_regions(home, other))["aws_config_configuration_recorder"]
    assert {
        name.partition("_")[0]: one["recording_group"]["include_global_resource_types"]
        for name, one in recorders.items()
    } == {name: name == recording for name in ("home", "other")}


@pytest.mark.parametrize(
    ("values", "gathered", "aggregator"),
    [
        ({}, True, True),
        ({"aggregation": "none"}, False, False),
        ({"administered": ("securityhub-settings",)}, False, False),
        ({"administered": ("securityhub-settings",), "aggregation": "organization"}, True, False),
        ({"administered": ("securityhub",), "aggregation": "organization"}, True, False),
    ],
)
def test_findings_of_security_hub_arrive_once(values: dict[str, Any], gathered: bool, aggregator: bool) -> None:
    """What the home region's Security Hub shows of a region is not forwarded from there too."""
    resources = resources_of(two_regions(**values))
    assert ("aws_securityhub_finding_aggregator" in resources) is aggregator
    rules = resources["aws_cloudwatch_event_rule"]
    assert ("other_findings_securityhub_rule" not in rules) is gathered
    assert ('"us-east-1"' in rules["home_findings_securityhub_rule"]["event_pattern"]) is gathered


@pytest.mark.parametrize(
    ("home", "values", "off"),
    [
        ("eu-central-1", {}, "other"),
        ("eu-central-2", {}, "home"),  # which records no IAM
        ("eu-central-1", {"administered": ("config",)}, "other"),
    ],
)
def test_controls_on_the_account_run_where_iam_is_recorded(home: str, values: dict[str, Any], off: str) -> None:
    found = resources_of(two_regions(home, **values))["aws_securityhub_standards_control_association"]
    assert {name.partition("_")[0] for name in found} == {off}


def test_what_is_not_offered_or_not_wanted_in_a_region() -> None:
    found = resources_of(two_regions(without=("emr",), default_security_groups="close"))
    assert "aws_emr_block_public_access_configuration" not in found
    assert len(found["aws_default_security_group"]) == 2


def test_no_bucket_where_nothing_is_kept() -> None:
    resources = resources_of(two_regions(administered=("config", "guardduty", "macie")))
    assert "aws_s3_bucket" not in resources
    resources = resources_of(two_regions(other="me-south-1", administered=("guardduty", "macie")))
    assert set(resources["aws_s3_bucket"]) == {"home_reports_bucket", "access_logs_bucket"}


def test_findings_of_further_regions_go_to_the_home_regions_topic() -> None:
    resources = resources_of(two_regions(subscribers=("security@example.com",)))
    (subscription,) = resources["aws_sns_topic_subscription"].values()
    assert subscription["endpoint"] == "security@example.com"
    assert set(resources["aws_sns_topic"]) == {"home_topic"}
    targets = resources["aws_cloudwatch_event_target"]
    assert "event-bus/default" in targets["other_findings_guardduty_target"]["arn"]
    assert targets["home_findings_guardduty_target"]["arn"] == "${aws_sns_topic.home_topic.arn}"


@pytest.mark.parametrize(("home", "other"), [("us-gov-west-1", "us-gov-east-1"), ("cn-north-1", "cn-northwest-1")])
def test_partitions_that_keep_their_events_have_a_topic_in_each_region(home: str, other: str) -> None:
    document = synthesize(two_regions(home, other, subscribers=("security@example.com",)))
    assert set(document["resource"]["aws_sns_topic"]) == {"home_topic", "other_topic"}
    assert len(document["resource"]["aws_sns_topic_subscription"]) == 2
    assert_meets(document)


def test_home_region_gathers_findings_in_security_hub() -> None:
    (aggregator,) = resources_of(two_regions())["aws_securityhub_finding_aggregator"].values()
    assert aggregator["linking_mode"] == "SPECIFIED_REGIONS"
    assert aggregator["specified_regions"] == ["us-east-1"]


def test_gathered_finding_is_told_once() -> None:
    rules = resources_of(two_regions())["aws_cloudwatch_event_rule"]
    assert "other_findings_securityhub_rule" not in rules
    assert '"us-east-1"' in rules["home_findings_securityhub_rule"]["event_pattern"]


def test_region_that_was_opted_into_gathers_no_findings() -> None:
    resources = resources_of(two_regions("eu-south-1"))
    assert "aws_securityhub_finding_aggregator" not in resources
    assert "other_findings_securityhub_rule" in resources["aws_cloudwatch_event_rule"]


def test_what_an_account_has_once_is_the_home_regions() -> None:
    resources = resources_of(two_regions(unused_access_age=90, config_role="create"))
    assert set(resources["aws_iam_service_linked_role"]) == {"home_recorder_role"}
    recorders = resources["aws_config_configuration_recorder"]
    assert recorders["home_recorder"]["recording_group"]["include_global_resource_types"] is True
    assert recorders["other_recorder"]["recording_group"]["include_global_resource_types"] is False
    assert set(resources["aws_accessanalyzer_analyzer"]) == {
        "home_access_analyzer",
        "home_access_unused_access",
        "other_access_analyzer",
    }


@pytest.mark.parametrize("service", ADMINISTERED)
def test_administered_service_is_left_to_the_administrator(service: Any) -> None:
    document = synthesize(two_regions(administered=(service,)))
    prefix = {"inspector": "inspector2", "macie": "macie2"}.get(service, service)
    assert watching(document["resource"]) == set(WATCHING) - {prefix}
    assert_meets(document)


def test_administered_settings_of_security_hub() -> None:
    document = synthesize(two_regions(administered=("securityhub-settings",)))
    resources = document["resource"]
    assert len(resources["aws_securityhub_account"]) == 2
    assert not any("control_finding_generator" in one for one in resources["aws_securityhub_account"].values())
    assert "aws_securityhub_finding_aggregator" not in resources
    assert_meets(document)


@pytest.mark.parametrize("feature", get_args(Protection))
def test_protection_left_out_takes_a_waiver(feature: Any) -> None:
    with pytest.raises(ConfigError, match=f"GuardDutyConfig {feature}=False breaks control guardduty-"):
        two_regions(without=(feature,))
    controls = ("s3", "eks-audit", "rds", "lambda", "runtime")
    waivers = [waiver(f"guardduty-{word}-watched") for word in controls] + [waiver("guardduty-volumes-scanned")]
    document = synthesize(two_regions(without=(feature,), waivers=tuple(waivers)))
    features = document["resource"]["aws_guardduty_detector_feature"].values()
    assert {one["name"] for one in features if one["status"] == "DISABLED"} == {feature.upper()}
    assert_meets(document)


def test_protections_are_those_of_guardduty() -> None:
    assert set(get_args(Protection)) == set(_FEATURES)


def test_scan_left_out_takes_a_waiver() -> None:
    with pytest.raises(ConfigError, match=r"InspectorConfig resource_types=.*breaks control inspector-everything"):
        two_regions(without=("LAMBDA_CODE",))
    document = synthesize(two_regions(without=("LAMBDA_CODE",), waivers=(waiver("inspector-everything-scanned"),)))
    enablers = document["resource"]["aws_inspector2_enabler"].values()
    assert [one["resource_types"] for one in enablers] == [["EC2", "ECR", "LAMBDA"]] * 2
    assert_meets(document)


def test_inspector_left_out_takes_a_waiver() -> None:
    with pytest.raises(ConfigError, match="without 'inspector' breaks control inspector-everything-scanned"):
        two_regions(without=("inspector",))
    stack = two_regions(without=("inspector",), waivers=(waiver("inspector-everything-scanned"),))
    assert "aws_inspector2_enabler" not in resources_of(stack)


def test_macie_is_left_out_on_request() -> None:
    resources = resources_of(two_regions(without=("macie",)))
    assert watching(resources) == set(WATCHING) - {"macie2"}


def test_shorter_retention_takes_a_waiver() -> None:
    with pytest.raises(ConfigError, match="bucket_retention_days=90 breaks control s3-log"):
        two_regions(bucket_retention_days=90)


def test_region_is_that_of_the_provider_unless_only_terraform_knows_it() -> None:
    for region, expected in ((None, None), ("eu-south-1", "eu-south-1")):
        stack = test_stack()
        AwsProvider(stack, "aws", AwsProviderConfig(region="${var.region}"))
        assert RegionBaseline(stack, "home", region=region).region_code == expected


def test_what_only_terraform_knows_is_judged_by_it() -> None:
    stack = test_stack()
    RegionBaseline(stack, "home", RegionBaselineConfig(http_put_response_hop_limit="${var.hops}"))  # type: ignore[arg-type]
    (defaults,) = resources_of(stack)["aws_ec2_instance_metadata_defaults"].values()
    assert any("var.hops" in one["condition"] for one in defaults["lifecycle"]["precondition"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"http_put_response_hop_limit": 99},
            r"InstanceMetadataDefaultsConfig http_put.*must be between 1 and 64 hops",
        ),
        (
            {"aggregation": "account", "administered": ("securityhub-settings",)},
            r"aggregation='account' and administered=\['securityhub-settings'\] exclude each other",
        ),
        ({"unused_access_age": 900}, r"AccessAnalyzerConfig unused_access_age=900 must be between 1 and 365"),
        ({"archive_rules": {"1 bad": {"filters": [{"criteria": "resource", "eq": ["x"]}]}}}, r"is not a rule name"),
        (
            {"further_standards": ("pci-dss-v4", "pci-dss-v4")},
            r"SecurityHubConfig further_standards=.* names one twice",
        ),
        (
            {"further_standards": ("pci-dss-v4",), "administered": ("securityhub",)},
            r"administered=\['securityhub'\] exclude each other",
        ),
        ({"without": ("LAMBDA",)}, r"resource_types has 'LAMBDA_CODE' without 'LAMBDA'"),
        ({"administered": ("cloudtrail",)}, r"administered.0='cloudtrail' must be 'config'"),
        ({"subscribers": ("nobody",)}, r"'nobody' is not an email address"),
        ({"guardduty": False}, r"RegionBaselineConfig has no field 'guardduty'"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        two_regions(**values)


def test_refuses_a_home_that_is_none() -> None:
    stack = test_stack()
    home = RegionBaseline(stack, "home")
    further = RegionBaseline(stack, "further", home=home, provider="aws.further")
    elsewhere = RegionBaseline(TerraformStack(stack, "elsewhere"), "elsewhere")
    for id, wrong, provider in (("a", further, "aws.third"), ("b", home, None), ("c", elsewhere, "aws.third")):
        with pytest.raises(ConfigError, match=f"test/{id}: home='.*' is not a valid home region"):
            RegionBaseline(stack, id, home=wrong, provider=provider)


def test_protected_outside_sandboxes() -> None:
    kinds = (
        "aws_ebs_",
        "aws_ec2_",
        "aws_guardduty_detector",
        "aws_kms_key",
        "aws_securityhub_account",
        "aws_macie2_acc",
    )
    for environment in ("production", "sandbox"):
        stack = test_stack(environment=environment)
        RegionBaseline(stack, "home")
        resources = resources_of(stack)
        protected = [
            one.get("lifecycle", {}).get("prevent_destroy", False)
            for type, blocks in resources.items()
            if type.startswith(kinds) and not type.endswith("_feature")
            for one in blocks.values()
        ]
        assert len(protected) > 7
        assert all(protected) is (environment == "production")
        assert any(protected) is (environment == "production")


def test_defaults_are_those_of_the_parts() -> None:
    config = RegionBaselineConfig()
    assert config.http_put_response_hop_limit == InstanceMetadataDefaultsConfig().http_put_response_hop_limit


def test_addresses() -> None:
    found = addresses(synthesize(two_regions()))
    assert [one for one in found if one.startswith(("aws_s3_bucket.", "aws_kms_key.", "aws_sns_topic."))] == [
        "aws_kms_key.home_key",
        "aws_kms_key.home_volumes_key",
        "aws_kms_key.other_volumes_key",
        "aws_s3_bucket.access_logs_bucket",
        "aws_s3_bucket.home_reports_bucket",
        "aws_sns_topic.home_topic",
    ]
    firsts = {one.partition(".")[2].split("_")[1] for one in found if ".home_" in one}
    assert firsts == {
        *("access", "findings", "guardduty", "hub", "images", "inspector", "key", "macie", "metadata", "settings"),
        *("recorder", "reports", "snapshots", "topic", "volumes"),
    }
