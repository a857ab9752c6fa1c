"""A shop behind a load balancer that faces the internet, and a back office that only the network reaches."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    CognitoAuthentication,
    LoadBalancerConfig,
    Port,
    SecureLoadBalancer,
    SecureVpc,
    SecurityGroup,
    SecurityGroupConfig,
    TargetConfig,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
    Waiver,
    WebAcl,
)

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"
USER_POOL = "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_Ab12cD34e"

app = App()
stack = TerraformStack(app, "balancer")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="web", environment="production"))

network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", nat="per_zone"))
service = SecurityGroup(stack, "service", SecurityGroupConfig(description="shop service"), vpc=network)
database = SecurityGroup(stack, "database", SecurityGroupConfig(description="shop database"), vpc=network)
service.connections.allow_to(database, Port.POSTGRESQL)

shop = SecureLoadBalancer(
    stack,
    "shop",
    LoadBalancerConfig(
        internal=False,
        waivers=(Waiver(control="lb-internal", reason="customers order here", owner="web", until="2099-12-31"),),
    ),
    vpc=network,
    certificate=CERTIFICATE,
    web_acl=WebAcl(stack, "firewall"),
)
shop.add_target("api", TargetConfig(port=8443, paths=("/api/*",), priority=10), group=service)
shop.add_target("pages", TargetConfig(port=9443, stickiness_seconds=3600), group=service)

# The office signs in at a user pool, and comes through the VPN.
office = SecureLoadBalancer(
    stack,
    "office",
    LoadBalancerConfig(
        authentication=CognitoAuthentication(
            user_pool_arn=USER_POOL, user_pool_client_id="1example23456789", user_pool_domain="acme-office"
        )
    ),
    vpc=network,
    certificate=CERTIFICATE,
)
office.allow_from("10.99.0.0/16", "office, through the VPN")
office.add_target("orders", TargetConfig(port=8443), group=service)

TerraformOutput(stack, "api_targets", value=shop.target_group_arn("api"))
TerraformOutput(stack, "shop_name", value=shop.dns_name)

app.synth()
