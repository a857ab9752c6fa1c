"""AccountBaseline: what an account has once, what each region has, and what is left to an organization."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from ruamel.yaml import YAML
from syrupy.assertion import SnapshotAssertion

from secureinfra import (
    AccountTrust,
    AlarmTuning,
    ArchiveFilter,
    ArchiveRule,
    AssumeRole,
    AwsProvider,
    AwsProviderConfig,
    ConfigError,
    Contact,
    DataEvents,
    ObjectLock,
    RegionBaselineConfig,
    Waiver,
)
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints import account_baseline
from secureinfra_blueprints.account_baseline import AccountBaseline, AccountBaselineConfig
from tests.referees import emulator
from tests.referees.runner import PRESENT, Terraform, for_emulator
from tests.snapshots import Readable


def contact(team: str) -> Contact:
    return Contact(
        name=f"{team.capitalize()} team",
        title="On call",
        email_address=f"{team}@example.com",
        phone_number="+49 30 123456",
    )


CONTACT = contact("security")
EVERYTHING: Any = ("cloudtrail", "config", "guardduty", "inspector", "macie", "securityhub")
SERVICES = {
    "cloudtrail": "aws_cloudtrail",
    "config": "aws_config_configuration_recorder",
    "guardduty": "aws_guardduty_detector",
    "inspector": "aws_inspector2_enabler",
    "macie": "aws_macie2_account",
    "securityhub": "aws_securityhub_account",
}


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="not sold there", owner="security", until="2099-12-31")


def stack_of(config: AccountBaselineConfig, *, home: str = "eu-central-1", **options: Any) -> Any:
    stack = test_stack("acme")
    AwsProvider(stack, "aws", AwsProviderConfig(region=home, owner="security", environment="production"))
    AccountBaseline(stack, "baseline", config, **options)
    return stack


def document_of(*, home: str = "eu-central-1", **values: Any) -> dict[str, Any]:
    return synthesize(stack_of(AccountBaselineConfig(**{"security_contact": CONTACT, **values}), home=home))


def fullest() -> AccountBaselineConfig:
    partner = ArchiveRule(filters=(ArchiveFilter(criteria="principal.AWS", eq=("111122223333",)),))
    return AccountBaselineConfig(
        security_contact=CONTACT,
        operations_contact=contact("operations"),
        billing_contact=contact("billing"),
        subscribers=("soc@example.com", "platform@example.com"),
        regions=("eu-central-1", "us-east-1", "me-south-1"),
        former_regions=("eu-west-1",),
        organization_id="o-a1b2c3d4e5",
        left_out={"everywhere": ("runtime_monitoring",), "me-south-1": ("LAMBDA_CODE", "macie")},
        max_password_age=365,
        support=AccountTrust(account_id="111122223333", mfa=True),
        service_linked_roles=("autoscaling",),
        http_put_response_hop_limit=2,
        unused_access_age=90,
        archive_rules={"partner": partner},
        data_events=(DataEvents(name="objects", resource_type="AWS::S3::Object"),),
        trail_object_lock=ObjectLock(days=365),
        alarm_tuning={"unauthorized-api-calls": AlarmTuning(threshold=20, paged=False)},
        exact_security_hub=True,
        further_standards=("pci-dss-v4",),
        recording_frequency="DAILY",
        config_role="existing",
        bucket_retention_days=400,
        tags={"domain": "security"},
        waivers=(
            waiver("guardduty-runtime-watched"),
            waiver("inspector-everything-scanned"),
            waiver("iam-account-password-expires"),
        ),
    )


def test_refuses_regions_that_record_no_iam() -> None:
    with pytest.raises(ConfigError, match=r"no region records IAM: .* and 'eu-central-2' is a later one"):
        document_of(home="eu-central-2", regions=("ap-south-2",))
    document_of(home="eu-central-2", administered=("config",))


def test_page_imports_addresses_that_there_are() -> None:
    page = Path(account_baseline.__file__).with_suffix(".md").read_text(encoding="utf-8")
    named = re.findall(r"^ +to = (\S+)$", page, re.MULTILINE)
    assert len(named) == 5
    assert set(named) <= set(addresses(document_of()))


def test_exact_security_hub() -> None:
    for exact in (False, True):
        filters = document_of(exact_security_hub=exact)["resource"]["aws_cloudwatch_log_metric_filter"]
        pattern = filters["baseline_alarms_iam_policy_changes_filter"]["pattern"]
        assert ("($.eventSource=iam.amazonaws.com)" in pattern) is exact


def test_member_account(matches_snapshot: Callable[[Any], None]) -> None:
    """What is left where the organization runs every service; the services' constructs have snapshots of their own."""
    config = AccountBaselineConfig(security_contact=CONTACT, administered=EVERYTHING)
    matches_snapshot(stack_of(config))


