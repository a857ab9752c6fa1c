"""A service in containers behind a load balancer, with its database: a first program of your own."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    DatabaseCluster,
    DatabaseClusterConfig,
    EcsService,
    EcsServiceConfig,
    Repository,
    SecureLoadBalancer,
    SecureTopic,
    SecureVpc,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
)

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"

app = App()
stack = TerraformStack(app, "service")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))

network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", endpoints=("containers",)))
alarms = SecureTopic(stack, "alarms")
images = Repository(stack, "images")
about = DatabaseClusterConfig(engine="aurora-postgresql", engine_version="17", database_name="shop")
orders = DatabaseCluster(stack, "orders", about, vpc=network, alarms=alarms)
balancer = SecureLoadBalancer(stack, "balancer", vpc=network, certificate=CERTIFICATE)
balancer.allow_from("10.99.0.0/16")  # staff, who come through a VPN

found = {"DATABASE_HOST": orders.address, "DATABASE_NAME": "shop", "DATABASE_USER": "shop"}
config = EcsServiceConfig(image=images.image("1"), port=8443, environment=found)
shop = EcsService(stack, "shop", config, vpc=network, repository=images, alarms=alarms)
shop.listen(balancer, health_check="/healthz")
shop.autoscale(2, 10, cpu=60)
orders.allow_from(shop)
orders.grant_connect(shop.role, user="shop")  # with tokens of IAM, without a password

TerraformOutput(stack, "address", value=balancer.dns_name)

app.synth()
