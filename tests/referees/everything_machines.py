"""Fleets of instances and single ones, behind a load balancer, every option on."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    BackupPlan,
    Certificate,
    CertificateConfig,
    DataVolume,
    Fleet,
    FleetConfig,
    Instance,
    InstanceConfig,
    KeyConfig,
    MachineImage,
    Port,
    RoleConfig,
    SecureKey,
    SecureLoadBalancer,
    SecureRole,
    SecureTopic,
    SecureVpc,
    ServiceTrust,
    TargetConfig,
    TerraformStack,
    VpcConfig,
    Waiver,
)

# An image that the emulator has, too.
IMAGE = MachineImage(owners=("amazon",), name="amzn2-ami-hvm-2.0.*-x86_64-gp2", architecture="x86_64")


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.70.0.0/16", zones=2, nat="per_zone"))
    key, topic = SecureKey(stack, "machines", KeyConfig(strict=True)), SecureTopic(stack, "pages")
    fleet = Fleet(
        stack,
        "workers",
        FleetConfig(
            image=IMAGE,
            instance_types=("m7i.large", "m6i.large"),
            min_size=3,
            max_size=9,
            cpu_target_percent=50,
            volume_size_gib=50,
            user_data="#!/bin/sh\necho started",
            session_idle_minutes=10,
            tags={"team": "shop"},
        ),
        vpc=network,
        key=key,
        alarms=topic,
    )
    fleet.connections.allow_to_internet(Port.HTTPS)
    operators = SecureRole(stack, "operators", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    fleet.grant_session(operators)
    certificate = Certificate(stack, "certificate", CertificateConfig(domain_name="shop.example.com"))
    shop = SecureLoadBalancer(stack, "shop", vpc=network, certificate=certificate)
    shop.allow_from("10.0.0.0/16", "offices")
    fleet.listen(shop, "orders", TargetConfig(port=8443, target_type="instance"))
    _single(stack, network, key, topic, shop, operators)


def _single(
    stack: TerraformStack,
    network: SecureVpc,
    key: SecureKey,
    topic: SecureTopic,
    shop: SecureLoadBalancer,
    operators: SecureRole,
) -> None:
    """Two instances: one with data behind the load balancer, one with a public address."""
    ledger = Instance(
        stack,
        "ledger",
        InstanceConfig(
            image=IMAGE.model_copy(update={"name": None, "image_id": "ami-03cf127a"}),
            instance_type="m7i.large",
            volume_size_gib=50,
            volumes={
                "data": DataVolume(size_gib=100, iops=6000, throughput_mibps=500),
                "log": DataVolume(device_name="/dev/sdg", protect=False),
            },
            user_data="#!/bin/sh\necho started",
            user_data_replace_on_change=True,
            private_ip="10.70.32.10",
            zone="b",
            protect=False,
            session_idle_minutes=10,
            tags={"team": "shop"},
        ),
        vpc=network,
        key=key,
        alarms=topic,
        backup=BackupPlan(stack, "backups"),
    )
    ledger.listen(shop, "ledger", TargetConfig(port=9443, target_type="instance", paths=("/ledger/*",), priority=1))
    ledger.grant_session(operators)
    public = Waiver(control="instance-no-public-ip", reason="receives mail", owner="mail", until="2099-12-31")
    about = InstanceConfig(image=IMAGE, instance_type="t3.small", private=False, stop_protected=True, waivers=(public,))
    Instance(stack, "mail", about, vpc=network)