@pytest.mark.parametrize(
    "config",
    [
        AccountBaselineConfig(security_contact=CONTACT),
        AccountBaselineConfig(security_contact=CONTACT, regions=("us-east-1", "eu-west-1")),
        AccountBaselineConfig(security_contact=CONTACT, administered=EVERYTHING, regions=("us-east-1",)),
        fullest(),
    ],
    ids=["defaults", "regions", "member", "fullest"],
)
def test_meets_every_control(config: AccountBaselineConfig) -> None:
    document = synthesize(stack_of(config))
    assert_meets(document)
    assert_meets(document, "fsbp")


def test_meets_the_whole_cis_benchmark_with_events_on_objects() -> None:
    objects = DataEvents(name="objects", resource_type="AWS::S3::Object")
    assert_meets(document_of(data_events=(objects,), regions=("us-east-1",)), "cis-v5", "cis-v3")


def test_waivers_stand_where_something_is_left_out() -> None:
    resources = synthesize(stack_of(fullest()))["resource"]
    detectors = resources["aws_guardduty_detector"].values()
    assert all(one["//"]["waivers"][0]["control"] == "guardduty-runtime-watched" for one in detectors)
    enablers = resources["aws_inspector2_enabler"]
    assert {name: "waivers" in one["//"] for name, one in enablers.items()} == {
        "baseline_home_inspector_enabler": False,
        "baseline_us_east_1_inspector_enabler": False,
        "baseline_me_south_1_inspector_enabler": True,
    }
    assert len(resources["aws_macie2_account"]) == 2


def test_further_region_has_a_provider_like_that_of_the_stack() -> None:
    stack = test_stack("acme")
    role = AssumeRole(role_arn="arn:aws:iam::111122223333:role/apply")
    AwsProvider(
        stack,
        "aws",
        AwsProviderConfig(
            region="eu-central-1", allowed_account_ids=("111122223333",), owner="security", assume_role=role
        ),
    )
    config = AccountBaselineConfig(security_contact=CONTACT, regions=("us-east-1",), former_regions=("eu-west-1",))
    AccountBaseline(stack, "baseline", config)
    document = synthesize(stack)
    home, *further = document["provider"]["aws"]
    assert further == [
        {**home, "region": "us-east-1", "alias": "us_east_1"},
        {**home, "region": "eu-west-1", "alias": "eu_west_1"},
    ]
    used = {
        block.get("provider")
        for blocks in document["resource"].values()
        for name, block in blocks.items()
        if "_us_east_1_" in name
    }
    assert used == {"aws.us_east_1"}
    others = [name for blocks in document["resource"].values() for name in blocks if "_us_east_1_" not in name]
    assert not any(
        "provider" in blocks[name] for blocks in document["resource"].values() for name in blocks if name in others
    )


def test_provider_that_is_there_already() -> None:
    stack = test_stack("acme")
    config = AccountBaselineConfig(security_contact=CONTACT, regions=("us-east-1",))
    AccountBaseline(stack, "baseline", config, providers={"us-east-1": "aws.virginia"})
    document = synthesize(stack)
    assert "provider" not in document
    detector = document["resource"]["aws_guardduty_detector"]["baseline_us_east_1_guardduty_detector"]
    assert detector["provider"] == "aws.virginia"


