"""Alarms of a database, and of its replicas."""

import pytest

from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.testing import test_stack
from tests.aws.db.network import blocks_of, database


def test_nothing_without_a_topic() -> None:
    orders = database()
    assert blocks_of(orders, "aws_cloudwatch_metric_alarm") == {}
    assert blocks_of(orders, "aws_cloudwatch_log_metric_filter") == {}


def test_alarms_of_postgresql() -> None:
    stack = test_stack()
    orders = database(stack, alarms=SecureTopic(stack, "alarms"), allocated_storage_gib=90)
    alarms = blocks_of(orders, "aws_cloudwatch_metric_alarm")
    assert list(alarms) == [f"orders_alarm_{name}" for name in ("storage", "cpu", "memory", "failed_logins")]
    storage = alarms["orders_alarm_storage"]
    assert (storage["threshold"], storage["comparison_operator"]) == (9 * 1024**3, "LessThanThreshold")
    assert storage["dimensions"] == {"DBInstanceIdentifier": "${aws_db_instance.orders_instance.identifier}"}
    (found,) = blocks_of(orders, "aws_cloudwatch_log_metric_filter").values()
    assert found["pattern"] == '"authentication failed"'
    assert found["log_group_name"] == "${aws_cloudwatch_log_group.orders_log_postgresql_log_group.name}"
    (metric,) = found["metric_transformation"]
    alarm = alarms["orders_alarm_failed_logins"]
    assert (metric["name"], metric["namespace"]) == (alarm["metric_name"], alarm["namespace"])


def test_replica_alarms_on_its_lag() -> None:
    stack = test_stack()
    orders = database(stack, alarms=SecureTopic(stack, "alarms"), password="${var.password}")
    orders.add_replica("reader")
    alarms = blocks_of(orders, "aws_cloudwatch_metric_alarm")
    assert alarms["orders_alarm_reader_lag"]["metric_name"] == "ReplicaLag"
    assert "orders_alarm_reader_failed_logins" not in alarms


@pytest.mark.parametrize(("engine", "version"), [("mysql", "8.4"), ("mariadb", "11.8")])
def test_failed_logins_are_counted_in_the_audit_log(engine: str, version: str) -> None:
    stack = test_stack()
    orders = database(stack, engine=engine, version=version, alarms=SecureTopic(stack, "alarms"))
    assert "orders_alarm_failed_logins" in blocks_of(orders, "aws_cloudwatch_metric_alarm")
    (found,) = blocks_of(orders, "aws_cloudwatch_log_metric_filter").values()
    assert found["log_group_name"] == "${aws_cloudwatch_log_group.orders_log_audit_log_group.name}"
    assert found["pattern"] == '"FAILED_CONNECT"'
