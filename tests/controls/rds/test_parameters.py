"""Parameters of RDS databases, engine by engine."""

from typing import Any

import pytest

from secureinfra.controls.control import Control
from secureinfra.controls.rds.parameters import AUDITED, FORCE_TLS, QUERIES_LOGGED
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
GROUP, CLUSTER_GROUP = "aws_db_parameter_group", "aws_rds_cluster_parameter_group"


def group(family: str, type: str = GROUP, **parameters: Any) -> dict[str, Any]:
    written = [{"name": name.replace("rds_", "rds."), "value": value} for name, value in parameters.items()]
    return {type: {"g": {"family": family, "parameter": written}}}


def judged(control: Control, *arguments: Any, **parameters: Any) -> str:
    return status(control, variable=X, **group(*arguments, **parameters))


def said(control: Control, *arguments: Any, **parameters: Any) -> str:
    return failure(control, variable=X, **group(*arguments, **parameters))


@pytest.mark.parametrize(
    ("family", "type", "name", "good", "bad"),
    [
        ("postgres14", GROUP, "rds_force_ssl", "1", "0"),
        ("postgres16", GROUP, "rds_force_ssl", "1", "0"),
        ("aurora-postgresql16", CLUSTER_GROUP, "rds_force_ssl", 1, 0),
        ("sqlserver-se-15.0", GROUP, "rds_force_ssl", "1", "0"),
        ("mysql8.0", GROUP, "require_secure_transport", "ON", "OFF"),
        ("mysql8.0", CLUSTER_GROUP, "require_secure_transport", "1", "0"),
        ("mariadb10.11", GROUP, "require_secure_transport", "1", "0"),
        ("aurora-mysql8.0", CLUSTER_GROUP, "require_secure_transport", "ON", "OFF"),
        ("db2-ae-11.5", GROUP, "db2comm", "SSL", "TCPIP,SSL"),
    ],
)
def test_force_tls(family: str, type: str, name: str, good: Any, bad: Any) -> None:
    assert judged(FORCE_TLS, family, type, **{name: good}) == "passed"
    text = said(FORCE_TLS, family, type, **{name: bad})
    assert f"{type}.g parameter[0].value: " in text
    assert "-> parameter { name = " in text
    assert judged(FORCE_TLS, family, type, **{name: "${var.x}"}) == "unknown"


@pytest.mark.parametrize(
    ("family", "answer"),
    [
        ("postgres14", "failed"),
        ("postgres15", "passed"),
        ("mysql8.4", "failed"),
        ("mysql9.7", "passed"),
        ("mariadb11.4", "failed"),
        ("mariadb11.8", "passed"),
        ("sqlserver-ee-16.0", "failed"),
        ("oracle-ee-19", "not applicable"),
        ("aurora-postgresql17", "not applicable"),
        ("aurora-mysql8.0", "not applicable"),
        ("${var.x}", "unknown"),
    ],
)
def test_force_tls_as_aws_sets_it(family: str, answer: str) -> None:
    assert judged(FORCE_TLS, family) == answer


def test_force_tls_of_aurora_stands_in_the_group_of_the_cluster() -> None:
    assert judged(FORCE_TLS, "aurora-postgresql16", CLUSTER_GROUP) == "failed"
    assert judged(FORCE_TLS, "aurora-postgresql17", CLUSTER_GROUP) == "passed"
    assert "no parameter require_secure_transport" in said(FORCE_TLS, "aurora-mysql8.0", CLUSTER_GROUP)
    assert judged(FORCE_TLS, "aurora5.6", CLUSTER_GROUP) == "failed"


def test_force_tls_with_parameters_that_are_not_known() -> None:
    dynamic = {"family": "postgres14", "dynamic": {"parameter": {"for_each": "${var.x}", "content": {}}}}
    assert status(FORCE_TLS, variable=X, aws_db_parameter_group={"g": dynamic}) == "unknown"
    beside = [{"name": "${var.x}", "value": "1"}, {"name": "rds.force_ssl", "value": "0"}]
    assert status(
        FORCE_TLS, variable=X, aws_db_parameter_group={"g": {"family": "postgres14", "parameter": beside}}
    ) == ("failed")


@pytest.mark.parametrize(
    ("type", "path", "arguments", "answer"),
    [
        ("aws_db_instance", "parameter_group_name", {"engine": "postgres", "engine_version": "14.9"}, "failed"),
        ("aws_db_instance", "parameter_group_name", {"engine": "postgres", "engine_version": "16"}, "passed"),
        ("aws_db_instance", "parameter_group_name", {"engine": "postgres"}, "unknown"),
        ("aws_db_instance", "parameter_group_name", {"engine": "mysql", "engine_version": "8.0"}, "failed"),
        ("aws_db_instance", "parameter_group_name", {"engine": "sqlserver-ex"}, "failed"),
        ("aws_db_instance", "parameter_group_name", {"engine": "oracle-ee"}, "not applicable"),
        ("aws_rds_cluster", "db_cluster_parameter_group_name", {"engine": "aurora-mysql"}, "failed"),
        (
            "aws_rds_cluster",
            "db_cluster_parameter_group_name",
            {"engine": "aurora-postgresql", "engine_version": "17.4"},
            "passed",
        ),
    ],
)
def test_force_tls_without_a_group_of_its_own(type: str, path: str, arguments: dict[str, Any], answer: str) -> None:
    for named in ({}, {path: "default.some"}):
        assert status(FORCE_TLS, **{type: {"d": {**arguments, **named}}}) == answer
    assert status(FORCE_TLS, **{type: {"d": {**arguments, path: "elsewhere"}}}) in ("unknown", "not applicable")
    engine = {**arguments, path: "${var.x}"}
    assert status(FORCE_TLS, variable=X, **{type: {"d": engine}}) in ("unknown", "not applicable")


