"""A PostgreSQL database that a service logs in to with IAM, and whose administrator's password Terraform never has."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Database,
    DatabaseConfig,
    Function,
    FunctionConfig,
    S3Code,
    SecureTopic,
    SecureVpc,
    TerraformStack,
    VpcConfig,
)

app = App()
stack = TerraformStack(app, "databases")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))

network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16"))
service = Function(
    stack,
    "order-service",
    FunctionConfig(
        code=S3Code(bucket="acme-builds", key="orders.zip", object_version="3sL4kqtJlcpXroDTDmJ"),
        runtime="python3.13",
        handler="orders.handler",
    ),
    vpc=network,
)
alarms = SecureTopic(stack, "alarms")
alarms.subscribe_email("shop@example.com")

orders = Database(
    stack,
    "orders",
    DatabaseConfig(engine="postgres", engine_version="17", database_name="orders"),
    vpc=network,
    alarms=alarms,
)
orders.allow_from(service)
orders.grant_connect(service.role, user="order_service")

app.synth()
