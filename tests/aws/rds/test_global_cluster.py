"""Global databases: made of a cluster that exists, with clusters in other regions."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.rds.global_cluster import GlobalDatabase, GlobalDatabaseConfig
from secureinfra.aws.rds.secondary import SecondaryClusterConfig
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.engine.stack import configure
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack
from tests.aws.db.network import blocks_of
from tests.aws.rds.clusters import cluster, cluster_of, worldwide


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    everywhere, there, network = worldwide()
    everywhere.add_region("ireland", vpc=network, provider=there)
    matches_snapshot(everywhere.stack_state.stack)


def test_made_of_the_cluster_whose_engine_and_encryption_it_has() -> None:
    everywhere, _, _ = worldwide()
    (found,) = blocks_of(everywhere, "aws_rds_global_cluster").values()
    assert found["source_db_cluster_identifier"] == "${aws_rds_cluster.orders_cluster.arn}"
    # AWS refuses these beside a source.
    assert not {"engine", "engine_version", "storage_encrypted", "database_name"} & found.keys()
    assert (found["force_destroy"], found["deletion_protection"]) == (True, True)
    assert found["lifecycle"] == {"prevent_destroy": True}
    assert everywhere.address == "${aws_rds_global_cluster.worldwide_global.endpoint}"
    assert everywhere.arn == "${aws_rds_global_cluster.worldwide_global.arn}"


def test_primary_cluster_stays_where_it_is() -> None:
    everywhere, there, network = worldwide()
    everywhere.add_region("ireland", vpc=network, provider=there)
    alone = test_stack()
    AwsProvider(alone, "aws", AwsProviderConfig(region="eu-central-1"))
    before = cluster_of(cluster(alone, instance_class="db.r8g.large", password="${var.owner_password}"))
    after = cluster_of(everywhere)
    ignored = after.pop("lifecycle")["ignore_changes"]
    assert ignored == [
        "final_snapshot_identifier",
        "global_cluster_identifier",
        "replication_source_identifier",
        "engine_version",
    ]
    assert before.pop("lifecycle")["ignore_changes"] == ["final_snapshot_identifier"]
    assert after == before


def test_password_is_given_and_in_no_state() -> None:
    orders = cluster(password="${var.owner_password}", password_version=2)
    found = cluster_of(orders)
    assert (found["master_password_wo"], found["master_password_wo_version"]) == ("${var.owner_password}", 2)
    assert not {"manage_master_user_password", "master_user_secret_kms_key_id"} & found.keys()
    with pytest.raises(ConfigError, match="its password was given, so RDS keeps no secret"):
        assert orders.secret_arn
    with pytest.raises(ConfigError, match="is written out"):
        cluster(password="hunter2")
    with pytest.raises(ConfigError, match="password_rotation_days=30 is not possible for a password that is given"):
        cluster(password="${var.owner_password}", password_rotation_days=30)


def test_sandbox_can_be_destroyed() -> None:
    everywhere, _, _ = worldwide()
    configure(everywhere.stack_state.stack, environment="sandbox")
    (found,) = blocks_of(everywhere, "aws_rds_global_cluster").values()
    assert (found["deletion_protection"], "lifecycle" in found) == (False, False)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"password": None}, "has a password that RDS manages.*Pass password="),
        ({"instance_class": "db.t4g.medium"}, "instance_class='db.t4g.medium', which is burstable.*'db.r8g.large'"),
        ({"engine": "aurora-mysql", "version": "8.4"}, "can go back in time.*Set backtrack_hours=0"),
        (
            {"instance_class": "db.serverless", "min_capacity_acu": 0.5, "max_capacity_acu": 8},
            "min_capacity_acu=0.5, and that of a global database needs 8 or more",
        ),
    ],
    ids=["password", "class", "backtrack", "capacity"],
)
def test_refuses_primary_clusters(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        worldwide(**given)


def test_refuses_what_the_primary_cluster_gets_later() -> None:
    everywhere, there, network = worldwide(instances=tuple(f"n{number}" for number in range(15)))
    with pytest.raises(ConfigError, match="is burstable: a global database needs memory-optimized classes"):
        everywhere.primary.add_instance("small", instance_class="db.t4g.medium")
    everywhere.add_region("ireland", vpc=network, provider=there)
    with pytest.raises(ConfigError, match="it has 15 instances, the most beside its secondary clusters"):
        everywhere.primary.add_instance("more", instance_class="db.r8g.large")
    with pytest.raises(
        ConfigError, match="each secondary cluster takes the place of a reader.*has or may have 14, and 13 then"
    ):
        everywhere.add_region("tokyo", vpc=network, provider="aws.tokyo")
    with pytest.raises(ConfigError, match="the cluster has 14 readers at most"):
        everywhere.primary.autoscale(14, 15, cpu=60)


def test_region_may_come_after_autoscaling_while_there_is_room() -> None:
    everywhere, there, network = worldwide()
    everywhere.primary.autoscale(1, 14, cpu=60)
    everywhere.add_region("ireland", vpc=network, provider=there)
    with pytest.raises(ConfigError, match="which has or may have 14, and 13 then.*a smaller maximum in autoscale"):
        everywhere.add_region("tokyo", vpc=network, provider="aws.tokyo")


def test_refuses_a_cluster_of_two_global_databases() -> None:
    everywhere, _, _ = worldwide()
    with pytest.raises(ConfigError, match="is in the global database 'test/worldwide' already"):
        GlobalDatabase(everywhere.stack_state.stack, "again", primary=everywhere.primary)


def test_refuses_regions() -> None:
    everywhere, there, network = worldwide()
    with pytest.raises(ConfigError, match="identifier='test-orders' is the name of another of its clusters"):
        everywhere.add_region("a", SecondaryClusterConfig(identifier="test-orders"), vpc=network, provider=there)
    with pytest.raises(ConfigError, match="its provider has region 'eu-central-1', where 'test/orders' is"):
        everywhere.add_region("b", vpc=network, provider=None)
    everywhere.add_region("ireland", vpc=network, provider=there)
    with pytest.raises(ConfigError, match="already has a cluster 'ireland'"):
        everywhere.add_region("ireland", vpc=network, provider=there)
    with pytest.raises(ConfigError, match="its provider has region 'eu-west-1', where 'test/worldwide/ireland' is"):
        everywhere.add_region("c", vpc=network, provider=there)


def test_refuses_another_partition() -> None:
    everywhere, _, network = worldwide()
    stack = everywhere.stack_state.stack
    china = AwsProvider(stack, "china", AwsProviderConfig(region="cn-north-1", alias="china"))
    with pytest.raises(ConfigError, match="it copies 'test/orders', but .*partition"):
        everywhere.add_region("china", vpc=network, provider=china)


def test_wants_the_region_of_the_primary_cluster() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    primary = cluster(stack, instance_class="db.r8g.large", password="${var.owner_password}")
    AwsProvider(stack, "ireland", AwsProviderConfig(region="eu-west-1", alias="ireland"))
    with pytest.raises(
        ConfigError, match="its provider has region 'eu-west-1', and primary='test/orders' is in eu-central-1"
    ):
        GlobalDatabase(stack, "away", GlobalDatabaseConfig(identifier="away"), primary=primary, provider="aws.ireland")


def test_addresses() -> None:
    everywhere, there, network = worldwide()
    everywhere.add_region("ireland", vpc=network, provider=there)
    found = [one for one in addresses(synthesize(everywhere.stack_state.stack)) if ".worldwide" in one]
    assert found == [
        "aws_cloudwatch_log_group.worldwide_ireland_log_iam_db_auth_error_log_group",
        "aws_cloudwatch_log_group.worldwide_ireland_log_postgresql_log_group",
        "aws_db_parameter_group.worldwide_ireland_instance_parameters",
        "aws_db_subnet_group.worldwide_ireland_subnets",
        "aws_iam_role.worldwide_ireland_monitoring_role",
        "aws_iam_role_policy_attachment.worldwide_ireland_monitoring_policy",
        "aws_kms_alias.worldwide_ireland_key_alias",
        "aws_kms_key.worldwide_ireland_key",
        "aws_rds_cluster.worldwide_ireland_cluster",
        "aws_rds_cluster_instance.worldwide_ireland_instance_one",
        "aws_rds_cluster_instance.worldwide_ireland_instance_two",
        "aws_rds_cluster_parameter_group.worldwide_ireland_parameters",
        "aws_rds_global_cluster.worldwide_global",
        "aws_security_group.worldwide_ireland_group_security_group",
    ]
