"""What AWS asks of the clusters of a global database."""

from __future__ import annotations

import re

from secureinfra.aws.rds.parts import ClusterParts
from secureinfra.config.problem import Problem
from secureinfra.errors import ConfigError

# docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.configuration.requirements.html
LEAST_ACU = 8
_BURSTABLE = re.compile(r"db\.t\d.*")
# What the provider reads of a member once AWS has changed it: its place in the global database, the cluster that it copies, which
# a switchover turns round, and the version, which is upgraded in all regions together.
# registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/rds_global_cluster
IGNORED = ("global_cluster_identifier", "replication_source_identifier", "engine_version")


def class_of_member(instance_class: str) -> Problem | None:
    """What keeps an instance class out of a global database, if anything.

    Args:
        instance_class: a class of Aurora.
    """
    if _BURSTABLE.fullmatch(instance_class):
        why = "a global database needs memory-optimized classes"
        return Problem("instance_class", "is burstable", why, "Use e.g. 'db.r8g.large' or 'db.serverless'")
    return None


def refuse_primary(path: str, primary: ClusterParts) -> None:
    """Refuse a primary cluster that AWS would refuse.

    Args:
        path: the global database.
        primary: the cluster.

    Raises:
        ConfigError: what is wrong.
    """
    given = f"{path}: primary={primary.path!r}"
    if primary.global_database is not None:
        raise ConfigError(
            f"{given} is in the global database {primary.global_database!r} already. Use another cluster."
        )
    if not primary.password_given:
        # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
        raise ConfigError(
            f"{given} has a password that RDS manages, which is not possible in a global database. Pass password= with a reference to "
            "an ephemeral value to the cluster; one that exists keeps its data and changes its password."
        )
    if primary.config.backtrack_seconds:
        raise ConfigError(
            f"{given} can go back in time, which is not possible in a global database. Set backtrack_hours=0: it cannot be turned on "
            "again."
        )
    least = primary.config.min_capacity_acu
    if least is not None and least < LEAST_ACU:
        raise ConfigError(
            f"{given} has min_capacity_acu={least:g}, and that of a global database needs {LEAST_ACU} or more. Raise it."
        )
    for name, instance in primary.instances.items():
        if (problem := class_of_member(instance.attributes["instance_class"])) is not None:
            raise ConfigError(
                f"{given} has an instance {name!r} with instance_class={instance.attributes['instance_class']!r}, which "
                f"{problem.what}: {problem.why}. {problem.instead}."
            )
