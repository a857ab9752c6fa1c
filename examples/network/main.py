"""A network for containers: a balancer in front, services behind it, a database that nothing else reaches."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Peer,
    Port,
    SecureVpc,
    SecurityGroup,
    SecurityGroupConfig,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
)

app = App()
stack = TerraformStack(app, "network")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="platform", environment="production"))

network = SecureVpc(
    stack,
    "network",
    VpcConfig(cidr="10.20.0.0/16", nat="per_zone", endpoints=("session-manager", "containers")),
)

balancer = SecurityGroup(stack, "balancer", SecurityGroupConfig(description="Public load balancer"), vpc=network)
service = SecurityGroup(stack, "service", SecurityGroupConfig(description="Order service"), vpc=network)
database = SecurityGroup(stack, "database", SecurityGroupConfig(description="Orders database"), vpc=network)

balancer.allow_from_internet(Port.tcp(443))
balancer.connections.allow_to(service, Port.tcp(8443))
service.connections.allow_to(database, Port.tcp(5432))
service.allow_to(network.endpoint_security_group, Port.tcp(443))
service.allow_to(Peer.prefix_list(network.prefix_list_id("s3"), name="s3"), Port.tcp(443))
service.allow_to_internet(Port.tcp(443), "Payment provider")

TerraformOutput(stack, "vpc_id", value=network.vpc_id)
TerraformOutput(stack, "private_subnet_ids", value=network.private_subnet_ids)
TerraformOutput(stack, "nat_public_ips", value=network.nat_public_ips)

app.synth()
