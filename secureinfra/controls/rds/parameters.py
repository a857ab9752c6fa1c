"""Controls on the parameters of RDS databases: in parameter groups, and in databases without a group of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from secureinfra.controls.control import Control
from secureinfra.controls.rds.engine import (
    AURORA,
    AURORA_MYSQL,
    AURORA_POSTGRESQL,
    DB2,
    MARIADB,
    MYSQL,
    POSTGRESQL,
    SQL_SERVER,
    engine_of,
    inherited,
    is_replica,
    kind_of,
    known_text,
    source_of,
    version_of,
)
from secureinfra.controls.shared.arguments import at_least
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

GROUP, CLUSTER_GROUP = "aws_db_parameter_group", "aws_rds_cluster_parameter_group"
# The argument in which a database refers to its group, and the group's type.
_NAMED_IN = {
    "aws_db_instance": ("parameter_group_name", GROUP),
    "aws_rds_cluster": ("db_cluster_parameter_group_name", CLUSTER_GROUP),
}


class _Enforcement(NamedTuple):
    """The parameter that requires TLS, and the first version in which AWS sets it by default."""

    name: str
    value: str
    since: tuple[int, ...] | None = None


class _Wanted(NamedTuple):
    """A parameter, a valid value, and the test for any other."""

    name: str
    value: str
    test: Callable[[Any], bool]


# docs.aws.amazon.com/AmazonRDS/latest/UserGuide: PostgreSQL.Concepts.General.SSL.html, mysql-ssl-connections.require-ssl.html,
# mariadb-ssl-connections.require-ssl.html, SQLServer.Concepts.General.SSL.Using.html, Db2.Concepts.SSL.html; for Aurora
# AuroraUserGuide/AuroraPostgreSQL.Security.html, AuroraMySQL.Security.html
_TLS = {
    POSTGRESQL: _Enforcement("rds.force_ssl", "1", (15,)),
    AURORA_POSTGRESQL: _Enforcement("rds.force_ssl", "1", (17,)),
    SQL_SERVER: _Enforcement("rds.force_ssl", "1"),
    MYSQL: _Enforcement("require_secure_transport", "1", (9, 7)),
    MARIADB: _Enforcement("require_secure_transport", "1", (11, 8)),
    AURORA_MYSQL: _Enforcement("require_secure_transport", "ON"),
    DB2: _Enforcement("db2comm", "SSL"),
}

FORCE_TLS = Control(
    id="rds-tls-forced",
    title="RDS databases require TLS",
    why="passwords and records could be read in transit",
    row="rds-force-tls",
    fix="Set the parameter rds.force_ssl = 1 (PostgreSQL, SQL Server), require_secure_transport = 1 or ON (MySQL, MariaDB) "
    "or db2comm = SSL (Db2) in a parameter group, and name the group in the database.",
)


@FORCE_TLS.check(GROUP, CLUSTER_GROUP)
def _tls_forced(group: Block, configuration: Configuration) -> Iterator[Failure]:
    engine, version = _family(group)
    rule = _TLS.get(engine)
    if rule is None:
        raise NotApplicable(f"{engine} has no parameter that requires TLS")
    if engine in AURORA and group.type == GROUP:
        raise NotApplicable("Aurora reads this from the parameter group of the cluster")
    node = _parameter(group, rule.name)
    if node is None and rule.since is not None and version >= rule.since:
        return
    if node is None or not _is_forced(node.get("value"), rule):
        yield _not_set(node, rule.name, rule.value)


@FORCE_TLS.check(*_NAMED_IN)
def _tls_forced_by_default(database: Block, configuration: Configuration) -> Iterator[Failure]:
    engine = engine_of(database, configuration)
    rule = _TLS.get(engine)
    if rule is None:
        raise NotApplicable(f"{engine} has no parameter that requires TLS")
    found = _without_group(database, configuration)
    if rule.since is not None:
        version = inherited(database, "engine_version", configuration)
        if version is None:
            raise UnknownValueError(Unknown("the engine version that AWS chooses"))
        if version_of(version) >= rule.since:
            return
    yield Failure(found, f'a parameter group with {rule.name} = "{rule.value}"', at=_NAMED_IN[database.type][0])


def _is_forced(value: Any, rule: _Enforcement) -> bool:
    return known_text(value).lower() in ({"ssl"} if rule.name == "db2comm" else {"1", "on"})


AUDITED = Control(
    id="rds-cluster-audited",
    title="Aurora MySQL has an audit log of connections and queries",
    why="you could not find out who read or changed which records",
    row="rds-audit-parameter",
    fix="Set the parameters server_audit_logging = 1 and server_audit_events, e.g. CONNECT,QUERY_DCL,QUERY_DDL, in an "
    "aws_rds_cluster_parameter_group, and name the group in the cluster.",
)


_AUDIT = (
    _Wanted("server_audit_logging", "1", lambda value: known_text(value).lower() in ("1", "on")),
    _Wanted("server_audit_events", "CONNECT,QUERY_DCL,QUERY_DDL", lambda value: bool(known_text(value or "").strip())),
)


@AUDITED.check(CLUSTER_GROUP)
def _audited(group: Block, configuration: Configuration) -> Iterator[Failure]:
    if _family(group)[0] != AURORA_MYSQL:
        raise NotApplicable("only Aurora MySQL has these audit parameters")
    yield from each(_AUDIT, lambda wanted: _unless_set(group, wanted))


@AUDITED.check("aws_rds_cluster")
def _audited_by_default(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    if engine_of(cluster, configuration) != AURORA_MYSQL:
        raise NotApplicable("only Aurora MySQL has these audit parameters")
    found = _without_group(cluster, configuration)
    yield Failure(found, 'a parameter group with server_audit_logging = "1"', at=_NAMED_IN[cluster.type][0])


QUERIES_LOGGED = Control(
    id="rds-queries-logged",
    title="PostgreSQL logs schema changes and slow queries",
    why="you could not find out who changed a table, or why the database was slow",
    row="rds-query-logging",
    fix='Set the parameters log_statement = "ddl" and log_min_duration_statement, e.g. 1000 milliseconds, in a parameter '
    "group, and name the group in the database. More than that may put personal data into the log.",
)


_QUERY_LOG: tuple[_Wanted, ...] = (
    _Wanted("log_statement", "ddl", lambda value: known_text(value).lower() in ("ddl", "mod", "all")),
    _Wanted("log_min_duration_statement", "1000", at_least(0)),
)


@QUERIES_LOGGED.check(GROUP, CLUSTER_GROUP)
def _queries_logged(group: Block, configuration: Configuration) -> Iterator[Failure]:
    engine, _ = _family(group)
    if engine not in (POSTGRESQL, AURORA_POSTGRESQL):
        raise NotApplicable("only PostgreSQL has these parameters")
    wanted = _QUERY_LOG
    if engine == AURORA_POSTGRESQL and group.type == GROUP:
        # Parameters missing from the instance's group come from the group of its cluster.
        wanted = tuple(one for one in wanted if _parameter(group, one.name) is not None)
        if not wanted:
            raise NotApplicable("Aurora takes both parameters from the parameter group of the cluster")
    yield from each(wanted, lambda one: _unless_set(group, one))


@QUERIES_LOGGED.check(*_NAMED_IN)
def _queries_logged_by_default(database: Block, configuration: Configuration) -> Iterator[Failure]:
    if engine_of(database, configuration) not in (POSTGRESQL, AURORA_POSTGRESQL):
        raise NotApplicable("only PostgreSQL has these parameters")
    found = _without_group(database, configuration)
    expected = 'a parameter group with log_statement = "ddl" and log_min_duration_statement = "1000"'
    yield Failure(found, expected, at=_NAMED_IN[database.type][0])


def _family(group: Block) -> tuple[str, tuple[int, ...]]:
    family = group.get("family")
    return kind_of(family), version_of(family)


def _parameter(group: Block, name: str) -> Node | None:
    """The block of a parameter; `None` if the group does not set it.

    Raises:
        UnknownValueError: no block certainly sets it, and one may.
    """
    unknown: UnknownValueError | None = None
    for node in group.blocks("parameter"):
        try:
            if node.get("name") == name and node.is_there:
                return node
        except UnknownValueError as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown
    return None


def _unless_set(group: Block, wanted: _Wanted) -> Iterator[Failure]:
    node = _parameter(group, wanted.name)
    if node is None or not wanted.test(node.get("value")):
        yield _not_set(node, wanted.name, wanted.value)


def _not_set(node: Node | None, name: str, value: str) -> Failure:
    expected = f'parameter {{ name = "{name}", value = "{value}" }}'
    if node is None:
        return Failure(f"no parameter {name}", expected, at="parameter")
    return Failure(written(name, node.get("value")), expected, at=f"{node.path}.value")


def _without_group(database: Block, configuration: Configuration) -> str:
    """How a database shows that it uses AWS's default parameters.

    Raises:
        NotApplicable: it has its own group, which is checked instead.
        UnknownValueError: its group is not in the configuration.
    """
    path, type = _NAMED_IN[database.type]
    for group in configuration.targets(database, path, type):
        if group.section == "resource":
            raise NotApplicable(f"{group.address} is checked instead")
    name = database.get(path)
    if is_unknown(name):
        raise UnknownValueError(name)
    if name is None and is_replica(database):
        # docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
        raise NotApplicable(f"it uses the parameters of {source_of(database, configuration).address}")
    if name is None or known_text(name).startswith("default."):
        return f"{written(path, name)} (the default group, which cannot be changed)"
    for group in configuration.of_type(type):
        if isinstance(known := group.get("name"), str) and known == name:
            raise NotApplicable(f"{group.address} is checked instead")
    raise UnknownValueError(Unknown(f"the parameters of {name}"))
