"""Sessions of a shop in Valkey: two nodes in two zones, one user that signs in by IAM, over TLS."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Cache,
    CacheConfig,
    CacheUser,
    RoleConfig,
    SecureRole,
    SecureTopic,
    SecureVpc,
    ServiceTrust,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
)

app = App()
stack = TerraformStack(app, "cache")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))

network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16"))
shop = SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))

sessions = Cache(
    stack,
    "sessions",
    CacheConfig(users={"shop": CacheUser(keys=("session:*",))}),
    vpc=network,
    alarms=SecureTopic(stack, "pages"),
)
sessions.allow_from("10.20.0.0/16", "shop")
sessions.grant_connect(shop, "shop")

TerraformOutput(stack, "host", value=sessions.endpoint)
TerraformOutput(stack, "user", value=sessions.user_name("shop"))

app.synth()
