"""EventBus: key, policy, archive, events that could not be encrypted."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.cloudwatch.event_bus import EventBus, EventBusConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

ROLE = "arn:aws:iam::111122223333:role/shop"
ACCOUNT = "${data.aws_caller_identity.current.account_id}"
ARN = f"arn:${{data.aws_partition.current.partition}}:events:${{data.aws_region.current.id}}:{ACCOUNT}:event-bus/test-orders"


def statements_of(stack: Any, type: str, name: str) -> dict[str, dict[str, Any]]:
    policy = json.loads(synthesize(stack)["resource"][type][name]["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    EventBus(stack, "orders")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    bus = EventBus(
        stack,
        "orders",
        EventBusConfig(name="shop", archive_days=30, tags={"team": "orders"}),
        key=SecureKey(stack, "data", KeyConfig(strict=True)),
        dead_letters=DeadLetterQueue(stack, "failed"),
    )
    bus.grant_put(ROLE)
    matches_snapshot(stack)


def test_defaults_meet_every_control() -> None:
    stack = test_stack()
    EventBus(stack, "orders")
    assert_meets(synthesize(stack))


def test_eventbridge_uses_the_key_for_this_bus_of_this_account() -> None:
    stack = test_stack()
    EventBus(stack, "orders")
    statements = statements_of(stack, "aws_kms_key", "orders_key")
    assert statements["AllowEventsOnBus"]["Action"] == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert statements["AllowEventsOnBus"]["Condition"]["StringEquals"] == {
        "aws:SourceAccount": [ACCOUNT],
        "kms:EncryptionContext:aws:events:event-bus:arn": [ARN],
    }
    assert statements["AllowEventsRead"]["Action"] == ["kms:DescribeKey"]


def test_policy_names_this_account_only() -> None:
    stack = test_stack()
    EventBus(stack, "orders")
    (statement,) = statements_of(stack, "aws_cloudwatch_event_bus_policy", "orders_policy").values()
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT]}}


def test_grant_put() -> None:
    stack = test_stack()
    bus = EventBus(stack, "orders")
    bus.grant_put(SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))))
    bus.grant_put(ROLE)
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    (statement,) = json.loads(policy["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == (
        ["events:PutEvents"],
        ["${aws_cloudwatch_event_bus.orders_bus.arn}"],
    )
    put = statements_of(stack, "aws_cloudwatch_event_bus_policy", "orders_policy")["Put"]
    assert put["Principal"] == {"AWS": [ROLE]}


def test_refuses_grant_to_everybody() -> None:
    with pytest.raises(ConfigError, match="a grant names one role"):
        EventBus(test_stack(), "orders").grant_put("*")


def test_refuses_path_that_is_no_name() -> None:
    with pytest.raises(ConfigError, match=r"is not a bus name: write up to 48 letters.*Set EventBusConfig\(name="):
        EventBus(test_stack(), "o" * 48)


def test_addresses() -> None:
    stack = test_stack()
    EventBus(stack, "orders", EventBusConfig(archive_days=7))
    assert [one for one in addresses(synthesize(stack)) if "orders" in one] == [
        "aws_cloudwatch_event_archive.orders_archive",
        "aws_cloudwatch_event_bus.orders_bus",
        "aws_cloudwatch_event_bus_policy.orders_policy",
        "aws_kms_alias.orders_key_alias",
        "aws_kms_key.orders_key",
    ]
