"""Aurora clusters: password, storage, instances, capacity, parameters, logs, restores, grants."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.backup.plan import BackupPlan
from secureinfra.aws.db.subnets import DatabaseSubnets
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.rds.cluster import DatabaseCluster
from secureinfra.aws.rds.config import DatabaseClusterConfig
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.engine.stack import configure
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack
from tests.aws.db.network import blocks_of, network_of
from tests.aws.rds.clusters import cluster, cluster_of, instances_of

MYSQL: dict[str, Any] = {"engine": "aurora-mysql", "version": "8.4"}
SERVERLESS: dict[str, Any] = {"instance_class": "db.serverless", "min_capacity_acu": 0, "max_capacity_acu": 8}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    cluster(stack)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    orders = cluster(
        stack,
        **MYSQL,
        **SERVERLESS,
        identifier="orders",
        database_name="orders",
        port=3307,
        io_optimized=True,
        database_insights="advanced",
        parameters={"binlog_format": "ROW"},
        instance_parameters={"max_connections": "200"},
        tags={"team": "shop"},
        key=SecureKey(stack, "data"),
        alarms=SecureTopic(stack, "alarms"),
    )
    orders.add_instance("reports", instance_class="db.r8g.large")
    matches_snapshot(stack)


def test_encrypted_under_the_key() -> None:
    orders = cluster()
    found, instance = cluster_of(orders), instances_of(orders)["one"]
    assert found["storage_encrypted"] is True
    for block, argument in (
        (found, "kms_key_id"),
        (found, "master_user_secret_kms_key_id"),
        (instance, "performance_insights_kms_key_id"),
    ):
        assert block[argument] == "${aws_kms_key.orders_key.arn}"


def test_password_is_managed_by_rds() -> None:
    orders = cluster()
    found = cluster_of(orders)
    assert found["manage_master_user_password"] is True
    assert not {"master_password", "master_password_wo"} & found.keys()
    assert orders.secret_arn == "${aws_rds_cluster.orders_cluster.master_user_secret[0].secret_arn}"


def test_two_instances_in_isolated_subnets() -> None:
    orders = cluster()
    (group,) = blocks_of(orders, "aws_db_subnet_group").values()
    assert group["subnet_ids"] == [f"${{aws_subnet.network_isolated_{zone}.id}}" for zone in "ab"]
    instances = instances_of(orders)
    assert [one["identifier"] for one in instances.values()] == ["test-orders-one", "test-orders-two"]
    for one in instances.values():
        assert one["publicly_accessible"] is False
        # Aurora spreads them over the zones of the group.
        assert "availability_zone" not in one


def test_goes_where_it_is_told() -> None:
    subnets = ("subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719")
    config = DatabaseClusterConfig(engine="aurora-postgresql", engine_version="17")
    orders = DatabaseCluster(test_stack(), "orders", config, vpc=DatabaseSubnets("vpc-0a1b2c3d4e5f60718", subnets))
    (group,) = blocks_of(orders, "aws_db_subnet_group").values()
    assert group["subnet_ids"] == list(subnets)


@pytest.mark.parametrize(
    ("given", "family", "tls", "slow"),
    [
        ({}, "aurora-postgresql17", ("rds.force_ssl", "1"), "log_min_duration_statement"),
        (MYSQL, "aurora-mysql8.4", ("require_secure_transport", "ON"), "slow_query_log"),
    ],
    ids=["postgresql", "mysql"],
)
def test_tls_forced_and_logs_on(given: dict[str, Any], family: str, tls: tuple[str, str], slow: str) -> None:
    orders = cluster(**given)
    (of_cluster,) = blocks_of(orders, "aws_rds_cluster_parameter_group").values()
    (of_instances,) = blocks_of(orders, "aws_db_parameter_group").values()
    assert {of_cluster["family"], of_instances["family"]} == {family}
    assert {"name": tls[0], "value": tls[1], "apply_method": "immediate"} in of_cluster["parameter"]
    assert slow in [one["name"] for one in of_instances["parameter"]]
    found = cluster_of(orders)
    assert found["db_cluster_parameter_group_name"] == "${aws_rds_cluster_parameter_group.orders_parameters.name}"
    for name in (found["db_instance_parameter_group_name"], instances_of(orders)["two"]["db_parameter_group_name"]):
        assert name == "${aws_db_parameter_group.orders_instance_parameters.name}"


def test_mysql_is_audited() -> None:
    (group,) = blocks_of(cluster(**MYSQL), "aws_rds_cluster_parameter_group").values()
    values = {one["name"]: one["value"] for one in group["parameter"]}
    assert (values["server_audit_logging"], values["server_audit_events"]) == ("1", "CONNECT,QUERY_DDL,QUERY_DCL")


@pytest.mark.parametrize(
    ("given", "logs"),
    [
        ({}, ["iam-db-auth-error", "postgresql"]),
        (MYSQL, ["audit", "error", "iam-db-auth-error", "slowquery"]),
    ],
    ids=["postgresql", "mysql"],
)
def test_logs_exported_to_groups_that_are_made_before(given: dict[str, Any], logs: list[str]) -> None:
    orders = cluster(**given)
    found = cluster_of(orders)
    groups = {name: one for name, one in blocks_of(orders, "aws_cloudwatch_log_group").items() if "orders_log" in name}
    assert found["enabled_cloudwatch_logs_exports"] == logs
    assert [one["name"] for one in groups.values()] == [f"/aws/rds/cluster/test-orders/{log}" for log in logs]
    assert {(one["kms_key_id"], one["retention_in_days"]) for one in groups.values()} == {
        ("${aws_kms_key.orders_key.arn}", 365)
    }
    assert {f"aws_cloudwatch_log_group.{name}" for name in groups} <= set(found["depends_on"])


def test_monitored() -> None:
    for one in instances_of(cluster()).values():
        assert (one["monitoring_interval"], one["performance_insights_enabled"]) == (60, True)
        assert one["monitoring_role_arn"] == "${aws_iam_role.orders_monitoring_role.arn}"


def test_advanced_insights_are_a_setting_of_the_cluster() -> None:
    assert "database_insights_mode" not in cluster_of(cluster())
    orders = cluster(database_insights="advanced")
    for block in (cluster_of(orders), *instances_of(orders).values()):
        assert block["performance_insights_retention_period"] == 465
    assert cluster_of(orders)["database_insights_mode"] == "advanced"


def test_final_snapshot_has_a_name_of_its_own_each_time() -> None:
    found = cluster_of(cluster())
    assert (found["skip_final_snapshot"], found["delete_automated_backups"]) == (False, False)
    assert found["final_snapshot_identifier"] == 'test-orders-final-${formatdate("YYYYMMDDhhmmss", timestamp())}'
    assert found["lifecycle"]["ignore_changes"] == ["final_snapshot_identifier"]


def test_sandbox_can_be_destroyed() -> None:
    stack = test_stack()
    orders = cluster(stack)
    configure(stack, environment="sandbox")
    found = cluster_of(orders)
    assert (found["skip_final_snapshot"], found["deletion_protection"]) == (True, False)
    assert "prevent_destroy" not in found["lifecycle"]


def test_tags_copied_and_minor_versions_upgraded() -> None:
    orders = cluster(tags={"team": "shop"})
    found, instances = cluster_of(orders), instances_of(orders)
    for block in (found, *instances.values()):
        assert (block["copy_tags_to_snapshot"], block["tags"]) == (True, {"team": "shop"})
    assert all(one["auto_minor_version_upgrade"] is True for one in instances.values())


def test_major_version_can_be_changed_at_once() -> None:
    orders = cluster(apply_immediately=True)
    assert cluster_of(orders)["allow_major_version_upgrade"] is True
    assert {one["apply_immediately"] for one in (cluster_of(orders), *instances_of(orders).values())} == {True}


def test_restored_cluster_keeps_its_administrator() -> None:
    found = cluster_of(cluster(snapshot_identifier="before-the-move"))
    assert found["snapshot_identifier"] == "before-the-move"
    assert "master_username" not in found
    assert found["manage_master_user_password"] is True


def test_serverless_scales_between_two_capacities() -> None:
    orders = cluster(**SERVERLESS)
    assert cluster_of(orders)["serverlessv2_scaling_configuration"] == {
        "min_capacity": 0.0,
        "max_capacity": 8.0,
        "seconds_until_auto_pause": 300,
    }
    assert {one["instance_class"] for one in instances_of(orders).values()} == {"db.serverless"}
    awake = cluster(**{**SERVERLESS, "min_capacity_acu": 0.5})
    assert "seconds_until_auto_pause" not in cluster_of(awake)["serverlessv2_scaling_configuration"]
    assert "serverlessv2_scaling_configuration" not in cluster_of(cluster())


def test_mysql_goes_back_a_day() -> None:
    assert cluster_of(cluster(**MYSQL))["backtrack_window"] == 86400
    assert cluster_of(cluster(**MYSQL, backtrack_hours=0))["backtrack_window"] == 0
    assert "backtrack_window" not in cluster_of(cluster())


def test_instance_of_another_class() -> None:
    orders = cluster()
    orders.add_instance("reports", instance_class="db.r8g.large")
    reports = instances_of(orders)["reports"]
    assert (reports["instance_class"], reports["promotion_tier"]) == ("db.r8g.large", 15)
    assert reports["cluster_identifier"] == "${aws_rds_cluster.orders_cluster.cluster_identifier}"


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("one", {}, "already has an instance 'one'"),
        ("A", {}, r"add_instance\('A'\) is not a name of an instance"),
        ("more", {"instance_class": "db.m8g.large"}, "is not an instance class of Aurora"),
        ("more", {"instance_class": "db.serverless"}, "has no capacity.*Set min_capacity_acu"),
        ("more", {"promotion_tier": 16}, "promotion_tier=16 is not between 0 and 15"),
    ],
)
def test_refuses_instances(name: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        cluster().add_instance(name, **{"instance_class": "db.r8g.large", **given})


def test_refuses_a_seventeenth_instance() -> None:
    orders = cluster(instances=tuple(f"n{number}" for number in range(16)))
    with pytest.raises(ConfigError, match="it has 16 instances, Aurora's most"):
        orders.add_instance("more", instance_class="db.r8g.large")


def test_grant_names_the_cluster_and_the_user() -> None:
    stack = test_stack()
    orders = cluster(stack)
    role = SecureRole(stack, "role", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    orders.grant_connect(role, user="shop")
    (statement,) = json.loads(blocks_of(orders, "aws_iam_role_policy")["role_permissions"]["policy"])["Statement"]
    assert statement["Action"] == ["rds-db:connect"]
    assert statement["Resource"][0].endswith(":dbuser:${aws_rds_cluster.orders_cluster.cluster_resource_id}/shop")
    with pytest.raises(ConfigError, match="is not a database user"):
        orders.grant_connect(role, user="*")


def test_group_may_connect_on_the_port_of_the_cluster() -> None:
    stack = test_stack()
    orders = cluster(stack, port=5433)
    about = SecurityGroupConfig(description="service")
    orders.allow_from(SecurityGroup(stack, "service", about, vpc_id="vpc-0a1b2c3d4e5f60718"))
    rules = blocks_of(orders, "aws_vpc_security_group_ingress_rule").values()
    (rule,) = (rule for rule in rules if "orders_group" in rule["security_group_id"])
    assert (rule["from_port"], rule["to_port"]) == (5433, 5433)
    with pytest.raises(ConfigError, match="takes connections from named security groups"):
        orders.allow_from("10.0.0.0/8")  # type: ignore[arg-type]


def test_addresses_of_its_endpoints() -> None:
    orders = cluster()
    assert orders.address == "${aws_rds_cluster.orders_cluster.endpoint}"
    assert orders.reader_address == "${aws_rds_cluster.orders_cluster.reader_endpoint}"


def test_password_rotation_needs_provider_6() -> None:
    with pytest.raises(ConfigError, match=r"password_rotation_days=30 needs AWS provider 6"):
        cluster(password_rotation_days=30)
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", provider_major=6))
    orders = cluster(stack, password_rotation_days=30)
    (rotation,) = blocks_of(orders, "aws_secretsmanager_secret_rotation").values()
    assert rotation["secret_id"] == orders.secret_arn
    assert rotation["rotation_rules"] == [{"automatically_after_days": 30}]


@pytest.mark.parametrize(
    ("given", "control"),
    [
        ({"instances": ("one",)}, "rds-cluster-multi-az"),
        ({"deletion_protection": False}, "rds-cluster-deletion-protected"),
        ({"backup_retention_days": 6}, "rds-backed-up"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_waiver(given: dict[str, Any], control: str) -> None:
    with pytest.raises(ControlError, match=control):
        cluster(**given)
    cluster(**given, waivers=(Waiver(control=control, reason="a trial", owner="tests", until="2099-12-31"),))


def test_addresses() -> None:
    stack = test_stack()
    cluster(stack)
    assert [one for one in addresses(synthesize(stack)) if ".orders" in one] == [
        "aws_cloudwatch_log_group.orders_log_iam_db_auth_error_log_group",
        "aws_cloudwatch_log_group.orders_log_postgresql_log_group",
        "aws_db_parameter_group.orders_instance_parameters",
        "aws_db_subnet_group.orders_subnets",
        "aws_iam_role.orders_monitoring_role",
        "aws_iam_role_policy_attachment.orders_monitoring_policy",
        "aws_kms_alias.orders_key_alias",
        "aws_kms_key.orders_key",
        "aws_rds_cluster.orders_cluster",
        "aws_rds_cluster_instance.orders_instance_one",
        "aws_rds_cluster_instance.orders_instance_two",
        "aws_rds_cluster_parameter_group.orders_parameters",
        "aws_security_group.orders_group_security_group",
    ]


def test_backup_plan_backs_it_up_with_its_key() -> None:
    stack = test_stack()
    cluster(stack, backup=BackupPlan(stack, "backups"))
    selections = synthesize(stack)["resource"]["aws_backup_selection"].values()
    assert ["${aws_rds_cluster.orders_cluster.arn}"] in [one.get("resources") for one in selections]


def test_group_that_is_there_is_used() -> None:
    stack = test_stack()
    config = DatabaseClusterConfig(engine="aurora-postgresql", engine_version="17")
    network = network_of(stack)
    group = SecurityGroup(stack, "given", SecurityGroupConfig(description="database"), vpc=network)
    orders = DatabaseCluster(stack, "orders", config, vpc=network, security_group=group)
    (found,) = blocks_of(orders, "aws_rds_cluster").values()
    assert found["vpc_security_group_ids"] == ["${aws_security_group.given_security_group.id}"]
    assert not [one for one in addresses(synthesize(stack)) if one.startswith("aws_security_group.orders")]


def test_refuses_group_of_another_vpc() -> None:
    stack = test_stack()
    config = DatabaseClusterConfig(engine="aurora-postgresql", engine_version="17")
    network = network_of(stack)
    other = SecureVpc(stack, "other", VpcConfig(cidr="10.30.0.0/16", zones=2))
    group = SecurityGroup(stack, "given", SecurityGroupConfig(description="database"), vpc=other)
    with pytest.raises(ConfigError, match="security_group='test/given' is of another VPC"):
        DatabaseCluster(stack, "orders", config, vpc=network, security_group=group)
