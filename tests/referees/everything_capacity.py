"""Instances of a cluster, and services on them and on Fargate that find each other, with every option on."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    Ec2ServiceConfig,
    EcsCapacityProvider,
    EcsCapacityProviderConfig,
    EcsCluster,
    EcsClusterConfig,
    EcsService,
    EcsServiceConfig,
    KeyConfig,
    RoleConfig,
    SecureKey,
    SecureRole,
    SecureTopic,
    SecureVpc,
    ServiceConnectConfig,
    ServiceTrust,
    TerraformStack,
    VpcConfig,
)

IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1.4.2"
AUTHORITY = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/00000000-0000-4000-8000-000000000000"


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    network = SecureVpc(
        stack,
        "network",
        VpcConfig(
            cidr="10.90.0.0/16",
            zones=2,
            tiers=("isolated",),
            endpoints=("containers", "session-manager", "ecs", "ecs-agent", "ecs-telemetry"),
        ),
    )
    cluster = EcsCluster(stack, "cluster", EcsClusterConfig(name="shop", namespace="shop.internal"))
    instances = EcsCapacityProvider(
        stack,
        "instances",
        EcsCapacityProviderConfig(
            name="shop-graviton",
            architecture="arm64",
            instance_types=("m8g.xlarge", "m7g.xlarge"),
            min_size=2,
            max_size=12,
            target_capacity_percent=90,
            volume_size_gib=60,
            session_idle_minutes=10,
            tags={"team": "shop"},
        ),
        cluster=cluster,
        vpc=network,
        key=SecureKey(stack, "machines", KeyConfig(strict=True)),
        alarms=SecureTopic(stack, "pages"),
    )
    instances.grant_session(SecureRole(stack, "operators", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))))
    build_services(stack, network, cluster, instances)
    build_models(stack, network, cluster)


def build_services(
    stack: TerraformStack, network: SecureVpc, cluster: EcsCluster, instances: EcsCapacityProvider
) -> None:
    """Two that find each other, one on instances behind a certificate of its own, the other on Fargate."""
    orders = EcsService(
        stack,
        "orders",
        Ec2ServiceConfig(
            image=IMAGE,
            port=8080,
            cpu=1024,
            memory_mib=1536,
            placement="binpack",
            tier="isolated",
            service_connect=ServiceConnectConfig(
                app_protocol="http", dns_name="orders.shop", port=80, authority_arn=AUTHORITY
            ),
        ),
        capacity=instances,
        vpc=network,
    )
    orders.run_on_schedule("clean", "rate(1 day)", command=("clean",))
    shop = EcsService(
        stack,
        "shop",
        EcsServiceConfig(
            image=IMAGE,
            cpu=512,
            memory_mib=1024,
            tier="isolated",
            environment={"ORDERS": f"http://{orders.endpoint()}"},
            service_connect=ServiceConnectConfig(serves=False),
            force_new_deployment=True,
        ),
        cluster=cluster,
        vpc=network,
    )
    orders.allow_client(shop)


def build_models(stack: TerraformStack, network: SecureVpc, cluster: EcsCluster) -> None:
    """One on instances with GPUs."""
    machines = EcsCapacityProvider(
        stack,
        "gpus",
        EcsCapacityProviderConfig(architecture="x86_64", instance_types=("g6.xlarge", "g5.xlarge"), gpu=True),
        cluster=cluster,
        vpc=network,
    )
    config = Ec2ServiceConfig(image=IMAGE, cpu=2048, memory_mib=8192, gpus=1, tier="isolated", desired_count=1)
    EcsService(stack, "models", config, capacity=machines, vpc=network)
