"""A PostgreSQL database and an Aurora cluster that a service logs in to with IAM; Terraform never has an administrator's password."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Database,
    DatabaseCluster,
    DatabaseClusterConfig,
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

carts = DatabaseCluster(
    stack,
    "carts",
    DatabaseClusterConfig(
        engine="aurora-postgresql",
        engine_version="17",
        instance_class="db.serverless",
        min_capacity_acu=0.5,
        max_capacity_acu=8,
        database_name="carts",
    ),
    vpc=network,
    alarms=alarms,
)
carts.allow_from(service)
carts.grant_connect(service.role, user="order_service")

app.synth()
