"""Aurora cluster: in isolated subnets, over TLS only, with IAM users, a managed password, logs, backups and two instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from constructs import Construct

from secureinfra.aws.db.connect import connect_statement, refuse_networks
from secureinfra.aws.db.parts import (
    identifier_of,
    isolated_subnets,
    log_groups,
    monitoring_role,
    rotate_password,
    subnet_group,
)
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.rds.cluster_alarms import add_cluster_alarms
from secureinfra.aws.rds.config import MOST_INSTANCES, DatabaseClusterConfig
from secureinfra.aws.rds.endpoints import EndpointType, custom_endpoint
from secureinfra.aws.rds.instances import refuse_instance
from secureinfra.aws.rds.parts import ClusterParts
from secureinfra.aws.rds.readers import check_readers, scale_readers
from secureinfra.aws.secretsmanager.random_password import required_token
from secureinfra.aws.security_group.group import (
    Connections,
    HasConnections,
    SecurityGroup,
    SecurityGroupConfig,
    refuse_another_vpc,
)
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.declared.declares import declares
from secureinfra.engine import BacksUp, Grantee, Resource
from secureinfra.errors import ConfigError

__all__ = ["DatabaseCluster"]


@declares(
    module="database-cluster",
    page="databases",
    yours=(
        "Subnets without a route to the internet, in two zones or more.",
        "Rules of its security group, and `rds-db:connect` for roles that log in.",
    ),
)
class DatabaseCluster(ClusterParts):
    """An Aurora cluster in isolated subnets that takes TLS connections from named security groups only.

    Creates the cluster with an instance that writes and one that reads in another zone, its subnet and parameter groups, a
    security group, log groups for the logs that it exports, a role for Enhanced Monitoring, and a key when none is given. RDS
    generates the administrator's password, keeps it in Secrets Manager under the key and rotates it; Terraform never has it. A
    final snapshot is taken when it is destroyed, under a name with the time of creation.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: engine, version, instances, capacity.
        vpc: its network, with isolated subnets in two zones or more; or the subnets of one that is made elsewhere.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        password: a reference to an ephemeral value, where RDS cannot manage the password: in a `GlobalDatabase`.
        alarms: topic that alarms on processor, memory, capacity, lag and failed logins notify.
        backup: the plan that backs it up, beside RDS's own backups.
        security_group: a group of this network that is there already; by default one of its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused; the engine does not have a feature; the network has no isolated subnets; the group is of
            another network.

    Example:
        `DatabaseCluster(stack, "orders", DatabaseClusterConfig(engine="aurora-postgresql", engine_version="17"), vpc=network)`
    """

    config: DatabaseClusterConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: DatabaseClusterConfig,
        *,
        vpc: SecureVpc | DatabaseSubnets,
        key: SecureKey | None = None,
        password: str | None = None,
        alarms: SecureTopic | None = None,
        backup: BacksUp | None = None,
        security_group: SecurityGroup | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.identifier = identifier_of(self, config.identifier)
        self.vpc, self._alarms = vpc, alarms
        self._password = required_token(self.path, password) if password is not None else None
        self.most_instances = MOST_INSTANCES
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: database", tags=config.tags))
        self.instances = {}
        subnets = isolated_subnets(self, vpc)
        about = SecurityGroupConfig(description=f"{self.path}: database", tags=config.tags)
        self.security_group = security_group or SecurityGroup(self, "group", about, vpc=vpc)
        refuse_another_vpc(self.path, self.security_group, vpc.vpc_id)
        # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
        names = {f"log-{log}": f"/aws/rds/cluster/{self.identifier}/{log}" for log in config.known.logs}
        self.log_groups = log_groups(self, self.key, names, config.log_retention_days)
        self.monitoring_role, self._monitoring = monitoring_role(self)
        self._subnets = subnet_group(self, self.identifier, subnets)
        self._parameters, self._instance_parameters = self._make_parameter_groups()
        self.cluster = self._make_cluster()
        self._rotate_password()
        for name in config.instances:
            self._make_instance(name, config.instance_class, 1)
        known = config.known.failed_logins
        logins = (self.log_groups[f"log-{known[0]}"].name, known[1]) if known else None
        add_cluster_alarms(self, alarms, self.cluster.ref("cluster_identifier"), logins)
        if backup is not None:
            backup.back_up(self.path, self.arn, "Aurora", key=self.key)

    @property
    def arn(self) -> str:
        """Reference to the cluster's ARN."""
        return self.cluster.ref("arn")

    @property
    def address(self) -> str:
        """Reference to the host name of the instance that writes."""
        return self.cluster.ref("endpoint")

    @property
    def reader_address(self) -> str:
        """Reference to the host name that spreads connections over the instances that read."""
        return self.cluster.ref("reader_endpoint")

    @property
    def port(self) -> Port:
        """The port that it listens on, for rules of security groups."""
        return Port.tcp(self.config.port or self.config.known.port)

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides: `cluster.connections.allow_from(service, cluster.port)`."""
        return self.security_group.connections

    @property
    def secret_arn(self) -> str:
        """Reference to the ARN of the secret with the administrator's password.

        Raises:
            ConfigError: the password was given, so that RDS keeps none.
        """
        if self._password is not None:
            raise ConfigError(
                f"{self.path}: its password was given, so RDS keeps no secret. Read the one that you gave."
            )
        return f"${{{self.cluster.address}.master_user_secret[0].secret_arn}}"

    @property
    def proxy_target(self) -> dict[str, str]:
        """What a `DatabaseProxy` registers, once there is an instance."""
        first = next(iter(self.instances.values()))
        return {"db_cluster_identifier": first.ref("cluster_identifier")}

    def allow_from(self, other: HasConnections) -> None:
        """Let what has a security group connect on the cluster's port.

        Args:
            other: a service, a function or a group; not a network, in which anything may be.

        Raises:
            ConfigError: it has no security group.
        """
        refuse_networks(self.path, other)
        self.connections.allow_from(other, self.port)

    def grant_connect(self, grantee: Grantee, *, user: str) -> None:
        """Let a role log in to every instance as a user of the database with an IAM token instead of a password.

        The user must exist in the database and be allowed that: `GRANT rds_iam TO shop` in PostgreSQL, `IDENTIFIED WITH
        AWSAuthenticationPlugin AS 'RDS'` in MySQL.

        Args:
            grantee: a `SecureRole`.
            user: name of the database user; case matters.

        Raises:
            ConfigError: the grantee is an ARN, or the user is a wildcard.
        """
        statement = connect_statement(self, grantee, self.cluster.ref("cluster_resource_id"), user)
        grantee.add_to_policy(statement)

    def add_instance(self, name: str, *, instance_class: str, promotion_tier: int = 15) -> Resource:
        """Create one more instance that reads, of another class than the others, e.g. for reports.

        Args:
            name: its name, part of addresses and of its identifier.
            instance_class: its class; `db.serverless` needs the capacities of the configuration.
            promotion_tier: its turn when another must write, 0 (first) to 15 (last); those of the configuration have 1.

        Raises:
            ConfigError: the name, the class or the tier is refused, or the cluster has 16 instances.
        """
        refuse_instance(self, name, instance_class, promotion_tier)
        return self._make_instance(name, instance_class, promotion_tier)

    def autoscale(self, minimum: int, maximum: int, *, cpu: int | None = None, connections: int | None = None) -> None:
        """Run as many readers as keep an average at a target; those that are declared count, and are never removed.

        Readers that are added have the class of the instance that writes, are the last to take over, and cost the same.

        Args:
            minimum: of readers, at least as many as are declared: one less than the instances.
            maximum: of readers, 15 at most.
            cpu: average CPU use of the readers to keep, in percent.
            connections: average number of connections to a reader to keep.

        Raises:
            ConfigError: nothing is measured, a number is out of range, it is called twice, or the instances are serverless.
        """
        measured = {"cpu": cpu, "connections": connections}
        check_readers(self, minimum, maximum, measured)
        scale_readers(self, minimum, maximum, measured)

    def add_endpoint(
        self,
        name: str,
        *,
        members: Sequence[str] | None = None,
        excluding: Sequence[str] | None = None,
        type: EndpointType = "READER",
    ) -> Resource:
        """Create a host name for some of the instances: `add_endpoint("reports", members=["reports"]).ref("endpoint")`.

        Args:
            name: what it is for, part of its host name, which is unique in account and region. Another one replaces it.
            members: names of the only instances that it leads to.
            excluding: names of those that it does not lead to; it leads to all others, and to those that come later.
            type: `READER` leads to instances while they only read; `ANY` to the one that writes, too.

        Raises:
            ConfigError: the name, the lists or the type are refused, or the cluster has five endpoints.
        """
        return custom_endpoint(self, name, members=members, excluding=excluding, type=type)

    def _rotate_password(self) -> None:
        days = self.config.password_rotation_days
        if days is not None and self._password is not None:
            setting = f"password_rotation_days={days}"
            raise ConfigError(f"{self.path}: {setting} is not possible for a password that is given. Leave one out.")
        if days is not None:
            rotate_password(self, self.secret_arn, days)
