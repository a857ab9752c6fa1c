"""Controls on what the audit trail raises an alarm for: the monitoring items of the CIS benchmark."""

from __future__ import annotations

import functools
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import is_set, is_true, number, one_of
from secureinfra.controls.reading.filter_pattern import Condition, alternatives, covers, parsed
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

_FILTER, _ALARM = "aws_cloudwatch_log_metric_filter", "aws_cloudwatch_metric_alarm"
_GROUP = "cloud_watch_logs_group_arn"
_Event = tuple[Condition, ...]
_RISES = one_of(
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "GreaterThanUpperThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
)


@functools.cache
def alarms() -> Mapping[str, Mapping[str, Any]]:
    """The catalogue of alarms by key, with patterns and the benchmark items that ask for them."""
    text = pkgutil.get_data("secureinfra.controls", "cis_alarms.json") or b""
    return {alarm["key"]: alarm for alarm in json.loads(text)["alarms"]}


def _alarm(key: str, title: str, why: str) -> Control:
    control = Control(
        id=f"alarm-on-{key}",
        title=title,
        why=why,
        row=f"cw-alarm-{key}",
        mend="Write an aws_cloudwatch_log_metric_filter for these events on the log group of the trail, and an "
        "aws_cloudwatch_metric_alarm with alarm_actions on its metric.",
        python='SecurityAlarms(stack, "alarms", trail=trail) does.',
    )
    control.check("aws_cloudtrail")(functools.partial(_heard, key))
    return control


def _heard(key: str, trail: Block, configuration: Configuration) -> Iterator[Failure]:
    filters = _filters_on(trail, configuration)

    def unheard(event: _Event) -> Iterator[Failure]:
        if not any_of(filters, lambda one: _covers(one, event) and _alarmed(one, configuration)):
            missing.append(event)
            yield Failure(_differing(event), "")

    # The versions of the benchmark and Security Hub differ: who meets one of them has done what is asked.
    forms = _accepted(key)
    missing: list[_Event] = []
    if any_of(forms, lambda form: not list(each(form, unheard))):
        return
    missing = []
    words = [failure.found for failure in each(forms[0], unheard)]
    silent = [filter for filter in filters if all(_covers(filter, event) for event in missing)]
    if silent:
        found = f"no alarm with an action on the metric of {silent[0].address}"
        yield Failure(found, f"an {_ALARM} on its metric, with alarm_actions", block=silent[0])
    else:
        events = "these events" if len(missing) == len(forms[0]) else ", ".join(words)
        pattern = alarms()[key]["pattern"]
        yield Failure(f"no {_FILTER} with an alarm covers {events}", f"pattern = {pattern}", at=_GROUP)


