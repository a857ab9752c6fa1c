"""Pipe: source, target, role, log. That the role may deliver is tried in aws/wiring/deliveries."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.cloudwatch.event_bus import EventBus
from secureinfra.aws.dynamodb.config import TableConfig
from secureinfra.aws.dynamodb.table import Table
from secureinfra.aws.kinesis.stream import Stream
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lambda_.code import S3Code
from secureinfra.aws.lambda_.config import FunctionConfig
from secureinfra.aws.lambda_.function import Function
from secureinfra.aws.pipes.pipe import Pipe, PipeConfig
from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue
from secureinfra.aws.sqs.queue import Queue, QueueConfig
from secureinfra.errors import ConfigError
from secureinfra.proofs.model.asking import can
from secureinfra.proofs.model.names import principal_named, resource_named
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

PAID = '{"body": {"paid": [true]}}'
CODE = S3Code(bucket="acme-builds", key="orders.zip", object_version="7")
RECORDED = TableConfig(hash_key="id", stream_view_type="NEW_AND_OLD_IMAGES")


def pipe_of(stack: Any) -> dict[str, Any]:
    (pipe,) = synthesize(stack)["resource"]["aws_pipes_pipe"].values()
    return dict(pipe)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Pipe(stack, "ship", source=Queue(stack, "orders"), target=SecureTopic(stack, "shipping"))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = PipeConfig(
        name="ship",
        description="Clicks that were paid for",
        enabled=False,
        filters=('{"data": {"paid": [true]}}',),
        input_template='{"id": <$.data.id>}',
        batch_size=500,
        maximum_batching_window_seconds=30,
        starting_position="LATEST",
        maximum_retry_attempts=3,
        maximum_record_age_seconds=600,
        log_level="TRACE",
        log_retention_in_days=731,
        tags={"team": "orders"},
    )
    Pipe(
        stack,
        "ship",
        config,
        source=Stream(stack, "clicks"),
        target=Queue(stack, "orders", QueueConfig(fifo=True)),
        message_group_id="$.data.customer",
        key=SecureKey(stack, "logs"),
        dead_letters=DeadLetterQueue(stack, "failed"),
        alarms=SecureTopic(stack, "pages"),
    )
    matches_snapshot(stack)


def test_a_pipe_meets_every_control() -> None:
    stack = test_stack()
    Pipe(stack, "ship", source=Queue(stack, "orders"), target=SecureTopic(stack, "shipping"))
    assert_meets(synthesize(stack), "all")


def test_the_role_reads_the_source_and_no_other() -> None:
    stack = test_stack()
    orders, target = Queue(stack, "orders"), SecureTopic(stack, "shipping")
    Queue(stack, "returns")
    Pipe(stack, "ship", source=orders, target=target)
    held = Configuration.of(synthesize(stack), "test")
    role = principal_named("aws_iam_role.ship_role", [held])
    for queue, answer in (("orders", "BROKEN"), ("returns", "PROVED")):
        for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage"):
            asked = can(role, action, resource_named(f"aws_sqs_queue.{queue}_queue", [held]))
            assert asked.verdict.answer == answer, (queue, action)


@pytest.mark.parametrize("kind", ["kinesis", "dynamodb"])
def test_records_of_a_stream_that_fail_are_kept(kind: str) -> None:
    stack = test_stack()
    source = Stream(stack, "changes") if kind == "kinesis" else Table(stack, "changes", RECORDED)
    Pipe(stack, "ship", source=source, target=Queue(stack, "orders"))
    read = pipe_of(stack)["source_parameters"][f"{kind}_stream_parameters"]
    assert read["dead_letter_config"] == {"arn": "${aws_sqs_queue.undelivered_queue.arn}"}
    assert read["on_partial_batch_item_failure"] == "AUTOMATIC_BISECT"
    assert read["maximum_retry_attempts"] == 10
    held = Configuration.of(synthesize(stack), "test")
    role, queue = principal_named("aws_iam_role.ship_role", [held]), "aws_sqs_queue.undelivered_queue"
    assert can(role, "sqs:SendMessage", resource_named(queue, [held])).verdict.answer == "BROKEN"


def test_a_function_is_asked_and_answers() -> None:
    stack = test_stack()
    function = Function(stack, "ship", FunctionConfig(code=CODE, runtime="python3.13", handler="a.b"))
    Pipe(stack, "orders-to-ship", source=Queue(stack, "orders"), target=function)
    assert pipe_of(stack)["target_parameters"] == {
        "lambda_function_parameters": {"invocation_type": "REQUEST_RESPONSE"}
    }


def test_records_spread_over_the_shards_of_a_stream() -> None:
    stack = test_stack()
    Pipe(stack, "copy", source=Queue(stack, "orders"), target=Stream(stack, "clicks"))
    assert pipe_of(stack)["target_parameters"] == {"kinesis_stream_parameters": {"partition_key": "$.messageId"}}


def test_a_bus_gets_events() -> None:
    stack = test_stack()
    Pipe(
        stack,
        "tell",
        source=Queue(stack, "orders"),
        target=EventBus(stack, "shop"),
        event_source="acme.orders",
        event_detail_type="Order Placed",
    )
    assert pipe_of(stack)["target_parameters"] == {
        "eventbridge_event_bus_parameters": {"source": "acme.orders", "detail_type": "Order Placed"}
    }


@pytest.mark.parametrize("event_source", [None, "acme.orders"])
def test_refuses_bus_without_event(event_source: str | None) -> None:
    stack = test_stack()
    source, target = Queue(stack, "orders"), EventBus(stack, "shop")
    with pytest.raises(ConfigError, match="are for a bus, which needs both; .* Add both"):
        Pipe(stack, "tell", source=source, target=target, event_source=event_source)


def test_refuses_event_for_another_target() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="are for a bus.* Remove them"):
        Pipe(stack, "tell", source=Queue(stack, "orders"), target=SecureTopic(stack, "shop"), event_source="acme")


@pytest.mark.parametrize(("fifo", "group"), [(True, None), (False, "jobs")])
def test_refuses_group_that_does_not_fit(fifo: bool, group: str | None) -> None:
    stack = test_stack()
    target = Queue(stack, "sorted", QueueConfig(fifo=fifo))
    with pytest.raises(ConfigError, match="message_group_id for 'test/sorted': FIFO queues need one, others take none"):
        Pipe(stack, "sort", source=Queue(stack, "orders"), target=target, message_group_id=group)


@pytest.mark.parametrize(
    ("fifo", "said"), [(True, "of a FIFO queue at most. Set it to 10"), (False, "has no batching window")]
)
def test_refuses_batch_that_sqs_does_not_give(fifo: bool, said: str) -> None:
    stack = test_stack()
    source = Queue(stack, "orders", QueueConfig(fifo=fifo))
    with pytest.raises(ConfigError, match=said):
        Pipe(stack, "ship", PipeConfig(batch_size=11), source=source, target=SecureTopic(stack, "shipping"))


def test_refuses_what_is_no_source() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="Pass a Queue or a Stream or Table with a stream"):
        Pipe(stack, "ship", source=SecureTopic(stack, "pages"), target=Queue(stack, "orders"))  # type: ignore[arg-type]


def test_refuses_table_without_a_stream() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="it has no stream"):
        Pipe(stack, "ship", source=Table(stack, "orders", TableConfig(hash_key="id")), target=Queue(stack, "changed"))


def test_refuses_what_is_no_target() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"is not a target \(Queue, SecureTopic, .*Pass a target"):
        Pipe(stack, "ship", source=Queue(stack, "orders"), target=SecureBucket(stack, "lake"))  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", ["paid", '["paid"]'])
def test_refuses_pattern(pattern: str) -> None:
    with pytest.raises(ConfigError, match="is not a pattern: it is a JSON object"):
        Pipe(test_stack(), "ship", PipeConfig(filters=(PAID, pattern)), source=None, target=None)  # type: ignore[arg-type]


def test_refuses_path_that_is_no_name() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"is not a pipe name: write up to 64.*Set PipeConfig\(name="):
        Pipe(stack, "p" * 64, source=Queue(stack, "orders"), target=SecureTopic(stack, "shipping"))


def test_addresses() -> None:
    stack = test_stack()
    Pipe(stack, "ship", source=Queue(stack, "orders"), target=SecureTopic(stack, "pages"))
    assert [one for one in addresses(synthesize(stack)) if "ship" in one] == [
        "aws_cloudwatch_log_group.ship_log_log_group",
        "aws_iam_role.ship_role",
        "aws_iam_role_policy.ship_role_permissions",
        "aws_kms_alias.ship_log_key_alias",
        "aws_kms_key.ship_log_key",
        "aws_pipes_pipe.ship_pipe",
    ]
