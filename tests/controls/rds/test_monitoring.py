"""Controls on what RDS databases tell about themselves."""

from typing import Any

import pytest

from secureinfra.controls.control import Control
from secureinfra.controls.rds import monitoring as rds
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
INSTANCE, CLUSTER, AURORA = "aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance"
LOGS = "enabled_cloudwatch_logs_exports"
ROLE = "arn:aws:iam::111122223333:role/monitoring"


def judged(control: Control, type: str, **arguments: Any) -> str:
    return status(control, variable=X, **{type: {"d": arguments}})


def said(control: Control, type: str, **arguments: Any) -> str:
    return failure(control, variable=X, **{type: {"d": arguments}})


MYSQL = ["audit", "error", "general", "slowquery"]


@pytest.mark.parametrize(
    ("engine", "logs"),
    [
        ("postgres", ["postgresql", "upgrade"]),
        ("mysql", MYSQL),
        ("mariadb", MYSQL),
        ("oracle-se2", ["alert", "audit", "listener", "trace"]),
        ("sqlserver-se", ["agent", "error"]),
        ("sqlserver-ex", ["error"]),
        ("db2-ae", ["diag.log", "notify.log"]),
    ],
)
def test_instance_logs_exported(engine: str, logs: list[str]) -> None:
    assert (
        judged(rds.INSTANCE_LOGS_EXPORTED, INSTANCE, engine=engine, **{LOGS: [*logs, "iam-db-auth-error"]}) == "passed"
    )
    assert f'{LOGS} = ["{logs[0]}' in said(rds.INSTANCE_LOGS_EXPORTED, INSTANCE, engine=engine)
    assert judged(rds.INSTANCE_LOGS_EXPORTED, INSTANCE, engine=engine, **{LOGS: logs[1:]}) == "failed"
    assert judged(rds.INSTANCE_LOGS_EXPORTED, INSTANCE, engine=engine, **{LOGS: "${var.x}"}) == "unknown"
    assert judged(rds.INSTANCE_LOGS_EXPORTED, INSTANCE, engine=engine, **{LOGS: [*logs[1:], "${var.x}"]}) == "unknown"


def test_instance_logs_of_other_engines() -> None:
    assert judged(rds.INSTANCE_LOGS_EXPORTED, INSTANCE, engine="custom-oracle-ee") == "not applicable"
    assert judged(rds.INSTANCE_LOGS_EXPORTED, INSTANCE, engine="newdb") == "failed"
    assert judged(rds.INSTANCE_LOGS_EXPORTED, INSTANCE, engine="newdb", **{LOGS: ["any"]}) == "passed"
    assert judged(rds.INSTANCE_LOGS_EXPORTED, INSTANCE, engine="${var.x}", **{LOGS: ["error"]}) == "unknown"


@pytest.mark.parametrize(
    ("engine", "logs"),
    [
        ("aurora-postgresql", ["postgresql"]),
        ("aurora-mysql", ["audit"]),
        ("aurora", ["audit"]),
        ("postgres", ["postgresql", "upgrade"]),
        ("mysql", ["error", "general", "slowquery"]),
    ],
)
def test_cluster_logs_exported(engine: str, logs: list[str]) -> None:
    assert judged(rds.CLUSTER_LOGS_EXPORTED, CLUSTER, engine=engine, **{LOGS: [*logs, "instance"]}) == "passed"
    assert f"{LOGS} is not set" in said(rds.CLUSTER_LOGS_EXPORTED, CLUSTER, engine=engine)
    assert judged(rds.CLUSTER_LOGS_EXPORTED, CLUSTER, engine=engine, **{LOGS: ["instance"]}) == "failed"
    assert judged(rds.CLUSTER_LOGS_EXPORTED, CLUSTER, engine=engine, **{LOGS: "${var.x}"}) == "unknown"
    serverless = {"engine": engine, "engine_mode": "serverless"}
    assert judged(rds.CLUSTER_LOGS_EXPORTED, CLUSTER, **serverless) == "not applicable"


MULTI_AZ = {"engine": "postgres", "db_cluster_instance_class": "db.m6gd.large"}


@pytest.mark.parametrize(("type", "arguments"), [(INSTANCE, {"engine": "mysql"}), (AURORA, {}), (CLUSTER, MULTI_AZ)])
def test_enhanced_monitoring(type: str, arguments: dict[str, Any]) -> None:
    def with_interval(interval: Any, **others: Any) -> str:
        return judged(rds.ENHANCED_MONITORING, type, **arguments, monitoring_interval=interval, **others)

    assert with_interval(60, monitoring_role_arn=ROLE) == "passed"
    assert with_interval("15", monitoring_role_arn=ROLE) == "passed"
    assert with_interval(0, monitoring_role_arn=ROLE) == "failed"
    assert "monitoring_interval is not set" in said(rds.ENHANCED_MONITORING, type, **arguments)
    assert "monitoring_role_arn is not set" in said(rds.ENHANCED_MONITORING, type, **arguments, monitoring_interval=60)
    assert with_interval("${var.x}", monitoring_role_arn=ROLE) == "unknown"
    assert with_interval(60, monitoring_role_arn="${var.x}") == "unknown"


def of_cluster(**cluster: Any) -> dict[str, Any]:
    instance = {"cluster_identifier": "${aws_rds_cluster.c.id}", "engine": "aurora-mysql"}
    return {CLUSTER: {"c": {"engine": "aurora-mysql", **cluster}}, AURORA: {"i": instance}}


