"""The engine of a database, and what a replica takes from its source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import NotApplicable
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

INSTANCE, CLUSTER, CLUSTER_INSTANCE = "aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance"
GLOBAL_CLUSTER = "aws_rds_global_cluster"
AURORA_POSTGRESQL, AURORA_MYSQL = "aurora-postgresql", "aurora-mysql"
POSTGRESQL, MYSQL, MARIADB = "postgres", "mysql", "mariadb"
SQL_SERVER, ORACLE, DB2, CUSTOM = "sqlserver", "oracle", "db2", "custom"
AURORA = (AURORA_POSTGRESQL, AURORA_MYSQL)

# The longer name comes first; `aurora` was the name of Aurora MySQL 5.6.
_KINDS = (AURORA_POSTGRESQL, AURORA_MYSQL, "aurora", POSTGRESQL, MYSQL, MARIADB, SQL_SERVER, ORACLE, DB2, CUSTOM)
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


def known_text(value: Any) -> str:
    """A value as text.

    Raises:
        UnknownValueError: it is unknown.
    """
    if is_unknown(value):
        raise UnknownValueError(value)
    return str(value)


def kind_of(name: Any) -> str:
    """The engine without edition and version: `mysql` of the family `mysql8.0`, `sqlserver` of `sqlserver-se`.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    text = known_text(name).lower()
    kind = next((kind for kind in _KINDS if text.startswith(kind)), text)
    return AURORA_MYSQL if kind == "aurora" else kind


def version_of(text: Any) -> tuple[int, ...]:
    """The version in a family or an engine version: `(8, 0)` of `mysql8.0`; empty where there is none.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    # The digit in `db2` is not a version.
    found = _NUMBERS.search(known_text(text).lower().removeprefix(DB2))
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def engine_of(database: Block, configuration: Configuration) -> str:
    """`kind_of` for an instance or a cluster; a replica has the engine of its source.

    Raises:
        UnknownValueError: only Terraform knows, or the snapshot that it is restored from decides.
    """
    engine = inherited(database, "engine", configuration)
    if engine is None:
        raise UnknownValueError(Unknown(f"the engine of {database.address}"))
    return kind_of(engine)


def is_replica(database: Block) -> bool:
    """Whether an instance is a read replica.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    return database.type == INSTANCE and database.has("replicate_source_db")


def inherited(database: Block, path: str, configuration: Configuration) -> Any:
    """The value of an argument; if a replica does not set it, the source's.

    Raises:
        UnknownValueError: the source is not in the configuration.
    """
    value = database.get(path)
    if value is not None or not is_replica(database):
        return value
    return source_of(database, configuration).get(path)


def source_of(replica: Block, configuration: Configuration) -> Block:
    """The source instance of a replica.

    Raises:
        UnknownValueError: it is not in the configuration.
    """
    for block in configuration.targets(replica, "replicate_source_db", INSTANCE):
        if block.section == "resource":
            return block
    value = replica.get("replicate_source_db")
    for block in configuration.of_type(INSTANCE):
        name = block.get("identifier")
        if isinstance(value, str) and isinstance(name, str) and name == value:
            return block
    raise UnknownValueError(Unknown(f"the source of {replica.address}"))


def is_serverless_v1(cluster: Block) -> bool:
    """Whether a cluster is Aurora Serverless v1, which has no instances and fewer settings.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    return cluster.type == CLUSTER and bool(cluster.get("engine_mode", "provisioned") == "serverless")


def is_multi_az_cluster(cluster: Block) -> bool:
    """Whether a cluster is a Multi-AZ DB cluster, which creates three instances itself, and not Aurora.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    return cluster.has("db_cluster_instance_class")


def not_of_custom(instance: Block, what: str) -> None:
    """Exempt RDS Custom, which has fewer features.

    Args:
        instance: an instance.
        what: the missing feature, for the reason.

    Raises:
        NotApplicable: it is RDS Custom.
    """
    engine = instance.get("engine")
    # AWS creates no RDS Custom instance without this profile, so the engine need not be known.
    if (isinstance(engine, str) and kind_of(engine) == CUSTOM) or instance.has("custom_iam_instance_profile"):
        raise NotApplicable(f"RDS Custom does not support {what}")
