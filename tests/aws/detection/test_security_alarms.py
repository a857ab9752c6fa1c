"""SecurityAlarms: filters, alarms, topics, tuning."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.cloudtrail.trail import SecureTrail
from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.detection.security_alarms import AlarmTuning, SecurityAlarms, SecurityAlarmsConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.controls.cloudwatch.alarms import alarms
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack

UNAUTHORIZED = "unauthorized-api-calls"
NAMES = {
    "unauthorized-api-calls": "UnauthorizedAttemptCount",
    "console-signin-without-mfa": "ConsoleSigninWithoutMFACount",
    "root-usage": "RootUsageCount",
    "iam-policy-changes": "IAMPolicyChangesCount",
    "cloudtrail-changes": "CloudtrailChangesCount",
    "console-auth-failures": "ConsoleAuthFailuresCount",
    "cmk-disable-or-delete": "CMKDisableOrDeleteCount",
    "s3-bucket-policy-changes": "S3BucketPolicyChangesCount",
    "config-changes": "ConfigChangesCount",
    "security-group-changes": "SecurityGroupChangesCount",
    "nacl-changes": "NACLChangesCount",
    "network-gateway-changes": "NetworkGatewayChangesCount",
    "route-table-changes": "RouteTableChangesCount",
    "vpc-changes": "VPCChangesCount",
    "organizations-changes": "OrganizationsChangesCount",
}


def built(**values: Any) -> dict[str, Any]:
    stack = test_stack()
    SecurityAlarms(stack, "alarms", SecurityAlarmsConfig(**values), log_group="trail/events")
    resources: dict[str, Any] = synthesize(stack)["resource"]
    return resources


def filter_of(resources: dict[str, Any], key: str) -> dict[str, Any]:
    return dict(resources["aws_cloudwatch_log_metric_filter"][f"alarms_{key.replace('-', '_')}_filter"])


def alarm_of(resources: dict[str, Any], key: str) -> dict[str, Any]:
    return dict(resources["aws_cloudwatch_metric_alarm"][f"alarms_{key.replace('-', '_')}_alarm"])


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SecurityAlarms(stack, "alarms", log_group="trail/events")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = SecurityAlarmsConfig(
        subscribers=("security@example.com", "on-call@example.com"),
        tuning={
            UNAUTHORIZED: AlarmTuning(threshold=10, paged=False),
            "console-auth-failures": AlarmTuning(threshold=3, period_seconds=900, evaluation_periods=2),
        },
        exact_security_hub=True,
        tags={"team": "security"},
    )
    SecurityAlarms(stack, "alarms", config, trail=SecureTrail(stack, "audit"))
    matches_snapshot(stack)


def test_unauthorised_calls_are_counted_as_the_benchmark_has_it() -> None:
    resources = built()
    assert filter_of(resources, UNAUTHORIZED)["metric_transformation"] == {
        "name": "UnauthorizedAttemptCount",
        "namespace": "CloudTrailMetrics",
        "value": "1",
    }
    expected = {
        "namespace": "CloudTrailMetrics",
        "metric_name": "UnauthorizedAttemptCount",
        "statistic": "Sum",
        "period": 300,
        "evaluation_periods": 1,
        "threshold": 1,
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "treat_missing_data": "notBreaching",
    }
    alarm = alarm_of(resources, UNAUTHORIZED)
    assert {name: alarm[name] for name in expected} == expected


def test_filter_metric_and_alarm_share_one_name() -> None:
    resources = built()
    for key, name in NAMES.items():
        found, alarm = filter_of(resources, key), alarm_of(resources, key)
        assert {found["name"], found["metric_transformation"]["name"], alarm["metric_name"], alarm["alarm_name"]} == {
            name
        }


def test_every_item_of_the_benchmark_has_an_alarm() -> None:
    assert {key: alarm["name"] for key, alarm in alarms().items()} == NAMES
    assert sorted((alarm["cis"]["7.0"] for alarm in alarms().values()), key=lambda item: int(item[2:])) == [
        f"5.{number}" for number in range(1, 16)
    ]


@pytest.mark.parametrize("key", NAMES)
@pytest.mark.parametrize("form", ["pattern", "pattern_security_hub"])
def test_patterns_are_ones_that_cloudwatch_takes(key: str, form: str) -> None:
    pattern = alarms()[key][form]
    if pattern is None:
        assert key == "organizations-changes"  # the one item without a Security Hub control
        return
    # docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
    assert len(pattern) <= 1024
    assert pattern.startswith("{")
    assert pattern.endswith("}")
    assert pattern.count("(") == pattern.count(")")
    assert not re.search(r"&\.|==", pattern)


def test_recommended_patterns_where_the_versions_differ() -> None:
    resources = built()
    # Parenthesised, so that the exclusions hold for both errors.
    assert filter_of(resources, UNAUTHORIZED)["pattern"] == (
        '{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")) && '
        '(($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket")) }'
    )
    assert "ModifySecurityGroupRules" in filter_of(resources, "security-group-changes")["pattern"]
    assert filter_of(resources, "route-table-changes")["pattern"].startswith(
        "{ ($.eventSource = ec2.amazonaws.com) && (($.eventName = CreateRoute) ||"
    )
    assert "EnableAllFeatures" in filter_of(resources, "organizations-changes")["pattern"]


def test_exact_form_of_security_hub() -> None:
    resources = built(exact_security_hub=True)
    short = '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}'
    assert filter_of(resources, UNAUTHORIZED)["pattern"] == short
    assert "ModifySecurityGroupRules" not in filter_of(resources, "security-group-changes")["pattern"]
    # docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html, CloudWatch.4 and CloudWatch.13
    assert filter_of(resources, "route-table-changes")["pattern"] == (
        "{($.eventSource=ec2.amazonaws.com) && (($.eventName=CreateRoute) || ($.eventName=CreateRouteTable) || "
        "($.eventName=ReplaceRoute) || ($.eventName=ReplaceRouteTableAssociation) || ($.eventName=DeleteRouteTable) || "
        "($.eventName=DeleteRoute) || ($.eventName=DisassociateRouteTable))}"
    )
    assert filter_of(resources, "iam-policy-changes")["pattern"].startswith(
        "{($.eventSource=iam.amazonaws.com) && (($.eventName=DeleteGroupPolicy) || ($.eventName=DeleteRolePolicy) || "
    )
    assert "organizations.amazonaws.com" in filter_of(resources, "organizations-changes")["pattern"]


def test_alarm_acts() -> None:
    for alarm in built()["aws_cloudwatch_metric_alarm"].values():
        assert alarm["actions_enabled"] is True
        assert alarm["alarm_actions"] == ["${aws_sns_topic.alarms_topic.arn}"]


def test_topic_lets_cloudwatch_use_its_key() -> None:
    resources = built()
    assert resources["aws_sns_topic"]["alarms_topic"]["kms_master_key_id"] == "${aws_kms_key.alarms_topic_key.key_id}"
    for type, name in (("aws_kms_key", "alarms_topic_key"), ("aws_sns_topic_policy", "alarms_topic_policy")):
        statements = json.loads(resources[type][name]["policy"])["Statement"]
        assert {"Service": ["cloudwatch.amazonaws.com"]} in [statement["Principal"] for statement in statements]


def test_one_key_for_trail_and_topics() -> None:
    stack = test_stack()
    quiet = SecurityAlarmsConfig(tuning={UNAUTHORIZED: AlarmTuning(paged=False)})
    SecurityAlarms(stack, "alarms", quiet, trail=SecureTrail(stack, "audit"))
    resources = synthesize(stack)["resource"]
    assert list(resources["aws_kms_key"]) == ["audit_key"]
    assert {topic["kms_master_key_id"] for topic in resources["aws_sns_topic"].values()} == {
        "${aws_kms_key.audit_key.key_id}"
    }


def test_subscribers_get_an_email() -> None:
    resources = built(subscribers=("security@example.com",))
    subscription = resources["aws_sns_topic_subscription"]["alarms_topic_subscription_security_example_com"]
    assert (subscription["protocol"], subscription["endpoint"]) == ("email", "security@example.com")


def test_recorded_but_not_paged_keeps_pattern_and_action() -> None:
    loud, quiet = built(), built(tuning={UNAUTHORIZED: AlarmTuning(paged=False)})
    assert filter_of(quiet, UNAUTHORIZED) == filter_of(loud, UNAUTHORIZED)
    assert alarm_of(quiet, UNAUTHORIZED)["alarm_actions"] == ["${aws_sns_topic.alarms_recorded_topic.arn}"]
    assert alarm_of(quiet, UNAUTHORIZED)["actions_enabled"] is True
    assert alarm_of(quiet, "root-usage")["alarm_actions"] == ["${aws_sns_topic.alarms_topic.arn}"]
    assert "alarms_recorded_topic" not in loud["aws_sns_topic"]


def test_tuning_leaves_the_pattern_and_the_other_alarms() -> None:
    plain, tuned = built(), built(tuning={UNAUTHORIZED: AlarmTuning(threshold=25, period_seconds=3600)})
    assert tuned["aws_cloudwatch_log_metric_filter"] == plain["aws_cloudwatch_log_metric_filter"]
    alarm = alarm_of(tuned, UNAUTHORIZED)
    assert (alarm["threshold"], alarm["period"]) == (25, 3600)
    assert alarm_of(tuned, "root-usage") == alarm_of(plain, "root-usage")


def test_takes_a_topic_of_ones_own() -> None:
    stack = test_stack()
    alarms = SecurityAlarms(stack, "alarms", log_group="events", topic=SecureTopic(stack, "pages"))
    resources = synthesize(stack)["resource"]
    assert list(resources["aws_sns_topic"]) == ["pages_topic"]
    assert alarm_of(resources, "root-usage")["alarm_actions"] == [alarms.topic.arn]


@pytest.mark.parametrize("given", ["trail", "group", "name"])
def test_watches_the_group_it_is_given(given: str) -> None:
    stack = test_stack()
    trail = SecureTrail(stack, "audit")
    choices: dict[str, dict[str, Any]] = {
        "trail": {"trail": trail},
        "group": {"log_group": trail.log_group},
        "name": {"log_group": trail.log_group.name},
    }
    SecurityAlarms(stack, "alarms", **choices[given])
    filters = synthesize(stack)["resource"]["aws_cloudwatch_log_metric_filter"].values()
    assert {found["log_group_name"] for found in filters} == {"${aws_cloudwatch_log_group.audit_events_log_group.name}"}


def test_token_is_judged_by_terraform() -> None:
    tuning = AlarmTuning(threshold="${var.calls}", period_seconds="${var.seconds}", evaluation_periods=3)  # type: ignore[arg-type]
    resources = built(tuning={UNAUTHORIZED: tuning})
    judged = [*resources["aws_cloudwatch_log_metric_filter"].values(), alarm_of(resources, UNAUTHORIZED)]
    conditions = [item["condition"] for each in judged for item in each.get("lifecycle", {}).get("precondition", ())]
    assert "${var.calls >= 1 && var.calls <= 1000000}" in conditions
    assert "${var.seconds * 3 <= (var.seconds >= 3600 ? 604800 : 86400)}" in conditions
    tuning = AlarmTuning(period_seconds=900, evaluation_periods="${var.count}")  # type: ignore[arg-type]
    alarm = alarm_of(built(tuning={UNAUTHORIZED: tuning}), UNAUTHORIZED)
    assert "${var.count * 900 <= 86400}" in [item["condition"] for item in alarm["lifecycle"]["precondition"]]


def test_refuses_tuning_of_an_unknown_alarm() -> None:
    with pytest.raises(
        ConfigError, match=r"tuning names 'unauthorized-calls', which is not an alarm. Use one of unauthorized-"
    ):
        built(tuning={"unauthorized-calls": AlarmTuning()})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"threshold": 0}, "threshold=0 must be between 1 and 1000000 events"),
        ({"period_seconds": 45}, "period_seconds=45 must be one of 60, 300"),
        ({"period_seconds": 86400, "evaluation_periods": 8}, "is longer than a week: .* at most 7 evaluation periods"),
        ({"period_seconds": 3600, "evaluation_periods": 25}, "evaluation_periods=25 must be between 1 and 24"),
        ({"pattern": "{ }"}, "AlarmTuning has no field 'pattern'"),
    ],
)
def test_refuses_bad_tuning(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=f"SecurityAlarmsConfig tuning: .*({message})"):
        built(tuning={UNAUTHORIZED: AlarmTuning(**values)})


def test_refuses_bad_subscriber() -> None:
    with pytest.raises(ConfigError, match="subscriber 'security' is not an email address"):
        built(subscribers=("security",))


def test_refuses_neither_and_both() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"test/alarms: alarms watch either trail=... or log_group=..."):
        SecurityAlarms(stack, "alarms")
    with pytest.raises(ConfigError, match=r"give one of them"):
        SecurityAlarms(stack, "both", trail=SecureTrail(stack, "audit"), log_group="events")


def test_refuses_group_that_knows_no_metric_filters() -> None:
    stack = test_stack()
    group = SecureLogGroup(stack, "events", LogGroupConfig(log_group_class="INFREQUENT_ACCESS"))
    with pytest.raises(ConfigError, match="is of class INFREQUENT_ACCESS, which does not support metric filters"):
        SecurityAlarms(stack, "alarms", log_group=group)


def test_refuses_bad_group_name() -> None:
    with pytest.raises(ConfigError, match="log_group='trail events' is not a log group name"):
        SecurityAlarms(test_stack(), "alarms", log_group="trail events")


def test_addresses() -> None:
    stack = test_stack()
    SecurityAlarms(stack, "alarms", log_group="events")
    expected = [
        "aws_kms_alias.alarms_topic_key_alias",
        "aws_kms_key.alarms_topic_key",
        "aws_sns_topic.alarms_topic",
        "aws_sns_topic_policy.alarms_topic_policy",
    ]
    for key in NAMES:
        name = key.replace("-", "_")
        expected.append(f"aws_cloudwatch_log_metric_filter.alarms_{name}_filter")
        expected.append(f"aws_cloudwatch_metric_alarm.alarms_{name}_alarm")
    assert addresses(synthesize(stack)) == sorted(expected)
