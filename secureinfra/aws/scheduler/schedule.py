"""Schedule: something sent at given times, under a role and a key, and kept where that fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue
from secureinfra.aws.wiring.deliveries.receiver import Receiver, checked
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError

__all__ = ["Schedule", "ScheduleConfig"]

SCHEDULE_NAME = matches(
    r"[A-Za-z0-9._-]{1,64}",
    "is not a schedule name",
    "write up to 64 letters, digits, '.', '_' and '-'",
    example="nightly",
)
# docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
EXPRESSION = matches(
    r"rate\([1-9][0-9]* (minute|hour|day)s?\)|cron\([^ ()]+( [^ ()]+){5}\)"
    r"|at\([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\)",
    "is not a schedule",
    "write rate(), cron() with six fields, or at(2030-01-31T08:00:00)",
    example="cron(0 3 * * ? *)",
)
TIMEZONE = matches(
    r"[A-Za-z]+([/_+-][A-Za-z0-9]+)*",
    "is not a time zone",
    "write its name in the IANA database",
    example="Europe/Berlin",
)
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4


class ScheduleConfig(Config):
    """When, and how often it is tried again."""

    expression: Annotated[str, EXPRESSION]
    """`rate(1 hour)`, `cron(0 3 * * ? *)` (minute, hour, day of month, month, day of week, year) or `at(2030-01-31T08:00:00)`."""
    timezone: Annotated[str, TIMEZONE] = "UTC"
    """Time zone of `cron()` and `at()`; follows its daylight saving time."""
    flexible_window_minutes: Annotated[Number, between(1, 1_440, "minutes")] | None = None
    """Start at any time within so many minutes; by default within the minute."""
    name: Annotated[str, SCHEDULE_NAME] | None = None
    """Name of the schedule; by default the construct's path with '-'."""
    description: Text | None = None
    """What the schedule is for; by default it names the construct."""
    enabled: bool = True
    """`False` keeps the schedule and sends nothing."""
    maximum_event_age_in_seconds: Annotated[Number, between(60, 86_400, "seconds")] = 86_400
    """How long it is tried again."""
    maximum_retry_attempts: Annotated[Number, between(0, 185, "times")] = 185
    """How often it is tried again."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags, on the role: schedules have none."""

    def problems(self) -> Iterator[Problem]:
        """A `cron()` names a day of the month or a day of the week, and `?` for the other."""
        if is_token(self.expression) or not self.expression.startswith("cron("):
            return
        fields = re.findall(r"[^ ()]+", self.expression)[1:]
        if (fields[_DAY_OF_MONTH] == "?") == (fields[_DAY_OF_WEEK] == "?"):
            why = "EventBridge Scheduler takes '?' for exactly one of day of month and day of week"
            yield Problem("expression", "does not say which day", why, "Write e.g. 'cron(0 3 * * ? *)' for every day")


