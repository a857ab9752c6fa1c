"""Aurora cluster: in isolated subnets, over TLS only, with IAM users, a managed password, logs, backups and two instances."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.db.connect import connect_statement, refuse_networks
from secureinfra.aws.db.parts import (
    identifier_of,
    isolated_subnets,
    log_groups,
    monitoring_role,
    parameter_group,
    rotate_password,
    subnet_group,
)
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.rds.cluster_alarms import add_cluster_alarms, add_instance_alarms
from secureinfra.aws.rds.config import CLUSTER_CLASS, INSTANCE_NAME, MOST_INSTANCES, SERVERLESS, DatabaseClusterConfig
from secureinfra.aws.security_group.group import Connections, HasConnections, SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.declared.declares import declares
from secureinfra.engine import BacksUp, Grantee, Resource, SecureConstruct
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
class DatabaseCluster(SecureConstruct):
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
        alarms: topic that alarms on processor, memory, capacity, lag and failed logins notify.
        backup: the plan that backs it up, beside RDS's own backups.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused; the engine does not have a feature; the network has no isolated subnets.

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
        alarms: SecureTopic | None = None,
        backup: BacksUp | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.identifier = identifier_of(self, config.identifier)
        self.vpc, self._alarms = vpc, alarms
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: database", tags=config.tags))
        self.instances: dict[str, Resource] = {}
        subnets = isolated_subnets(self, vpc)
        about = SecurityGroupConfig(description=f"{self.path}: database", tags=config.tags)
        self.security_group = SecurityGroup(self, "group", about, vpc=vpc)
        # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
        names = {f"log-{log}": f"/aws/rds/cluster/{self.identifier}/{log}" for log in config.known.logs}
        self.log_groups = log_groups(self, self.key, names, config.log_retention_days)
        self.monitoring_role, self._monitoring = monitoring_role(self)
        self._subnets = subnet_group(self, self.identifier, subnets)
        self._parameters, self._instance_parameters = self._make_parameter_groups()
        self.cluster = self._make_cluster()
        if config.password_rotation_days is not None:
            rotate_password(self, self.secret_arn, config.password_rotation_days)
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
        """Reference to the ARN of the secret with the administrator's password."""
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
        self._refuse_instance(name, instance_class, promotion_tier)
        return self._make_instance(name, instance_class, promotion_tier)

    def _make_parameter_groups(self) -> tuple[Resource, Resource]:
        config = self.config
        family = config.known.versions[config.engine_version]
        fixed = config.known.parameters_of(config.engine_version)
        of_cluster = parameter_group(self, "aws_rds_cluster_parameter_group", family, fixed, config.parameters)
        of_instances = parameter_group(
            self,
            "aws_db_parameter_group",
            family,
            config.known.instance_parameters,
            config.instance_parameters,
            id="instance-parameters",
            about="logs of slow queries",
        )
        return of_cluster, of_instances

    def _make_cluster(self) -> Resource:
        config = self.config
        restored = config.snapshot_identifier is not None
        return Resource(
            self,
            "cluster",
            "aws_rds_cluster",
            protect=config.protect,
            depends_on=[one.group for one in self.log_groups.values()],
            # Set once, with the time of creation: an own name for each life of the cluster.
            ignore_changes=["final_snapshot_identifier"],
            cluster_identifier=self.identifier,
            engine=config.engine,
            engine_version=config.engine_version,
            # A version is changed on purpose only: minor ones are not written.
            allow_major_version_upgrade=True,
            apply_immediately=config.apply_immediately,
            database_name=config.database_name,
            master_username=None if restored else config.username,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=self.key.arn,
            snapshot_identifier=config.snapshot_identifier,
            port=config.port or config.known.port,
            storage_encrypted=True,
            kms_key_id=self.key.arn,
            storage_type="aurora-iopt1" if config.io_optimized else "aurora",
            db_subnet_group_name=self._subnets.ref("name"),
            vpc_security_group_ids=[self.security_group.security_group_id],
            db_cluster_parameter_group_name=self._parameters.ref("name"),
            # For a major upgrade, which needs a group of the new family.
            db_instance_parameter_group_name=self._instance_parameters.ref("name"),
            iam_database_authentication_enabled=True,
            enabled_cloudwatch_logs_exports=list(config.known.logs),
            backtrack_window=config.backtrack_seconds,
            backup_retention_period=config.backup_retention_days,
            preferred_backup_window=config.backup_window,
            preferred_maintenance_window=config.maintenance_window,
            delete_automated_backups=False,
            copy_tags_to_snapshot=True,
            deletion_protection=lambda: config.deletion_protection and self.stack_state.protects,
            skip_final_snapshot=lambda: not self.stack_state.protects,
            final_snapshot_identifier=f'{self.identifier}-final-${{formatdate("YYYYMMDDhhmmss", timestamp())}}',
            serverlessv2_scaling_configuration=self._capacity(),
            **self._advanced_insights(),
            tags=config.tags or None,
        )

    def _capacity(self) -> dict[str, Any] | None:
        config = self.config
        if config.max_capacity_acu is None:
            return None
        found: dict[str, Any] = {"min_capacity": config.min_capacity_acu, "max_capacity": config.max_capacity_acu}
        if config.min_capacity_acu == 0:
            found["seconds_until_auto_pause"] = config.auto_pause_seconds or 300
        return found

    def _advanced_insights(self) -> dict[str, Any]:
        """The advanced mode, which is a setting of the cluster, together with what it requires of Performance Insights."""
        if self.config.database_insights != "advanced":
            return {}
        return {"database_insights_mode": "advanced", **self._insights()}

    def _insights(self) -> dict[str, Any]:
        return {
            "performance_insights_enabled": True,
            "performance_insights_kms_key_id": self.key.arn,
            "performance_insights_retention_period": 465 if self.config.database_insights == "advanced" else 7,
        }

    def _make_instance(self, name: str, instance_class: str, promotion_tier: int) -> Resource:
        config = self.config
        instance = Resource(
            self,
            f"instance-{name}",
            "aws_rds_cluster_instance",
            depends_on=[self._monitoring],
            identifier=identifier_of(self, f"{self.identifier}-{name}"),
            cluster_identifier=self.cluster.ref("cluster_identifier"),
            engine=self.cluster.ref("engine"),
            instance_class=instance_class,
            promotion_tier=promotion_tier,
            apply_immediately=config.apply_immediately,
            publicly_accessible=False,
            db_subnet_group_name=self._subnets.ref("name"),
            db_parameter_group_name=self._instance_parameters.ref("name"),
            ca_cert_identifier=config.ca_cert_identifier,
            monitoring_interval=config.monitoring_interval_seconds,
            monitoring_role_arn=self.monitoring_role.arn,
            preferred_maintenance_window=config.maintenance_window,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            **self._insights(),
            tags=config.tags or None,
        )
        self.instances[name] = instance
        serverless = instance_class == SERVERLESS
        add_instance_alarms(self, self._alarms, name, instance.ref("identifier"), serverless=serverless)
        return instance

    def _refuse_instance(self, name: str, instance_class: str, promotion_tier: int) -> None:
        if complaint := INSTANCE_NAME.complaint(name):
            raise ConfigError(f"{self.path}: add_instance({name!r}) {complaint}.")
        if name in self.instances:
            raise ConfigError(f"{self.path}: it already has an instance {name!r}. Use another name.")
        if len(self.instances) == MOST_INSTANCES:
            raise ConfigError(f"{self.path}: it has {MOST_INSTANCES} instances, Aurora's most. Use larger ones.")
        if complaint := CLUSTER_CLASS.complaint(instance_class):
            raise ConfigError(f"{self.path}: instance_class={instance_class!r} {complaint}.")
        if (problem := self.config.class_problem(instance_class)) is not None:
            raise ConfigError(
                f"{self.path}: instance_class={instance_class!r} {problem.what}: {problem.why}. {problem.instead}."
            )
        if promotion_tier not in range(16):
            raise ConfigError(f"{self.path}: promotion_tier={promotion_tier} is not between 0 and 15.")
