"""EventRule: its targets, their permissions, what it refuses. The permissions are tried in aws/wiring/deliveries."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.cloudwatch.event_bus import EventBus
from secureinfra.aws.cloudwatch.event_pattern import EventPattern
from secureinfra.aws.cloudwatch.event_rule import EventRule, EventRuleConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue
from secureinfra.aws.sqs.queue import Queue, QueueConfig
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

PAID = EventRuleConfig(pattern=EventPattern(source=("acme.shop",), detail_type=("Order Paid",)))


def targets_of(stack: Any) -> dict[str, dict[str, Any]]:
    return dict(synthesize(stack)["resource"]["aws_cloudwatch_event_target"])


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    EventRule(stack, "paid", PAID).deliver_to(Queue(stack, "orders"))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = EventRuleConfig(
        pattern=EventPattern(source=("acme.shop",)),
        name="paid",
        description="Paid orders",
        enabled=False,
        maximum_event_age_in_seconds=3_600,
        maximum_retry_attempts=3,
        tags={"team": "orders"},
    )
    bus, other = EventBus(stack, "shop"), EventBus(stack, "audit")
    rule = EventRule(stack, "paid", config, bus=bus, dead_letters=DeadLetterQueue(stack, "failed"))
    rule.deliver_to(Queue(stack, "orders"), input_path="$.detail")
    rule.deliver_to(Queue(stack, "payments", QueueConfig(fifo=True)), message_group_id="paid")
    rule.deliver_to(SecureTopic(stack, "pages"), input={"paid": True}, id="notify")
    rule.deliver_to(other)
    matches_snapshot(stack)


def test_a_rule_with_a_target_meets_every_control() -> None:
    stack = test_stack()
    EventRule(stack, "paid", PAID).deliver_to(SecureTopic(stack, "pages"))
    assert_meets(synthesize(stack))


def test_pattern_is_written_as_eventbridge_takes_it() -> None:
    stack = test_stack()
    EventRule(stack, "paid", PAID)
    (rule,) = synthesize(stack)["resource"]["aws_cloudwatch_event_rule"].values()
    assert json.loads(rule["event_pattern"]) == {"source": ["acme.shop"], "detail-type": ["Order Paid"]}


def test_one_role_for_all_targets_that_take_one() -> None:
    stack = test_stack()
    rule = EventRule(stack, "paid", PAID)
    rule.deliver_to(SecureTopic(stack, "pages"))
    rule.deliver_to(EventBus(stack, "audit"))
    rule.deliver_to(Queue(stack, "orders"))
    roles = {name: target.get("role_arn") for name, target in targets_of(stack).items()}
    assert roles == {
        "paid_target_pages": "${aws_iam_role.paid_deliver_role.arn}",
        "paid_target_audit": "${aws_iam_role.paid_deliver_role.arn}",
        "paid_target_orders": None,
    }


def test_rules_of_a_stack_share_what_keeps_undelivered_events() -> None:
    stack = test_stack()
    orders = Queue(stack, "orders")
    for name in ("paid", "sent"):
        EventRule(stack, name, PAID).deliver_to(orders)
    kept = {target["dead_letter_config"]["arn"] for target in targets_of(stack).values()}
    assert kept == {"${aws_sqs_queue.undelivered_queue.arn}"}


def test_refuses_its_own_bus() -> None:
    stack = test_stack()
    bus = EventBus(stack, "shop")
    with pytest.raises(ConfigError, match="is the bus that the events come from: they would never end"):
        EventRule(stack, "paid", PAID, bus=bus).deliver_to(bus)


def test_refuses_sixth_target() -> None:
    stack = test_stack()
    rule = EventRule(stack, "paid", PAID)
    for number in range(5):
        rule.deliver_to(Queue(stack, f"queue-{number}"))
    with pytest.raises(ConfigError, match="is one target too many: a rule has 5"):
        rule.deliver_to(Queue(stack, "one-more"))


def test_refuses_same_target_twice() -> None:
    stack = test_stack()
    rule, orders = EventRule(stack, "paid", PAID), Queue(stack, "orders")
    rule.deliver_to(orders)
    with pytest.raises(ConfigError, match="would be the second target 'orders'"):
        rule.deliver_to(orders)


@pytest.mark.parametrize(
    ("fifo", "group", "message"), [(True, None, "lacks message_group_id"), (False, "paid", "has message_group_id")]
)
def test_refuses_group_that_does_not_fit(fifo: bool, group: str | None, message: str) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=message):
        EventRule(stack, "paid", PAID).deliver_to(
            Queue(stack, "orders", QueueConfig(fifo=fifo)), message_group_id=group
        )


def test_refuses_two_inputs() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="has input and input_path: EventBridge takes one"):
        EventRule(stack, "paid", PAID).deliver_to(Queue(stack, "orders"), input={"a": 1}, input_path="$.detail")


def test_refuses_target_in_another_region() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox"))
    AwsProvider(stack, "other", AwsProviderConfig(region="eu-west-1", alias="other"))
    EventRule(stack, "paid", PAID).deliver_to(Queue(stack, "orders", provider="aws.other"))
    with pytest.raises(ConfigError, match="test/paid: deliver_to='test/orders' is in eu-west-1"):
        stack.node.root.synth()  # type: ignore[attr-defined]


def test_refuses_path_that_is_no_name() -> None:
    with pytest.raises(ConfigError, match=r"is not a rule name: write up to 64 letters.*Set EventRuleConfig\(name="):
        EventRule(test_stack(), "p" * 64, PAID)


def test_addresses() -> None:
    stack = test_stack()
    EventRule(stack, "paid", PAID).deliver_to(SecureTopic(stack, "pages"))
    assert [one for one in addresses(synthesize(stack)) if "paid" in one] == [
        "aws_cloudwatch_event_rule.paid_rule",
        "aws_cloudwatch_event_target.paid_target_pages",
        "aws_iam_role.paid_deliver_role",
        "aws_iam_role_policy.paid_deliver_permissions",
    ]
