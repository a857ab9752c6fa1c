"""Secondary clusters: like the primary one, under a key of their region, without an administrator."""

import json
from typing import Any, Literal

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.rds.secondary import SecondaryClusterConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import synthesize
from tests.aws.db.network import blocks_of
from tests.aws.rds.clusters import worldwide

NAME = "worldwide_ireland_cluster"


def secondary_of(major: Literal[5, 6] | None = None, config: Any = None, **given: Any) -> dict[str, Any]:
    """The block of the secondary cluster."""
    everywhere, there, network = worldwide(major, **given)
    everywhere.add_region("ireland", config or SecondaryClusterConfig(), vpc=network, provider=there)
    return blocks_of(everywhere, "aws_rds_cluster")[NAME]


@pytest.mark.parametrize("major", [5, 6])
def test_in_its_own_region_under_its_own_key(major: Literal[5, 6]) -> None:
    found = secondary_of(major)
    place = ("provider", "aws.ireland") if major == 5 else ("region", "eu-west-1")
    assert found[place[0]] == place[1]
    assert (found["storage_encrypted"], found["kms_key_id"]) == (True, "${aws_kms_key.worldwide_ireland_key.arn}")
    assert found["source_region"] == "eu-central-1"
    assert found["global_cluster_identifier"] == "${aws_rds_global_cluster.worldwide_global.id}"


def test_has_no_administrator_and_no_password() -> None:
    found = secondary_of(database_name="orders")
    credentials = {"master_username", "master_password_wo", "manage_master_user_password", "database_name"}
    assert not credentials & found.keys()


def test_comes_after_the_instances_of_the_primary_cluster() -> None:
    instances = {f"aws_rds_cluster_instance.orders_instance_{name}" for name in ("one", "two")}
    assert instances <= set(secondary_of()["depends_on"])


def test_switchover_changes_nothing() -> None:
    assert secondary_of()["lifecycle"]["ignore_changes"] == [
        "final_snapshot_identifier",
        "global_cluster_identifier",
        "replication_source_identifier",
        "engine_version",
        "source_region",
    ]


def test_everything_else_is_as_in_the_primary_cluster() -> None:
    found = secondary_of(parameters={"work_mem": "65536"}, port=5433, backup_retention_days=35, tags={"team": "shop"})
    assert (found["port"], found["backup_retention_period"], found["tags"]) == (5433, 35, {"team": "shop"})
    everywhere, there, network = worldwide(parameters={"work_mem": "65536"})
    everywhere.add_region("ireland", vpc=network, provider=there)
    groups = blocks_of(everywhere, "aws_rds_cluster_parameter_group")
    assert groups["worldwide_ireland_parameters"]["parameter"] == groups["orders_parameters"]["parameter"]


def test_own_instances_and_capacity() -> None:
    config = SecondaryClusterConfig(
        instance_class="db.serverless", instances=("a", "b", "c"), min_capacity_acu=1, max_capacity_acu=64
    )
    everywhere, there, network = worldwide()
    everywhere.add_region("ireland", config, vpc=network, provider=there)
    instances = blocks_of(everywhere, "aws_rds_cluster_instance")
    of_ireland = {name: one for name, one in instances.items() if "ireland" in name}
    assert list(of_ireland) == [f"worldwide_ireland_instance_{letter}" for letter in "abc"]
    assert {one["instance_class"] for one in of_ireland.values()} == {"db.serverless"}
    found = blocks_of(everywhere, "aws_rds_cluster")[NAME]
    assert found["serverlessv2_scaling_configuration"] == {"min_capacity": 1.0, "max_capacity": 64.0}


def test_mysql_cannot_go_back_in_time() -> None:
    given: dict[str, Any] = {"engine": "aurora-mysql", "version": "8.4", "backtrack_hours": 0}
    assert secondary_of(**given)["backtrack_window"] == 0


def test_write_forwarding() -> None:
    assert "enable_global_write_forwarding" not in secondary_of()
    assert secondary_of(config=SecondaryClusterConfig(write_forwarding=True))["enable_global_write_forwarding"] is True


def test_grant_names_the_cluster_of_its_region() -> None:
    everywhere, there, network = worldwide()
    copy = everywhere.add_region("ireland", vpc=network, provider=there)
    role = SecureRole(everywhere.stack_state.stack, "role", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    copy.grant_connect(role, user="shop")
    (statement,) = json.loads(blocks_of(everywhere, "aws_iam_role_policy")["role_permissions"]["policy"])["Statement"]
    assert statement["Resource"][0].endswith(f":dbuser:${{aws_rds_cluster.{NAME}.cluster_resource_id}}/shop")
    assert "orders_cluster" not in statement["Resource"][0]


def test_alarm_on_the_lag_behind_the_primary_cluster() -> None:
    everywhere, there, network = worldwide()
    topic = SecureTopic(everywhere.stack_state.stack, "ireland-alarms", provider=there)
    everywhere.add_region("ireland", vpc=network, provider=there, alarms=topic)
    alarms = synthesize(everywhere.stack_state.stack)["resource"]["aws_cloudwatch_metric_alarm"]
    lag = alarms["worldwide_ireland_alarm_global_lag"]
    assert (lag["metric_name"], lag["threshold"]) == ("AuroraGlobalDBReplicationLag", 10_000)
    assert lag["dimensions"] == {"DBClusterIdentifier": f"${{aws_rds_cluster.{NAME}.cluster_identifier}}"}
    assert lag["provider"] == "aws.ireland"


def test_refuses_what_a_secondary_cluster_has_not() -> None:
    everywhere, there, network = worldwide()
    copy = everywhere.add_region("ireland", vpc=network, provider=there)
    with pytest.raises(ConfigError, match="secret_arn is not possible: the administrator is that of the primary"):
        assert copy.secret_arn
    with pytest.raises(ConfigError, match="proxy_target is not possible.*Connect to reader_address"):
        assert copy.proxy_target
    with pytest.raises(ConfigError, match="Aurora Auto Scaling does not work in a secondary cluster"):
        copy.autoscale(1, 2, cpu=60)
    with pytest.raises(ConfigError, match="is burstable"):
        copy.add_instance("small", instance_class="db.t4g.medium")


def test_refuses_a_burstable_class() -> None:
    with pytest.raises(ConfigError, match=r"add_region\('ireland'\) instance_class='db.t4g.large' is burstable"):
        secondary_of(config=SecondaryClusterConfig(instance_class="db.t4g.large"))


def test_waiver() -> None:
    with pytest.raises(ControlError, match="rds-cluster-multi-az"):
        secondary_of(config=SecondaryClusterConfig(instances=("one",)))
    waived = Waiver(control="rds-cluster-multi-az", reason="a trial", owner="tests", until="2099-12-31")
    everywhere, there, network = worldwide()
    alone = SecondaryClusterConfig(instances=("one",), waivers=(waived,))
    everywhere.add_region("ireland", alone, vpc=network, provider=there)
    # It applies to the whole construct, wherever it is written.
    first = blocks_of(everywhere, "aws_iam_role_policy_attachment")["worldwide_ireland_monitoring_policy"]
    assert [(one["control"], one["construct"]) for one in first["//"]["waivers"]] == [
        ("rds-cluster-multi-az", "test/worldwide/ireland")
    ]
