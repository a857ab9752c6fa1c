"""What a service's tasks run on: Fargate, or instances that fit them."""

from __future__ import annotations

from typing import Any

from secureinfra.aws.ecs.cluster import EcsCluster, EcsClusterConfig
from secureinfra.aws.ecs.ec2_config import Ec2ServiceConfig
from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.config.rules import is_token
from secureinfra.errors import ConfigError


def cluster_of(service: ServiceParts, cluster: EcsCluster | None, name: str) -> EcsCluster:
    """The cluster of a service: the given one, its capacity's, or one of its own.

    Args:
        service: the service.
        cluster: the given one.
        name: the service's, which a namespace of its own has too.

    Raises:
        ConfigError: the capacity does not fit.
    """
    _check_capacity(service, cluster)
    if cluster is not None:
        return cluster
    if service.capacity is not None:
        return service.capacity.cluster
    namespace = name if service.config.service_connect is not None else None
    return EcsCluster(service, "cluster", EcsClusterConfig(namespace=namespace))


def _check_capacity(service: ServiceParts, cluster: EcsCluster | None) -> None:
    capacity, config = service.capacity, service.config
    on_instances = isinstance(config, Ec2ServiceConfig)
    if capacity is None and on_instances:
        raise ConfigError(
            f"{service.path}: an Ec2ServiceConfig needs instances. Pass capacity=EcsCapacityProvider(...), or use EcsServiceConfig for "
            "Fargate."
        )
    if capacity is None:
        return
    if not isinstance(config, Ec2ServiceConfig):
        raise ConfigError(
            f"{service.path}: capacity={capacity.path!r} needs an Ec2ServiceConfig: sizes and hardware of instances are others than "
            "Fargate's. Use it in place of EcsServiceConfig, or leave capacity= out."
        )
    if cluster is not None and cluster is not capacity.cluster:
        raise ConfigError(
            f"{service.path}: capacity={capacity.path!r} belongs to cluster {capacity.cluster.path!r}, not to {cluster.path!r}. Leave "
            "cluster= out."
        )
    # A task's network interface is attached to its instance: both are in one VPC.
    theirs, its = capacity.config.vpc_id, config.vpc_id
    known = theirs is not None and its is not None and not is_token(theirs) and not is_token(its)
    if capacity.vpc is not service.vpc or (known and theirs != its):
        raise ConfigError(
            f"{service.path}: its network is not that of capacity={capacity.path!r}, whose instances its tasks run on. Give both the "
            "same vpc=, or the same vpc_id."
        )
    if config.gpus is not None and not capacity.config.gpu:
        raise ConfigError(
            f"{service.path}: gpus={config.gpus} needs instances with GPUs, which {capacity.path!r} has not. Write "
            "EcsCapacityProviderConfig(gpu=True, architecture='x86_64', instance_types=('g6.xlarge', ...))."
        )


def where_tasks_run(service: ServiceParts) -> dict[str, Any]:
    """The service's arguments that say where its tasks run, and in which order instances are considered."""
    config = service.config
    forced = True if config.force_new_deployment else None
    if service.capacity is None or not isinstance(config, Ec2ServiceConfig):
        return {
            "capacity_provider_strategy": [{"capacity_provider": "FARGATE", "weight": 1}],
            "force_new_deployment": forced,
            "platform_version": "LATEST",
        }
    within = {
        "spread": {"type": "spread", "field": "instanceId"},
        "binpack": {"type": "binpack", "field": "memory"},
    }[config.placement]
    return {
        "capacity_provider_strategy": [{"capacity_provider": service.capacity.name, "weight": 1}],
        # Without it the provider replaces a service whose capacity changes, e.g. one that comes from Fargate; ECS moves it in place:
        # docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html (capacityProviderStrategy)
        "force_new_deployment": True,
        # Zones first, which rebalancing needs: docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
        "ordered_placement_strategy": [{"type": "spread", "field": "attribute:ecs.availability-zone"}, within],
    }
