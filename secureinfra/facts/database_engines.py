"""Engines of RDS and Aurora: versions, families, logs, and the parameters by which each requires TLS and records what happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Parameter:
    """A parameter and how RDS takes a change: a static one waits for a reboot, and RDS refuses it `immediate`."""

    name: str
    value: str
    static: bool = False


@dataclass(frozen=True)
class Engine:
    """What differs between engines.

    Args:
        title: its name in messages.
        port: the port that clients expect.
        versions: family of parameter groups by major version, of those in standard support.
        ended: end of standard support by major version, of those that RDS still knows.
        logs: what it exports to CloudWatch Logs.
        parameters: what requires TLS and records connections, schema changes and slow queries.
        changed: values of these parameters that versions have instead, by version and name.
        instance_parameters: of Aurora, those that belong to a group of its instances.
        iam: whether users can log in with IAM.
        audited: whether the audit log is an option of an option group.
        failed_logins: log and filter pattern that show them.
        proxy_family: how RDS Proxy calls it; empty where it needs passwords of clients.
        extended: whether AWS supports ended versions for three years, at a charge; RDS upgrades others by itself.
    """

    title: str
    port: int
    versions: Mapping[str, str]
    ended: Mapping[str, str]
    logs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    changed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    instance_parameters: tuple[Parameter, ...] = ()
    iam: bool = True
    audited: bool = False
    failed_logins: tuple[str, str] | None = field(default=None)
    proxy_family: str = ""
    extended: bool = True

    def parameters_of(self, version: str) -> tuple[Parameter, ...]:
        """What requires TLS and records in one version.

        Args:
            version: a major version.
        """
        changed = self.changed.get(version, {})
        return tuple(replace(one, value=changed.get(one.name, one.value)) for one in self.parameters)


_POSTGRES = (
    Parameter("rds.force_ssl", "1"),
    Parameter("log_statement", "ddl"),
    Parameter("log_min_duration_statement", "1000"),
    Parameter("log_connections", "1"),
    Parameter("log_disconnections", "1"),
)
_MYSQL = (
    Parameter("require_secure_transport", "1"),
    Parameter("slow_query_log", "1"),
    Parameter("long_query_time", "1"),
    Parameter("log_output", "FILE"),
)
# Since PostgreSQL 18 a list of what is logged of a connection, and RDS takes no other text:
# www.postgresql.org/docs/18/runtime-config-logging.html
_CONNECTIONS_18 = {"18": {"log_connections": "all"}}
# The operation that the audit plugin writes: mariadb.com/kb/en/mariadb-audit-plugin-log-format/. AWS's list for Aurora has CONNECT
# only, so there its last field counts too, the error "access denied" (1045):
# docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html
_REFUSED_BY_MYSQL = ("audit", '"FAILED_CONNECT"')
_REFUSED_BY_AURORA_MYSQL = ("audit", '?"FAILED_CONNECT" ?",,1045"')
_OF_MYSQL = ("audit", "error", "general", "slowquery")


def _sql_server(edition: str) -> Engine:
    return Engine(
        "SQL Server",
        1433,
        {version: f"sqlserver-{edition}-{version[:-1]}" for version in ("14.00", "15.00", "16.00")},
        {"13.00": "2026-07-14"},
        ("agent", "error"),
        (Parameter("rds.force_ssl", "1", static=True),),
        iam=False,
        failed_logins=("error", '"Login failed"'),
        extended=False,
    )


# Versions and ends of standard support, read on 2026-11-30 from what endoflife.date and github.com/app-sre/aws-generated-data took
# off AWS's pages on 2026-08-22:
# docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html,
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html and MariaDB.Concepts.VersionMgmt.html;
# of SQL Server the end of Microsoft's extended support: learn.microsoft.com/en-us/lifecycle/products/sql-server-2016.
# Support beyond it: docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html, of PostgreSQL and MySQL only.
# Logs: /USER_LogAccess.html. Static or dynamic, read on 2026-11-30: /PostgreSQL.Concepts.General.SSL.html,
# /Appendix.PostgreSQL.CommonDBATasks.Parameters.html, /mysql-ssl-connections.html, /mariadb-ssl-connections.html (no reboot needed),
# dev.mysql.com/doc/refman/8.4/en/server-system-variables.html, and /SQLServer.Concepts.General.SSL.Using.html: static there.
ENGINES: Mapping[str, Engine] = {
    "postgres": Engine(
        "PostgreSQL",
        5432,
        {version: f"postgres{version}" for version in ("14", "15", "16", "17", "18")},
        {"11": "2024-02-29", "12": "2025-02-28", "13": "2026-02-28"},
        ("postgresql", "upgrade"),
        _POSTGRES,
        _CONNECTIONS_18,
        failed_logins=("postgresql", '"authentication failed"'),
        proxy_family="POSTGRESQL",
    ),
    "mysql": Engine(
        "MySQL",
        3306,
        {"8.4": "mysql8.4"},
        {"5.7": "2024-02-29", "8.0": "2026-07-31"},
        _OF_MYSQL,
        _MYSQL,
        audited=True,
        failed_logins=_REFUSED_BY_MYSQL,
        proxy_family="MYSQL",
    ),
    # 10.6 ends on 2026-12-31.
    "mariadb": Engine(
        "MariaDB",
        3306,
        {version: f"mariadb{version}" for version in ("10.6", "10.11", "11.4", "11.8", "12.3")},
        {"10.4": "2025-02-28", "10.5": "2026-08-31"},
        _OF_MYSQL,
        _MYSQL,
        audited=True,
        failed_logins=_REFUSED_BY_MYSQL,
        proxy_family="MYSQL",
        extended=False,
    ),
    "sqlserver-ee": _sql_server("ee"),
    "sqlserver-se": _sql_server("se"),
}

# Versions and ends of standard support, read on 2026-11-30, of PostgreSQL from the same two sources:
# docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html;
# of MySQL docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/extended-support.html (version 2, which is MySQL 5.7).
# Logs: docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html, without the general log of Aurora MySQL,
# which has every statement, and the personal data in it. The audit log has no option group there, and its parameters are dynamic:
# docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html; so is what requires TLS: /AuroraMySQL.Security.html.
AURORA: Mapping[str, Engine] = {
    "aurora-postgresql": Engine(
        "Aurora PostgreSQL",
        5432,
        {version: f"aurora-postgresql{version}" for version in ("14", "15", "16", "17", "18")},
        {"11": "2024-02-29", "12": "2025-02-28", "13": "2026-02-28"},
        ("iam-db-auth-error", "postgresql"),
        _POSTGRES,
        _CONNECTIONS_18,
        # The group of the cluster has it too; from version 18 on, instances take it from their own.
        (Parameter("log_min_duration_statement", "1000"),),
        failed_logins=("postgresql", '"authentication failed"'),
        proxy_family="POSTGRESQL",
    ),
    "aurora-mysql": Engine(
        "Aurora MySQL",
        3306,
        {version: f"aurora-mysql{version}" for version in ("8.0", "8.4")},
        {"5.7": "2024-10-31"},
        ("audit", "error", "iam-db-auth-error", "slowquery"),
        (
            Parameter("require_secure_transport", "ON"),
            Parameter("server_audit_logging", "1"),
            Parameter("server_audit_events", "CONNECT,QUERY_DDL,QUERY_DCL"),
        ),
        instance_parameters=(
            Parameter("slow_query_log", "1"),
            Parameter("long_query_time", "1"),
            Parameter("log_output", "FILE"),
        ),
        failed_logins=_REFUSED_BY_AURORA_MYSQL,
        proxy_family="MYSQL",
    ),
}
