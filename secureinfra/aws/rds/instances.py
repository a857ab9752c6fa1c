"""Instances that a cluster cannot have: names, classes, numbers."""

from __future__ import annotations

from secureinfra.aws.rds.config import CLUSTER_CLASS, INSTANCE_NAME, MOST_INSTANCES
from secureinfra.aws.rds.members import class_of_member
from secureinfra.aws.rds.parts import ClusterParts
from secureinfra.errors import ConfigError


def refuse_instance(cluster: ClusterParts, name: str, instance_class: str, promotion_tier: int) -> None:
    """Refuse one more instance if AWS would.

    Args:
        cluster: the cluster.
        name: its name.
        instance_class: its class.
        promotion_tier: its turn when another must write.

    Raises:
        ConfigError: what is wrong.
    """
    path, count = cluster.path, len(cluster.instances)
    if complaint := INSTANCE_NAME.complaint(name):
        raise ConfigError(f"{path}: add_instance({name!r}) {complaint}.")
    if name in cluster.instances:
        raise ConfigError(f"{path}: it already has an instance {name!r}. Use another name.")
    if count >= cluster.most_instances:
        why = "Aurora's most" if cluster.most_instances == MOST_INSTANCES else "the most beside its secondary clusters"
        raise ConfigError(f"{path}: it has {count} instances, {why}. Use larger ones.")
    if "readers" in cluster.resources:
        raise ConfigError(
            f"{path}: add_instance({name!r}) comes after autoscale(), which counts instances. Call it before."
        )
    if complaint := CLUSTER_CLASS.complaint(instance_class):
        raise ConfigError(f"{path}: instance_class={instance_class!r} {complaint}.")
    problem = cluster.config.class_problem(instance_class)
    if problem is None and cluster.global_database is not None:
        problem = class_of_member(instance_class)
    if problem is not None:
        raise ConfigError(
            f"{path}: instance_class={instance_class!r} {problem.what}: {problem.why}. {problem.instead}."
        )
    if promotion_tier not in range(16):
        raise ConfigError(f"{path}: promotion_tier={promotion_tier} is not between 0 and 15.")
