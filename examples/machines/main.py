"""Instances behind a load balancer, in private subnets: no SSH, no keys, sessions that are encrypted and recorded."""

from secureinfra import (
    AccountTrust,
    App,
    AwsProvider,
    AwsProviderConfig,
    Fleet,
    FleetConfig,
    Port,
    RoleConfig,
    SecureLoadBalancer,
    SecureRole,
    SecureTopic,
    SecureVpc,
    TargetConfig,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
)

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"

app = App()
stack = TerraformStack(app, "machines")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))

network = SecureVpc(
    stack, "network", VpcConfig(cidr="10.20.0.0/16", nat="per_zone", endpoints=("session-manager", "logs", "kms"))
)

workers = Fleet(stack, "workers", FleetConfig(max_size=6), vpc=network, alarms=SecureTopic(stack, "pages"))
workers.connections.allow_to(network.endpoint_security_group, Port.HTTPS)

# People of another account who sign in with MFA open sessions.
people = AccountTrust(account_id="444455556666", external_id="shop-operators", mfa=True)
operators = SecureRole(stack, "operators", RoleConfig(trust=people))
workers.grant_session(operators)

orders = SecureLoadBalancer(stack, "orders", vpc=network, certificate=CERTIFICATE)
orders.allow_from("10.99.0.0/16", "offices, through the VPN")
workers.listen(orders, "orders", TargetConfig(port=8443, target_type="instance"))

TerraformOutput(stack, "host", value=orders.dns_name)

app.synth()
