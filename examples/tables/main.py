"""Orders of many tenants in one table: each tenant's role reaches its own items, and a role follows every change."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    RoleConfig,
    SecureRole,
    SecureTopic,
    ServiceTrust,
    Table,
    TableConfig,
    TableIndex,
    TerraformOutput,
    TerraformStack,
)

app = App()
stack = TerraformStack(app, "tables")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="orders", environment="production"))

orders = Table(
    stack,
    "orders",
    TableConfig(
        hash_key="tenant",
        range_key="order",
        indexes={"by-day": TableIndex(hash_key="day", range_key="order")},
        ttl_attribute="expires",
        stream_view_type="NEW_AND_OLD_IMAGES",
    ),
    alarms=SecureTopic(stack, "pages"),
)

shop = SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
orders.grant_read_write(shop, keys=("${aws:PrincipalTag/tenant}",))

reports = SecureRole(stack, "reports", RoleConfig(trust=ServiceTrust(service="lambda")))
orders.grant_read(reports)
orders.grant_stream_read(reports)

TerraformOutput(stack, "table_name", value=orders.name)

app.synth()