@pytest.mark.parametrize("control", [FORCE_TLS, QUERIES_LOGGED])
def test_database_with_a_group_is_not_asked_itself(control: Control) -> None:
    right = group("postgres14", rds_force_ssl="1", log_statement="ddl", log_min_duration_statement="500")
    right[GROUP]["g"]["name"] = "ledger"
    for name in ("${aws_db_parameter_group.g.name}", "ledger"):
        database = {"d": {"engine": "postgres", "engine_version": "14", "parameter_group_name": name}}
        assert status(control, **right, aws_db_instance=database) == "passed"
    replica = {"replicate_source_db": "${aws_db_instance.d.identifier}"}
    assert status(control, **right, aws_db_instance={**database, "r": replica}) == "passed"


def test_audited() -> None:
    family = ("aurora-mysql8.0", CLUSTER_GROUP)
    events = {"server_audit_events": "CONNECT,QUERY"}
    assert judged(AUDITED, *family, server_audit_logging="1", **events) == "passed"
    assert "no parameter server_audit_logging" in said(AUDITED, *family, **events)
    assert 'server_audit_logging = "0"' in said(AUDITED, *family, server_audit_logging="0", **events)
    assert "no parameter server_audit_events" in said(AUDITED, *family, server_audit_logging="ON")
    assert judged(AUDITED, *family, server_audit_logging="1", server_audit_events="") == "failed"
    assert judged(AUDITED, *family, server_audit_logging="${var.x}", **events) == "unknown"
    # What is not known of one parameter does not hide that the other is missing.
    assert judged(AUDITED, *family, server_audit_logging="${var.x}") == "failed"
    assert judged(AUDITED, "aurora-postgresql16", CLUSTER_GROUP) == "not applicable"


def test_audited_without_a_group() -> None:
    assert "db_cluster_parameter_group_name is not set (the default group" in failure(
        AUDITED, aws_rds_cluster={"c": {"engine": "aurora-mysql"}}
    )
    assert status(AUDITED, aws_rds_cluster={"c": {"engine": "aurora-postgresql"}}) == "not applicable"
    named = {"engine": "aurora-mysql", "db_cluster_parameter_group_name": "elsewhere"}
    assert status(AUDITED, aws_rds_cluster={"c": named}) == "unknown"


@pytest.mark.parametrize(
    ("family", "type"), [("postgres16", GROUP), ("aurora-postgresql16", CLUSTER_GROUP), ("postgres16", CLUSTER_GROUP)]
)
def test_queries_logged(family: str, type: str) -> None:
    both = {"log_statement": "ddl", "log_min_duration_statement": "1000"}
    assert judged(QUERIES_LOGGED, family, type, **both) == "passed"
    assert "no parameter log_statement" in said(QUERIES_LOGGED, family, type, log_min_duration_statement="0")
    assert 'log_statement = "none"' in said(QUERIES_LOGGED, family, type, **{**both, "log_statement": "none"})
    assert "no parameter log_min_duration_statement" in said(QUERIES_LOGGED, family, type, log_statement="mod")
    assert judged(QUERIES_LOGGED, family, type, **{**both, "log_min_duration_statement": "-1"}) == "failed"
    assert judged(QUERIES_LOGGED, family, type, **{**both, "log_statement": "${var.x}"}) == "unknown"
    assert judged(QUERIES_LOGGED, family, type, log_statement="${var.x}") == "failed"


def test_queries_logged_where_it_is_not_asked() -> None:
    assert judged(QUERIES_LOGGED, "mysql8.0") == "not applicable"
    assert judged(QUERIES_LOGGED, "aurora-postgresql16") == "not applicable"
    assert judged(QUERIES_LOGGED, "aurora-postgresql16", GROUP, log_statement="ddl") == "passed"
    assert judged(QUERIES_LOGGED, "aurora-postgresql16", GROUP, log_statement="none") == "failed"
    assert status(QUERIES_LOGGED, aws_db_instance={"d": {"engine": "mysql"}}) == "not applicable"


def test_queries_logged_without_a_group() -> None:
    assert "parameter_group_name is not set" in failure(
        QUERIES_LOGGED, aws_db_instance={"d": {"engine": "postgres", "engine_version": "16"}}
    )
    cluster = {"c": {"engine": "aurora-postgresql", "db_cluster_parameter_group_name": "default.aurora-postgresql16"}}
    assert status(QUERIES_LOGGED, aws_rds_cluster=cluster) == "failed"
