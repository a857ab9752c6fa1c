"""Alarms of a database: storage, processor, memory, replicas that lag, and failed logins."""

from __future__ import annotations

from dataclasses import dataclass

from secureinfra.aws.cloudwatch.metric_alarm import Comparison, WorkloadAlarm, add_alarms
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.engine import Resource, SecureConstruct

_GIB = 1024**3
LITTLE_MEMORY = 100 * 1024**2
"""Bytes of free memory below which new connections may fail."""
_FAILED_LOGINS = "secureinfra/FailedLogins"


@dataclass(frozen=True)
class Watched:
    """What alarms watch.

    Args:
        identifier: reference to the instance's identifier.
        storage_gib: its allocated storage.
        replica: its name, if it is a replica.
        logins: the log group and the filter pattern that show failed logins.
    """

    identifier: str
    storage_gib: int
    replica: str | None = None
    logins: tuple[str, str] | None = None


def add_database_alarms(database: SecureConstruct, topic: SecureTopic | None, watched: Watched) -> None:
    """Write the alarms of a database or of one of its replicas; nothing without a topic.

    Args:
        database: the construct.
        topic: what they notify.
        watched: the instance.
    """
    if topic is None:
        return
    of = {"DBInstanceIdentifier": watched.identifier}
    prefix = f"{watched.replica}-" if watched.replica else ""
    tenth = watched.storage_gib * _GIB // 10
    full, busy = "less than a tenth of the allocated storage is free", "the processor was busy for a quarter of an hour"
    memory = "less than 100 MiB of memory are free, so that new connections may fail"
    below: Comparison = "LessThanThreshold"
    alarms = [
        WorkloadAlarm(f"{prefix}storage", "AWS/RDS", "FreeStorageSpace", of, tenth, full, "Minimum", comparison=below),
        WorkloadAlarm(f"{prefix}cpu", "AWS/RDS", "CPUUtilization", of, 90, busy, "Average", periods=3),
        WorkloadAlarm(
            f"{prefix}memory",
            "AWS/RDS",
            "FreeableMemory",
            of,
            LITTLE_MEMORY,
            memory,
            "Minimum",
            periods=3,
            comparison=below,
        ),
    ]
    if watched.replica:
        why = "the replica is more than five minutes behind"
        alarms.append(WorkloadAlarm(f"{prefix}lag", "AWS/RDS", "ReplicaLag", of, 300, why, "Maximum", periods=3))
    if watched.logins:
        alarms.append(failed_logins(database, *watched.logins))
    add_alarms(database, topic, alarms)


def failed_logins(database: SecureConstruct, log_group: str, pattern: str) -> WorkloadAlarm:
    """The alarm on failed logins, and the metric filter that counts them.

    Args:
        database: the construct.
        log_group: name of the group that has them.
        pattern: filter pattern that finds them.
    """
    name = database.path.replace("/", "-")
    Resource(
        database,
        "failed-logins",
        "aws_cloudwatch_log_metric_filter",
        name=f"{name}-failed-logins",
        log_group_name=log_group,
        pattern=pattern,
        metric_transformation=[{"name": name, "namespace": _FAILED_LOGINS, "value": "1"}],
    )
    return WorkloadAlarm("failed-logins", _FAILED_LOGINS, name, {}, 10, "ten or more logins failed within five minutes")