def test_baseline_of_another_account() -> None:
    stack = test_stack("acme")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    role = AssumeRole(role_arn="arn:aws:iam::444455556666:role/apply")
    audit = AwsProvider(stack, "audit", AwsProviderConfig(region="eu-west-1", alias="audit", assume_role=role))
    config = AccountBaselineConfig(security_contact=CONTACT, regions=("us-east-1", "eu-west-1"))
    AccountBaseline(stack, "baseline", config, provider=audit)
    document = synthesize(stack)
    assert [block.get("alias") for block in document["provider"]["aws"]] == [None, "audit", "audit_us_east_1"]
    assert document["provider"]["aws"][2]["assume_role"][0]["role_arn"] == role.role_arn
    used = {block.get("provider") for blocks in document["resource"].values() for block in blocks.values()}
    assert used == {"aws.audit", "aws.audit_us_east_1"}
    assert_meets(document)


def test_home_region_may_be_among_the_regions() -> None:
    listed = document_of(regions=("us-east-1", "eu-central-1"))
    assert listed == document_of(regions=("us-east-1",))
    assert addresses(document_of(home="us-east-1", regions=("us-east-1", "eu-central-1")))


def test_what_an_account_has_once_is_made_once() -> None:
    resources = document_of(regions=("us-east-1", "eu-west-1"))["resource"]
    once = (
        *("aws_iam_account_password_policy", "aws_s3_account_public_access_block", "aws_account_alternate_contact"),
        *("aws_cloudtrail", "aws_sns_topic", "aws_securityhub_finding_aggregator", "aws_iam_service_linked_role"),
    )
    assert {type: len(resources[type]) for type in once} == dict.fromkeys(once, 1)
    assert all(len(resources[type]) == 3 for name, type in SERVICES.items() if name != "cloudtrail")
    recorded = [
        one["recording_group"]["include_global_resource_types"]
        for one in resources["aws_config_configuration_recorder"].values()
    ]
    assert recorded.count(True) == 1


def test_alarms_and_findings_reach_the_security_contact() -> None:
    resources = document_of(regions=("us-east-1",))["resource"]
    (subscription,) = resources["aws_sns_topic_subscription"].values()
    assert subscription["endpoint"] == "security@example.com"
    topic = "${aws_sns_topic.baseline_home_topic.arn}"
    assert subscription["topic_arn"] == topic
    alarms = resources["aws_cloudwatch_metric_alarm"].values()
    assert len(alarms) == 16
    assert all(one["alarm_actions"] == [topic] for one in alarms)
    assert "aws_sns_topic_subscription" not in document_of(subscribers=())["resource"]


@pytest.mark.parametrize("service", SERVICES)
def test_administered_service_is_left_out(service: str) -> None:
    document = document_of(administered=(service,), regions=("us-east-1",))
    for name, type in SERVICES.items():
        assert (type in document["resource"]) is (name != service)
    assert ("aws_cloudwatch_log_metric_filter" in document["resource"]) is (service != "cloudtrail")
    assert_meets(document)


def test_member_of_security_hub_keeps_its_standards() -> None:
    resources = document_of(administered=("securityhub-settings",), regions=("us-east-1",))["resource"]
    assert len(resources["aws_securityhub_standards_subscription"]) == 4
    assert "aws_securityhub_finding_aggregator" not in resources
    assert not any("control_finding_generator" in one for one in resources["aws_securityhub_account"].values())


def test_trail_of_the_organisation() -> None:
    resources = document_of(organization_id="o-a1b2c3d4e5")["resource"]
    (trail,) = resources["aws_cloudtrail"].values()
    assert trail["is_organization_trail"] is True
    assert "/AWSLogs/o-a1b2c3d4e5/*" in resources["aws_s3_bucket_policy"]["baseline_trail_logs_policy"]["policy"]


