"""RDS proxy: keeps connections to a database open for many clients, over TLS only, which log in with IAM only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Protocol

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import RetentionDays
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.db.config import IDENTIFIER
from secureinfra.aws.db.connect import connect_statement, refuse_networks
from secureinfra.aws.db.parts import identifier_of, isolated_subnets, log_groups
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.secretsmanager.secret import Secret
from secureinfra.aws.security_group.group import Connections, HasConnections, SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct
from secureinfra.engine.arguments import expected
from secureinfra.errors import ConfigError

__all__ = ["DatabaseProxy", "DatabaseProxyConfig"]

# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html: AuthScheme SECRETS, of 200 users at most.
_MOST_SECRETS = 200


class DatabaseProxyConfig(Config):
    """What a caller may choose about a proxy."""

    name: Annotated[str, IDENTIFIER] | None = None
    """Name of the proxy, unique in account and region; by default the construct's path. Another one replaces its log group."""
    idle_client_timeout_seconds: Annotated[int, between(1, 28800, "seconds")] = 1800
    """After how long without a query a client is disconnected, 1 to 28,800 seconds."""
    max_connections_percent: Annotated[int, between(1, 100, "percent")] = 100
    """How many of the database's `max_connections` the proxy may use, 1 to 100 percent."""
    max_idle_connections_percent: Annotated[int, between(0, 100, "percent")] = 50
    """How many of them it keeps open without a client, 0 to 100 percent, not more than it may use."""
    connection_borrow_timeout_seconds: Annotated[int, between(0, 300, "seconds")] = 120
    """How long a client waits for a connection while all are busy, 0 to 300 seconds."""
    log_retention_days: RetentionDays = 365
    """How long its log is kept, one of CloudWatch's periods; 0 keeps it forever."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """More idle connections than there may be."""
        idle, most = self.max_idle_connections_percent, self.max_connections_percent
        if not is_token(idle) and not is_token(most) and idle > most:
            what = f"is more than max_connections_percent={most}"
            yield Problem("max_idle_connections_percent", what, "AWS refuses that", "Use less")


class Proxied(Protocol):
    """What a proxy stands before: a `Database` or a `DatabaseCluster`. Named by its members, since clusters use this folder."""

    config: Any
    path: str
    key: SecureKey
    vpc: SecureVpc | DatabaseSubnets

    @property
    def proxy_target(self) -> dict[str, str]:
        """What the proxy registers."""
        ...

    def allow_from(self, other: HasConnections) -> None:
        """Let the proxy connect."""
        ...


@declares(apart="a proxy has a database, which a module of its own would not contain", page="databases")
class DatabaseProxy(SecureConstruct):
    """A proxy that keeps connections to a database open, and to which roles connect over TLS with IAM tokens only.

    Creates the proxy in the database's subnets with a security group that the database allows, its log group under the
    database's key, and the role by which it reads the secrets of the database's users and no others. Clients have no password:
    the proxy logs in to the database with the user's secret.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: name, limits of connections.
        database: a `Database` or a `DatabaseCluster`, of PostgreSQL, MySQL or MariaDB.
        secrets: one for each user of the database, with `username` and `password`; they are created in the database by you.
        alarms: topic that an alarm on failed logins notifies.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused; there is no secret, or one without a user name; the engine is SQL Server.

    Example:
        `DatabaseProxy(stack, "orders-proxy", DatabaseProxyConfig(), database=orders, secrets=[user])`
    """

    config: DatabaseProxyConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: DatabaseProxyConfig = DatabaseProxyConfig(),
        *,
        database: Proxied,
        secrets: Sequence[Secret],
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.name = identifier_of(self, config.name)
        self.database = database
        self._users = self._users_of(secrets)
        about = SecurityGroupConfig(description=f"{self.path}: proxy", tags=config.tags)
        self.security_group = SecurityGroup(self, "group", about, vpc=database.vpc)
        # docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html
        days = config.log_retention_days
        self.log_group = log_groups(self, database.key, {"log": f"/aws/rds/proxy/{self.name}"}, days)["log"]
        self.role = self._make_role(secrets)
        self.proxy = self._make_proxy(secrets)
        self._register()
        database.allow_from(self)
        why = "ten or more logins failed within five minutes"
        of = {"ProxyName": self.name}
        # docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html
        failed = WorkloadAlarm("failed-logins", "AWS/RDS", "ClientConnectionsSetupFailedAuth", of, 10, why)
        add_alarms(self, alarms, [failed])

    @property
    def arn(self) -> str:
        """Reference to its ARN."""
        return self.proxy.ref("arn")

    @property
    def address(self) -> str:
        """Reference to its host name, which clients connect to instead of the database's."""
        return self.proxy.ref("endpoint")

    @property
    def port(self) -> Port:
        """The port that it listens on: the engine's, whichever the database has."""
        return Port.tcp(self.database.config.known.port)

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides: `proxy.connections.allow_from(service, proxy.port)`."""
        return self.security_group.connections

    def allow_from(self, other: HasConnections) -> None:
        """Let what has a security group connect.

        Args:
            other: a service, a function or a group; not a network, in which anything may be.

        Raises:
            ConfigError: it has no security group.
        """
        refuse_networks(self.path, other)
        self.connections.allow_from(other, self.port)

    def grant_connect(self, grantee: Grantee, *, user: str) -> None:
        """Let a role connect as a user of the database with an IAM token; the proxy has the user's password.

        Args:
            grantee: a `SecureRole`.
            user: name of a database user whose secret the proxy has; case matters.

        Raises:
            ConfigError: the grantee is an ARN, the user is a wildcard, or no secret is the user's.
        """
        statement = connect_statement(self, grantee, self._resource_id(), user)
        if self._users is not None and user not in self._users:
            raise ConfigError(
                f"{self.path}: grant_connect(user={user!r}) is not possible: no secret of the proxy is that user's. It has: "
                f"{', '.join(self._users)}."
            )
        grantee.add_to_policy(statement)

    def _resource_id(self) -> str:
        """`prx-...`, the last part of the ARN, which is the only place that the provider has it in.

        Policies are JSON, whose escaped quotes Terraform would not read in an expression: so it is cut off by its position,
        behind `arn:PARTITION:rds:REGION:ACCOUNT:db-proxy:`.
        docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html
        """
        parts = (f"length({one[2:-1]})" if one.startswith("${") else str(len(one)) for one in self._named())
        return f"${{substr({self.proxy.address}.arn, {' + '.join(parts)} + {len('arn::rds:::db-proxy:')}, -1)}}"

    def _named(self) -> tuple[str, str, str]:
        return self.partition, self.region, self.account_id

    def _users_of(self, secrets: Sequence[Secret]) -> tuple[str, ...] | None:
        """The users, if all secrets are generated; a value that is given is not looked into."""
        known = self.database.config.known
        if not known.proxy_family:
            raise ConfigError(
                f"{self.path}: database={self.database.path!r} cannot have this proxy: clients of {known.title} log in to a proxy with "
                "passwords. Let them connect to the database."
            )
        if isinstance(secrets, str | Secret) or not isinstance(secrets, Sequence):
            raise ConfigError(
                f"{self.path}: DatabaseProxy secrets={secrets!r} is not a list of secrets. Write secrets=[...]."
            )
        for one in secrets:
            expected(f"{self.path}: DatabaseProxy", "secrets", one, Secret)
        if not 1 <= len(secrets) <= _MOST_SECRETS:
            raise ConfigError(
                f"{self.path}: it has {len(secrets)} secrets: a proxy logs in with 1 to {_MOST_SECRETS} of them. Pass one for each user."
            )
        users = []
        for secret in secrets:
            made = secret.generated
            if made is None:
                return None
            if "username" not in made.fields:
                raise ConfigError(
                    f"{self.path}: the secret {secret.path!r} names no user, so the proxy could not log in with it. Give it "
                    "generated=GeneratedPassword(fields={'username': '...'})."
                )
            users.append(made.fields["username"])
        return tuple(users)

    def _make_role(self, secrets: Sequence[Secret]) -> SecureRole:
        about = f"{self.path}: reads the secrets of its users"
        role = SecureRole(
            self,
            "role",
            RoleConfig(trust=ServiceTrust(service="rds"), description=about, tags=self.config.tags),
        )
        for secret in secrets:
            secret.grant_read(role)
        return role

    def _make_proxy(self, secrets: Sequence[Secret]) -> Resource:
        config = self.config
        return Resource(
            self,
            "proxy",
            "aws_db_proxy",
            depends_on=[self.log_group.group],
            name=self.name,
            engine_family=self.database.config.known.proxy_family,
            require_tls=True,
            # It would write statements, and the personal data in them, to the log.
            debug_logging=False,
            idle_client_timeout=config.idle_client_timeout_seconds,
            role_arn=self.role.arn,
            auth=[{"auth_scheme": "SECRETS", "iam_auth": "REQUIRED", "secret_arn": one.arn} for one in secrets],
            vpc_subnet_ids=isolated_subnets(self, self.database.vpc),
            vpc_security_group_ids=[self.security_group.security_group_id],
            tags=config.tags or None,
        )

    def _register(self) -> None:
        config = self.config
        targets = Resource(
            self,
            "targets",
            "aws_db_proxy_default_target_group",
            db_proxy_name=self.proxy.ref("name"),
            connection_pool_config={
                "max_connections_percent": config.max_connections_percent,
                "max_idle_connections_percent": config.max_idle_connections_percent,
                "connection_borrow_timeout": config.connection_borrow_timeout_seconds,
            },
        )
        target: dict[str, Any] = {"target_group_name": targets.ref("name"), **self.database.proxy_target}
        Resource(self, "target", "aws_db_proxy_target", db_proxy_name=self.proxy.ref("name"), **target)
