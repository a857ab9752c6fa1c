"""Controls on what the audit trail raises an alarm for: trail, log group, filter, metric and alarm, link by link."""

import copy
import re
from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls import find
from secureinfra.controls.cloudwatch import alarms as cloudwatch_alarms
from secureinfra.controls.cloudwatch.alarms import alarms
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import failure, findings, status

IDS = [
    "alarm-on-unauthorized-api-calls",
    "alarm-on-console-signin-without-mfa",
    "alarm-on-root-usage",
    "alarm-on-iam-policy-changes",
    "alarm-on-cloudtrail-changes",
    "alarm-on-console-auth-failures",
    "alarm-on-cmk-disable-or-delete",
    "alarm-on-s3-bucket-policy-changes",
    "alarm-on-config-changes",
    "alarm-on-security-group-changes",
    "alarm-on-nacl-changes",
    "alarm-on-network-gateway-changes",
    "alarm-on-route-table-changes",
    "alarm-on-vpc-changes",
    "alarm-on-organizations-changes",
]
TRAIL = cloudwatch_alarms.CLOUDTRAIL_CHANGES
EVENTS = ("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging")


def heard(pattern: str, **changed: Any) -> dict[str, Any]:
    """A trail whose log group has one filter with an alarm; `changed` by type."""
    resources: dict[str, Any] = {
        "aws_cloudtrail": {"t": {"cloud_watch_logs_group_arn": "${aws_cloudwatch_log_group.g.arn}:*"}},
        "aws_cloudwatch_log_group": {"g": {"name": "trail"}},
        "aws_cloudwatch_log_metric_filter": {
            "f": {
                "log_group_name": "${aws_cloudwatch_log_group.g.name}",
                "name": "found",
                "pattern": pattern,
                "metric_transformation": {"name": "found", "namespace": "trail", "value": "1"},
            }
        },
        "aws_cloudwatch_metric_alarm": {
            "a": {
                "metric_name": "found",
                "namespace": "trail",
                "comparison_operator": "GreaterThanOrEqualToThreshold",
                "alarm_actions": ["${aws_sns_topic.t.arn}"],
            }
        },
        "aws_sns_topic": {"t": {}},
        "aws_sns_topic_subscription": {"s": {"topic_arn": "${aws_sns_topic.t.arn}", "protocol": "email"}},
    }
    for type, arguments in changed.items():
        resources[type] = {name: {**held, **arguments} for name, held in resources[type].items()}
    return resources


def pattern_of(*names: str) -> str:
    return "{ " + " || ".join(f"($.eventName = {name})" for name in names) + " }"


def test_every_alarm_of_the_catalogue_has_its_control() -> None:
    assert [f"alarm-on-{key}" for key in alarms()] == IDS
    assert all(find(id).row == f"cw-{id.replace('alarm-on', 'alarm')}" for id in IDS)


@pytest.mark.parametrize(
    ("id", "form"),
    [
        (f"alarm-on-{key}", form)
        for key, alarm in alarms().items()
        for form in ("pattern", "pattern_security_hub", "pattern_cis")
        if alarm.get(form)
    ],
)
def test_accepted_forms(id: str, form: str) -> None:
    pattern = alarms()[id.removeprefix("alarm-on-")][form]
    assert status(find(id), **heard(pattern)) == "passed"
    assert status(find(id), **heard(re.sub(r" *(\|\||&&|!=|=) *", r"\1", pattern))) == "passed"
    assert status(find(id), **heard(f"{{ ({pattern[1:-1]}) || ($.eventName = SomethingElse) }}")) == "passed"


@pytest.mark.parametrize("id", IDS)
def test_pattern_that_demands_more_hears_less(id: str) -> None:
    pattern = alarms()[id.removeprefix("alarm-on-")]["pattern"]
    narrowed = f"{{ ({pattern[1:-1]}) && ($.userIdentity.userName = alice) }}"
    assert "no aws_cloudwatch_log_metric_filter with an alarm covers these events" in failure(
        find(id), **heard(narrowed)
    )
    assert status(find(id), **heard("{ $.eventName = SomethingElse }")) == "failed"
    assert status(find(id), **heard("ERROR")) == "failed"


@pytest.mark.parametrize("id", IDS)
def test_pattern_nobody_knows(id: str) -> None:
    assert status(find(id), variable={"p": {}}, **heard("${var.p}")) == "unknown"


