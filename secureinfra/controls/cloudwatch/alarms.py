"""Controls on alarms for CloudTrail events: the monitoring items of the CIS benchmark."""

from __future__ import annotations

import functools
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.cloudwatch.filter_pattern import Condition, alternatives, covers, parsed
from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import is_set, is_true, number, one_of
from secureinfra.controls.verdict import Failure, NotApplicable, each
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_FILTER, _ALARM = "aws_cloudwatch_log_metric_filter", "aws_cloudwatch_metric_alarm"
_GROUP = "cloud_watch_logs_group_arn"
# So many events in one period are within reach of a threshold.
_MOST_EVENTS = 1000
_Event = tuple[Condition, ...]
_RISES = one_of(
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "GreaterThanUpperThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
)


@functools.cache
def alarms() -> Mapping[str, Mapping[str, Any]]:
    """The catalogue of alarms by key, with patterns and the benchmark items that require them."""
    text = pkgutil.get_data("secureinfra.controls.cloudwatch", "cis_alarms.json") or b""
    return {alarm["key"]: alarm for alarm in json.loads(text)["alarms"]}


def _alarm(key: str, title: str, why: str) -> Control:
    control = Control(
        id=f"alarm-on-{key}",
        title=title,
        why=why,
        row=f"cw-alarm-{key}",
        fix="Write an aws_cloudwatch_log_metric_filter for these events on the trail's log group, and an "
        "aws_cloudwatch_metric_alarm with alarm_actions on its metric.",
        setting='SecurityAlarms(stack, "alarms", trail=trail) does.',
    )
    control.check("aws_cloudtrail")(functools.partial(_heard, key))
    return control


def _heard(key: str, trail: Block, configuration: Configuration) -> Iterator[Failure]:
    filters = _filters_on(trail, configuration)

    def unheard(event: _Event) -> Iterator[Failure]:
        if not any_of(filters, lambda one: _covers(one, event) and _alarmed(one, configuration)):
            missing.append(event)
            yield Failure(_differing(event), "")

    # The versions of the benchmark and Security Hub differ; meeting any one of them passes.
    forms = _accepted(key)
    missing: list[_Event] = []
    if any_of(forms, lambda form: not list(each(form, unheard))):
        return
    missing = []
    words = [failure.found for failure in each(forms[0], unheard)]
    silent = [filter for filter in filters if all(_covers(filter, event) for event in missing)]
    if silent:
        found = f"no alarm with an action on the metric of {silent[0].address}"
        yield Failure(found, f"an {_ALARM} on its metric, with alarm_actions", at=_GROUP)
    else:
        events = "these events" if len(missing) == len(forms[0]) else ", ".join(words)
        pattern = alarms()[key]["pattern"]
        yield Failure(f"no {_FILTER} with an alarm covers {events}", f"pattern = {pattern}", at=_GROUP)


@functools.cache
def _accepted(key: str) -> tuple[tuple[_Event, ...], ...]:
    """The required events, in each accepted form: alternatives of conditions."""
    alarm = alarms()[key]
    source = alarm["event_source"]
    forms = []
    for name in ("pattern", "pattern_security_hub", "pattern_cis"):
        pattern = parsed(alarm.get(name) or "{}")
        if pattern is not None:
            # A filter may include the service or leave it out: the event names imply it.
            said = (Condition("$.eventSource", "=", source),) if source else ()
            forms.append(tuple(tuple(dict.fromkeys((*event, *said))) for event in alternatives(pattern)))
    return tuple(forms)


def _differing(event: _Event) -> str:
    return next(
        (f"{c.selector} = {c.value}" for c in event if c.selector in ("$.eventName", "$.errorCode")), str(event[0])
    )


def _filters_on(trail: Block, configuration: Configuration) -> list[Block]:
    """The metric filters on the trail's log group.

    Raises:
        NotApplicable: there are none in this configuration.
    """
    filters = configuration.of_type(_FILTER)
    if not filters:
        raise NotApplicable("there are no metric filters in this configuration; alarms may be defined in another one")
    if not trail.has(_GROUP):
        raise NotApplicable("the trail does not deliver to CloudWatch Logs, which cloudtrail-to-cloudwatch checks")
    groups = configuration.targets(trail, _GROUP, "aws_cloudwatch_log_group")
    if groups:
        found = [filter for group in groups for filter in configuration.attached(group, _FILTER, "log_group_name")]
    else:
        found = _filters_by_name(trail, filters)
    if not found:
        raise NotApplicable(
            "there are no metric filters on the trail's log group in this configuration; alarms may be defined in another one"
        )
    return found


