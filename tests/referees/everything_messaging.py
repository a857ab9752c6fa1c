"""Queues, topics, buses, rules and schedules with every option on, and every delivery between them."""

from __future__ import annotations

from pathlib import Path

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    BucketConfig,
    DeadLetterQueue,
    DeadLetterQueueConfig,
    Delivery,
    DeliveryConfig,
    EventBus,
    EventBusConfig,
    EventPattern,
    EventRule,
    EventRuleConfig,
    FolderCode,
    Function,
    FunctionConfig,
    Pipe,
    PipeConfig,
    Queue,
    QueueConfig,
    RoleConfig,
    Schedule,
    ScheduleConfig,
    SecureBucket,
    SecureKey,
    SecureRole,
    SecureTopic,
    ServiceTrust,
    Stream,
    StreamConfig,
    Table,
    TableConfig,
    TerraformStack,
    TopicConfig,
    Workflow,
    WorkflowConfig,
)

SOURCE = Path(__file__).parents[2] / "examples" / "functions" / "src"


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox"))
    pages = SecureTopic(stack, "pages", TopicConfig(tags={"team": "orders"}))
    orders, payments = build_queues(stack, pages)
    build_deliveries(stack, pages, orders, payments)
    build_streams(stack, pages)
    build_pipes(stack, pages, orders, payments)


def build_pipes(stack: TerraformStack, pages: SecureTopic, orders: Queue, payments: Queue) -> None:
    """A pipe from each kind of source, with every option."""
    config = PipeConfig(
        name="placed",
        description="Orders that were placed",
        enabled=False,
        filters=('{"dynamodb": {"NewImage": {"state": {"S": ["placed"]}}}}',),
        input_template='{"id": <$.dynamodb.Keys.id.S>}',
        batch_size=100,
        maximum_batching_window_seconds=5,
        starting_position="LATEST",
        maximum_retry_attempts=3,
        maximum_record_age_seconds=3_600,
        log_level="INFO",
        log_retention_in_days=731,
        tags={"team": "orders"},
    )
    placed = Table(stack, "placed", TableConfig(hash_key="id", stream_view_type="NEW_AND_OLD_IMAGES"))
    key = SecureKey(stack, "pipes-key")
    Pipe(
        stack,
        "placed-to-payments",
        config,
        source=placed,
        target=payments,
        message_group_id="$.id",
        key=key,
        alarms=pages,
    )
    bus = EventBus(stack, "pipes-bus")
    Pipe(
        stack,
        "orders-to-bus",
        source=orders,
        target=bus,
        event_source="acme.orders",
        event_detail_type="Order Waiting",
        key=key,
    )
    Pipe(stack, "orders-to-pages", source=payments, target=pages, key=key)


