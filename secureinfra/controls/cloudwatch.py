"""Controls on CloudWatch log groups and alarms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import is_set, is_true, number
from secureinfra.controls.reading.keys import customer_key
from secureinfra.controls.reading.resource_policies import not_public, says_for_whom
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyStatement

LOGS_ENCRYPTED = Control(
    id="log-group-encrypted",
    title="Log groups are encrypted with a customer key",
    why="logs hold what the systems hold, and only a customer key shows and stops who reads them",
    row="cw-loggroup-kms",
    mend="Set kms_key_id to the ARN of a customer managed key that logs.REGION.amazonaws.com may use.",
    python="SecureLogGroup does.",
)

LOGS_ENCRYPTED.check("aws_cloudwatch_log_group")(customer_key("kms_key_id"))

LOGS_RETAINED = Control(
    id="log-group-retained",
    title="Logs are kept for a year or longer",
    why="an intrusion is often found months later, when shorter logs are gone",
    row="cw-loggroup-retention",
    mend="Set retention_in_days = 365 or more, or 0 to keep them for ever.",
    python="SecureLogGroup does; LogGroupConfig(retention_in_days=...) sets a longer time.",
)


@LOGS_RETAINED.check("aws_cloudwatch_log_group")
def _retained(group: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html: this class holds events for
    # two days, whatever is written, on their way to S3 or X-Ray.
    if group.get("log_group_class", "STANDARD") == "DELIVERY":
        raise NotApplicable("a log group of class DELIVERY only passes its events on")
    value = group.get("retention_in_days")
    days = number(value)
    # Without a number the events never expire, but nobody said that they should not.
    if days is None or (days < 365 and days != 0):
        yield Failure(
            written("retention_in_days", value),
            "retention_in_days = 365 or more, or 0 for ever",
            at="retention_in_days",
        )


LOGS_POLICY_NOT_PUBLIC = Control(
    id="log-resource-policy-not-public",
    title="No log policy lets everybody in",
    why="anybody could write false events or read the logs",
    row="cw-logs-policy-no-public",
    waivable=False,
    mend="Name the service that delivers logs as the principal.",
)

LOGS_POLICY_NOT_PUBLIC.check("aws_cloudwatch_log_resource_policy")(not_public("policy_document"))

LOGS_POLICY_FOR_OWN_SOURCES = Control(
    id="log-resource-policy-own-sources",
    title="Services deliver logs of named sources only",
    why="a service could be led to write another account's events into these logs",
    row="cw-logs-policy-no-public",
    mend="Add a condition on aws:SourceAccount or aws:SourceArn to each statement that allows a service.",
)
# docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html shows the policy without a condition.
_WITHOUT_SOURCE = "events.amazonaws.com"


@LOGS_POLICY_FOR_OWN_SOURCES.check("aws_cloudwatch_log_resource_policy")
def _for_own_sources(policy: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.policy_document import statements_of  # noqa: PLC0415

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        services = statement.principals.get("Service", ())
        if not statement.allows or not services or any_of(services, lambda service: service == _WITHOUT_SOURCE):
            return
        if not any_of(statement.conditions, says_for_whom):
            yield Failure(
                f"Allow for {', '.join(map(str, services))} without a source",
                "a condition on aws:SourceAccount or aws:SourceArn",
                at=f"policy_document.{statement.at}",
            )

    return each(statements_of(policy, "policy_document", configuration), judge)


ALARM_ACTS = Control(
    id="alarm-has-action",
    title="Every alarm tells somebody",
    why="nobody would learn that it fired",
    row="cw-alarm-has-action",
    mend="Give it alarm_actions, e.g. the ARN of an SNS topic, and leave actions_enabled true.",
    python="SecurityAlarms does.",
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
