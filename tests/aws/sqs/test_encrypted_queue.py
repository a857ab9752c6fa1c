"""What all queues share: key, policy, grants, senders."""

import json
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.sqs.queue import Queue
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack

ROLE = "arn:aws:iam::111122223333:role/worker"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:orders"
RULE = "arn:aws:events:eu-central-1:111122223333:rule/orders"
BUCKET = "arn:aws:s3:::acme-uploads"
ACCOUNT = "${data.aws_caller_identity.current.account_id}"
ARN = "${aws_sqs_queue.orders_queue.arn}"


def queue_of(stack: Any, name: str = "orders_queue") -> dict[str, Any]:
    return dict(synthesize(stack)["resource"]["aws_sqs_queue"][name])


def statements_of(stack: Any, type: str = "aws_sqs_queue_policy", name: str = "orders_policy") -> dict[str, Any]:
    policy = json.loads(synthesize(stack)["resource"][type][name]["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


def role_of(stack: Any) -> SecureRole:
    return SecureRole(stack, "worker", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))


def permissions_of(stack: Any) -> dict[str, list[str]]:
    """Actions by resource, with those on keys under `key`."""
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    found: dict[str, list[str]] = {}
    for statement in json.loads(policy["policy"])["Statement"]:
        for resource in statement["Resource"]:
            found.setdefault(resource, []).extend(statement["Action"])
    return found


def test_encrypted_with_customer_key() -> None:
    stack = test_stack()
    Queue(stack, "orders")
    for name in ("orders_queue", "orders_dead_letters_queue"):
        assert queue_of(stack, name)["kms_master_key_id"] == "${aws_kms_key.orders_key.key_id}"


def test_policy_denies_plain_http() -> None:
    stack = test_stack()
    Queue(stack, "orders")
    for name in ("orders_policy", "orders_dead_letters_policy"):
        deny = statements_of(stack, name=name)["DenyWithoutTls"]
        assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", ["sqs:*"])
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": ["false"]}}


def test_grant_send() -> None:
    stack = test_stack()
    Queue(stack, "orders").grant_send(role_of(stack))
    assert permissions_of(stack) == {
        ARN: ["sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"],
        "${aws_kms_key.orders_key.arn}": ["kms:GenerateDataKey", "kms:Decrypt"],
    }


def test_grant_consume() -> None:
    stack = test_stack()
    Queue(stack, "orders").grant_consume(role_of(stack))
    assert permissions_of(stack) == {
        ARN: [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
        ],
        "${aws_kms_key.orders_key.arn}": ["kms:Decrypt"],
    }


def test_grant_to_an_arn_is_written_in_both_policies() -> None:
    stack = test_stack()
    Queue(stack, "orders").grant_send(ROLE)
    send = statements_of(stack)["Send"]
    assert (send["Principal"], send["Resource"]) == ({"AWS": [ROLE]}, [ARN])
    key = statements_of(stack, "aws_kms_key", "orders_key")["Send"]
    assert key["Principal"] == {"AWS": [ROLE]}
    assert key["Condition"] == {
        "StringEquals": {
            "kms:ViaService": ["sqs.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"]
        }
    }


@pytest.mark.parametrize(
    ("service", "source", "condition"),
    [
        ("sns", TOPIC, {"ArnLike": {"aws:SourceArn": [TOPIC]}}),
        ("events", RULE, {"ArnLike": {"aws:SourceArn": [RULE]}}),
        ("s3", BUCKET, {"ArnLike": {"aws:SourceArn": [BUCKET]}, "StringEquals": {"aws:SourceAccount": [ACCOUNT]}}),
    ],
)
def test_services_send_for_named_sources_only(service: str, source: str, condition: dict[str, Any]) -> None:
    stack = test_stack()
    Queue(stack, "orders").allow_send_from(service, (source,))
    statement = statements_of(stack)[f"Allow{service.capitalize()}"]
    assert statement["Principal"] == {"Service": [f"{service}.amazonaws.com"]}
    assert (statement["Action"], statement["Condition"]) == (["sqs:SendMessage"], condition)


@pytest.mark.parametrize(
    ("service", "sources", "message"),
    [
        ("ses", (TOPIC,), r"allow_send_from\('ses'\) is unknown: .* Use one of sns, s3, events; for others grant_send"),
        ("sns", (), r"allow_send_from\('sns'\) names no source: every account's could send"),
        ("sns", ("orders",), "source 'orders' is not an ARN"),
    ],
)
def test_refuses_sender(service: str, sources: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Queue(test_stack(), "orders").allow_send_from(service, sources)


def test_refuses_grant_to_everybody() -> None:
    with pytest.raises(ConfigError, match="a grant names one role"):
        Queue(test_stack(), "orders").grant_consume("*")


def test_refuses_path_that_is_no_name() -> None:
    with pytest.raises(ConfigError, match=r"which comes from the path, is not a queue name.*Set QueueConfig\(name="):
        Queue(test_stack(), "o" * 76)
