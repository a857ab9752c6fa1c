"""SecurityHub: standards, consolidated findings, one place for the findings of all regions."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from secureinfra.aws.detection.config_managed_rules import RULES
from secureinfra.aws.detection.securityhub import _ON_THE_ACCOUNT, SecurityHub, SecurityHubConfig, Standard
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

STANDARDS = "arn:${data.aws_partition.current.partition}:securityhub:${data.aws_region.current.id}::standards"


def standards_of(stack: Any) -> list[str]:
    blocks = synthesize(stack)["resource"]["aws_securityhub_standards_subscription"].values()
    return [block["standards_arn"] for block in blocks]


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SecurityHub(stack, "hub")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = SecurityHubConfig(
        further_standards=get_args(Standard),
        linking_mode="SPECIFIED_REGIONS",
        specified_regions=("us-east-1", "${var.further_region}"),
    )
    SecurityHub(stack, "hub", config)
    SecurityHub(stack, "hub-other", provider="aws.other")
    matches_snapshot(stack)


def test_standards_chosen() -> None:
    stack = test_stack()
    SecurityHub(stack, "hub")
    (account,) = synthesize(stack)["resource"]["aws_securityhub_account"].values()
    assert account["enable_default_standards"] is False
    assert account["auto_enable_controls"] is True
    assert account["control_finding_generator"] == "SECURITY_CONTROL"


def test_member_account_leaves_to_its_administrator_what_only_that_may_set() -> None:
    stack = test_stack()
    SecurityHub(stack, "hub", SecurityHubConfig(administrator="organization"))
    document = synthesize(stack)
    (account,) = document["resource"]["aws_securityhub_account"].values()
    assert "control_finding_generator" not in account
    assert account["auto_enable_controls"] is True
    assert len(standards_of(stack)) == 2
    assert_meets(document)


def test_protected_outside_sandboxes() -> None:
    for environment, config, protected in (
        ("production", SecurityHubConfig(), True),
        ("production", SecurityHubConfig(protect=False), False),
        ("sandbox", SecurityHubConfig(), False),
    ):
        stack = test_stack(environment=environment)
        SecurityHub(stack, "hub", config)
        (account,) = synthesize(stack)["resource"]["aws_securityhub_account"].values()
        assert account.get("lifecycle", {}).get("prevent_destroy", False) is protected


def test_best_practices_checked() -> None:
    stack = test_stack()
    SecurityHub(stack, "hub")
    assert f"{STANDARDS}/aws-foundational-security-best-practices/v/1.0.0" in standards_of(stack)
    assert_meets(synthesize(stack), "all")


def test_benchmark_checked() -> None:
    stack = test_stack()
    SecurityHub(stack, "hub")
    assert f"{STANDARDS}/cis-aws-foundations-benchmark/v/5.0.0" in standards_of(stack)


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("cis-v3", "cis-aws-foundations-benchmark/v/3.0.0"),
        ("nist-800-53-v5", "nist-800-53/v/5.0.0"),
        ("nist-800-171-v2", "nist-800-171/v/2.0.0"),
        ("pci-dss-v4", "pci-dss/v/4.0.1"),
    ],
)
def test_further_standard(name: Any, standard: str) -> None:
    stack = test_stack()
    SecurityHub(stack, "hub", SecurityHubConfig(further_standards=(name,)))
    assert standards_of(stack)[-1] == f"{STANDARDS}/{standard}"
    assert len(standards_of(stack)) == 3


def test_standards_follow_the_account() -> None:
    stack = test_stack()
    SecurityHub(stack, "hub", SecurityHubConfig(linking_mode="ALL_REGIONS"))
    resources = synthesize(stack)["resource"]
    made = [
        *resources["aws_securityhub_standards_subscription"].values(),
        *resources["aws_securityhub_finding_aggregator"].values(),
    ]
    assert len(made) == 3
    assert all(block["depends_on"] == ["aws_securityhub_account.hub_account"] for block in made)


@pytest.mark.parametrize("mode", ["SPECIFIED_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED"])
def test_home_region_gathers_findings_of_chosen_regions(mode: Any) -> None:
    stack = test_stack()
    SecurityHub(stack, "hub", SecurityHubConfig(linking_mode=mode, specified_regions=("us-east-1", "eu-west-1")))
    (aggregator,) = synthesize(stack)["resource"]["aws_securityhub_finding_aggregator"].values()
    assert aggregator["linking_mode"] == mode
    assert aggregator["specified_regions"] == ["us-east-1", "eu-west-1"]


def test_home_region_gathers_findings_of_all_regions() -> None:
    stack = test_stack()
    SecurityHub(stack, "hub", SecurityHubConfig(linking_mode="ALL_REGIONS"))
    (aggregator,) = synthesize(stack)["resource"]["aws_securityhub_finding_aggregator"].values()
    assert aggregator["linking_mode"] == "ALL_REGIONS"
    assert "specified_regions" not in aggregator


def test_other_region_gathers_nothing_and_names_itself() -> None:
    stack = test_stack()
    SecurityHub(stack, "hub", provider="aws.other")
    resources = synthesize(stack)["resource"]
    assert "aws_securityhub_finding_aggregator" not in resources
    blocks = [block for named in resources.values() for block in named.values()]
    assert {block["provider"] for block in blocks} == {"aws.other"}
    assert all("${data.aws_region.current_other.id}" in arn for arn in standards_of(stack))


def test_region_that_only_terraform_knows_is_judged_by_it() -> None:
    stack = test_stack()
    SecurityHub(
        stack, "hub", SecurityHubConfig(linking_mode="SPECIFIED_REGIONS", specified_regions=("${var.further_region}",))
    )
    (account,) = synthesize(stack)["resource"]["aws_securityhub_account"].values()
    (judged,) = account["lifecycle"]["precondition"]
    assert "var.further_region" in judged["condition"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"further_standards": ("soc2",)}, "must be 'cis-v3', 'nist-800-53-v5', 'nist-800-171-v2' or 'pci-dss-v4'"),
        ({"further_standards": ("cis-v3", "cis-v3")}, "further_standards=.* names one twice"),
        (
            {"linking_mode": "SPECIFIED_REGIONS", "specified_regions": ("us-east-1", "us-east-1")},
            "specified_regions=.* names one twice",
        ),
        ({"linking_mode": "SPECIFIED_REGIONS", "specified_regions": ("Frankfurt",)}, "is not an AWS region"),
        ({"linking_mode": "SPECIFIED_REGIONS"}, "has no regions: AWS would refuse it"),
        (
            {"linking_mode": "ALL_REGIONS", "specified_regions": ("us-east-1",)},
            "exclude each other: the regions would have no effect",
        ),
        ({"specified_regions": ("us-east-1",)}, "linking_mode=None exclude each other"),
        (
            {"linking_mode": "ALL_REGIONS", "administrator": "organization"},
            "administrator='organization' exclude each other: AWS does not allow a member account to aggregate",
        ),
    ],
)
def test_refuses_what_aws_would_refuse(values: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SecurityHub(test_stack(), "hub", SecurityHubConfig(**values))


def test_refuses_default_standards() -> None:
    with pytest.raises(ConfigError, match="SecurityHubConfig has no field 'enable_default_standards'"):
        SecurityHub(test_stack(), "hub", SecurityHubConfig(enable_default_standards=True))  # type: ignore[call-arg]


def test_controls_on_the_account_are_off_where_they_would_repeat_those_of_another_region() -> None:
    stack = test_stack()
    SecurityHub(stack, "hub", SecurityHubConfig(account_controls=False, further_standards=("cis-v3", "pci-dss-v4")))
    resources = synthesize(stack)["resource"]
    off = resources["aws_securityhub_standards_control_association"]
    assert {one["association_status"] for one in off.values()} == {"DISABLED"}
    assert all(one["updated_reason"] for one in off.values())
    by_standard: dict[str, set[str]] = {}
    for one in off.values():
        by_standard.setdefault(one["standards_arn"].rpartition("standards/")[2], set()).add(one["security_control_id"])
        (subscription,) = one["depends_on"]
        name = subscription.partition(".")[2]
        assert resources["aws_securityhub_standards_subscription"][name]["standards_arn"] == one["standards_arn"]
    assert set(by_standard) == {
        "aws-foundational-security-best-practices/v/1.0.0",
        "cis-aws-foundations-benchmark/v/3.0.0",
        "cis-aws-foundations-benchmark/v/5.0.0",
    }
    assert {"IAM.6", "Account.1"} <= set.intersection(*by_standard.values())
    assert not any("IAM.28" in controls for controls in by_standard.values()), "an analyzer belongs to each region"


def test_controls_that_are_off_belong_to_their_standard() -> None:
    """As AWS Config's rules of the same controls have it."""
    named = {control for rule in RULES for control in rule.controls if "cis-v5" in rule.packs}
    assert set(_ON_THE_ACCOUNT["cis-v5"]) <= named
    best = {control for rule in RULES for control in rule.controls if "fsbp" in rule.packs}
    assert set(_ON_THE_ACCOUNT["fsbp"]) <= best


def test_addresses() -> None:
    stack = test_stack()
    SecurityHub(stack, "hub", SecurityHubConfig(further_standards=("pci-dss-v4",), linking_mode="ALL_REGIONS"))
    assert addresses(synthesize(stack)) == [
        "aws_securityhub_account.hub_account",
        "aws_securityhub_finding_aggregator.hub_aggregator",
        "aws_securityhub_standards_subscription.hub_cis_v5",
        "aws_securityhub_standards_subscription.hub_fsbp",
        "aws_securityhub_standards_subscription.hub_pci_dss_v4",
    ]
