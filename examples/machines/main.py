"""Instances behind a load balancer, and a single one with data: no SSH, no keys, sessions that are encrypted and recorded."""

from secureinfra import (
    AccountTrust,
    App,
    AwsProvider,
    AwsProviderConfig,
    BackupPlan,
    DataVolume,
    Fleet,
    FleetConfig,
    Instance,
    InstanceConfig,
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

pages = SecureTopic(stack, "pages")
workers = Fleet(stack, "workers", FleetConfig(max_size=6), vpc=network, alarms=pages)
workers.connections.allow_to(network.endpoint_security_group, Port.HTTPS)

# What cannot be many: its data is on a volume that outlives it, and is backed up every day.
config = InstanceConfig(volumes={"data": DataVolume(size_gib=100)})
ledger = Instance(stack, "ledger", config, vpc=network, alarms=pages, backup=BackupPlan(stack, "backups"))
ledger.connections.allow_to(network.endpoint_security_group, Port.HTTPS)
workers.connections.allow_to(ledger, Port.tcp(8200))

# People of another account who sign in with MFA open sessions.
people = AccountTrust(account_id="444455556666", external_id="shop-operators", mfa=True)
operators = SecureRole(stack, "operators", RoleConfig(trust=people))
workers.grant_session(operators)
ledger.grant_session(operators)

orders = SecureLoadBalancer(stack, "orders", vpc=network, certificate=CERTIFICATE)
orders.allow_from("10.99.0.0/16", "offices, through the VPN")
workers.listen(orders, "orders", TargetConfig(port=8443, target_type="instance"))

TerraformOutput(stack, "host", value=orders.dns_name)

app.synth()
