"""Instances that a cluster cannot have; those that are refused in any cluster are among the tests of the cluster."""

import pytest

from secureinfra.aws.rds.instances import refuse_instance
from secureinfra.errors import ConfigError
from tests.aws.rds.clusters import cluster


def test_takes_what_aws_takes() -> None:
    refuse_instance(cluster(), "reports", "db.r8g.large", 15)


def test_refuses_by_the_number_that_there_may_be() -> None:
    orders = cluster()
    orders.most_instances = 2
    with pytest.raises(
        ConfigError, match="it has 2 instances, the most beside its secondary clusters. Use larger ones"
    ):
        refuse_instance(orders, "reports", "db.r8g.large", 15)


def test_refuses_burstable_classes_in_a_global_database_only() -> None:
    orders = cluster()
    refuse_instance(orders, "reports", "db.t4g.large", 15)
    orders.global_database = "test/worldwide"
    with pytest.raises(ConfigError, match="instance_class='db.t4g.large' is burstable: a global database needs memory"):
        refuse_instance(orders, "reports", "db.t4g.large", 15)
