"""Alarms of an Aurora cluster: processor, memory or capacity and local disk of each instance, lag, and failed logins."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.db.alarms import LITTLE_MEMORY, failed_logins
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.engine import SecureConstruct

_GIB = 1024**3
# Milliseconds. Aurora restarts a reader that lags by more than a minute.
_LATE = 10_000


def add_instance_alarms(
    cluster: SecureConstruct, topic: SecureTopic | None, name: str, identifier: str, *, serverless: bool
) -> None:
    """Write the alarms of one instance; nothing without a topic.

    Args:
        cluster: the construct.
        topic: what they notify.
        name: its name within the cluster.
        identifier: reference to its identifier.
        serverless: whether its capacity scales.
    """
    add_alarms(cluster, topic, _of_instance(name, {"DBInstanceIdentifier": identifier}, serverless=serverless))


def add_cluster_alarms(
    cluster: SecureConstruct, topic: SecureTopic | None, identifier: str, logins: tuple[str, str] | None
) -> None:
    """Write the alarms of the cluster as a whole; nothing without a topic.

    Args:
        cluster: the construct.
        topic: what they notify.
        identifier: reference to the cluster's identifier.
        logins: the log group and the filter pattern that show failed logins.
    """
    if topic is None:
        return
    of, why = {"DBClusterIdentifier": identifier}, "a reader is more than ten seconds behind"
    alarms = [WorkloadAlarm("lag", "AWS/RDS", "AuroraReplicaLagMaximum", of, _LATE, why, "Maximum", periods=3)]
    if logins is not None:
        alarms.append(failed_logins(cluster, *logins))
    add_alarms(cluster, topic, alarms)


def _of_instance(name: str, of: dict[str, str], *, serverless: bool) -> Iterator[WorkloadAlarm]:
    # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
    busy = "the processor was busy for a quarter of an hour"
    yield WorkloadAlarm(f"{name}-cpu", "AWS/RDS", "CPUUtilization", of, 90, busy, "Average", periods=3)
    if serverless:
        why = "the capacity was close to its maximum for a quarter of an hour"
        yield WorkloadAlarm(f"{name}-capacity", "AWS/RDS", "ACUUtilization", of, 90, why, "Average", periods=3)
        return
    for id, metric, threshold, why in (
        (
            "memory",
            "FreeableMemory",
            LITTLE_MEMORY,
            "less than 100 MiB of memory are free, so that new connections may fail",
        ),
        ("disk", "FreeLocalStorage", _GIB, "less than 1 GiB is free on the instance's disk, which sorts and logs need"),
    ):
        yield WorkloadAlarm(
            f"{name}-{id}",
            "AWS/RDS",
            metric,
            of,
            threshold,
            why,
            "Minimum",
            periods=3,
            comparison="LessThanThreshold",
        )
