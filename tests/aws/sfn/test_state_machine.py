"""Workflow: key, log, traces, role, alarms."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.sfn.state_machine import Workflow, WorkflowConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.queue import Queue
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

ROLE = "arn:aws:iam::111122223333:role/shop"
DONE = WorkflowConfig(definition={"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})


def machine_of(stack: Any) -> dict[str, Any]:
    (machine,) = synthesize(stack)["resource"]["aws_sfn_state_machine"].values()
    return dict(machine)


def statements_of(stack: Any, name: str) -> list[dict[str, Any]]:
    return list(json.loads(synthesize(stack)["resource"]["aws_iam_role_policy"][name]["policy"])["Statement"])


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    queue = Queue(stack, "queue")
    send = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": queue.url},
        "End": True,
    }
    config = WorkflowConfig(
        definition={"StartAt": "Send", "States": {"Send": send}},
        name="orders",
        kind="EXPRESS",
        log_level="ERROR",
        log_retention_in_days=731,
        tags={"team": "orders"},
    )
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    workflow = Workflow(stack, "orders", config, key=key, alarms=SecureTopic(stack, "pages"))
    queue.grant_send(workflow.role)
    matches_snapshot(stack)


def test_defaults_meet_every_control() -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE, alarms=SecureTopic(stack, "pages"))
    assert_meets(synthesize(stack))


def test_logged_without_the_data() -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE)
    assert machine_of(stack)["logging_configuration"] == {
        "level": "ALL",
        "include_execution_data": False,
        "log_destination": "${aws_cloudwatch_log_group.orders_log_log_group.arn}:*",
    }


def test_traced() -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE)
    assert machine_of(stack)["tracing_configuration"] == {"enabled": True}


def test_customer_key() -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE)
    assert machine_of(stack)["encryption_configuration"] == {
        "type": "CUSTOMER_MANAGED_KMS_KEY",
        "kms_key_id": "${aws_kms_key.orders_key.arn}",
    }


def test_the_key_is_used_for_this_workflow_and_its_log() -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE)
    uses = [one for one in statements_of(stack, "orders_execution") if "kms:GenerateDataKey" in one["Action"]]
    contexts = [next(iter(one["Condition"]["StringEquals"])) for one in uses]
    assert contexts == ["kms:EncryptionContext:aws:states:stateMachineArn", "kms:EncryptionContext:SourceArn"]
    (own,) = uses[0]["Condition"]["StringEquals"].values()
    assert own[0].endswith(":stateMachine:test-orders")


def test_a_strict_key_allows_the_role() -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE, key=SecureKey(stack, "data", KeyConfig(strict=True)))
    policy = json.loads(synthesize(stack)["resource"]["aws_kms_key"]["data_key"]["policy"])
    uses = [one for one in policy["Statement"] if one["Principal"] == {"AWS": ["${aws_iam_role.orders_role.arn}"]}]
    assert [one["Action"] for one in uses] == [["kms:Decrypt", "kms:GenerateDataKey"], ["kms:GenerateDataKey"]]
    assert all("Condition" in one for one in uses)


def test_only_this_workflow_assumes_the_role() -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE)
    (role,) = synthesize(stack)["resource"]["aws_iam_role"].values()
    (statement,) = json.loads(role["assume_role_policy"])["Statement"]
    (source,) = statement["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source.endswith(":stateMachine:test-orders")


def test_what_is_granted_may_name_the_workflow() -> None:
    """The state machine waits for what it needs itself only, or a grant that names it would be a circle."""
    stack = test_stack()
    workflow = Workflow(stack, "orders", DONE)
    workflow.grant_start(workflow.role)
    assert machine_of(stack)["depends_on"] == ["aws_iam_role_policy.orders_execution"]


def test_grant_start() -> None:
    stack = test_stack()
    shop = SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    Workflow(stack, "orders", DONE).grant_start(shop)
    (statement,) = statements_of(stack, "shop_permissions")
    assert statement["Action"] == ["states:StartExecution"]
    assert statement["Resource"] == ["${aws_sfn_state_machine.orders_state_machine.arn}"]


def test_alarms() -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE, alarms=SecureTopic(stack, "pages"))
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert {one["metric_name"] for one in alarms.values()} == {
        "ExecutionsFailed",
        "ExecutionsTimedOut",
        "ExecutionThrottled",
    }


def test_logs_retained() -> None:
    config = WorkflowConfig(definition=DONE.definition, log_retention_in_days=30)
    with pytest.raises(ControlError, match="log_retention_in_days=30 breaks control log-group-retained"):
        Workflow(test_stack(), "orders", config)


def test_refuses_definition() -> None:
    config = WorkflowConfig(definition={"StartAt": "Begin", "States": {"Done": {"Type": "Succeed"}}})
    with pytest.raises(ConfigError, match="has StartAt 'Begin' at definition, which is not one of its states"):
        Workflow(test_stack(), "orders", config)


def test_refuses_grant_by_arn() -> None:
    with pytest.raises(ConfigError, match="cannot be written: the role's own policy must allow it"):
        Workflow(test_stack(), "orders", DONE).grant_start(ROLE)  # type: ignore[arg-type]


def test_refuses_path_that_is_no_name() -> None:
    key = SecureKey(stack := test_stack(), "data")
    with pytest.raises(ConfigError, match=r"is not a workflow name.*Set WorkflowConfig\(name="):
        Workflow(stack, "o" * 80, DONE, key=key)


def test_addresses() -> None:
    stack = test_stack()
    Workflow(stack, "orders", DONE)
    assert addresses(synthesize(stack)) == [
        "aws_cloudwatch_log_group.orders_log_log_group",
        "aws_iam_role.orders_role",
        "aws_iam_role_policy.orders_execution",
        "aws_kms_alias.orders_key_alias",
        "aws_kms_key.orders_key",
        "aws_sfn_state_machine.orders_state_machine",
    ]
