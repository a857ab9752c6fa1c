"""Custom endpoints of a cluster."""

from typing import Any

import pytest

from secureinfra.errors import ConfigError
from tests.aws.db.network import blocks_of
from tests.aws.rds.clusters import cluster


def test_leads_to_named_instances_while_they_read() -> None:
    orders = cluster(tags={"team": "shop"})
    orders.add_instance("reports", instance_class="db.r8g.large")
    endpoint = orders.add_endpoint("reports", members=["reports"])
    (found,) = blocks_of(orders, "aws_rds_cluster_endpoint").values()
    assert found["cluster_endpoint_identifier"] == "test-orders-reports"
    assert found["cluster_identifier"] == "${aws_rds_cluster.orders_cluster.cluster_identifier}"
    assert (found["custom_endpoint_type"], found["tags"]) == ("READER", {"team": "shop"})
    assert found["static_members"] == ["${aws_rds_cluster_instance.orders_instance_reports.identifier}"]
    assert "excluded_members" not in found
    assert endpoint.ref("endpoint") == "${aws_rds_cluster_endpoint.orders_endpoint_reports.endpoint}"


def test_leads_to_all_but_some() -> None:
    orders = cluster()
    orders.add_endpoint("web", excluding=["two"], type="ANY")
    (found,) = blocks_of(orders, "aws_rds_cluster_endpoint").values()
    assert found["excluded_members"] == ["${aws_rds_cluster_instance.orders_instance_two.identifier}"]
    assert found["custom_endpoint_type"] == "ANY"
    assert "static_members" not in found


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("Web", {"members": ["one"]}, "is not a name of an endpoint"),
        ("web", {}, r"needs one of members=\[...\] and excluding"),
        ("web", {"members": ["one"], "excluding": ["two"]}, "AWS takes one list"),
        ("web", {"members": "one"}, "is not a list of instances"),
        ("web", {"members": []}, "is not a list of instances"),
        ("web", {"members": ["three"]}, "names 'three', which is not an instance. It has: one, two"),
        ("web", {"excluding": ["one", "two"]}, "excludes every instance"),
        ("web", {"members": ["one"], "type": "WRITER"}, "type='WRITER' is unknown. Use 'READER'"),
    ],
)
def test_refuses(name: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        cluster().add_endpoint(name, **given)


def test_refuses_long_names() -> None:
    orders = cluster(identifier="o" * 40)
    with pytest.raises(ConfigError, match="makes a name of 64 characters"):
        orders.add_endpoint("n" * 23, members=["one"])


def test_refuses_the_same_name_and_a_sixth() -> None:
    orders = cluster()
    for letter in "abcde":
        orders.add_endpoint(letter, members=["one"])
    with pytest.raises(ConfigError, match="already has an endpoint 'a'"):
        orders.add_endpoint("a", members=["one"])
    with pytest.raises(ConfigError, match="5 custom endpoints at most"):
        orders.add_endpoint("f", members=["one"])
