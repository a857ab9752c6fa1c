"""Orders for another account through PrivateLink, a queue for one client, and fixed addresses in front of a website."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    EndpointServiceConfig,
    NetworkLoadBalancer,
    NetworkLoadBalancerConfig,
    NetworkTargetConfig,
    SecureLoadBalancer,
    SecureVpc,
    SecurityGroup,
    SecurityGroupConfig,
    TargetConfig,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
    Waiver,
)

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"
CONSUMER = "arn:aws:iam::444455556666:root"

app = App()
stack = TerraformStack(app, "network-balancer")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="orders", environment="production"))

network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", tiers=("private", "isolated"), nat="none"))
orders = SecurityGroup(stack, "orders", SecurityGroupConfig(description="orders service"), vpc=network)
broker = SecurityGroup(stack, "broker", SecurityGroupConfig(description="message broker"), vpc=network)
pages = SecurityGroup(stack, "pages", SecurityGroupConfig(description="pages of the office"), vpc=network)

# Another account reaches it by endpoints in its own network, 10.60.0.0/16.
partners = NetworkLoadBalancer(
    stack,
    "partners",
    NetworkLoadBalancerConfig(endpoint_service=EndpointServiceConfig(allowed_principals=(CONSUMER,))),
    vpc=network,
    certificate=CERTIFICATE,
)
partners.add_target("orders", NetworkTargetConfig(port=8443, listener_port=443), group=orders)
partners.allow_from("10.60.0.0/16", "endpoints of the partner")

# AMQP over TLS that the broker itself ends: passed through, for the orders service only.
passed = Waiver(
    control="lb-listener-tls", reason="the broker ends TLS and knows its clients", owner="orders", until="2099-12-31"
)
queue = NetworkLoadBalancer(stack, "queue", vpc=network)
queue.add_target(
    "amqp",
    NetworkTargetConfig(port=5671, protocol="TCP", tcp_idle_timeout_seconds=3600, waivers=(passed,)),
    group=broker,
)
queue.allow_from(orders)

# Fixed addresses, which the office's firewall knows, in front of an application load balancer.
office = SecureLoadBalancer(stack, "office", vpc=network, certificate=CERTIFICATE)
office.add_target("pages", TargetConfig(port=8443), group=pages)
fixed = NetworkLoadBalancer(stack, "fixed", vpc=network)
fixed.add_balancer_target("office", office)
fixed.allow_from("10.99.0.0/16", "office, through the VPN")

TerraformOutput(stack, "service_name", value=partners.endpoint_service_name)
TerraformOutput(stack, "fixed_name", value=fixed.dns_name)

app.synth()
