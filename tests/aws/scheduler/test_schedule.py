"""Schedule: times, target, role, key. The permissions are tried in aws/wiring/deliveries."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.cloudwatch.event_bus import EventBus
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.scheduler.schedule import Schedule, ScheduleConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue
from secureinfra.aws.sqs.queue import Queue, QueueConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

HOURLY = ScheduleConfig(expression="rate(1 hour)")


def schedule_of(stack: Any) -> dict[str, Any]:
    (schedule,) = synthesize(stack)["resource"]["aws_scheduler_schedule"].values()
    return dict(schedule)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Schedule(stack, "hourly", HOURLY).deliver_to(Queue(stack, "orders"))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = ScheduleConfig(
        expression="cron(0 3 ? * MON-FRI *)",
        timezone="Europe/Berlin",
        flexible_window_minutes=15,
        name="nightly",
        description="The nightly report",
        enabled=False,
        maximum_event_age_in_seconds=600,
        maximum_retry_attempts=3,
        tags={"team": "orders"},
    )
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    schedule = Schedule(stack, "nightly", config, key=key, dead_letters=DeadLetterQueue(stack, "failed"))
    schedule.deliver_to(
        Queue(stack, "orders", QueueConfig(fifo=True)), input={"job": "report"}, message_group_id="jobs"
    )
    matches_snapshot(stack)


def test_a_schedule_meets_every_control() -> None:
    stack = test_stack()
    Schedule(stack, "hourly", HOURLY).deliver_to(SecureTopic(stack, "pages"))
    assert_meets(synthesize(stack))


def test_input_is_encrypted_with_the_key_of_the_dead_letter_queue() -> None:
    stack = test_stack()
    Schedule(stack, "hourly", HOURLY).deliver_to(Queue(stack, "orders"))
    assert schedule_of(stack)["kms_key_arn"] == "${aws_kms_key.undelivered_key.arn}"


def test_a_bus_gets_an_event() -> None:
    stack = test_stack()
    event = {"source": "acme.jobs", "detail_type": "Hour", "detail": {"job": "tidy"}}
    Schedule(stack, "hourly", HOURLY).deliver_to(EventBus(stack, "jobs"), input=event)
    target = schedule_of(stack)["target"]
    assert target["eventbridge_parameters"] == {"source": "acme.jobs", "detail_type": "Hour"}
    assert json.loads(target["input"]) == {"job": "tidy"}


@pytest.mark.parametrize("input", [None, {"detail": {}}, {"source": "acme.jobs", "detail": {}}])
def test_refuses_bus_without_event(input: Any) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="in its input: an event has all three"):
        Schedule(stack, "hourly", HOURLY).deliver_to(EventBus(stack, "jobs"), input=input)


@pytest.mark.parametrize(
    "expression",
    ["rate(5 minutes)", "rate(1 day)", "cron(0/15 8-18 ? * MON-FRI *)", "cron(0 3 1 * ? *)", "at(2030-01-31T08:00:00)"],
)
def test_accepts_expression(expression: str) -> None:
    assert ScheduleConfig(expression=expression).expression == expression


@pytest.mark.parametrize(
    "expression", ["rate(0 hours)", "rate(1 week)", "cron(0 3 * * *)", "0 3 * * ? *", "at(2030-01-31)", "every hour"]
)
def test_refuses_expression(expression: str) -> None:
    with pytest.raises(ConfigError, match="is not a schedule: write"):
        Schedule(test_stack(), "hourly", ScheduleConfig(expression=expression))


@pytest.mark.parametrize("expression", ["cron(0 3 * * * *)", "cron(0 3 ? * ? *)"])
def test_refuses_cron_that_does_not_say_which_day(expression: str) -> None:
    with pytest.raises(ConfigError, match=r"does not say which day: EventBridge Scheduler takes '\?' for exactly one"):
        Schedule(test_stack(), "hourly", ScheduleConfig(expression=expression))


def test_refuses_second_target() -> None:
    stack = test_stack()
    schedule = Schedule(stack, "hourly", HOURLY)
    schedule.deliver_to(Queue(stack, "orders"))
    with pytest.raises(ConfigError, match="is the second target: a schedule has one"):
        schedule.deliver_to(Queue(stack, "returns"))


def test_refuses_no_target() -> None:
    stack = test_stack()
    Schedule(stack, "hourly", HOURLY)
    with pytest.raises(ConfigError, match="test/hourly: the schedule has no target: it would do nothing"):
        synthesize(stack)


@pytest.mark.parametrize(("fifo", "group"), [(True, None), (False, "jobs")])
def test_refuses_group_that_does_not_fit(fifo: bool, group: str | None) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="message_group_id: FIFO queues need one, others take none"):
        Schedule(stack, "hourly", HOURLY).deliver_to(
            Queue(stack, "orders", QueueConfig(fifo=fifo)), message_group_id=group
        )


def test_refuses_path_that_is_no_name() -> None:
    with pytest.raises(ConfigError, match=r"is not a schedule name: write up to 64.*Set ScheduleConfig\(name="):
        Schedule(test_stack(), "h" * 64, HOURLY)


def test_addresses() -> None:
    stack = test_stack()
    Schedule(stack, "hourly", HOURLY).deliver_to(Queue(stack, "orders"))
    assert [one for one in addresses(synthesize(stack)) if "hourly" in one] == [
        "aws_iam_role.hourly_role",
        "aws_iam_role_policy.hourly_role_permissions",
        "aws_scheduler_schedule.hourly_schedule",
    ]
