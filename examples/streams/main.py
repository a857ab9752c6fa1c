"""Clicks in a stream, and all of them in a bucket."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Delivery,
    DeliveryConfig,
    RoleConfig,
    SecureBucket,
    SecureRole,
    SecureTopic,
    ServiceTrust,
    Stream,
    TerraformStack,
)

app = App()
stack = TerraformStack(app, "streams")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="web", environment="production"))

pages = SecureTopic(stack, "pages")
pages.subscribe_email("web@example.com")

web = SecureRole(stack, "web", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
report = SecureRole(stack, "report", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))

clicks = Stream(stack, "clicks", alarms=pages)
clicks.grant_write(web)
clicks.grant_read(report)

lake = SecureBucket(stack, "lake")
Delivery(stack, "clicks-to-lake", DeliveryConfig(prefix="clicks/"), bucket=lake, stream=clicks, alarms=pages)

app.synth()
