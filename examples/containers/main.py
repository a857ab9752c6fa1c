"""A shop in containers: its images, its service behind a load balancer with a database, and a pipeline that deploys it."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Database,
    DatabaseConfig,
    EcsCluster,
    EcsService,
    EcsServiceConfig,
    GitHubOidcProvider,
    GitHubTrust,
    LoadBalancerConfig,
    Repository,
    RoleConfig,
    SecureLoadBalancer,
    SecureRole,
    SecureTopic,
    SecureVpc,
    TerraformOutput,
    TerraformStack,
    VpcConfig,
    Waiver,
    WebAcl,
)

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"
PAYMENTS = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:payments-a1b2c3"
PUBLIC = Waiver(control="lb-internal", reason="customers order here", owner="shop", until="2099-12-31")

app = App()
stack = TerraformStack(app, "containers")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))

images = Repository(stack, "images")
config = EcsServiceConfig(
    image=images.image("1.4.2"),  # only the first one: the pipeline deploys the others
    port=8443,
    secrets={"PAYMENT_TOKEN": PAYMENTS},
    scratch=("/var/cache/shop",),
    image_owner="pipeline",
)
network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", endpoints=config.endpoints()))
pages = SecureTopic(stack, "pages")
service = EcsService(stack, "shop", config, cluster=EcsCluster(stack, "cluster"), vpc=network, alarms=pages)

orders = Database(
    stack,
    "orders",
    DatabaseConfig(engine="postgres", engine_version="17", database_name="shop"),
    vpc=network,
    alarms=pages,
)
orders.allow_from(service)
orders.grant_connect(service.role, user="shop")  # with a token of IAM, without a password

balancer = SecureLoadBalancer(
    stack,
    "balancer",
    LoadBalancerConfig(internal=False, waivers=(PUBLIC,)),
    vpc=network,
    certificate=CERTIFICATE,
    web_acl=WebAcl(stack, "firewall"),
)
service.listen(balancer, health_check="/healthz")
service.autoscale(2, 10, cpu=60)
service.run_on_schedule("cleanup", "cron(0 3 * * ? *)", command=("cleanup",), timezone="Europe/Berlin")

github = GitHubTrust(
    repositories=("acme/shop",), environments=("production",), provider_arn=GitHubOidcProvider(stack, "github").arn
)
pipeline = SecureRole(stack, "pipeline", RoleConfig(trust=github))
images.grant_push(pipeline)
service.grant_deploy(pipeline)

TerraformOutput(stack, "shop_name", value=balancer.dns_name)
TerraformOutput(stack, "pipeline_role", value=pipeline.arn)

app.synth()