def test_parts_to_build_on() -> None:
    stack = test_stack("acme")
    baseline = AccountBaseline(stack, "baseline", AccountBaselineConfig(security_contact=CONTACT))
    assert baseline.trail is not None
    assert baseline.support is None
    assert baseline.topic is baseline.home.topic
    assert baseline.log_bucket is baseline.home.log_bucket
    baseline.home.findings.route("certificate", "Certificate ends soon", {"source": ["aws.acm"]})
    assert "baseline_home_findings_certificate_rule" in synthesize(stack)["resource"]["aws_cloudwatch_event_rule"]


def test_support_role() -> None:
    resources = document_of(support=AccountTrust(account_id="111122223333", mfa=True))["resource"]
    (attachment,) = resources["aws_iam_role_policy_attachment"].values()
    assert attachment["policy_arn"] == "arn:${data.aws_partition.current.partition}:iam::aws:policy/AWSSupportAccess"
    assert attachment["role"] == "${aws_iam_role.baseline_support_role.name}"


def test_settings_of_a_region_are_all_of_the_accounts() -> None:
    """Whatever a region can be told, an account tells all of its regions, in the same words."""
    ours, regions = AccountBaselineConfig.model_fields, RegionBaselineConfig.model_fields
    # Said by region, with a default worked out, wider by the trail, and without the way to keep reports forever.
    different = {"without", "subscribers", "administered", "bucket_retention_days"}
    for name in set(regions) - different:
        assert (ours[name].annotation, ours[name].default) == (regions[name].annotation, regions[name].default), name
    (trail, administered) = get_args(get_args(ours["administered"].annotation)[0])
    assert get_args(trail) == ("cloudtrail",)
    assert administered == get_args(regions["administered"].annotation)[0]


def test_what_only_terraform_knows_is_judged_by_it() -> None:
    resources = document_of(
        max_password_age="${var.days}", http_put_response_hop_limit="${var.hops}", bucket_retention_days="${var.kept}"
    )["resource"]
    conditions = [
        condition["condition"]
        for blocks in resources.values()
        for block in blocks.values()
        for condition in block.get("lifecycle", {}).get("precondition", [])
    ]
    for name in ("days", "hops", "kept"):
        assert any(f"var.{name}" in condition for condition in conditions), name


