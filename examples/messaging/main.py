"""Orders in a queue, from events, uploads and a schedule; failed ones apart, and alarms when they are not handled."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    DeadLetterQueue,
    EventBus,
    EventPattern,
    EventRule,
    EventRuleConfig,
    Queue,
    QueueConfig,
    RoleConfig,
    Schedule,
    ScheduleConfig,
    SecureBucket,
    SecureRole,
    SecureTopic,
    ServiceTrust,
    TerraformStack,
)

app = App()
stack = TerraformStack(app, "messaging")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="orders", environment="production"))

pages = SecureTopic(stack, "pages")
pages.subscribe_email("orders@example.com")

shop = SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
worker = SecureRole(stack, "worker", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))

orders = Queue(stack, "orders", QueueConfig(visibility_timeout_seconds=120), alarms=pages)
orders.grant_consume(worker)

bus = EventBus(stack, "shop-events")
bus.grant_put(shop)
paid = EventPattern(source=("acme.shop",), detail_type=("Order Paid",))
EventRule(stack, "paid", EventRuleConfig(pattern=paid), bus=bus).deliver_to(orders, input_path="$.detail")

uploads = SecureBucket(stack, "uploads")
uploads.on_created.deliver_to(orders, prefix="orders/")

nightly = ScheduleConfig(expression="cron(0 3 * * ? *)", timezone="Europe/Berlin")
Schedule(stack, "nightly", nightly).deliver_to(orders, input={"job": "report"})

DeadLetterQueue.shared(stack).watch(pages)

app.synth()
