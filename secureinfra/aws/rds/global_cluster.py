"""Aurora global database: a cluster that writes, and copies of it in other regions, each under a key of its own."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.db.config import IDENTIFIER
from secureinfra.aws.db.parts import identifier_of
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.rds.cluster import DatabaseCluster
from secureinfra.aws.rds.members import IGNORED, class_of_member, refuse_primary
from secureinfra.aws.rds.readers import most_readers
from secureinfra.aws.rds.secondary import SecondaryCluster, SecondaryClusterConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.facts.partitions import apart

__all__ = ["GlobalDatabase", "GlobalDatabaseConfig"]

# docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.configuration.requirements.html
_MOST_REGIONS = 10


class GlobalDatabaseConfig(Config):
    """What a caller may choose about a global database."""

    identifier: Annotated[str, IDENTIFIER] | None = None
    """Its name, unique in the account; by default the construct's path. Another one replaces it, and leaves the clusters apart."""
    deletion_protection: bool = True
    """AWS refuses to delete it; the `sandbox` environment turns it off."""
    protect: bool = True
    """Terraform refuses to destroy it; the `sandbox` environment turns it off. A `destroy` without it takes the clusters out
    before AWS looks at `deletion_protection`."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(apart="a global database has a cluster, which a module of its own would not contain", page="databases")
class GlobalDatabase(SecureConstruct):
    """A global database: what its primary cluster writes is copied to clusters in other regions, usually within a second.

    Creates the global database from a `DatabaseCluster`, new or in use, which it neither moves nor replaces; `add_region` creates a
    secondary cluster with its groups, logs and alarms like those of the primary one, and a key of its region. A switchover to
    another region leaves nothing for Terraform to change.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its name, protection.
        primary: the cluster that writes, with `password=` and memory-optimized instances.
        provider: the provider of the primary cluster, if that has one.

    Raises:
        ConfigError: a value is refused; the primary cluster has what a global database does not support.

    Example:
        `GlobalDatabase(stack, "worldwide", primary=orders).add_region("ireland", vpc=network, provider=ireland)`
    """

    config: GlobalDatabaseConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: GlobalDatabaseConfig = GlobalDatabaseConfig(),
        *,
        primary: DatabaseCluster,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_primary(self.path, primary)
        here, there = AwsProvider.region_of(primary), AwsProvider.region_of(self)
        if None not in (here, there) and here != there:
            raise ConfigError(
                f"{self.path}: its provider has region {there!r}, and primary={primary.path!r} is in {here}. Pass one provider= to both."
            )
        self.identifier = identifier_of(self, config.identifier)
        self.primary = primary
        self.secondaries: dict[str, DatabaseCluster] = {}
        primary.global_database = self.path
        primary.cluster.ignore_changes += IGNORED
        self.global_cluster = Resource(
            self,
            "global",
            "aws_rds_global_cluster",
            protect=config.protect,
            global_cluster_identifier=self.identifier,
            # Engine, version and encryption are those of the cluster: AWS takes no others beside it.
            source_db_cluster_identifier=primary.arn,
            # The provider takes the clusters out before it deletes it, secondary ones first, and wants this beside a source.
            force_destroy=True,
            deletion_protection=lambda: config.deletion_protection and self.stack_state.protects,
            tags=config.tags or None,
        )

    @property
    def arn(self) -> str:
        """Reference to its ARN."""
        return self.global_cluster.ref("arn")

    @property
    def address(self) -> str:
        """Reference to the host name of the instance that writes, in whichever region it is."""
        return self.global_cluster.ref("endpoint")

    def add_region(
        self,
        name: str,
        config: SecondaryClusterConfig = SecondaryClusterConfig(),
        *,
        vpc: SecureVpc | DatabaseSubnets,
        provider: Any,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
    ) -> DatabaseCluster:
        """Create a secondary cluster in another region; it costs what its instances, its storage and the copied writes cost.

        Connections, grants and endpoints are its own: `grant_connect` of the primary cluster allows nothing there.

        Args:
            name: its name, part of addresses and of its identifier.
            config: instances, capacity, write forwarding; everything else is as in the primary cluster.
            vpc: a network in that region.
            provider: a provider for that region.
            key: a key in that region; by default one of its own.
            alarms: a topic in that region.

        Raises:
            ConfigError: a value is refused, or AWS would refuse the region or the number of clusters and readers.
        """
        self._refuse_region(name, config)
        whole = config.beside(self.primary.config)
        if (problem := class_of_member(whole.instance_class)) is not None:
            raise ConfigError(
                f"{self.path}: add_region({name!r}) instance_class={whole.instance_class!r} {problem.what}: {problem.why}. "
                f"{problem.instead}."
            )
        secondary = SecondaryCluster(
            self,
            name,
            whole,
            vpc=vpc,
            global_cluster=self.global_cluster,
            primary=self.primary,
            write_forwarding=config.write_forwarding,
            key=key,
            alarms=alarms,
            provider=provider,
        )
        self._refuse_place(secondary)
        self.secondaries[name] = secondary
        self.primary.most_instances -= 1
        return secondary

    def _refuse_region(self, name: str, config: SecondaryClusterConfig) -> None:
        given = f"{self.path}: add_region({name!r})"
        if name in self.secondaries:
            raise ConfigError(f"{given}: it already has a cluster {name!r}. Use another name.")
        if len(self.secondaries) == _MOST_REGIONS:
            raise ConfigError(f"{given}: it has {_MOST_REGIONS} secondary clusters, Aurora's most. Leave it out.")
        readers, room = most_readers(self.primary), self.primary.most_instances - 2
        if readers > room:
            raise ConfigError(
                f"{given}: each secondary cluster takes the place of a reader of the primary one, which has or may have {readers}, and "
                f"{room} then. Give it fewer instances, or a smaller maximum in autoscale()."
            )
        names = {one.identifier for one in (self.primary, *self.secondaries.values())}
        if config.identifier in names:
            raise ConfigError(
                f"{given} identifier={config.identifier!r} is the name of another of its clusters. AWS wants names that differ in all "
                "regions. Use another one, or leave it out."
            )

    def _refuse_place(self, secondary: DatabaseCluster) -> None:
        """Refuse the region of another of its clusters, and another partition."""
        there = AwsProvider.region_of(secondary)
        for other in (self.primary, *self.secondaries.values()):
            here = AwsProvider.region_of(other)
            if there is not None and here == there:
                raise ConfigError(
                    f"{secondary.path}: its provider has region {there!r}, where {other.path!r} is: the clusters of a global database "
                    "are in different regions. Pass provider= of another one."
                )
            if words := apart(here, there):
                raise ConfigError(f"{secondary.path}: it copies {other.path!r}, but {words}. Leave it out.")