@declares(apart="a schedule has a target, which a module of its own would not contain", page="messaging")
class Schedule(SecureConstruct):
    """A schedule whose one target gets what it is to get, by a role that may do that and nothing else.

    Creates the schedule and its role once it has a target. Its input is encrypted with a customer key, by default that of the
    dead-letter queue that the stack shares, in which undelivered events are kept.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: when.
        key: key to encrypt the input with; by default that of the dead-letter queue.
        dead_letters: where undelivered events go; by default to the dead-letter queue that the stack shares.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or it has no target when the app is synthesized.

    Example:
        `Schedule(stack, "nightly", ScheduleConfig(expression="cron(0 3 * * ? *)")).deliver_to(queue, input={"job": "report"})`
    """

    config: ScheduleConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: ScheduleConfig,
        *,
        key: SecureKey | None = None,
        dead_letters: DeadLetterQueue | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.schedule_name = config.name or derived_name(self, SCHEDULE_NAME)
        self._dead_letters = dead_letters or DeadLetterQueue.shared(self)
        self.key = key or self._dead_letters.key
        self._target: dict[str, Any] | None = None
        # docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html: the source is the group.
        group = f"arn:{self.partition}:scheduler:{self.region}:{self.account_id}:schedule-group/default"
        self.role = SecureRole(
            self,
            "role",
            RoleConfig(
                trust=ServiceTrust(service="scheduler", source_arns=(group,)),
                description=f"{self.path}: what the schedule may do",
                tags=config.tags,
            ),
        )
        # docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
        self.key.grant(self.role, "Schedule", ("kms:Decrypt",))
        # docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html: by the role, not by the queue's policy.
        self._dead_letters.grant_send(self.role)
        self.schedule = Resource(
            self,
            "schedule",
            "aws_scheduler_schedule",
            depends_on=[self.role.inline],
            name=self.schedule_name,
            group_name="default",
            description=(config.description or f"{self.path}: schedule")[:512],
            schedule_expression=config.expression,
            schedule_expression_timezone=config.timezone,
            state="ENABLED" if config.enabled else "DISABLED",
            kms_key_arn=self.key.arn,
            flexible_time_window=self._window(),
            target=self._written_target,
        )

    @property
    def arn(self) -> str:
        """Reference to the schedule's ARN."""
        return self.schedule.ref("arn")

    def deliver_to(
        self, target: Receiver, *, input: Mapping[str, Any] | None = None, message_group_id: str | None = None
    ) -> None:
        """Send something to a target of this account and region at each of the times.

        Args:
            target: a `Queue`, `SecureTopic`, `Function`, `EventBus`, `Stream`, `Delivery` or `Workflow`.
            input: what to send; for a bus the event, with `source`, `detail_type` and `detail`.
            message_group_id: group of the messages in a FIFO queue, which needs one.

        Raises:
            ConfigError: the target is not one that schedules deliver to, the schedule has one already, or a bus gets no event.
        """
        checked(self, "schedule", target)
        asked = f"{self.path}: deliver_to({target.path!r})"
        if self._target is not None:
            raise ConfigError(
                f"{asked} is the second target: a schedule has one. Write another Schedule, or deliver to a SecureTopic."
            )
        if getattr(target, "fifo", False) != bool(message_group_id):
            raise ConfigError(
                f"{asked} {'has' if message_group_id else 'lacks'} message_group_id: FIFO queues need one, others take none. "
                f"{'Remove' if message_group_id else 'Add'} it."
            )
        target.grant_delivery(self.role)
        sent, event = input, None
        if target.receives == "bus":
            event = _event_of(asked, input)
            sent = input["detail"] if input else None
        self._target = {
            "arn": target.arn,
            "role_arn": self.role.arn,
            "input": json.dumps(sent) if sent is not None else None,
            "eventbridge_parameters": event,
            # Records of one schedule stay in order.
            "kinesis_parameters": {"partition_key": self.schedule_name} if target.receives == "stream" else None,
            "sqs_parameters": {"message_group_id": message_group_id} if message_group_id else None,
            "dead_letter_config": {"arn": self._dead_letters.arn},
            "retry_policy": {
                "maximum_event_age_in_seconds": self.config.maximum_event_age_in_seconds,
                "maximum_retry_attempts": self.config.maximum_retry_attempts,
            },
        }

    def _window(self) -> dict[str, Any]:
        minutes = self.config.flexible_window_minutes
        return {"mode": "OFF"} if minutes is None else {"mode": "FLEXIBLE", "maximum_window_in_minutes": minutes}

    def _written_target(self) -> dict[str, Any]:
        if self._target is None:
            raise ConfigError(
                f"{self.path}: the schedule has no target: it would do nothing. Add schedule.deliver_to(...)."
            )
        return self._target


def _event_of(asked: str, input: Mapping[str, Any] | None) -> dict[str, Any]:
    """What EventBridge Scheduler puts on a bus: source and detail type beside the detail."""
    lacking = [name for name in ("source", "detail_type", "detail") if name not in (input or {})]
    if lacking or input is None:
        raise ConfigError(
            f"{asked} lacks {', '.join(lacking)} in its input: an event has all three. Write "
            "input={'source': 'acme.jobs', 'detail_type': 'Nightly', 'detail': {...}}."
        )
    return {"source": input["source"], "detail_type": input["detail_type"]}