@pytest.mark.parametrize(
    ("id", "pattern"),
    [
        # The older text joins the exclusions with OR and so matches nearly everything, which is more than is asked.
        (
            "alarm-on-unauthorized-api-calls",
            '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") || '
            '($.sourceIPAddress!="delivery.logs.amazonaws.com") || ($.eventName!="HeadBucket") }',
        ),
        # The newer one has no parentheses: the exclusions hold for the second error only.
        (
            "alarm-on-unauthorized-api-calls",
            "{ ($.errorCode =*UnauthorizedOperation) || ($.errorCode =AccessDenied*) && "
            "($.sourceIPAddress!=delivery.logs.amazonaws.com) && ($.eventName!=HeadBucket) }",
        ),
        (
            "alarm-on-console-signin-without-mfa",
            "{ ($.eventName = ConsoleLogin) && ($.additionalEventData.MFAUsed != Yes) }",
        ),
        (
            "alarm-on-root-usage",
            "{ $.userIdentity.type = Root && $.userIdentity.invokedBy NOT EXISTS && $.eventType != AwsServiceEvent }",
        ),
        ("alarm-on-cmk-disable-or-delete", pattern_of("DisableKey", "ScheduleKeyDeletion")),
        (
            "alarm-on-iam-policy-changes",
            "{ ($.eventSource = iam.amazonaws.com) && (($.eventName = *Policy) || ($.eventName = *PolicyVersion)) }",
        ),
        (
            "alarm-on-cloudtrail-changes",
            "{ ($.eventSource = cloudtrail.amazonaws.com) && ($.eventName != LookupEvents) }",
        ),
    ],
)
def test_forms_that_cover_as_much_or_more(id: str, pattern: str) -> None:
    assert status(find(id), **heard(pattern)) == "passed"


def test_missing_events_are_named() -> None:
    said = failure(TRAIL, **heard(pattern_of("CreateTrail", "UpdateTrail", "DeleteTrail")))
    assert said.startswith(
        "aws_cloudtrail.t cloud_watch_logs_group_arn: no aws_cloudwatch_log_metric_filter with an alarm covers "
        "$.eventName = StartLogging, $.eventName = StopLogging -> pattern = {($.eventName=CreateTrail) ||"
    )


def test_events_may_be_spread_over_filters() -> None:
    resources = heard(pattern_of(*EVENTS[:3]))
    filters = resources["aws_cloudwatch_log_metric_filter"]
    filters["g"] = {**filters["f"], "pattern": pattern_of(*EVENTS[3:])}
    assert status(TRAIL, **resources) == "passed"
    filters["g"] = {
        **filters["g"],
        "metric_transformation": {"name": "unheard", "namespace": "trail", "value": "1"},
    }
    assert "no alarm with an action on the metric of aws_cloudwatch_log_metric_filter.g" in failure(TRAIL, **resources)


@pytest.mark.parametrize(
    "changed",
    [
        {"metric_name": "other"},
        {"namespace": "other"},
        {"alarm_actions": []},
        {"alarm_actions": None},
        {"actions_enabled": False},
        {"comparison_operator": "LessThanThreshold"},
        {"threshold": 1e9, "statistic": "Sum"},
        {"threshold": 2, "statistic": "Maximum"},
        {"threshold": 2, "statistic": "Average"},
        {"threshold": 1, "statistic": "Maximum", "comparison_operator": "GreaterThanThreshold"},
        {"dimensions": {"A": "b"}},
        {"metric_name": "${aws_cloudwatch_log_metric_filter.other.id}"},
    ],
)
def test_filter_without_an_alarm(changed: dict[str, Any]) -> None:
    resources = heard(pattern_of(*EVENTS), aws_cloudwatch_metric_alarm=changed)
    filters = resources["aws_cloudwatch_log_metric_filter"]
    filters["other"] = {**filters["f"], "name": "other", "pattern": "{ $.eventName = Other }"}
    assert failure(TRAIL, **resources) == (
        "aws_cloudtrail.t cloud_watch_logs_group_arn: no alarm with an action on the metric of "
        "aws_cloudwatch_log_metric_filter.f -> an aws_cloudwatch_metric_alarm on its metric, with alarm_actions"
    )


