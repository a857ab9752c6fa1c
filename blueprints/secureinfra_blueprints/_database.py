"""The database of a blueprint's service: Aurora or RDS, its backups, and how tasks find it and log in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from secureinfra import (
    BackupPlan,
    BackupPlanConfig,
    Config,
    Construct,
    Database,
    DatabaseCluster,
    DatabaseClusterConfig,
    DatabaseConfig,
    Problem,
    SecureKey,
    SecureRole,
    SecureTopic,
    SecureVpc,
    SecurityGroup,
    Text,
    is_token,
    matches,
)

Engine = Literal["aurora-postgresql", "aurora-mysql", "postgres", "mysql", "mariadb"]
USER = matches(
    r"[a-z][a-z0-9_]{0,30}", "is not a user name", "write lower-case letters, digits and '_', a letter first"
)
VERSIONS: dict[str, str] = {
    "aurora-postgresql": "17",
    "aurora-mysql": "8.4",
    "postgres": "17",
    "mysql": "8.4",
    "mariadb": "11.4",
}
# What clients expect: a database that listens on the port of another engine misleads the reader of the rules.
PORTS = {engine: 5432 if "postgres" in engine else 3306 for engine in VERSIONS}


class ServiceDatabase(Config):
    """The database of a service."""

    engine: Engine = "aurora-postgresql"
    """Aurora, whose second instance reads too and takes over within half a minute, or RDS with a standby. Another engine
    replaces the database, without its data."""
    instance_class: Text = "db.t4g.medium"
    """Instance class; of Aurora `db.serverless` too, which needs the two capacities."""
    min_capacity_acu: float | None = None
    """Of `db.serverless`: smallest capacity of each instance, in Aurora capacity units of 2 GiB."""
    max_capacity_acu: float | None = None
    """Of `db.serverless`: largest capacity of each instance."""
    database_name: Text | None = None
    """A database that RDS creates, given to tasks as `DATABASE_NAME`. Another name replaces the database, without its data."""
    user: Annotated[str, USER] = "service"
    """User that tasks log in as; create it in the database and allow it IAM (see the page)."""
    backups: bool = True
    """Backups every day, kept for 35 days in a vault that is locked for others than AWS Backup."""

    @property
    def is_aurora(self) -> bool:
        """Whether it is a cluster of Aurora."""
        return self.engine.startswith("aurora")

    def problems(self) -> Iterator[Problem]:
        """What the engine would refuse."""
        given = (self.min_capacity_acu, self.max_capacity_acu)
        if not self.is_aurora and any(one is not None for one in given):
            field = "min_capacity_acu" if given[0] is not None else "max_capacity_acu"
            what, why = f"does not go with engine={self.engine!r}", "only Aurora scales its capacity"
            yield Problem(field, what, why, "Remove it, or use aurora-postgresql or aurora-mysql", subject=field)
            return
        yield from self.refusals(self.part(protect=True, tags={}))

    def part(
        self, *, protect: bool, tags: dict[str, str], port: int | None = None
    ) -> DatabaseConfig | DatabaseClusterConfig:
        """The configuration of the construct.

        Args:
            protect: deletion protection.
            tags: of the blueprint.
            port: by default the engine's.
        """
        match self.engine:
            case "aurora-postgresql" | "aurora-mysql" as engine:
                return DatabaseClusterConfig(
                    engine=engine,
                    engine_version=VERSIONS[engine],
                    instance_class=self.instance_class,
                    min_capacity_acu=self.min_capacity_acu,
                    max_capacity_acu=self.max_capacity_acu,
                    database_name=self.database_name,
                    port=port,
                    deletion_protection=protect,
                    tags=tags,
                )
            case engine:
                return DatabaseConfig(
                    engine=engine,
                    engine_version=VERSIONS[engine],
                    instance_class=self.instance_class,
                    database_name=self.database_name,
                    port=port,
                    deletion_protection=protect,
                    tags=tags,
                )


@dataclass(frozen=True)
class Around:
    """What a database stands in.

    Args:
        vpc: its network.
        key: encrypts it, its password, its logs and its backups.
        alarms: notified of what fails.
        protect: deletion protection.
        tags: of the blueprint.
        security_group: its group; by default one of its own.
        role: that logs in to it, where there is one before the database.
    """

    vpc: SecureVpc
    key: SecureKey
    alarms: SecureTopic
    protect: bool
    tags: dict[str, str]
    security_group: SecurityGroup | None = None
    role: SecureRole | None = None


def make_database(
    scope: Construct, id: str, about: ServiceDatabase | None, around: Around, *, port: int | None = None
) -> tuple[BackupPlan | None, Database | DatabaseCluster | None]:
    """The plan that backs the database up, if it is wanted, and the database, if there is one.

    Args:
        scope: the blueprint, or a part of it.
        id: of the database.
        about: what was chosen.
        around: what it stands in.
        port: by default the engine's.
    """
    if about is None:
        return None, None
    backups = _make_backups(scope, around) if about.backups else None
    config = about.part(protect=around.protect, tags=around.tags, port=port)
    given: dict[str, Any] = {name: getattr(around, name) for name in ("vpc", "key", "alarms", "security_group")}
    database: Database | DatabaseCluster
    if isinstance(config, DatabaseClusterConfig):
        database = DatabaseCluster(scope, id, config, **given)
    else:
        database = Database(scope, id, config, **given)
    if backups is not None:
        # By a name of its own: the path is a variable in a module, and no address.
        backups.back_up("database", database.arn, "Aurora" if about.is_aurora else "RDS", key=around.key)
    if around.role is not None:
        grant_login(database, around.role, about)
    return backups, database


def _make_backups(scope: Construct, around: Around) -> BackupPlan:
    config = BackupPlanConfig(selected_tags={}, protect=around.protect, tags=around.tags)
    return BackupPlan(scope, "backups", config, key=around.key, alarms=around.alarms)


def environment_of(database: Database | DatabaseCluster | None, about: ServiceDatabase | None) -> dict[str, str]:
    """The variables by which tasks find the database; none of them is a secret.

    Args:
        database: the construct.
        about: what was chosen.
    """
    if database is None or about is None:
        return {}
    found = {
        "DATABASE_HOST": database.address,
        "DATABASE_PORT": f"{database.config.port or database.config.known.port}",
        "DATABASE_USER": about.user,
    }
    if isinstance(database, DatabaseCluster):
        found["DATABASE_READER_HOST"] = database.reader_address
    if about.database_name is not None:
        found["DATABASE_NAME"] = about.database_name
    return found


def grant_login(database: Database | DatabaseCluster, role: SecureRole, about: ServiceDatabase) -> None:
    """Let tasks log in with IAM tokens, where the engine has such users.

    Args:
        database: the construct.
        role: the tasks' role.
        about: what was chosen.
    """
    if database.config.known.iam:
        database.grant_connect(role, user=about.user)


def port_problem(engine: str, port: object) -> Problem | None:
    """A port that another engine is known for, or that no rule can be written for.

    Args:
        engine: the database's.
        port: the setting `database_port`.
    """
    own = PORTS[engine]
    if is_token(port):
        what, why = "is known to Terraform only", "the database's own port must be a number"
        return Problem("database_port", what, why, f"Write it, e.g. {own}", subject="database_port")
    if port != own and port in PORTS.values():
        what, why = f"is not the port of {engine}", "clients would look elsewhere"
        return Problem("database_port", what, why, lambda words: f"Write {words.setting('database_port', own)}")
    if not isinstance(port, int) or not 1150 <= port <= 65535:
        return Problem("database_port", "is refused by RDS", "it takes 1150 to 65535", f"Use e.g. {own}")
    return None