def _filters_by_name(trail: Block, filters: list[Block]) -> list[Block]:
    arn = trail.get(_GROUP)
    named = re.search(r":log-group:(.+?)(?::\*)?$", text_of(arn))
    if named is None:
        raise UnknownValueError(arn) if is_unknown(arn) else NotApplicable(f"{_GROUP} does not refer to a log group")
    name = named[1]
    names = [(filter, filter.get("log_group_name")) for filter in filters]
    found = [filter for filter, value in names if (value.text if is_unknown(value) else value) == name]
    unsure = [value for _, value in names if is_unknown(value)] or ([arn] if "${" in name else [])
    if not found and unsure:
        raise UnknownValueError(unsure[0])
    return found


def _covers(filter: Block, event: _Event) -> bool:
    pattern = filter.get("pattern", "")
    if is_unknown(pattern):
        raise UnknownValueError(pattern)
    read = parsed(str(pattern))
    return read is not None and covers(read, event)


def _alarmed(filter: Block, configuration: Configuration) -> bool:
    """Whether an alarm with an action watches the metric of a filter."""
    alarms = configuration.of_type(_ALARM)
    metrics = [node for node in filter.blocks("metric_transformation") if _counts_up(node)]
    return any_of(metrics, lambda metric: any_of(alarms, lambda alarm: _listens(alarm, filter, metric, configuration)))


def _listens(alarm: Block, filter: Block, metric: Node, configuration: Configuration) -> bool:
    heard = [alarm, *(node for query in alarm.blocks("metric_query") for node in query.blocks("metric"))]
    return (
        any_of(heard, lambda node: _names(node, filter, metric, configuration))
        and _RISES(alarm.get("comparison_operator"))
        and _is_within_reach(alarm, metric)
        and any_of(heard, lambda node: node.has("dimensions") == metric.has("dimensions"))
        and _is_in_region_of(filter, alarm, configuration)
        and acts(alarm, configuration)
        and alarm.surely(filter)
    )


def _counts_up(metric: Node) -> bool:
    value = number(metric.get("value"))
    return value is None or value > 0


def _is_within_reach(alarm: Block, metric: Node) -> bool:
    """Whether events in a number that is likely in one period go over the threshold.

    An alarm on an expression over metrics, or on a band that CloudWatch learns, has no threshold to compare with.
    """
    threshold, value = number(alarm.get("threshold")), number(metric.get("value"))
    if threshold is None or alarm.blocks("metric_query") or is_set(alarm.get("extended_statistic")):
        return True
    one = 1 if value is None or alarm.get("statistic") == "SampleCount" else value
    # Of the values of single events, only Sum and SampleCount grow with their number.
    most = one * (_MOST_EVENTS if alarm.get("statistic") in ("Sum", "SampleCount") else 1)
    return most > threshold or (most == threshold and "OrEqual" in str(alarm.get("comparison_operator")))


def _names(node: Node, filter: Block, metric: Node, configuration: Configuration) -> bool:
    return all(_refers(node, name, filter, metric, configuration) for name in ("metric_name", "namespace"))


def _refers(node: Node, argument: str, filter: Block, metric: Node, configuration: Configuration) -> bool:
    own = "name" if argument == "metric_name" else argument
    value = node.get(argument)
    named = configuration.target(value) if is_unknown(value) else None
    if named is not None and named.type == _FILTER:
        if named is filter and ".metric_transformation" in value.text:
            return bool(value.text.endswith(f".{own}}}"))
        if value.text.endswith(".id}"):  # which is the filter's own name
            value = named.get("name")
    return bool(value == metric.get(own))


def _is_in_region_of(filter: Block, alarm: Block, configuration: Configuration) -> bool:
    """Whether the alarm is in the region of the filter, whose metrics an alarm of another region does not see.

    Raises:
        UnknownValueError: they have different providers, and the region of one is not known.
    """
    if filter.module != alarm.module:
        return True
    of_filter, of_alarm = (_region_of(block, configuration) for block in (filter, alarm))
    if (text_of(of_filter), filter.raw.get("provider")) == (text_of(of_alarm), alarm.raw.get("provider")):
        return True
    return bool(of_filter == of_alarm)


