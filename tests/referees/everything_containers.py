"""Repositories, a cluster and services with every option on, for the referees that read or apply whole stacks."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    Certificate,
    CertificateConfig,
    EcsCluster,
    EcsClusterConfig,
    EcsService,
    EcsServiceConfig,
    GitHubTrust,
    Repository,
    RepositoryConfig,
    RoleConfig,
    SecureKey,
    SecureLoadBalancer,
    SecureRole,
    SecureTopic,
    SecureVpc,
    ServiceTrust,
    SidecarConfig,
    TargetConfig,
    TerraformStack,
    VpcConfig,
    Waiver,
)

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-a1b2c3"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/shop/token"
SECRET_KEY = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-4000-8000-000000000000"
GITHUB = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"


def waiver(control: str) -> Waiver:
    """A waiver for tests."""
    return Waiver(control=control, reason="every option is on in this test", owner="tests", until="2099-12-31")


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    images = build_images(stack)
    cluster = EcsCluster(
        stack, "cluster", EcsClusterConfig(name="shop", exec_retention_in_days=731), key=SecureKey(stack, "sessions")
    )
    topic = SecureTopic(stack, "pages")
    network = build_service(stack, cluster, images, topic)
    build_worker(stack, cluster, images, network)


def build_images(stack: TerraformStack) -> Repository:
    """A repository that others use too."""
    config = RepositoryConfig(
        name="shop/api",
        keep_images=30,
        untagged_days=7,
        organization_id="o-a1b2c3d4e5",
        pull_accounts=("444455556666",),
        tags={"team": "shop"},
    )
    images = Repository(stack, "images", config, key=SecureKey(stack, "data"))
    images.grant_push(SecureRole(stack, "build", RoleConfig(trust=ServiceTrust(service="codebuild"))))
    images.allow_functions()
    return images


def build_service(stack: TerraformStack, cluster: EcsCluster, images: Repository, topic: SecureTopic) -> SecureVpc:
    """One behind a load balancer, in a network without NAT, whose image a pipeline owns."""
    network = SecureVpc(
        stack,
        "network",
        VpcConfig(
            cidr="10.60.0.0/16",
            zones=2,
            tiers=("private", "isolated"),
            endpoints=("containers", "secretsmanager", "ssm"),
        ),
    )
    config = EcsServiceConfig(
        name="shop",
        image=images.image("1.4.2"),
        port=8443,
        command=("serve", "--port", "8443"),
        entry_point=("/app/server",),
        environment={"LOG_LEVEL": "info", "DB_SECRET_NAME": "shop"},
        secrets={"DB_PASSWORD": f"{SECRET}:password::", "API_TOKEN": PARAMETER},
        secret_key_arns=(SECRET_KEY,),
        user="app:app",
        scratch=("/var/cache/app",),
        health_command=("/app/server", "health"),
        stop_timeout_seconds=60,
        cpu=512,
        memory_mib=2048,
        cpu_architecture="ARM64",
        storage_gib=30,
        desired_count=3,
        sidecars={
            "migration": SidecarConfig(
                image=images.image("1.4.2"), command=("migrate",), essential=False, starts_first=True
            ),
            "metrics": SidecarConfig(image=images.image("agent-2"), port=9443),
        },
        image_owner="pipeline",
        minimum_healthy_percent=67,
        maximum_percent=150,
        health_check_grace_seconds=90,
        log_retention_in_days=731,
        tags={"team": "shop"},
    )
    service = EcsService(stack, "shop", config, cluster=cluster, vpc=network, alarms=topic)
    certificate = Certificate(stack, "certificate", CertificateConfig(domain_name="shop.example.com"))
    balancer = SecureLoadBalancer(stack, "balancer", vpc=network, certificate=certificate)
    service.listen(balancer, host="shop.example.com", path="/api/*", priority=10)
    metrics = TargetConfig(port=9443, paths=("/metrics",), priority=20, health_check_path="/metrics")
    service.listen(balancer, metrics, name="metrics")
    service.autoscale(2, 10, cpu=60, memory=70, requests=1000)
    trust = GitHubTrust(repositories=("acme/shop",), environments=("production",), provider_arn=GITHUB)
    service.grant_deploy(SecureRole(stack, "deploy", RoleConfig(trust=trust)))
    service.run_on_schedule("clean", "cron(0 3 * * ? *)", command=("clean",), timezone="Europe/Berlin")
    return network


def build_worker(stack: TerraformStack, cluster: EcsCluster, images: Repository, network: SecureVpc) -> None:
    """One in an existing network, in whose containers sessions can be opened."""
    config = EcsServiceConfig(
        image=images.image("worker-7"),
        repository_arn=images.arn,
        read_only_root=False,
        exec=True,
        vpc_id=network.vpc_id,
        subnet_ids=tuple(network.private_subnet_ids),
        waivers=(waiver("ecs-task-definition-readonly-root"),),
    )
    EcsService(stack, "worker", config, cluster=cluster)
