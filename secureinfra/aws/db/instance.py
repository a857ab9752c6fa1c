"""RDS database: in isolated subnets, over TLS only, with IAM users, a managed password, logs, backups and a standby."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.db.alarms import Watched, add_database_alarms
from secureinfra.aws.db.config import CLASS, DatabaseConfig
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
from secureinfra.engine import BacksUp, Grantee, Resource, SecureConstruct
from secureinfra.errors import ConfigError

__all__ = ["Database"]

# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
_MOST_REPLICAS = 15


@declares(
    module="database",
    page="databases",
    yours=(
        "Subnets without a route to the internet, in two zones or more.",
        "Rules of its security group, and `rds-db:connect` for roles that log in.",
    ),
)
class Database(SecureConstruct):
    """A database in isolated subnets that takes TLS connections from named security groups only.

    Creates the instance with a standby in another zone, its subnet, parameter and option groups, a security group, log groups
    for every log that it exports, a role for Enhanced Monitoring, and a key when none is given. RDS generates the
    administrator's password, keeps it in Secrets Manager under the key and rotates it; Terraform never has it. A final
    snapshot is taken when it is destroyed, under a name with the time of creation.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: engine, version, size.
        vpc: its network, with isolated subnets in two zones or more; or the subnets of one that is made elsewhere.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        password: a reference to an ephemeral value, where RDS cannot manage the password: a source of read replicas.
        alarms: topic that alarms on storage, processor, replicas and failed logins notify.
        backup: the plan that backs it up, beside RDS's own backups.
        security_group: a group of this network that is there already; by default one of its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused; the engine does not have a feature; the network has no isolated subnets; the group is of
            another network.

    Example:
        `Database(stack, "orders", DatabaseConfig(engine="postgres", engine_version="17"), vpc=network)`
    """

    config: DatabaseConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: DatabaseConfig,
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
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: database", tags=config.tags))
        self.replicas: dict[str, Resource] = {}
        subnets = isolated_subnets(self, vpc)
        about = SecurityGroupConfig(description=f"{self.path}: database", tags=config.tags)
        self.security_group = security_group or SecurityGroup(self, "group", about, vpc=vpc)
        refuse_another_vpc(self.path, self.security_group, vpc.vpc_id)
        self.log_groups = self._make_log_groups("", self.identifier)
        self.monitoring_role, self._monitoring = monitoring_role(self)
        family = config.known.versions[config.engine_version]
        self._parameters = parameter_group(
            self,
            "aws_db_parameter_group",
            family,
            config.known.parameters_of(config.engine_version),
            config.parameters,
        )
        self._options = self._make_option_group()
        self.instance = self._make_instance(subnets)
        self._rotate_password()
        add_database_alarms(self, alarms, self._watched())
        if backup is not None:
            backup.back_up(self.path, self.arn, "RDS", key=self.key)

    @property
    def arn(self) -> str:
        """Reference to the instance's ARN."""
        return self.instance.ref("arn")

    @property
    def address(self) -> str:
        """Reference to its host name."""
        return self.instance.ref("address")

    @property
    def port(self) -> Port:
        """The port that it listens on, for rules of security groups."""
        return Port.tcp(self.config.port or self.config.known.port)

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides: `database.connections.allow_from(service, database.port)`."""
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
        return f"${{{self.instance.address}.master_user_secret[0].secret_arn}}"

    @property
    def proxy_target(self) -> dict[str, str]:
        """What a `DatabaseProxy` registers."""
        return {"db_instance_identifier": self.instance.ref("identifier")}

    def allow_from(self, other: HasConnections) -> None:
        """Let what has a security group connect on the database's port.

        Args:
            other: a service, a function or a group; not a network, in which anything may be.

        Raises:
            ConfigError: it has no security group.
        """
        refuse_networks(self.path, other)
        self.connections.allow_from(other, self.port)

    def grant_connect(self, grantee: Grantee, *, user: str, replica: str | None = None) -> None:
        """Let a role log in as a user of the database with an IAM token instead of a password.

        The user must exist in the database and be allowed that: `GRANT rds_iam TO shop` in PostgreSQL, `IDENTIFIED WITH
        AWSAuthenticationPlugin AS 'RDS'` in MySQL.

        Args:
            grantee: a `SecureRole`.
            user: name of the database user; case matters.
            replica: name of the replica to log in to instead.

        Raises:
            ConfigError: the engine has no IAM users, the grantee is an ARN, or the user is a wildcard.
        """
        if not self.config.known.iam:
            raise ConfigError(
                f"{self.path}: grant_connect() is not possible: {self.config.known.title} has no IAM authentication on RDS. Keep the "
                "user's password in a Secret and grant_read that."
            )
        instance = self.instance if replica is None else self._replica(replica)
        grantee_statement = connect_statement(self, grantee, instance.ref("resource_id"), user)
        grantee.add_to_policy(grantee_statement)

    def add_replica(self, name: str, *, instance_class: str | None = None) -> Resource:
        """Create a read replica in the same subnets, with the same protection; each costs as much as the database.

        Args:
            name: its name, part of addresses and of the identifier.
            instance_class: its class; by default the database's.

        Raises:
            ConfigError: RDS manages the password, which keeps it from making replicas; or the name is taken.
        """
        self._refuse_replica(name, instance_class)
        identifier = f"{self.identifier}-{name}"
        groups = self._make_log_groups(f"{name}-", identifier)
        common = self._common(instance_class or self.config.instance_class)
        replica = Resource(
            self,
            f"replica-{name}",
            "aws_db_instance",
            protect=self.config.protect,
            depends_on=[*(group.group for group in groups.values()), self._monitoring],
            identifier=identifier,
            replicate_source_db=self.instance.ref("identifier"),
            # The source is in the same region, so that it decides on encryption; its data is in the source's snapshots.
            storage_encrypted=True,
            skip_final_snapshot=True,
            **common,
        )
        self.replicas[name] = replica
        watched = Watched(replica.ref("identifier"), self.config.allocated_storage_gib, name)
        add_database_alarms(self, self._alarms, watched)
        return replica

    def _make_instance(self, subnets: list[str]) -> Resource:
        config = self.config
        restored = config.snapshot_identifier is not None
        group = subnet_group(self, self.identifier, subnets)
        return Resource(
            self,
            "instance",
            "aws_db_instance",
            protect=config.protect,
            depends_on=[*(one.group for one in self.log_groups.values()), self._monitoring],
            # Set once, with the time of creation: an own name for each life of the database. RDS restores a snapshot under the
            # snapshot's key, and the provider would replace the database for another one:
            # docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html
            ignore_changes=["final_snapshot_identifier", *(["kms_key_id"] if restored else [])],
            identifier=self.identifier,
            engine=config.engine,
            engine_version=config.engine_version,
            # RDS refuses another major version without it, and only those are written.
            allow_major_version_upgrade=True,
            license_model="license-included" if config.engine.startswith("sqlserver") else None,
            db_name=config.database_name,
            username=None if restored else config.username,
            **self._password_arguments(),
            snapshot_identifier=config.snapshot_identifier,
            port=config.port or config.known.port,
            allocated_storage=config.allocated_storage_gib,
            storage_encrypted=True,
            kms_key_id=self.key.arn,
            db_subnet_group_name=group.ref("name"),
            backup_retention_period=config.backup_retention_days,
            backup_window=config.backup_window,
            delete_automated_backups=False,
            skip_final_snapshot=lambda: not self.stack_state.protects,
            final_snapshot_identifier=f'{self.identifier}-final-${{formatdate("YYYYMMDDhhmmss", timestamp())}}',
            **self._common(config.instance_class),
        )

    def _common(self, instance_class: str) -> dict[str, Any]:
        """What an instance and its replicas have alike."""
        config = self.config
        advanced = config.database_insights == "advanced"
        return {
            "instance_class": instance_class,
            "storage_type": "gp3",
            "max_allocated_storage": config.max_allocated_storage_gib,
            "multi_az": config.multi_az,
            "publicly_accessible": False,
            "vpc_security_group_ids": [self.security_group.security_group_id],
            "parameter_group_name": self._parameters.ref("name"),
            "option_group_name": self._options.ref("name") if self._options else None,
            "ca_cert_identifier": config.ca_cert_identifier,
            "iam_database_authentication_enabled": True if config.known.iam else None,
            "enabled_cloudwatch_logs_exports": list(config.known.logs),
            "monitoring_interval": config.monitoring_interval_seconds,
            "monitoring_role_arn": self.monitoring_role.arn,
            "database_insights_mode": "advanced" if advanced else None,
            "performance_insights_enabled": True,
            "performance_insights_kms_key_id": self.key.arn,
            "performance_insights_retention_period": 465 if advanced else 7,
            "maintenance_window": config.maintenance_window,
            "auto_minor_version_upgrade": True,
            "deletion_protection": lambda: config.deletion_protection and self.stack_state.protects,
            "copy_tags_to_snapshot": True,
            "tags": config.tags or None,
        }

    def _password_arguments(self) -> dict[str, Any]:
        if self._password is not None:
            return {"password_wo": self._password, "password_wo_version": self.config.password_version}
        return {"manage_master_user_password": True, "master_user_secret_kms_key_id": self.key.arn}

    def _rotate_password(self) -> None:
        days = self.config.password_rotation_days
        if days is not None and self._password is not None:
            setting = f"password_rotation_days={days}"
            raise ConfigError(f"{self.path}: {setting} is not possible for a password that is given. Leave one out.")
        if days is not None:
            rotate_password(self, self.secret_arn, days)

    def _make_log_groups(self, prefix: str, identifier: str) -> dict[str, Any]:
        # docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
        names = {f"{prefix}log-{log}": f"/aws/rds/instance/{identifier}/{log}" for log in self.config.known.logs}
        return log_groups(self, self.key, names, self.config.log_retention_days)

    def _make_option_group(self) -> Resource | None:
        """The audit log of MySQL and MariaDB, which is an option: who logged in, and who changed tables or permissions."""
        config = self.config
        if not config.known.audited:
            return None
        # docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.Options.AuditPlugin.html
        events = {"name": "SERVER_AUDIT_EVENTS", "value": "CONNECT,QUERY_DDL,QUERY_DCL"}
        return Resource(
            self,
            "options",
            "aws_db_option_group",
            create_before_destroy=True,
            name_prefix=f"{self.identifier}-",
            option_group_description=f"{self.path}: audit log",
            engine_name=config.engine,
            major_engine_version=config.engine_version,
            option=[{"option_name": "MARIADB_AUDIT_PLUGIN", "option_settings": [events]}],
            tags=config.tags or None,
        )

    def _watched(self) -> Watched:
        known = self.config.known.failed_logins
        logins = (self.log_groups[f"log-{known[0]}"].name, known[1]) if known else None
        return Watched(self.instance.ref("identifier"), self.config.allocated_storage_gib, logins=logins)

    def _refuse_replica(self, name: str, instance_class: str | None) -> None:
        if self._password is None and not self.config.engine.startswith("sqlserver"):
            # docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
            raise ConfigError(
                f"{self.path}: add_replica({name!r}) is not possible while RDS manages the password, except for SQL Server. Pass "
                "password= with a reference to an ephemeral variable, or use a DatabaseCluster, whose readers need no replica."
            )
        if self.config.engine == "sqlserver-se":
            raise ConfigError(
                f"{self.path}: add_replica({name!r}) needs the Enterprise edition. Use engine='sqlserver-ee'."
            )
        if self.config.engine == "sqlserver-ee" and not self.config.multi_az:
            # docs.aws.amazon.com/AmazonRDS/latest/UserGuide/SQLServer.ReadReplicas.html
            raise ConfigError(
                f"{self.path}: add_replica({name!r}) needs a database with a standby, from whose availability group SQL Server copies. "
                "Leave out multi_az=False."
            )
        if name in self.replicas:
            raise ConfigError(f"{self.path}: it already has a replica {name!r}. Use another name.")
        if len(self.replicas) == _MOST_REPLICAS:
            raise ConfigError(f"{self.path}: it has {_MOST_REPLICAS} replicas, RDS's most. Use larger ones.")
        if instance_class is not None and (complaint := CLASS.complaint(instance_class)):
            raise ConfigError(f"{self.path}: instance_class={instance_class!r} {complaint}.")
        identifier_of(self, f"{self.identifier}-{name}")

    def _replica(self, name: str) -> Resource:
        if name not in self.replicas:
            raise ConfigError(f"{self.path}: it has no replica {name!r}. It has: {', '.join(self.replicas) or 'none'}.")
        return self.replicas[name]
