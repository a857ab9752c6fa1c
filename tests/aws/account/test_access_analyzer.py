"""AccessAnalyzer: access from outside, unused access, and what may be archived unseen."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.account.access_analyzer import AccessAnalyzer, AccessAnalyzerConfig, ArchiveFilter, ArchiveRule
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack

PARTNER = ArchiveRule(
    filters=(
        ArchiveFilter(criteria="principal.AWS", eq=("111122223333",)),
        ArchiveFilter(criteria="resourceType", neq=("AWS::KMS::Key", "AWS::IAM::Role")),
        ArchiveFilter(criteria="isPublic", eq=("false",)),
        ArchiveFilter(criteria="error", exists=False),
    )
)
WEBSITE = ArchiveRule(filters=(ArchiveFilter(criteria="resource", contains=("acme-website",)),))


def analyzers_of(config: AccessAnalyzerConfig) -> dict[str, dict[str, Any]]:
    stack = test_stack()
    AccessAnalyzer(stack, "access", config)
    return {block["type"]: block for block in synthesize(stack)["resource"]["aws_accessanalyzer_analyzer"].values()}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    AccessAnalyzer(stack, "access")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = AccessAnalyzerConfig(
        name="organization",
        type="ORGANIZATION",
        archive_rules={"partner": PARTNER, "website": WEBSITE},
        unused_access_age=45,
        unused_access_exclude_accounts=("444455556666",),
        unused_access_exclude_tags={"purpose": "break-glass"},
        tags={"team": "security"},
    )
    AccessAnalyzer(stack, "access", config, provider="aws.other")
    matches_snapshot(stack)


def test_external_access() -> None:
    assert list(analyzers_of(AccessAnalyzerConfig())) == ["ACCOUNT"]
    assert list(analyzers_of(AccessAnalyzerConfig(type="ORGANIZATION"))) == ["ORGANIZATION"]


@pytest.mark.parametrize("type", ["ACCOUNT", "ORGANIZATION"])
def test_unused_access_is_looked_for_besides(type: Any) -> None:
    analyzers = analyzers_of(AccessAnalyzerConfig(type=type, unused_access_age=90))
    assert list(analyzers) == [type, f"{type}_UNUSED_ACCESS"]
    unused = analyzers[f"{type}_UNUSED_ACCESS"]
    assert unused["configuration"] == {"unused_access": {"unused_access_age": 90}}
    assert unused["analyzer_name"] != analyzers[type]["analyzer_name"]


def test_each_region_has_its_own() -> None:
    stack = test_stack()
    AccessAnalyzer(stack, "access")
    AccessAnalyzer(stack, "access-virginia", provider="aws.virginia")
    analyzers = synthesize(stack)["resource"]["aws_accessanalyzer_analyzer"]
    assert [block.get("provider") for block in analyzers.values()] == [None, "aws.virginia"]


def test_archive_rule_comes_after_its_analyzer() -> None:
    stack = test_stack()
    AccessAnalyzer(stack, "access", AccessAnalyzerConfig(archive_rules={"website": WEBSITE}))
    (rule,) = synthesize(stack)["resource"]["aws_accessanalyzer_archive_rule"].values()
    assert rule["analyzer_name"] == "${aws_accessanalyzer_analyzer.access_analyzer.analyzer_name}"
    assert rule["filter"] == [{"criteria": "resource", "contains": ["acme-website"]}]


@pytest.mark.parametrize(
    "filters",
    [
        (),
        (ArchiveFilter(criteria="isPublic", eq=("true",)),),
        (ArchiveFilter(criteria="resourceType", eq=("AWS::S3::Bucket",)),),
        (ArchiveFilter(criteria="resource", neq=("arn:aws:s3:::acme-website",)),),
        (ArchiveFilter(criteria="principal.AWS", eq=("*",)),),
        (ArchiveFilter(criteria="principal.AWS", exists=True),),
    ],
    ids=["nothing", "public", "kind", "all-but-one", "everybody", "anybody"],
)
def test_refuses_rule_that_archives_what_nobody_has_seen(filters: tuple[ArchiveFilter, ...]) -> None:
    config = AccessAnalyzerConfig(archive_rules={"all": ArchiveRule(filters=filters)})
    with pytest.raises(ConfigError, match="name neither a resource nor a principal"):
        AccessAnalyzer(test_stack(), "access", config)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "has no operator"),
        ({"eq": ("a",), "neq": ("b",)}, "has eq and neq"),
        ({"eq": tuple(str(number) for number in range(21))}, "has 21 values in eq: AWS takes 20"),
    ],
)
def test_refuses_unusable_filter(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        ArchiveFilter.of({"criteria": "resource", **given})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (AccessAnalyzerConfig(name="9lives"), "name='9lives' is not an analyzer name"),
        (AccessAnalyzerConfig(unused_access_age=366), "unused_access_age=366 must be between 1 and 365 days"),
        (
            AccessAnalyzerConfig(unused_access_exclude_tags={"purpose": "break-glass"}),
            "unused_access_exclude_tags without unused_access_age says nothing",
        ),
        (
            AccessAnalyzerConfig(unused_access_age=90, unused_access_exclude_accounts=("444455556666",)),
            "unused_access_exclude_accounts with type='ACCOUNT' says nothing",
        ),
    ],
)
def test_refuses_what_says_nothing(config: AccessAnalyzerConfig, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        AccessAnalyzer(test_stack(), "access", config)


def test_age_that_only_terraform_knows_is_judged_by_it() -> None:
    analyzers = analyzers_of(AccessAnalyzerConfig.of({"unused_access_age": "${var.age}"}))
    (judged,) = analyzers["ACCOUNT"]["lifecycle"]["precondition"]
    assert judged["condition"] == "${var.age >= 1 && var.age <= 365}"


def test_addresses() -> None:
    stack = test_stack()
    AccessAnalyzer(stack, "access", AccessAnalyzerConfig(unused_access_age=90, archive_rules={"website": WEBSITE}))
    assert addresses(synthesize(stack)) == [
        "aws_accessanalyzer_analyzer.access_analyzer",
        "aws_accessanalyzer_analyzer.access_unused_access",
        "aws_accessanalyzer_archive_rule.access_archive_website",
    ]