@functools.cache
def _accepted(key: str) -> tuple[tuple[_Event, ...], ...]:
    """The events that one may demand, in each form that is accepted: alternatives of conditions."""
    alarm = alarms()[key]
    source = alarm["event_source"]
    forms = []
    for name in ("pattern", "pattern_security_hub", "pattern_cis"):
        pattern = parsed(alarm.get(name) or "{}")
        if pattern is not None:
            # A filter may name the service or leave it out: it goes without saying.
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
        NotApplicable: there is none in this configuration.
    """
    filters = configuration.of_type(_FILTER)
    if not filters:
        raise NotApplicable("no metric filter in this configuration: the alarms live elsewhere")
    if not trail.has(_GROUP):
        raise NotApplicable("the trail delivers nothing to CloudWatch Logs, which cloudtrail-to-cloudwatch asks about")
    groups = configuration.targets(trail, _GROUP, "aws_cloudwatch_log_group")
    if groups:
        found = [filter for group in groups for filter in configuration.attached(group, _FILTER, "log_group_name")]
    else:
        found = _filters_by_name(trail, filters)
    if not found:
        raise NotApplicable(
            "no metric filter on the trail's log group in this configuration: the alarms live elsewhere"
        )
    return found


def _filters_by_name(trail: Block, filters: list[Block]) -> list[Block]:
    arn = trail.get(_GROUP)
    named = re.search(r":log-group:(.+?)(?::\*)?$", text_of(arn))
    if named is None:
        raise UnknownValueError(arn) if is_unknown(arn) else NotApplicable(f"{_GROUP} names no log group")
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
    """Whether an alarm with an action listens to the metric of a filter."""
    alarms = configuration.of_type(_ALARM)
    metrics = [node for node in filter.blocks("metric_transformation") if number(node.get("value")) != 0]
    return any_of(metrics, lambda metric: any_of(alarms, lambda alarm: _listens(alarm, filter, metric, configuration)))


def _listens(alarm: Block, filter: Block, metric: Node, configuration: Configuration) -> bool:
    heard = [alarm, *(node for query in alarm.blocks("metric_query") for node in query.blocks("metric"))]
    return (
        any_of(heard, lambda node: _names(node, filter, metric, configuration))
        and _RISES(alarm.get("comparison_operator"))
        and acts(alarm)
    )


def _names(node: Node, filter: Block, metric: Node, configuration: Configuration) -> bool:
    return all(_refers(node, name, filter, metric, configuration) for name in ("metric_name", "namespace"))


def _refers(node: Node, argument: str, filter: Block, metric: Node, configuration: Configuration) -> bool:
    own = "name" if argument == "metric_name" else argument
    value = node.get(argument)
    if is_unknown(value) and configuration.target(value) is filter:
        if ".metric_transformation" in value.text:
            return bool(value.text.endswith(f".{own}}}"))
        if value.text.endswith(".id}"):  # which is the filter's own name
            value = filter.get("name")
    return bool(value == metric.get(own))


def acts(alarm: Block) -> bool:
    """Whether an alarm does something when it rises."""
    actions = alarm.get("alarm_actions")
    listed = actions if isinstance(actions, list) else (actions,)
    return any_of(listed, is_set) and is_true(alarm.get("actions_enabled", True))


UNAUTHORIZED_API_CALLS = _alarm(
    "unauthorized-api-calls",
    "Somebody hears of refused API calls",
    "whoever tries out stolen credentials would go unnoticed",
)

CONSOLE_SIGNIN_WITHOUT_MFA = _alarm(
    "console-signin-without-mfa",
    "Somebody hears of console sign-ins without MFA",
    "an account that only a password guards would go unnoticed",
)

ROOT_USAGE = _alarm(
    "root-usage",
    "Somebody hears when the root user acts",
    "nothing limits the root user, and hardly any work needs it",
)

IAM_POLICY_CHANGES = _alarm(
    "iam-policy-changes",
    "Somebody hears of changes to IAM policies",
    "an intruder who grants himself more would go unnoticed",
)

CLOUDTRAIL_CHANGES = _alarm(
    "cloudtrail-changes",
    "Somebody hears of changes to trails",
    "the record could be switched off before the attack",
)

CONSOLE_AUTH_FAILURES = _alarm(
    "console-auth-failures",
    "Somebody hears of failed console sign-ins",
    "guessing of passwords would go unnoticed until it succeeds",
)

CMK_DISABLE_OR_DELETE = _alarm(
    "cmk-disable-or-delete",
    "Somebody hears when a customer key is disabled or about to be deleted",
    "the time in which its data can be saved would pass unused",
)

S3_BUCKET_POLICY_CHANGES = _alarm(
    "s3-bucket-policy-changes",
    "Somebody hears of changes to bucket policies and ACLs",
    "a bucket that was opened would stay open",
)

CONFIG_CHANGES = _alarm(
    "config-changes",
    "Somebody hears of changes to AWS Config",
    "the record of the configuration could be switched off unnoticed",
)

SECURITY_GROUP_CHANGES = _alarm(
    "security-group-changes",
    "Somebody hears of changes to security groups",
    "a port that was opened would stay open",
)

NACL_CHANGES = _alarm(
    "nacl-changes",
    "Somebody hears of changes to network ACLs",
    "a subnet that was opened would stay open",
)

NETWORK_GATEWAY_CHANGES = _alarm(
    "network-gateway-changes",
    "Somebody hears of changes to network gateways",
    "a new way into or out of the network would go unnoticed",
)

ROUTE_TABLE_CHANGES = _alarm(
    "route-table-changes",
    "Somebody hears of changes to route tables",
    "traffic that is led past the controls would go unnoticed",
)

VPC_CHANGES = _alarm(
    "vpc-changes",
    "Somebody hears of changes to VPCs and their peerings",
    "a network that was joined to another would go unnoticed",
)

ORGANIZATIONS_CHANGES = _alarm(
    "organizations-changes",
    "Somebody hears of changes to the organisation",
    "an account that leaves the organisation leaves its guardrails behind",
)
