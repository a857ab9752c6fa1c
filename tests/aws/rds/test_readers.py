"""Readers that Aurora Auto Scaling adds and removes."""

from typing import Any

import pytest

from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError
from tests.aws.db.network import blocks_of
from tests.aws.rds.clusters import cluster

SERVERLESS: dict[str, Any] = {"instance_class": "db.serverless", "min_capacity_acu": 0.5, "max_capacity_acu": 8}


def test_readers_follow_the_average_of_those_there_are() -> None:
    orders = cluster(tags={"team": "shop"})
    orders.autoscale(1, 4, cpu=60, connections=500)
    (target,) = blocks_of(orders, "aws_appautoscaling_target").values()
    assert (target["service_namespace"], target["scalable_dimension"]) == ("rds", "rds:cluster:ReadReplicaCount")
    assert target["resource_id"] == "cluster:${aws_rds_cluster.orders_cluster.cluster_identifier}"
    assert (target["min_capacity"], target["max_capacity"], target["tags"]) == (1, 4, {"team": "shop"})
    # Without a reader there is no average.
    assert target["depends_on"] == [f"aws_rds_cluster_instance.orders_instance_{name}" for name in ("one", "two")]
    policies = blocks_of(orders, "aws_appautoscaling_policy")
    tracking = {
        name.removeprefix("orders_readers_"): policy["target_tracking_scaling_policy_configuration"]
        for name, policy in policies.items()
    }
    assert {name: one["target_value"] for name, one in tracking.items()} == {"cpu": 60, "connections": 500}
    assert [one["predefined_metric_specification"]["predefined_metric_type"] for one in tracking.values()] == [
        "RDSReaderAverageCPUUtilization",
        "RDSReaderAverageDatabaseConnections",
    ]
    assert tracking["cpu"]["scale_in_cooldown"] > tracking["cpu"]["scale_out_cooldown"]


def test_nothing_changes_without_it() -> None:
    assert blocks_of(cluster(), "aws_appautoscaling_target") == {}


@pytest.mark.parametrize(
    ("given", "numbers", "measured", "message"),
    [
        ({}, (1, 4), {}, r"autoscale\(1, 4\) measures nothing. Add cpu=60"),
        ({}, (0, 4), {"cpu": 60}, "not a range above the 1 readers that the configuration declares"),
        ({}, (3, 3), {"cpu": 60}, "not a range above"),
        ({}, (1, 16), {"cpu": 60}, "is too many: the cluster has 15 readers at most"),
        ({}, (1, 4), {"cpu": 95}, "cpu=95 is out of range"),
        ({}, (1, 4), {"connections": 0}, "connections=0 is out of range"),
        (SERVERLESS, (1, 4), {"cpu": 60}, "is not possible with db.serverless"),
    ],
)
def test_refuses_what_would_not_scale(
    given: dict[str, Any], numbers: tuple[int, int], measured: dict[str, int], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        cluster(**given).autoscale(*numbers, **measured)


def test_refuses_a_cluster_without_a_reader() -> None:
    waived = Waiver(control="rds-cluster-multi-az", reason="a trial", owner="tests", until="2099-12-31")
    with pytest.raises(ConfigError, match="has no reader to measure"):
        cluster(instances=("one",), waivers=(waived,)).autoscale(1, 4, cpu=60)


def test_refuses_a_second_time_and_instances_that_come_later() -> None:
    orders = cluster()
    orders.autoscale(1, 4, cpu=60)
    with pytest.raises(ConfigError, match="is called a second time"):
        orders.autoscale(1, 5, connections=100)
    with pytest.raises(ConfigError, match=r"add_instance\('more'\) comes after autoscale\(\)"):
        orders.add_instance("more", instance_class="db.r8g.large")