def test_aurora_instance_is_measured_as_its_cluster_says() -> None:
    assert status(rds.ENHANCED_MONITORING, **of_cluster(monitoring_interval=30, monitoring_role_arn=ROLE)) == "passed"
    assert "aws_rds_cluster_instance.i" in failure(rds.ENHANCED_MONITORING, **of_cluster())
    assert status(rds.PERFORMANCE_INSIGHTS, **of_cluster(performance_insights_enabled=True)) == "passed"
    assert status(rds.PERFORMANCE_INSIGHTS, **of_cluster()) == "failed"
    assert judged(rds.ENHANCED_MONITORING, CLUSTER, engine="aurora-mysql") == "not applicable"
    assert judged(rds.ENHANCED_MONITORING, INSTANCE, engine="custom-oracle-ee") == "not applicable"


@pytest.mark.parametrize(("type", "arguments"), [(INSTANCE, {"engine": "mysql"}), (AURORA, {}), (CLUSTER, MULTI_AZ)])
def test_performance_insights(type: str, arguments: dict[str, Any]) -> None:
    path = "performance_insights_enabled"
    assert judged(rds.PERFORMANCE_INSIGHTS, type, **arguments, **{path: True}) == "passed"
    assert f"{path} is not set -> {path} = true" in said(rds.PERFORMANCE_INSIGHTS, type, **arguments)
    assert judged(rds.PERFORMANCE_INSIGHTS, type, **arguments, **{path: False}) == "failed"
    assert judged(rds.PERFORMANCE_INSIGHTS, type, **arguments, **{path: "${var.x}"}) == "unknown"


@pytest.mark.parametrize(
    ("type", "engine", "size", "answer"),
    [
        (INSTANCE, "mysql", "db.t3.micro", "not applicable"),
        (INSTANCE, "mysql", "db.t3.medium", "failed"),
        (INSTANCE, "postgres", "db.t3.micro", "failed"),
        (AURORA, "aurora-mysql", "db.t3.medium", "not applicable"),
        (AURORA, "aurora-mysql", "db.t4g.medium", "failed"),
        (AURORA, "aurora-postgresql", "db.t3.medium", "failed"),
        (INSTANCE, "custom-sqlserver-ee", "db.m5.large", "not applicable"),
    ],
)
def test_performance_insights_are_not_offered_everywhere(type: str, engine: str, size: str, answer: str) -> None:
    assert judged(rds.PERFORMANCE_INSIGHTS, type, engine=engine, instance_class=size) == answer


@pytest.mark.parametrize(("type", "arguments"), [(INSTANCE, {"engine": "mysql"}), (AURORA, {}), (CLUSTER, MULTI_AZ)])
def test_performance_insights_key(type: str, arguments: dict[str, Any]) -> None:
    on = {**arguments, "performance_insights_enabled": True}
    path = "performance_insights_kms_key_id"
    own = {type: {"d": {**on, path: "${aws_kms_key.k.arn}"}}}
    assert status(rds.PERFORMANCE_INSIGHTS_KEY, aws_kms_key={"k": {}}, **own) == "passed"
    assert f"{path} is not set" in said(rds.PERFORMANCE_INSIGHTS_KEY, type, **on)
    assert judged(rds.PERFORMANCE_INSIGHTS_KEY, type, **on, **{path: "alias/aws/rds"}) == "failed"
    assert judged(rds.PERFORMANCE_INSIGHTS_KEY, type, **on, **{path: "${var.x}"}) == "unknown"
    assert judged(rds.PERFORMANCE_INSIGHTS_KEY, type, **arguments) == "not applicable"
    assert judged(rds.PERFORMANCE_INSIGHTS_KEY, type, **arguments, performance_insights_enabled="${var.x}") == "unknown"


CRITICAL = {
    "db-cluster": ["maintenance", "failure"],
    "db-instance": ["maintenance", "configuration change", "failure"],
    "db-parameter-group": ["configuration change"],
    "db-security-group": ["configuration change", "failure"],
}


def subscriptions(**changes: Any) -> dict[str, Any]:
    """One for each source, of which that for instances is changed."""
    found: dict[str, Any] = {
        source: {"source_type": source, "event_categories": categories, "sns_topic": "t"}
        for source, categories in CRITICAL.items()
    }
    found["db-instance"].update(changes)
    return {"aws_db_event_subscription": found}


def test_events_notified() -> None:
    assert status(rds.EVENTS_NOTIFIED, aws_db_event_subscription={"all": {"sns_topic": "t"}}) == "passed"
    assert status(rds.EVENTS_NOTIFIED, **subscriptions()) == "passed"
    assert status(rds.EVENTS_NOTIFIED, **subscriptions(event_categories=[])) == "passed"
    assert failure(rds.EVENTS_NOTIFIED, **subscriptions(event_categories=["failure", "backup"])) == (
        " : no subscription for maintenance, configuration change of every db-instance -> an aws_db_event_subscription "
        "with source_type = \"db-instance\" and event_categories ['maintenance', 'configuration change']"
    )
    assert "db-instance" in failure(rds.EVENTS_NOTIFIED, **subscriptions(enabled=False))
    assert "db-instance" in failure(rds.EVENTS_NOTIFIED, **subscriptions(source_ids=["ledger"]))
    assert "db-instance" in failure(rds.EVENTS_NOTIFIED, **subscriptions(source_type="db-snapshot"))


def test_events_notified_where_it_is_not_known() -> None:
    for changes in ({"enabled": "${var.x}"}, {"event_categories": "${var.x}"}, {"source_type": "${var.x}"}):
        assert status(rds.EVENTS_NOTIFIED, variable=X, **subscriptions(**changes)) == "unknown"
    assert status(rds.EVENTS_NOTIFIED, aws_db_instance={"d": {}}) == "not applicable"
    assert rds.EVENTS_NOTIFIED.optional