def test_metric_that_counts_nothing() -> None:
    counted = {"metric_transformation": {"name": "found", "namespace": "trail", "value": "0"}}
    assert status(TRAIL, **heard(pattern_of(*EVENTS), aws_cloudwatch_log_metric_filter=counted)) == "failed"


@pytest.mark.parametrize(
    "changed",
    [
        {"metric_name": "${aws_cloudwatch_log_metric_filter.f.id}"},
        {"metric_name": "${aws_cloudwatch_log_metric_filter.f.name}"},
        {"metric_name": "${aws_cloudwatch_log_metric_filter.f.metric_transformation[0].name}"},
        {"alarm_actions": ["arn:aws:sns:eu-central-1:111122223333:pages"]},
        {
            "metric_name": None,
            "namespace": None,
            "metric_query": [{"id": "m", "metric": {"metric_name": "found", "namespace": "trail"}}],
        },
    ],
)
def test_alarm_on_the_metric(changed: dict[str, Any]) -> None:
    assert status(TRAIL, **heard(pattern_of(*EVENTS), aws_cloudwatch_metric_alarm=changed)) == "passed"


def test_id_of_a_filter_is_not_the_name_of_its_metric() -> None:
    resources = heard(
        pattern_of(*EVENTS),
        aws_cloudwatch_log_metric_filter={"name": "other"},
        aws_cloudwatch_metric_alarm={"metric_name": "${aws_cloudwatch_log_metric_filter.f.id}"},
    )
    assert status(TRAIL, **resources) == "failed"


@pytest.mark.parametrize("argument", ["metric_name", "alarm_actions", "actions_enabled", "comparison_operator"])
def test_alarm_nobody_knows(argument: str) -> None:
    resources = heard(pattern_of(*EVENTS), aws_cloudwatch_metric_alarm={argument: "${var.x}"})
    assert status(TRAIL, variable={"x": {}}, **resources) == "unknown"


def test_log_group_by_name() -> None:
    arn = "arn:aws:logs:eu-central-1:111122223333:log-group:trail:*"
    named = heard(pattern_of(*EVENTS), aws_cloudtrail={"cloud_watch_logs_group_arn": arn})
    named["aws_cloudwatch_log_metric_filter"]["f"]["log_group_name"] = "trail"
    assert status(TRAIL, **named) == "passed"
    named["aws_cloudwatch_log_metric_filter"]["f"]["pattern"] = "{ $.eventName = X }"
    assert status(TRAIL, **named) == "failed"
    named["aws_cloudwatch_log_metric_filter"]["f"]["log_group_name"] = "trail-of-others"
    assert status(TRAIL, **named) == "not applicable"
    named["aws_cloudwatch_log_metric_filter"]["f"]["log_group_name"] = "${var.x}"
    assert status(TRAIL, variable={"x": {}}, **named) == "unknown"


def test_log_group_of_the_same_variable() -> None:
    arn = "arn:aws:logs:eu-central-1:111122223333:log-group:${var.x}:*"
    same = heard(pattern_of(*EVENTS), aws_cloudtrail={"cloud_watch_logs_group_arn": arn})
    same["aws_cloudwatch_log_metric_filter"]["f"]["log_group_name"] = "${var.x}"
    assert status(TRAIL, variable={"x": {}}, **same) == "passed"
    same["aws_cloudwatch_log_metric_filter"]["f"]["log_group_name"] = "trail"
    assert status(TRAIL, variable={"x": {}}, **same) == "unknown"
    same["aws_cloudtrail"]["t"]["cloud_watch_logs_group_arn"] = "${var.x}"
    assert status(TRAIL, variable={"x": {}}, **same) == "unknown"


def test_alarms_that_live_elsewhere() -> None:
    resources = heard(pattern_of(*EVENTS))
    alone = copy.deepcopy(resources)
    del alone["aws_cloudwatch_log_metric_filter"]
    assert status(TRAIL, **alone) == "not applicable"
    silent = copy.deepcopy(resources)
    silent["aws_cloudtrail"] = {"t": {}}
    assert status(TRAIL, **silent) == "not applicable"
    other = copy.deepcopy(resources)
    other["aws_cloudwatch_log_group"]["h"] = {"name": "app"}
    other["aws_cloudwatch_log_metric_filter"]["f"]["log_group_name"] = "${aws_cloudwatch_log_group.h.name}"
    (finding,) = findings(TRAIL, **other)
    assert (finding.status, finding.found) == (
        "not applicable",
        "there are no metric filters on the trail's log group in this configuration; alarms may be defined in another one",
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"threshold": 1, "statistic": "Sum"},
        {"threshold": 10, "statistic": "Sum"},
        {"threshold": 0, "statistic": "Maximum", "comparison_operator": "GreaterThanThreshold"},
        {"threshold": 1, "statistic": "Maximum"},
        {"threshold": 5, "statistic": "SampleCount"},
        {"threshold": 100, "extended_statistic": "p99"},
    ],
)
def test_alarm_within_reach(changed: dict[str, Any]) -> None:
    assert status(TRAIL, **heard(pattern_of(*EVENTS), aws_cloudwatch_metric_alarm=changed)) == "passed"


