"""Alarms of a cluster and of its instances."""

from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.testing import test_stack
from tests.aws.db.network import blocks_of
from tests.aws.rds.clusters import cluster


def test_nothing_without_a_topic() -> None:
    orders = cluster()
    assert blocks_of(orders, "aws_cloudwatch_metric_alarm") == {}
    assert blocks_of(orders, "aws_cloudwatch_log_metric_filter") == {}


def test_alarms_of_postgresql() -> None:
    stack = test_stack()
    orders = cluster(stack, alarms=SecureTopic(stack, "alarms"))
    alarms = blocks_of(orders, "aws_cloudwatch_metric_alarm")
    of_each = [f"{name}_{what}" for name in ("one", "two") for what in ("cpu", "memory", "disk")]
    assert list(alarms) == [f"orders_alarm_{name}" for name in (*of_each, "lag", "failed_logins")]
    memory = alarms["orders_alarm_two_memory"]
    assert memory["dimensions"] == {
        "DBInstanceIdentifier": "${aws_rds_cluster_instance.orders_instance_two.identifier}"
    }
    assert (memory["comparison_operator"], memory["threshold"]) == ("LessThanThreshold", 100 * 1024**2)
    lag = alarms["orders_alarm_lag"]
    assert lag["dimensions"] == {"DBClusterIdentifier": "${aws_rds_cluster.orders_cluster.cluster_identifier}"}
    (found,) = blocks_of(orders, "aws_cloudwatch_log_metric_filter").values()
    assert found["log_group_name"] == "${aws_cloudwatch_log_group.orders_log_postgresql_log_group.name}"


def test_serverless_alarms_on_its_capacity() -> None:
    stack = test_stack()
    orders = cluster(
        stack,
        engine="aurora-mysql",
        version="8.4",
        instance_class="db.serverless",
        min_capacity_acu=0.5,
        max_capacity_acu=8,
        alarms=SecureTopic(stack, "alarms"),
    )
    alarms = blocks_of(orders, "aws_cloudwatch_metric_alarm")
    assert alarms["orders_alarm_one_capacity"]["metric_name"] == "ACUUtilization"
    assert "orders_alarm_one_memory" not in alarms
    (found,) = blocks_of(orders, "aws_cloudwatch_log_metric_filter").values()
    assert found["log_group_name"] == "${aws_cloudwatch_log_group.orders_log_audit_log_group.name}"
    assert found["pattern"] == '?"FAILED_CONNECT" ?",,1045"'


def test_instance_that_is_added_has_alarms() -> None:
    stack = test_stack()
    orders = cluster(stack, alarms=SecureTopic(stack, "alarms"))
    orders.add_instance("reports", instance_class="db.r8g.large")
    assert "orders_alarm_reports_cpu" in blocks_of(orders, "aws_cloudwatch_metric_alarm")
