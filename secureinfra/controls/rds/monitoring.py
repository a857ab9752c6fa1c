"""Controls on the monitoring of RDS databases: logs, metrics, events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.rds.engine import (
    AURORA_MYSQL,
    AURORA_POSTGRESQL,
    CLUSTER,
    CLUSTER_INSTANCE,
    CUSTOM,
    DB2,
    INSTANCE,
    MARIADB,
    MYSQL,
    ORACLE,
    POSTGRESQL,
    SQL_SERVER,
    engine_of,
    inherited,
    is_multi_az_cluster,
    is_serverless_v1,
    not_of_custom,
)
from secureinfra.controls.shared.arguments import is_false, is_true, number
from secureinfra.controls.shared.keys import is_customer_key
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration


INSTANCE_LOGS_EXPORTED = Control(
    id="rds-instance-logs-exported",
    title="RDS instances export logs to CloudWatch Logs",
    why="logs would stay on the database for a few days only, where an intruder can delete them",
    row="rds-log-exports",
    fix='List the engine\'s logs in enabled_cloudwatch_logs_exports, e.g. ["postgresql", "upgrade"].',
)
_OF_MYSQL = ("audit", "error", "general", "slowquery")
# docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-9; RDS for Db2 has two.
_INSTANCE_LOGS = {
    POSTGRESQL: ("postgresql", "upgrade"),
    MYSQL: _OF_MYSQL,
    MARIADB: _OF_MYSQL,
    ORACLE: ("alert", "audit", "listener", "trace"),
    SQL_SERVER: ("agent", "error"),
    DB2: ("diag.log", "notify.log"),
}

CLUSTER_LOGS_EXPORTED = Control(
    id="rds-cluster-logs-exported",
    title="RDS clusters export logs to CloudWatch Logs",
    why="logs would stay on the instances for a few days only, and be deleted with them",
    row="rds-cluster-log-exports",
    fix='List the engine\'s logs in enabled_cloudwatch_logs_exports, e.g. ["postgresql"] or ["audit"].',
)
# Aurora MySQL needs the audit log; the general log contains every query, and with them personal data.
_CLUSTER_LOGS = {
    AURORA_POSTGRESQL: ("postgresql",),
    AURORA_MYSQL: ("audit",),
    POSTGRESQL: ("postgresql", "upgrade"),
    MYSQL: ("error", "general", "slowquery"),
}


@INSTANCE_LOGS_EXPORTED.check(INSTANCE)
def _instance_logs_exported(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    engine = engine_of(instance, configuration)
    if engine == CUSTOM:
        raise NotApplicable("RDS Custom does not export logs to CloudWatch Logs")
    wanted = _INSTANCE_LOGS.get(engine, ())
    if engine == SQL_SERVER and str(inherited(instance, "engine", configuration)).lower() == "sqlserver-ex":
        # The Express edition does not include SQL Server Agent.
        wanted = ("error",)
    yield from _not_exported(instance, wanted)


@CLUSTER_LOGS_EXPORTED.check(CLUSTER)
def _cluster_logs_exported(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    if is_serverless_v1(cluster):
        raise NotApplicable("Aurora Serverless v1 exports the logs that its parameters enable")
    yield from _not_exported(cluster, _CLUSTER_LOGS.get(engine_of(cluster, configuration), ()))


def _not_exported(database: Block, wanted: Collection[str]) -> Iterator[Failure]:
    path = "enabled_cloudwatch_logs_exports"
    value = database.get(path)
    exported = value or ()
    missing = [log for log in wanted if not _is_among(log, exported)]
    if missing or not exported:
        names = ", ".join(f'"{log}"' for log in wanted) or "the logs of its engine"
        yield Failure(written(path, value), f"{path} = [{names}]", at=path)


ENHANCED_MONITORING = Control(
    id="rds-enhanced-monitoring",
    title="RDS databases have Enhanced Monitoring",
    why="an unwanted process, or one that uses up the database's resources, would go unseen",
    row="rds-enhanced-monitoring",
    fix="Set monitoring_interval to 1, 5, 10, 15, 30 or 60 seconds, and monitoring_role_arn to a role with "
    "AmazonRDSEnhancedMonitoringRole.",
)


@ENHANCED_MONITORING.check(INSTANCE, CLUSTER_INSTANCE, CLUSTER)
def _enhanced_monitoring(database: Block, configuration: Configuration) -> Iterator[Failure]:
    source = _measured(database, configuration, "monitoring_interval")
    value = source.get("monitoring_interval")
    if not number(value):
        not_of_custom(database, "enhanced monitoring")
        yield Failure(written("monitoring_interval", value), "monitoring_interval = 60", at="monitoring_interval")
    elif not source.has("monitoring_role_arn"):
        yield Failure(
            "monitoring_role_arn is not set",
            "monitoring_role_arn = the ARN of a role with AmazonRDSEnhancedMonitoringRole",
            at="monitoring_role_arn",
        )


PERFORMANCE_INSIGHTS = Control(
    id="rds-performance-insights",
    title="RDS databases have Performance Insights",
    why="you could not find out which query, user or host slowed the database down",
    row="rds-performance-insights",
    fix="Set performance_insights_enabled = true.",
)
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.Engines.html, and the same page of Aurora's guide
_TOO_SMALL = tuple(f"db.{family}.{size}" for family in ("t2", "t3", "t4g") for size in ("micro", "small"))


@PERFORMANCE_INSIGHTS.check(INSTANCE, CLUSTER_INSTANCE, CLUSTER)
def _performance_insights(database: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "performance_insights_enabled"
    value = _measured(database, configuration, path).get(path)
    if not is_true(value):
        not_of_custom(database, "performance insights")
        _unless_too_small(database, configuration)
        yield Failure(written(path, value), f"{path} = true", at=path)


def _unless_too_small(database: Block, configuration: Configuration) -> None:
    held = database.get("instance_class")
    if not isinstance(held, str) or not held.startswith("db.t"):
        return
    engine = engine_of(database, configuration)
    aurora = engine == AURORA_MYSQL and held.startswith(("db.t2.", "db.t3."))
    if aurora or (engine in (MYSQL, MARIADB, AURORA_MYSQL) and held in _TOO_SMALL):
        raise NotApplicable(f"AWS does not offer it for {engine} on {held}")


PERFORMANCE_INSIGHTS_KEY = Control(
    id="rds-performance-insights-customer-key",
    title="Performance Insights data is encrypted with a customer managed key",
    why="the data contains query texts, and only a customer managed key shows and limits who reads them",
    row="rds-performance-insights",
    fix="Set performance_insights_kms_key_id to the ARN of a customer managed key.",
)


@PERFORMANCE_INSIGHTS_KEY.check(INSTANCE, CLUSTER_INSTANCE, CLUSTER)
def _performance_insights_key(database: Block, configuration: Configuration) -> Iterator[Failure]:
    source = _measured(database, configuration, "performance_insights_enabled")
    path = "performance_insights_kms_key_id"
    value = source.get(path)
    if is_false(source.get("performance_insights_enabled")):
        raise NotApplicable("Performance Insights is not enabled")
    if not is_customer_key(value, configuration):
        expected = f"{path} = the ARN of a customer managed key, e.g. aws_kms_key.main.arn"
        yield Failure(written(path, value), expected, at=path)


def _measured(database: Block, configuration: Configuration, path: str) -> Block:
    """The block that sets monitoring: an Aurora instance falls back to its cluster.

    Raises:
        NotApplicable: it is an Aurora cluster, whose instances are checked.
    """
    if database.type == CLUSTER and not is_multi_az_cluster(database):
        raise NotApplicable("its instances are checked")
    value = database.get(path)
    if database.type != CLUSTER_INSTANCE or is_true(value) or number(value):
        return database
    for cluster in configuration.targets(database, "cluster_identifier", CLUSTER):
        if cluster.section == "resource" and cluster.get(path) is not None:
            return cluster
    return database


EVENTS_NOTIFIED = Control(
    id="rds-events-notified",
    title="RDS events of failures and changes are sent to SNS topics",
    why="users would be the first to notice a failure, or a change that exposes the database",
    row="rds-events",
    fix="Write an aws_db_event_subscription to an SNS topic for each of db-instance, db-cluster, db-parameter-group and "
    "db-security-group, or one without source_type and event_categories for all.",
)
# docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-19 to #rds-22
_CRITICAL = {
    "db-cluster": ("maintenance", "failure"),
    "db-instance": ("maintenance", "configuration change", "failure"),
    "db-parameter-group": ("configuration change",),
    "db-security-group": ("configuration change", "failure"),
}


@EVENTS_NOTIFIED.check_configuration
def _events_notified(configuration: Configuration) -> Iterator[Failure]:
    subscriptions = configuration.of_type("aws_db_event_subscription")
    if not subscriptions:
        # They apply to all databases of an account and region, so another configuration may have them.
        raise NotApplicable("there are no aws_db_event_subscription resources in this configuration")

    def judge(source: str) -> Iterator[Failure]:
        missing = [one for one in _CRITICAL[source] if not _is_told(source, one, subscriptions)]
        if missing:
            expected = f'an aws_db_event_subscription with source_type = "{source}" and event_categories {missing}'
            yield Failure(f"no subscription for {', '.join(missing)} of every {source}", expected)

    yield from each(_CRITICAL, judge)


def _is_told(source: str, category: str, subscriptions: Iterable[Block]) -> bool:
    return any_of(subscriptions, lambda held: _tells(held, source, category))


def _tells(subscription: Block, source: str, category: str) -> bool:
    return (
        is_true(subscription.get("enabled", True))
        and subscription.get("source_type", source) == source
        and not subscription.has("source_ids")
        and _is_everything_or_has(category, subscription.get("event_categories"))
        and subscription.surely()
    )


def _is_everything_or_has(category: str, categories: Any) -> bool:
    return not categories or _is_among(category, categories)


def _is_among(wanted: str, items: Iterable[Any]) -> bool:
    return any_of(items, lambda held: held == wanted)