def test_metric_that_counts_down() -> None:
    down = {"metric_transformation": {"name": "found", "namespace": "trail", "value": "-1"}}
    assert status(TRAIL, **heard(pattern_of(*EVENTS), aws_cloudwatch_log_metric_filter=down)) == "failed"


ROOT_PATTERN = pattern_of(*EVENTS)


def test_topic_without_a_subscriber() -> None:
    resources = heard(ROOT_PATTERN)
    del resources["aws_sns_topic_subscription"]
    (one,) = findings(TRAIL, **resources)
    assert (one.status, one.found[:35]) == ("unknown", "whether aws_sns_topic.t has a subsc")
    elsewhere: dict[str, Any] = {"aws_sns_topic": {"t": {}, "other": {}}}
    of_another = {"aws_sns_topic_subscription": {"s": {"topic_arn": "${aws_sns_topic.other.arn}"}}}
    assert status(TRAIL, **{**resources, **elsewhere, **of_another}) == "unknown"
    perhaps = {"aws_sns_topic_subscription": {"s": {"count": "${var.n}", "topic_arn": "${aws_sns_topic.t.arn}"}}}
    assert status(TRAIL, variable={"n": {}}, **resources, **perhaps) == "unknown"
    for type in ("aws_chatbot_slack_channel_configuration", "aws_chatbot_teams_channel_configuration"):
        chat = {type: {"c": {"sns_topic_arns": ["${aws_sns_topic.t.arn}"]}}}
        assert status(TRAIL, **resources, **chat) == "passed"


def test_action_that_is_not_a_topic_of_this_configuration() -> None:
    for action in ("arn:aws:sns:eu-central-1:111122223333:security", "${data.aws_sns_topic.t.arn}"):
        resources = heard(ROOT_PATTERN, aws_cloudwatch_metric_alarm={"alarm_actions": [action]})
        del resources["aws_sns_topic_subscription"]
        data = {"aws_sns_topic": {"t": {"name": "security"}}}
        assert status(TRAIL, data=data, **resources) == "passed"


@pytest.mark.parametrize(
    ("filter", "alarm", "answer"),
    [
        ({}, {"region": "us-east-1"}, "unknown"),
        ({"region": "eu-central-1"}, {"region": "us-east-1"}, "failed"),
        ({"region": "us-east-1"}, {"region": "us-east-1"}, "passed"),
        ({}, {"provider": "${aws.other}"}, "unknown"),
        ({"provider": "aws.other"}, {"provider": "aws.other"}, "passed"),
    ],
)
def test_alarm_of_another_region(filter: dict[str, Any], alarm: dict[str, Any], answer: str) -> None:
    resources = heard(ROOT_PATTERN, aws_cloudwatch_log_metric_filter=filter, aws_cloudwatch_metric_alarm=alarm)
    assert status(TRAIL, **resources) == answer


def test_alarm_of_a_provider_of_another_region() -> None:
    resources = heard(ROOT_PATTERN, aws_cloudwatch_metric_alarm={"provider": "aws.other"})
    for region, answer in (("us-east-1", "failed"), ("eu-central-1", "passed")):
        provider = {"aws": [{"region": "eu-central-1"}, {"alias": "other", "region": region}]}
        (one,) = run_controls(Configuration.of({"resource": resources, "provider": provider}), [TRAIL])
        assert one.status == answer


def test_alarm_that_may_not_be_there() -> None:
    perhaps = heard(ROOT_PATTERN, aws_cloudwatch_metric_alarm={"count": "${var.n}"})
    assert status(TRAIL, variable={"n": {}}, **perhaps) == "unknown"
