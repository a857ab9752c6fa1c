"""Every cell of the matrix: the delivery is allowed, for another source or from another account it is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from secureinfra.aws.cloudwatch.event_bus import EventBus
from secureinfra.aws.cloudwatch.event_pattern import EventPattern
from secureinfra.aws.cloudwatch.event_rule import EventRule, EventRuleConfig
from secureinfra.aws.kinesis.firehose_delivery_stream import Delivery
from secureinfra.aws.kinesis.stream import Stream
from secureinfra.aws.lambda_.code import S3Code
from secureinfra.aws.lambda_.config import FunctionConfig
from secureinfra.aws.lambda_.function import Function
from secureinfra.aws.pipes.pipe import Pipe
from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.aws.scheduler.schedule import Schedule, ScheduleConfig
from secureinfra.aws.sfn.state_machine import Workflow, WorkflowConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.queue import Queue
from secureinfra.aws.wiring.deliveries.matrix import DELIVERIES, MATRIX, DeliveryNeeds, delivery_of
from secureinfra.errors import ConfigError
from secureinfra.proofs.model.access import layers_of, resource_policies, verdict_of
from secureinfra.proofs.model.asking import can
from secureinfra.proofs.model.names import principal_named, resource_named
from secureinfra.proofs.model.policies import documents_in
from secureinfra.proofs.model.resources import Resource, resource_of
from secureinfra.proofs.questions import world_of
from secureinfra.proofs.requests import Caller
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import synthesize, test_stack

OWN, OTHER, REGION = "111122223333", "444455556666", "eu-central-1"
# What stands in for references that are the same in every stack.
_KNOWN = {
    "${data.aws_caller_identity.current.account_id}": OWN,
    "${data.aws_region.current.id}": REGION,
    "${data.aws_partition.current.partition}": "aws",
}
EVENT: dict[str, Any] = {"source": "acme.jobs", "detail_type": "Done", "detail": {"job": "report"}}
STATES = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
CODE = S3Code(bucket="acme-builds", key="orders.zip", object_version="7")
PATTERN = EventRuleConfig(pattern=EventPattern(source=("acme.shop",)))
BY_POLICY = [one for one in DELIVERIES if one.by == "policy"]


def cells(some: Iterable[DeliveryNeeds]) -> list[Any]:
    return [pytest.param(one, id=f"{one.source}-{one.target}") for one in some]


def target_of(stack: Any, kind: str) -> Any:
    made: dict[str, Callable[[], Any]] = {
        "queue": lambda: Queue(stack, "target"),
        "topic": lambda: SecureTopic(stack, "target"),
        "bus": lambda: EventBus(stack, "target"),
        "stream": lambda: Stream(stack, "target"),
        "workflow": lambda: Workflow(stack, "target", WorkflowConfig(definition=STATES)),
        "delivery": lambda: Delivery(stack, "target", bucket=SecureBucket(stack, "data")),
        "function": lambda: Function(stack, "target", FunctionConfig(code=CODE, runtime="python3.13", handler="a.b")),
    }
    return made[kind]()


def deliver(stack: Any, source: str, target: Any) -> str:
    """Have a source deliver to a target; the source's ARN in this account."""
    if source == "topic":
        SecureTopic(stack, "source").deliver_to(target)
        return f"arn:aws:sns:{REGION}:{OWN}:test-source"
    if source == "bucket":
        SecureBucket(stack, "source", BucketConfig(name="acme-source")).on_created.deliver_to(target)
        return "arn:aws:s3:::acme-source"
    if source == "rule":
        EventRule(stack, "source", PATTERN).deliver_to(target)
        return f"arn:aws:events:{REGION}:{OWN}:rule/test-source"
    if source == "bus":
        EventBus(stack, "source", dead_letters=target.dead_letter_queue)
        return f"arn:aws:events:{REGION}:{OWN}:event-bus/test-source"
    if source == "pipe":
        event = EVENT if target.receives == "bus" else {}
        Pipe(
            stack,
            "source",
            source=Queue(stack, "read"),
            target=target,
            event_source=event.get("source"),
            event_detail_type=event.get("detail_type"),
        )
        return f"arn:aws:pipes:{REGION}:{OWN}:pipe/test-source"
    input = EVENT if target.receives == "bus" else {"job": "report"}
    Schedule(stack, "source", ScheduleConfig(expression="rate(1 hour)")).deliver_to(target, input=input)
    return f"arn:aws:scheduler:{REGION}:{OWN}:schedule-group/default"


def resolved(document: dict[str, Any]) -> Configuration:
    text = json.dumps(document)
    for reference, value in _KNOWN.items():
        text = text.replace(reference, value)
    return Configuration.of(json.loads(text), "test")


def service_may(
    configuration: Configuration, service: str, action: str, address: str, context: Mapping[str, str]
) -> bool:
    """Whether AWS allows a request of a service."""
    named = resource_named(address, [configuration])
    assert named.block is not None
    held = resource_of(named.block, configuration)
    if named.block.type == "aws_iam_role":
        held = Resource(named.block, documents_in(named.block, "assume_role_policy", configuration))
    assert held is not None
    world = world_of(Caller("service", service=f"{service}.amazonaws.com"), context)
    answers = {
        verdict_of(action, arn, world, layers_of(None, policy)).answer
        for policy in resource_policies(held)
        for arn in named.parts(action)
    }
    assert "UNKNOWN" not in answers
    return "BROKEN" in answers


def from_source(arn: str, account: str) -> dict[str, str]:
    return {"aws:SourceArn": arn.replace(OWN, account), "aws:SourceAccount": account}


