"""How many readers an Aurora cluster has: as many as keep an average at a target."""

from __future__ import annotations

from collections.abc import Mapping

from secureinfra.aws.rds.config import SERVERLESS
from secureinfra.aws.rds.parts import ClusterParts
from secureinfra.aws.wiring.target_tracking import track
from secureinfra.config.rules import is_token
from secureinfra.engine import Resource
from secureinfra.errors import ConfigError

# docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
_METRICS = {"cpu": "RDSReaderAverageCPUUtilization", "connections": "RDSReaderAverageDatabaseConnections"}
# A reader takes minutes to start, and is warm only after a while: out soon, in only when it is quiet for long.
_SECONDS_OUT, _SECONDS_IN = 300, 900


def check_readers(cluster: ClusterParts, minimum: int, maximum: int, measured: Mapping[str, int | None]) -> None:
    """Refuse what Application Auto Scaling would refuse or never act on.

    Args:
        cluster: the cluster.
        minimum: of readers.
        maximum: of readers.
        measured: the targets by name.

    Raises:
        ConfigError: what is wrong.
    """
    declared = len(cluster.instances) - 1
    given = f"{cluster.path}: autoscale({minimum}, {maximum})"
    if "readers" in cluster.resources:
        raise ConfigError(f"{given} is called a second time: one cluster has one number of readers. Call it once.")
    if cluster.config.instance_class == SERVERLESS:
        # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.requirements.html
        raise ConfigError(
            f"{given} is not possible with db.serverless, whose instances grow by themselves. Declare more instances, which cost little "
            "while they are small."
        )
    if declared < 1:
        raise ConfigError(
            f"{given} has no reader to measure. Give the cluster a second instance: instances=('one', 'two')."
        )
    if not any(map(is_token, (minimum, maximum))):
        if not declared <= minimum < maximum:
            raise ConfigError(
                f"{given} is not a range above the {declared} readers that the configuration declares and scaling never removes. Use "
                f"{declared} or more, and a larger maximum."
            )
        most = cluster.most_instances - 1
        if maximum > most:
            raise ConfigError(f"{given} is too many: the cluster has {most} readers at most. Use larger instances.")
    _check_targets(given, measured)


def _check_targets(given: str, measured: Mapping[str, int | None]) -> None:
    if all(target is None for target in measured.values()):
        raise ConfigError(f"{given} measures nothing. Add cpu=60 (percent) or connections=200 (of each reader).")
    cpu, connections = measured["cpu"], measured["connections"]
    if cpu is not None and not is_token(cpu) and not 10 <= cpu <= 90:
        raise ConfigError(f"{given} cpu={cpu} is out of range: it is a percentage to keep. Use 10 to 90.")
    if connections is not None and not is_token(connections) and connections < 1:
        raise ConfigError(f"{given} connections={connections} is out of range. Use 1 or more for each reader.")


def scale_readers(cluster: ClusterParts, minimum: int, maximum: int, measured: Mapping[str, int | None]) -> None:
    """Write the range and a policy for each average.

    The readers that it adds are in no configuration and no state, so that there is nothing to ignore.
    docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html

    Args:
        cluster: the cluster.
        minimum: of readers.
        maximum: of readers.
        measured: the targets by name.
    """
    target = Resource(
        cluster,
        "readers",
        "aws_appautoscaling_target",
        # It must have a reader, whose average is measured.
        depends_on=list(cluster.instances.values()),
        service_namespace="rds",
        scalable_dimension="rds:cluster:ReadReplicaCount",
        resource_id=f"cluster:{cluster.cluster.ref('cluster_identifier')}",
        min_capacity=minimum,
        max_capacity=maximum,
        tags=cluster.config.tags or None,
    )
    for name, value in measured.items():
        if value is None:
            continue
        configuration = {
            "target_value": value,
            "scale_out_cooldown": _SECONDS_OUT,
            "scale_in_cooldown": _SECONDS_IN,
            "predefined_metric_specification": {"predefined_metric_type": _METRICS[name]},
        }
        track(cluster, "readers", name, target, configuration)


def most_readers(cluster: ClusterParts) -> int:
    """How many readers a cluster has, or may have where they scale.

    Args:
        cluster: the cluster.
    """
    declared = len(cluster.instances) - 1
    target = cluster.resources.get("readers")
    maximum = target.attributes["max_capacity"] if target is not None else declared
    return declared if is_token(maximum) else max(declared, maximum)
