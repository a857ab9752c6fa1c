"""The parts of an Aurora cluster that everything around it refers to: groups, the cluster itself, its instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from secureinfra.aws.cloudwatch.log_group import SecureLogGroup
from secureinfra.aws.db.parts import identifier_of, parameter_group
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.aws.iam.role import SecureRole
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.rds.cluster_alarms import add_instance_alarms
from secureinfra.aws.rds.config import SERVERLESS, DatabaseClusterConfig
from secureinfra.aws.security_group.group import SecurityGroup
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct


@declares(apart="the base of DatabaseCluster")
class ClusterParts(SecureConstruct):
    """Base of `DatabaseCluster`, which creates what is around the cluster; here is what the cluster consists of."""

    config: DatabaseClusterConfig
    identifier: str
    vpc: SecureVpc | DatabaseSubnets
    key: SecureKey
    security_group: SecurityGroup
    log_groups: dict[str, SecureLogGroup]
    monitoring_role: SecureRole
    instances: dict[str, Resource]
    cluster: Resource
    most_instances: int
    """How many there may be: 16, and one less for each secondary cluster of a global database."""
    global_database: str | None = None
    """Path of the global database that it is in."""
    _alarms: SecureTopic | None
    _password: str | None
    _monitoring: Resource
    _subnets: Resource
    _parameters: Resource
    _instance_parameters: Resource

    @property
    def password_given(self) -> bool:
        """Whether its password was given, instead of RDS managing one."""
        return self._password is not None

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
        return Resource(
            self,
            "cluster",
            "aws_rds_cluster",
            protect=config.protect,
            depends_on=[*(one.group for one in self.log_groups.values()), *self._comes_after()],
            # Set once, with the time of creation: an own name for each life of the cluster.
            ignore_changes=["final_snapshot_identifier"],
            cluster_identifier=self.identifier,
            engine=config.engine,
            engine_version=config.engine_version,
            # A version is changed on purpose only: minor ones are not written.
            allow_major_version_upgrade=True,
            apply_immediately=config.apply_immediately,
            database_name=config.database_name,
            **self._administrator(),
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

    def _administrator(self) -> dict[str, Any]:
        """The administrator, with a password that RDS manages or that was given; a snapshot has one already."""
        config = self.config
        name = None if config.snapshot_identifier is not None else config.username
        if self._password is None:
            return {
                "master_username": name,
                "manage_master_user_password": True,
                "master_user_secret_kms_key_id": self.key.arn,
            }
        return {
            "master_username": name,
            "master_password_wo": self._password,
            "master_password_wo_version": config.password_version,
        }

    def _comes_after(self) -> Sequence[Resource]:
        """What must be there before the cluster, beside its log groups."""
        return ()

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
