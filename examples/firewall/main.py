"""A network whose way out is a firewall, which resolves named domains only, and a record of every query."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    DnsFirewall,
    DnsFirewallConfig,
    FirewallRule,
    NetworkFirewall,
    NetworkFirewallConfig,
    QueryLog,
    SecureKey,
    SecureVpc,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
)

app = App()
stack = TerraformStack(app, "firewall")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="platform", environment="production"))

network = SecureVpc(
    stack,
    "network",
    VpcConfig(cidr="10.20.0.0/16", tiers=("public", "private", "isolated", "firewall"), nat="per_zone"),
)
key = SecureKey(stack, "key")

firewall = NetworkFirewall(
    stack,
    "egress",
    NetworkFirewallConfig(
        allowed_domains=("ecr.eu-central-1.amazonaws.com", "api.partner.example"),
        rules=(
            FirewallRule(name="web", protocol="TCP", destination="home", ports="8080"),  # load balancers to services
            FirewallRule(name="mail", protocol="SMTP", destination="203.0.113.0/24"),
        ),
    ),
    vpc=network,
    key=key,
)
DnsFirewall(
    stack,
    "names",
    DnsFirewallConfig(allowed_domains=("api.partner.example", ".corp.example")),  # a partner, and a private hosted zone
    vpc=network,
)
QueryLog(stack, "dns", vpc=network, key=key)

TerraformOutput(stack, "endpoint_a", value=firewall.endpoint_id("a"))

app.synth()