def _region_of(block: Block, configuration: Configuration) -> Any:
    """The region that a resource names itself, as provider 6 allows, or that of its provider."""
    if block.has("region"):
        return block.get("region")
    alias = text_of(block.raw.get("provider", "aws")).removeprefix("${").removesuffix("}").partition(".")[2]
    held = [node for node in configuration.providers.get("aws", ()) if node.get("alias", "") == alias]
    region = held[0].get("region") if len(held) == 1 else None
    return Unknown(f"the region of provider aws{alias and '.'}{alias}") if region is None else region


def acts(alarm: Block, configuration: Configuration) -> bool:
    """Whether an alarm has enabled actions, one of which reaches a subscriber.

    Raises:
        UnknownValueError: its topics are created here without a subscription: one may exist elsewhere, or none.
    """
    actions = alarm.get("alarm_actions")
    listed = actions if isinstance(actions, list) else (actions,)
    if not is_true(alarm.get("actions_enabled", True)):
        return False
    return any_of(listed, lambda action: is_set(action) and _is_received(action, configuration))


# docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-1: the topic has at least one subscriber.
_RECEIVERS = (
    ("aws_sns_topic_subscription", "topic_arn"),
    ("aws_chatbot_slack_channel_configuration", "sns_topic_arns"),
    ("aws_chatbot_teams_channel_configuration", "sns_topic_arns"),
)


def _is_received(action: Any, configuration: Configuration) -> bool:
    topic = configuration.target(action)
    if topic is None or (topic.section, topic.type) != ("resource", "aws_sns_topic"):
        return True
    if not any_of(_RECEIVERS, lambda receiver: configuration.attached(topic, *receiver)):
        raise UnknownValueError(
            Unknown(f"whether {topic.address} has a subscriber, as no aws_sns_topic_subscription is here")
        )
    return True


UNAUTHORIZED_API_CALLS = _alarm(
    "unauthorized-api-calls",
    "An alarm exists for unauthorized API calls",
    "attempts to use stolen credentials would go unnoticed",
)

CONSOLE_SIGNIN_WITHOUT_MFA = _alarm(
    "console-signin-without-mfa",
    "An alarm exists for console sign-ins without MFA",
    "accounts protected only by a password would go unnoticed",
)

ROOT_USAGE = _alarm(
    "root-usage",
    "An alarm exists for use of the root user",
    "permissions do not limit the root user, and almost no task requires it",
)

IAM_POLICY_CHANGES = _alarm(
    "iam-policy-changes",
    "An alarm exists for IAM policy changes",
    "an intruder could gain permissions unnoticed",
)

CLOUDTRAIL_CHANGES = _alarm(
    "cloudtrail-changes",
    "An alarm exists for CloudTrail configuration changes",
    "logging could be stopped before an attack",
)

CONSOLE_AUTH_FAILURES = _alarm(
    "console-auth-failures",
    "An alarm exists for failed console sign-ins",
    "password guessing would go unnoticed until it succeeds",
)

CMK_DISABLE_OR_DELETE = _alarm(
    "cmk-disable-or-delete",
    "An alarm exists for disabling or scheduled deletion of customer managed keys",
    "the waiting period in which the data can be saved would pass unused",
)

S3_BUCKET_POLICY_CHANGES = _alarm(
    "s3-bucket-policy-changes",
    "An alarm exists for S3 bucket policy and ACL changes",
    "a bucket that was made public would stay public",
)

CONFIG_CHANGES = _alarm(
    "config-changes",
    "An alarm exists for AWS Config configuration changes",
    "recording of resource configurations could be stopped unnoticed",
)

SECURITY_GROUP_CHANGES = _alarm(
    "security-group-changes",
    "An alarm exists for security group changes",
    "an opened port would stay open",
)

NACL_CHANGES = _alarm(
    "nacl-changes",
    "An alarm exists for network ACL changes",
    "an opened subnet would stay open",
)

NETWORK_GATEWAY_CHANGES = _alarm(
    "network-gateway-changes",
    "An alarm exists for network gateway changes",
    "a new path into or out of the network would go unnoticed",
)

ROUTE_TABLE_CHANGES = _alarm(
    "route-table-changes",
    "An alarm exists for route table changes",
    "traffic rerouted around the controls would go unnoticed",
)

VPC_CHANGES = _alarm(
    "vpc-changes",
    "An alarm exists for VPC changes",
    "a new peering connection to another network would go unnoticed",
)

ORGANIZATIONS_CHANGES = _alarm(
    "organizations-changes",
    "An alarm exists for AWS Organizations changes",
    "an account that leaves the organization leaves its guardrails behind",
)
