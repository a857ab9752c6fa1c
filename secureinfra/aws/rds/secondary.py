"""A secondary cluster of a global database: a copy in another region that is read, and takes over when the primary is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

from constructs import Construct

from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.db.config import IDENTIFIER
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.rds.cluster import DatabaseCluster
from secureinfra.aws.rds.config import (
    CAPACITY_LEAST,
    CAPACITY_MOST,
    CLUSTER_CLASS,
    INSTANCE_NAME,
    DatabaseClusterConfig,
)
from secureinfra.aws.rds.members import IGNORED
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.config import Config
from secureinfra.controls.rds import availability
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, Resource
from secureinfra.errors import ConfigError

__all__ = ["SecondaryClusterConfig"]

# Milliseconds. Usually it is below one second: docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html
_LATE = 10_000


class SecondaryClusterConfig(Config):
    """What a caller may choose about a secondary cluster; everything else is as in the primary one."""

    identifier: Annotated[str, IDENTIFIER] | None = None
    """Name of the cluster, other than that of the primary one; by default the construct's path. Another one replaces it."""
    instance_class: Annotated[str, CLUSTER_CLASS] | None = None
    """Class of the instances; by default that of the primary cluster, which it may have to replace."""
    instances: Annotated[
        tuple[Annotated[str, INSTANCE_NAME], ...],
        availability.CLUSTER_MULTI_AZ.keeps(lambda names: len(names) >= 2, "length({value}) >= 2"),
    ] = ("one", "two")
    """Names of the instances, all of which read. Each costs the same. Up to 16."""
    min_capacity_acu: Annotated[float, CAPACITY_LEAST] | None = None
    """Of Serverless v2: smallest capacity of each instance; by default that of the primary cluster, 8 or more."""
    max_capacity_acu: Annotated[float, CAPACITY_MOST] | None = None
    """Of Serverless v2: largest capacity of each instance; by default that of the primary cluster."""
    write_forwarding: bool = False
    """Sessions here may write: Aurora forwards their statements to the primary cluster within AWS's network, and checks the
    permissions of the database user there. Each session chooses how long it waits for its own writes: the parameter
    `apg_write_forward.consistency_mode` in PostgreSQL, `aurora_replica_read_consistency` in MySQL, without which it cannot write."""

    def beside(self, primary: DatabaseClusterConfig) -> DatabaseClusterConfig:
        """The whole configuration of the cluster.

        Args:
            primary: that of the primary cluster.
        """
        same = {name: getattr(primary, name) for name in DatabaseClusterConfig.model_fields}
        chosen = {
            name: getattr(self, name)
            for name in ("instance_class", "min_capacity_acu", "max_capacity_acu")
            if getattr(self, name) is not None
        }
        for theirs in ("database_name", "snapshot_identifier"):
            same[theirs] = None
        multi_az = availability.CLUSTER_MULTI_AZ.id
        waivers = (*(one for one in primary.waivers if one.control != multi_az), *self.waivers)
        changed = {"identifier": self.identifier, "instances": self.instances, "waivers": waivers}
        return DatabaseClusterConfig(**{**same, **chosen, **changed})


@declares(apart="a part of GlobalDatabase")
class SecondaryCluster(DatabaseCluster):
    """A cluster that reads what the primary one writes, under a key of its region, with the protection of the primary one.

    Args:
        scope: the global database.
        id: its name there.
        config: its whole configuration.
        vpc: its network, in its region.
        global_cluster: the resource that joins the clusters.
        primary: the primary cluster.
        write_forwarding: whether sessions may write.
        key: key of that region; by default one of its own.
        alarms: topic of that region.
        provider: a provider for that region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: DatabaseClusterConfig,
        *,
        vpc: SecureVpc | DatabaseSubnets,
        global_cluster: Resource,
        primary: DatabaseCluster,
        write_forwarding: bool,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        self._primary, self._global, self._forwards = primary, global_cluster, write_forwarding
        super().__init__(scope, id, config, vpc=vpc, key=key, alarms=alarms, provider=provider, moved_from=moved_from)
        self.global_database = primary.global_database
        # The region that it was copied from matters once, and the provider would replace it for another one.
        self.cluster.ignore_changes += [*IGNORED, "source_region"]
        why = "it is more than ten seconds behind the primary cluster, which would be lost with its region"
        of = {"DBClusterIdentifier": self.cluster.ref("cluster_identifier")}
        # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
        metric = "AuroraGlobalDBReplicationLag"
        add_alarms(self, alarms, [WorkloadAlarm("global-lag", "AWS/RDS", metric, of, _LATE, why, "Maximum", periods=3)])

    @property
    def secret_arn(self) -> str:
        """Not there: the administrator is that of the primary cluster.

        Raises:
            ConfigError: always.
        """
        self._refuse_use(
            "secret_arn", "the administrator is that of the primary cluster", "Read the password that you gave it"
        )

    @property
    def proxy_target(self) -> dict[str, str]:
        """Not there: the endpoint of a proxy leads to the instance that writes, which there is none of.

        Raises:
            ConfigError: always.
        """
        # docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-gdb.html
        why = "the endpoint of a DatabaseProxy leads to the instance that writes, and all of its instances read"
        self._refuse_use("proxy_target", why, "Connect to reader_address, or put the proxy before the primary cluster")

    def autoscale(self, minimum: int, maximum: int, *, cpu: int | None = None, connections: int | None = None) -> None:
        """Not possible in a secondary cluster.

        Args:
            minimum: of readers.
            maximum: of readers.
            cpu: a target.
            connections: a target.

        Raises:
            ConfigError: always.
        """
        # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html
        why = "Aurora Auto Scaling does not work in a secondary cluster"
        self._refuse_use("autoscale()", why, "Declare as many instances as it needs")

    def _refuse_use(self, what: str, why: str, instead: str) -> NoReturn:
        raise ConfigError(f"{self.path}: {what} is not possible: {why}. {instead}.")

    def _administrator(self) -> dict[str, Any]:
        """No administrator: AWS refuses one ("Cannot specify user name for cross region replication cluster")."""
        return {
            "global_cluster_identifier": self._global.ref("id"),
            "source_region": AwsProvider.region_of(self._primary) or self._primary.region,
            "enable_global_write_forwarding": self._forwards or None,
        }

    def _comes_after(self) -> Sequence[Resource]:
        """The instances of the primary cluster, without which it has nothing to copy; they are deleted after it."""
        return tuple(self._primary.instances.values())