def address_of(document: dict[str, Any], type: str, construct: str) -> str:
    names = [name for name in document["resource"][type] if name.startswith(construct)]
    return f"{type}.{min(names, key=len)}"


TYPES = {
    "function": "aws_lambda_function",
    "stream": "aws_kinesis_stream",
    "workflow": "aws_sfn_state_machine",
    "delivery": "aws_kinesis_firehose_delivery_stream",
    "queue": "aws_sqs_queue",
    "topic": "aws_sns_topic",
    "bus": "aws_cloudwatch_event_bus",
}


@pytest.mark.parametrize("cell", cells(BY_POLICY))
def test_the_target_accepts_the_source_and_no_other(cell: DeliveryNeeds) -> None:
    stack = test_stack()
    target = target_of(stack, cell.target)
    source = deliver(stack, cell.source, target)
    document = synthesize(stack)
    construct = "target_dead_letters" if cell.source == "bus" else "target"
    address, configuration = address_of(document, TYPES[cell.target], construct), resolved(document)
    (action,) = cell.actions
    assert service_may(configuration, cell.service, action, address, from_source(source, OWN))
    assert not service_may(configuration, cell.service, action, address, from_source(source, OTHER))
    other = from_source(source.replace("source", "another"), OWN)
    assert not service_may(configuration, cell.service, action, address, other)
    if cell.target != "function":  # Lambda answers over TLS only.
        plain = {**from_source(source, OWN), "aws:SecureTransport": "false"}
        assert not service_may(configuration, cell.service, action, address, plain)


@pytest.mark.parametrize("cell", cells(one for one in BY_POLICY if one.target != "function"))
def test_the_key_is_used_for_the_delivery_and_nothing_else(cell: DeliveryNeeds) -> None:
    stack = test_stack()
    target = target_of(stack, cell.target)
    source = deliver(stack, cell.source, target)
    document = synthesize(stack)
    configuration, key = resolved(document), address_of(document, "aws_kms_key", "target")
    if cell.key_context:
        queue = f"arn:aws:sqs:{REGION}:{OWN}:test-target{'-dead-letters' if cell.source == 'bus' else ''}"
        name = f"kms:EncryptionContext:{cell.key_context}"
        right, wrong = {name: queue}, {name: queue.replace(OWN, OTHER)}
    else:
        right, wrong = from_source(source, OWN), from_source(source, OTHER)
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        assert service_may(configuration, cell.service, action, key, right)
        assert not service_may(configuration, cell.service, action, key, wrong)
    assert not service_may(configuration, cell.service, "kms:ScheduleKeyDeletion", key, right)


@pytest.mark.parametrize("cell", cells(one for one in DELIVERIES if one.by == "role"))
def test_only_the_source_assumes_the_role_that_delivers(cell: DeliveryNeeds) -> None:
    stack = test_stack()
    target = target_of(stack, cell.target)
    source = deliver(stack, cell.source, target)
    document = synthesize(stack)
    role, target_address = (
        address_of(document, "aws_iam_role", "source"),
        address_of(document, TYPES[cell.target], "target"),
    )
    configuration = resolved(document)
    assert service_may(configuration, cell.service, "sts:AssumeRole", role, from_source(source, OWN))
    assert not service_may(configuration, cell.service, "sts:AssumeRole", role, from_source(source, OTHER))
    held = Configuration.of(document, "test")
    (action,) = cell.actions
    assert can(principal_named(role, [held]), action, resource_named(target_address, [held])).verdict.answer == "BROKEN"
    if cell.target in ("queue", "topic", "stream"):
        key = resource_named(address_of(document, "aws_kms_key", "target"), [held])
        for wrap in ("kms:GenerateDataKey", "kms:Decrypt")[: 1 if cell.target == "stream" else 2]:
            assert can(principal_named(role, [held]), wrap, key).verdict.answer == "BROKEN"
    for answer in ("anonymous", f"account:{OTHER}"):
        asked = can(principal_named(answer, [configuration]), action, resource_named(target_address, [configuration]))
        assert asked.verdict.answer == "PROVED"


@pytest.mark.parametrize("cell", cells(one for one in DELIVERIES if one.dead_letters))
def test_what_is_not_delivered_is_kept(cell: DeliveryNeeds) -> None:
    stack = test_stack()
    source = deliver(stack, cell.source, target_of(stack, cell.target))
    document = synthesize(stack)
    assert json.dumps(document["resource"]).count("${aws_sqs_queue.undelivered_queue.arn}") >= 1
    configuration, queue = resolved(document), "aws_sqs_queue.undelivered_queue"
    if cell.source == "schedule":
        held = Configuration.of(document, "test")
        role = principal_named(address_of(document, "aws_iam_role", "source"), [held])
        assert can(role, "sqs:SendMessage", resource_named(queue, [held])).verdict.answer == "BROKEN"
        return
    service = MATRIX[cell.source, "queue"].service
    assert service_may(configuration, service, "sqs:SendMessage", queue, from_source(source, OWN))
    assert not service_may(configuration, service, "sqs:SendMessage", queue, from_source(source, OTHER))


def test_each_delivery_is_there_once() -> None:
    assert len(MATRIX) == len(DELIVERIES)


def test_a_delivery_that_aws_has_not_is_refused_with_those_it_has() -> None:
    with pytest.raises(
        ConfigError, match="test/uploads: a bucket does not deliver to a bus. It delivers to: queue, topic"
    ):
        delivery_of("test/uploads", "bucket", "bus")


def test_refuses_what_is_not_a_target() -> None:
    with pytest.raises(ConfigError, match="test/pages: deliver_to"):
        SecureTopic(test_stack(), "pages").deliver_to("arn:aws:sqs:eu-central-1:111122223333:orders")  # type: ignore[arg-type]
