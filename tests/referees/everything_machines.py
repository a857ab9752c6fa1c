"""Fleets of instances, one behind a load balancer, every option on."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    Certificate,
    CertificateConfig,
    Fleet,
    FleetConfig,
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
)


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.70.0.0/16", zones=2, nat="per_zone"))
    fleet = Fleet(
        stack,
        "workers",
        FleetConfig(
            # An image that the emulator has, too.
            image=MachineImage(owners=("amazon",), name="amzn2-ami-hvm-2.0.*-x86_64-gp2", architecture="x86_64"),
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
        key=SecureKey(stack, "machines", KeyConfig(strict=True)),
        alarms=SecureTopic(stack, "pages"),
    )
    fleet.connections.allow_to_internet(Port.HTTPS)
    operators = SecureRole(stack, "operators", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    fleet.grant_session(operators)
    certificate = Certificate(stack, "certificate", CertificateConfig(domain_name="shop.example.com"))
    shop = SecureLoadBalancer(stack, "shop", vpc=network, certificate=certificate)
    shop.allow_from("10.0.0.0/16", "offices")
    fleet.listen(shop, "orders", TargetConfig(port=8443, target_type="instance"))
