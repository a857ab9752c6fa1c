"""Controls on CloudWatch log groups and alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import is_set, is_true, number
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.outsiders import request_of_deputy
from secureinfra.controls.shared.resource_policies import not_public
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.facts.retention import is_long
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

LOGS_ENCRYPTED = Control(
    id="log-group-encrypted",
    title="Log groups are encrypted with a customer managed key",
    why="logs can hold sensitive data, and only a customer managed key shows and limits who reads them",
    row="cw-loggroup-kms",
    fix="Set kms_key_id to the ARN of a customer managed key that logs.REGION.amazonaws.com may use.",
)

LOGS_ENCRYPTED.check("aws_cloudwatch_log_group")(customer_key("kms_key_id"))

LOGS_RETAINED = Control(
    id="log-group-retained",
    title="Log groups keep logs for a year or longer",
    why="intrusions are often found months later, when shorter logs are gone",
    row="cw-loggroup-retention",
    fix="Set retention_in_days = 365 or more, or 0 to keep logs forever.",
    setting="SecureLogGroup does; LogGroupConfig(retention_in_days=...) sets a longer time.",
)


@LOGS_RETAINED.check("aws_cloudwatch_log_group")
def _retained(group: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html: this class holds events for
    # two days, whatever is written, on their way to S3 or X-Ray.
    if group.get("log_group_class", "STANDARD") == "DELIVERY":
        raise NotApplicable("a log group of class DELIVERY only forwards its events")
    value = group.get("retention_in_days")
    days = number(value)
    # Without a number, events never expire, but not by an explicit choice.
    if days is None or not is_long(days):
        yield Failure(
            written("retention_in_days", value),
            "retention_in_days = 365 or more, or 0 for no expiry",
            at="retention_in_days",
        )


LOGS_POLICY_NOT_PUBLIC = Control(
    id="log-resource-policy-not-public",
    title="CloudWatch Logs resource policies do not allow anonymous access",
    why="anyone could write false events or read the logs",
    row="cw-logs-policy-no-public",
    waivable=False,
    fix="Set the service that delivers logs as the principal.",
)

LOGS_POLICY_NOT_PUBLIC.check("aws_cloudwatch_log_resource_policy")(not_public("policy_document"))

LOGS_POLICY_FOR_OWN_SOURCES = Control(
    id="log-resource-policy-own-sources",
    title="CloudWatch Logs resource policies limit services to known sources",
    why="a service could be made to write another account's events into these logs",
    row="cw-logs-policy-no-public",
    fix="Add a condition on aws:SourceAccount or aws:SourceArn to each statement that allows a service.",
)
# docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html shows the policy without a condition.
_WITHOUT_SOURCE = "events.amazonaws.com"


@LOGS_POLICY_FOR_OWN_SOURCES.check("aws_cloudwatch_log_resource_policy")
def _for_own_sources(policy: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.model.policy_document import statements_of  # noqa: PLC0415

    statements = statements_of(policy, "policy_document", configuration)

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        services = statement.principals.get("Service", ())
        if not statement.allows or not services or any_of(services, lambda service: service == _WITHOUT_SOURCE):
            return
        if any_of(services, lambda service: request_of_deputy(statement, statements, configuration, service)):
            yield Failure(
                f"Allow for {', '.join(map(str, services))} without a source condition",
                "a condition on aws:SourceAccount or aws:SourceArn",
                at=f"policy_document.{statement.at}",
            )

    return each(statements, judge)


ALARM_ACTS = Control(
    id="alarm-has-action",
    title="CloudWatch alarms have actions",
    why="the alarm would go off without notifying anyone",
    row="cw-alarm-has-action",
    fix="Set alarm_actions, e.g. to the ARN of an SNS topic, and leave actions_enabled = true.",
)


@ALARM_ACTS.check("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
def _alarm_acts(alarm: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(name: str) -> Iterator[Failure]:
        value = alarm.get(name)
        if name == "actions_enabled" and not is_true(True if value is None else value):
            yield Failure(written(name, value), f"{name} = true", at=name)
        if name == "alarm_actions" and not any_of(value if isinstance(value, list) else (value,), is_set):
            yield Failure(written(name, value), f"{name} = [the ARN of an SNS topic]", at=name)

    return each(("alarm_actions", "actions_enabled"), judge)