def build_streams(stack: TerraformStack, pages: SecureTopic) -> None:
    """Streams of both kinds, one delivered to a bucket, and records that are put directly."""
    writer = SecureRole(stack, "writer", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    config = StreamConfig(
        name="clicks", retention_hours=336, shard_count=2, alarm_age_seconds=600, tags={"team": "web"}
    )
    clicks = Stream(stack, "clicks", config, alarms=pages)
    views = Stream(stack, "views")
    clicks.grant_write(writer)
    views.grant_read(writer)
    lake = SecureBucket(stack, "lake")
    options = DeliveryConfig(
        name="clicks",
        prefix="clicks/",
        error_prefix="broken/",
        buffering_size_mb=128,
        buffering_interval_seconds=60,
        compression_format="UNCOMPRESSED",
        log_retention_in_days=731,
        alarm_age_seconds=600,
        tags={"team": "web"},
    )
    Delivery(stack, "clicks-to-lake", options, bucket=lake, stream=clicks, alarms=pages)
    direct = Delivery(stack, "direct", bucket=lake, key=SecureKey(stack, "direct-key"))
    direct.grant_put(writer)
    rule = EventRule(stack, "seen", EventRuleConfig(pattern=EventPattern(source=("aws.s3",))))
    rule.deliver_to(views)
    rule.deliver_to(direct)
    Schedule(stack, "beat", ScheduleConfig(expression="rate(1 hour)")).deliver_to(views, input={"beat": True})
    Schedule(stack, "mark", ScheduleConfig(expression="rate(1 day)")).deliver_to(direct, input={"mark": True})


def build_deliveries(stack: TerraformStack, pages: SecureTopic, orders: Queue, payments: Queue) -> None:
    """Every source with every target, with every option."""
    DeadLetterQueue.shared(stack).watch(pages)
    changes = SecureTopic(stack, "changes")
    changes.deliver_to(orders, raw=True, filter={"kind": ["order"]}, filter_scope="MessageBody")
    uploads = SecureBucket(stack, "uploads", BucketConfig(event_notifications=True))
    uploads.on_created.deliver_to(orders, prefix="orders/", suffix=".json")
    uploads.on_removed.deliver_to(changes)
    bus = EventBus(stack, "shop-bus", EventBusConfig(name="shop", archive_days=30, tags={"team": "orders"}))
    audit = EventBus(stack, "audit-bus", key=SecureKey(stack, "audit-key"))
    bus.grant_put(SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))))
    pattern = EventPattern(
        source=("acme.shop",),
        detail_type=({"prefix": "Order"},),
        detail={"total": [{"numeric": [">", 0, "<=", 100]}], "state": [{"anything-but": ["draft"]}]},
    )
    paid = EventRule(
        stack,
        "paid",
        EventRuleConfig(
            pattern=pattern,
            name="paid",
            description="Paid orders",
            maximum_event_age_in_seconds=3_600,
            maximum_retry_attempts=10,
            tags={"team": "orders"},
        ),
        bus=bus,
    )
    paid.deliver_to(orders, input_path="$.detail")
    paid.deliver_to(payments, message_group_id="paid")
    paid.deliver_to(changes, input={"paid": True})
    paid.deliver_to(audit)
    ship = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": orders.url},
        "End": True,
    }
    shipping = WorkflowConfig(
        definition={"StartAt": "Ship", "States": {"Ship": ship}},
        name="shipping",
        kind="EXPRESS",
        log_level="ERROR",
        log_retention_in_days=731,
        tags={"team": "orders"},
    )
    workflow = Workflow(stack, "shipping", shipping, alarms=pages)
    orders.grant_send(workflow.role)
    sent = EventRuleConfig(pattern=EventPattern(source=("acme.shop",), detail_type=("Order Sent",)))
    EventRule(stack, "sent", sent, bus=bus).deliver_to(workflow)
    Schedule(stack, "ship-daily", ScheduleConfig(expression="rate(1 day)")).deliver_to(workflow, input={})
    code = FunctionConfig(code=FolderCode(path=str(SOURCE)), runtime="python3.13", handler="orders.handler")
    function = Function(stack, "count", code, on_failure=DeadLetterQueue.shared(stack))
    changes.deliver_to(function)
    uploads.on_created.deliver_to(function, prefix="count/")
    paid.deliver_to(function)
    Schedule(stack, "count-daily", ScheduleConfig(expression="rate(1 day)")).deliver_to(
        function, input={"job": "count"}
    )
    instances = EventPattern(source=("aws.ec2",), detail_type=("EC2 Instance State-change Notification",))
    EventRule(stack, "instances", EventRuleConfig(pattern=instances, enabled=False)).deliver_to(pages)
    build_schedules(stack, orders, payments, changes, bus)


def build_schedules(stack: TerraformStack, orders: Queue, payments: Queue, changes: SecureTopic, bus: EventBus) -> None:
    """A schedule for each kind of target."""
    nightly = ScheduleConfig(
        expression="cron(0 3 * * ? *)",
        timezone="Europe/Berlin",
        flexible_window_minutes=15,
        name="nightly",
        description="The nightly report",
        maximum_event_age_in_seconds=600,
        maximum_retry_attempts=3,
        tags={"team": "orders"},
    )
    Schedule(stack, "nightly", nightly, key=SecureKey(stack, "schedules-key")).deliver_to(
        orders, input={"job": "report"}
    )
    hourly = ScheduleConfig(expression="rate(1 hour)")
    Schedule(stack, "hourly", hourly).deliver_to(payments, input={"job": "count"}, message_group_id="hourly")
    Schedule(stack, "once", ScheduleConfig(expression="at(2099-01-31T08:00:00)", enabled=False)).deliver_to(changes)
    event = {"source": "acme.jobs", "detail_type": "Hour", "detail": {"job": "tidy"}}
    Schedule(stack, "tidy", hourly).deliver_to(bus, input=event)


def build_queues(stack: TerraformStack, pages: SecureTopic) -> tuple[Queue, Queue]:
    """A queue with its own dead-letter queue, two that share one, and a FIFO queue."""
    worker = SecureRole(stack, "worker", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    orders = Queue(stack, "orders", alarms=pages)
    orders.grant_send(worker)
    orders.grant_consume(worker)
    orders.grant_redrive(worker)
    failed = DeadLetterQueue(stack, "failed", DeadLetterQueueConfig(tags={"team": "orders"}), alarms=pages)
    for name in ("returns", "invoices"):
        Queue(stack, name, dead_letter_queue=failed)
    failed.grant_consume(worker)
    payments = Queue(
        stack,
        "payments",
        QueueConfig(
            name="payments",
            fifo=True,
            content_based_deduplication=True,
            visibility_timeout_seconds=300,
            message_retention_seconds=86_400,
            delay_seconds=10,
            receive_wait_time_seconds=5,
            max_receive_count=3,
            alarm_age_seconds=900,
            tags={"team": "payments"},
        ),
        key=SecureKey(stack, "payments-key"),
        alarms=pages,
    )
    return orders, payments