def test_configuration_is_read_from_yaml() -> None:
    settings = """
    security_contact: {name: Security team, title: On call, email_address: s@example.com, phone_number: "+49 30 1"}
    regions: [us-east-1]
    administered: [cloudtrail]
    left_out: {everywhere: [macie], us-east-1: [LAMBDA_CODE]}
    archive_rules:
      partner: {filters: [{criteria: principal.AWS, eq: ["111122223333"]}]}
    waivers:
      - {control: inspector-everything-scanned, reason: not sold there, owner: security, until: 2099-12-31}
    """
    config = AccountBaselineConfig.of(YAML(typ="safe").load(settings))
    document = synthesize(stack_of(config))
    assert "aws_macie2_account" not in document["resource"]
    assert_meets(document)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"security_contact": None}, r"AccountBaselineConfig security_contact"),
        ({"regions": ("us-east-1", "us-east-1")}, r"regions and former_regions name 'us-east-1' more than once"),
        ({"regions": ("us-east-1",), "former_regions": ("us-east-1",)}, r"name 'us-east-1' more than once"),
        ({"regions": ("Virginia",)}, r"'Virginia' is not an AWS region"),
        ({"regions": ("${var.region}",)}, r"known to Terraform only: it becomes a provider"),
        ({"administered": ("ec2",)}, r"administered.0='ec2'"),
        ({"administered": ("cloudtrail",), "organization_id": "o-a1b2c3d4e5"}, r"organization_id and administered="),
        (
            {"administered": ("cloudtrail",), "alarm_tuning": {"root-usage": AlarmTuning()}},
            r"alarm_tuning and administered",
        ),
        (
            {"administered": ("cloudtrail",), "exact_security_hub": True},
            r"exact_security_hub and administered",
        ),
        (
            {"administered": ("securityhub",), "further_standards": ("cis-v3",)},
            r"further_standards=\['cis-v3'\] and administered=\['securityhub'\] exclude each other",
        ),
        (
            {"left_out": {"us-west-2": ("macie",)}},
            r"acme/baseline: left_out names 'us-west-2', which is neither the home",
        ),
        ({"left_out": {"everywhere": ("LAMBDA_CODE",)}}, r"breaks control inspector-everything-scanned"),
        (
            {"left_out": {"eu-central-1": ("s3_data_events",)}},
            r"s3_data_events=False breaks control guardduty-s3-watched",
        ),
        ({"left_out": {"everywhere": ("guardduty",)}}, r"left_out"),
        ({"max_password_age": 365}, r"max_password_age=365 breaks control iam-account-password-expires"),
        ({"alarm_tuning": {"root": AlarmTuning()}}, r"tuning names 'root', which is not an alarm"),
        ({"trail_object_lock": ObjectLock(days=3000)}, r"object_lock.days=3000 outlasts bucket_retention_days=2557"),
        ({"http_put_response_hop_limit": 99}, r"must be between 1 and 64 hops"),
        ({"bucket_retention_days": 90}, r"must be between 365 and 36500 days"),
        ({"subscribers": ("nobody",)}, r"subscriber 'nobody' is not an email address"),
        ({"waivers": (waiver("kms-key-rotation"),)}, r"waivers names 'kms-key-rotation', which no setting here breaks"),
        ({"guardduty": False}, r"AccountBaselineConfig has no field 'guardduty'"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        document_of(**values)


def test_what_is_wrong_in_every_region_is_said_once() -> None:
    with pytest.raises(ConfigError) as error:
        document_of(http_put_response_hop_limit=99, regions=("us-east-1", "eu-west-1"), max_password_age=0)
    assert str(error.value).count("64 hops") == 1
    assert "max_password_age" in str(error.value)


def test_refuses_further_regions_without_a_provider_to_be_like() -> None:
    with pytest.raises(ConfigError, match="acme/baseline: a provider for us-east-1 is made like that of the stack"):
        AccountBaseline(
            test_stack("acme"), "baseline", AccountBaselineConfig(security_contact=CONTACT, regions=("us-east-1",))
        )


def test_refuses_a_provider_for_a_region_that_is_not_listed() -> None:
    with pytest.raises(ConfigError, match="providers names 'us-west-2', which is neither"):
        stack_of(AccountBaselineConfig(security_contact=CONTACT), providers={"us-west-2": "aws.oregon"})


def test_growing_changes_no_address() -> None:
    before = addresses(document_of(regions=("us-east-1",)))
    after = addresses(document_of(regions=("eu-west-1", "us-east-1"), unused_access_age=90))
    assert set(before) < set(after)


def test_addresses(snapshot: SnapshotAssertion) -> None:
    found = addresses(document_of(regions=("us-east-1", "me-south-1")))
    assert found == snapshot.use_extension(Readable)


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_apply_stays_and_goes(tmp_path: Path) -> None:
    stack = test_stack("acme")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment="sandbox"))
    # The emulator knows no organization here.
    values = {**fullest().model_dump(exclude_unset=True), "organization_id": None}
    AccountBaseline(stack, "baseline", AccountBaselineConfig.of(values))
    whole = synthesize(stack)
    document, _ = for_emulator(whole)
    with emulator.running(tmp_path) as aws:
        runner = Terraform(tmp_path / "run", document, endpoint=aws.address)
        runner.init()
        assert runner.changes_after_apply() == ""
    # What the emulator cannot do is held against the real provider all the same.
    runner = Terraform(tmp_path / "whole", whole)
    runner.init()
    runner.validate()
