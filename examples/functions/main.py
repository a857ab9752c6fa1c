"""Two functions: one that takes orders inside the network, one that a rule calls every night."""

from pathlib import Path

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    FolderCode,
    Function,
    FunctionConfig,
    FunctionUrlConfig,
    ImageCode,
    Port,
    RoleConfig,
    SecureRole,
    SecureTopic,
    SecureVpc,
    ServiceTrust,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
)

SOURCE = Path(__file__).parent / "src"
IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/report@sha256:" + "0a" * 32
RULE = "arn:aws:events:eu-central-1:111122223333:rule/nightly"

app = App()
stack = TerraformStack(app, "functions")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))

pages = SecureTopic(stack, "pages")
pages.subscribe_email("ops@example.com")
network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", tiers=("private",), endpoints=("secretsmanager",)))

orders = Function(
    stack,
    "orders",
    FunctionConfig(
        code=FolderCode(path=str(SOURCE)),
        runtime="python3.13",
        handler="orders.handler",
        environment={"TABLE": "orders"},
        url=FunctionUrlConfig(),
    ),
    vpc=network,
    alarms=pages,
)
orders.connections.allow_to(network.endpoint_security_group, Port.HTTPS)

report = Function(
    stack,
    "report",
    FunctionConfig(code=ImageCode(uri=IMAGE), memory_mb=2048, timeout_seconds=900),
    on_failure=pages,
    alarms=pages,
)
report.allow_invoke_from("events", RULE)

shop = SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
orders.grant_invoke_url(shop)

TerraformOutput(stack, "orders_url", value=orders.url_address)

app.synth()
