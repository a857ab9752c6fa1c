"""What AWS has once in an account and region is refused a second time in one stack with one provider."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra import (
    AccountPublicAccessBlock,
    AlternateContacts,
    AlternateContactsConfig,
    AwsProvider,
    AwsProviderConfig,
    ConfigError,
    ConfigRecorder,
    Contact,
    EbsEncryption,
    FindingEvents,
    FindingEventsConfig,
    GuardDuty,
    ImagePublicAccessBlock,
    Inspector,
    InspectorConfig,
    InstanceMetadataDefaults,
    Macie,
    PasswordPolicy,
    RegionSettings,
    SecurityAlarms,
    SecurityAlarmsConfig,
    SecurityHub,
    SnapshotPublicAccessBlock,
)
from secureinfra.testing import synthesize, test_stack

CONTACT = Contact(name="Team", title="On call", email_address="security@example.com", phone_number="+49 30 1")


def contacts(stack: Any, id: str, **options: Any) -> Any:
    account = options.pop("account_id", None)
    return AlternateContacts(stack, id, AlternateContactsConfig(security=CONTACT, account_id=account), **options)


def alarms(stack: Any, id: str, prefix: str | None = None, **options: Any) -> Any:
    return SecurityAlarms(stack, id, SecurityAlarmsConfig(name_prefix=prefix), log_group="trail", **options)


def events(stack: Any, id: str, name: str | None = "found", **options: Any) -> Any:
    return FindingEvents(stack, id, FindingEventsConfig(name=name), **options)


ONCE: tuple[Callable[..., Any], ...] = (
    AccountPublicAccessBlock,
    ConfigRecorder,
    EbsEncryption,
    GuardDuty,
    ImagePublicAccessBlock,
    Inspector,
    InstanceMetadataDefaults,
    Macie,
    PasswordPolicy,
    RegionSettings,
    SecurityHub,
    SnapshotPublicAccessBlock,
    alarms,
    contacts,
    events,
)


@pytest.mark.parametrize("make", ONCE)
def test_refuses_a_second_one_with_the_same_provider(make: Callable[..., Any]) -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    AwsProvider(stack, "other", AwsProviderConfig(region="eu-west-1", alias="other"))
    make(stack, "first")
    make(stack, "elsewhere", provider="aws.other")
    with pytest.raises(
        ConfigError, match=r"test/second: the stack already has an? \w+ with this provider, 'test/first'"
    ):
        make(stack, "second")


def test_two_that_differ_in_what_tells_them_apart() -> None:
    stack = test_stack()
    contacts(stack, "own")
    contacts(stack, "member", account_id="111122223333")
    Inspector(stack, "scans")
    Inspector(stack, "members", InspectorConfig(account_ids=("111122223333",)))
    events(stack, "events", name=None)
    events(stack, "more", name=None)
    alarms(stack, "alarms")
    alarms(stack, "again", "shop-")
    resources = synthesize(stack)["resource"]
    names = [alarm["alarm_name"] for alarm in resources["aws_cloudwatch_metric_alarm"].values()]
    filters = [one["metric_transformation"]["name"] for one in resources["aws_cloudwatch_log_metric_filter"].values()]
    assert len(set(names)) == len(names) == 15 + 15 + 2  # two of undelivered findings
    assert len(set(filters)) == len(filters) == 30
    assert {"RootUsageCount", "shop-RootUsageCount"} <= set(names) & set(filters)
