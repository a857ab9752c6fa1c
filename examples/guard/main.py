"""A stack that does not synthesize while anything in it breaks a control, however the resource was made."""

from pathlib import Path

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    RoleConfig,
    SecureBucket,
    SecureRole,
    ServiceTrust,
    TerraformResource,
    TerraformStack,
    guard,
)

app = App()
stack = TerraformStack(app, "orders")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))

service = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
SecureBucket(stack, "invoices").grant_read_write(service)

# Not made by this library: the guard judges it all the same. Prebuilt bindings are treated alike.
queue = TerraformResource(stack, "orders", terraform_resource_type="aws_sqs_queue")
queue.add_override("name", "orders")
queue.add_override("sqs_managed_sse_enabled", True)

guard(stack, waivers=Path(__file__).with_name("waivers.yaml"))

app.synth()
