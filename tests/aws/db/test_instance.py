"""Database: password, storage, standby, backups, replicas, restores."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.backup.plan import BackupPlan
from secureinfra.aws.db.config import DatabaseConfig
from secureinfra.aws.db.instance import Database
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.engine.stack import configure
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack
from tests.aws.db.network import blocks_of, database, instance_of, network_of


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    database(stack)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    orders = database(
        stack,
        engine="mysql",
        version="8.4",
        identifier="orders",
        database_name="orders",
        port=3307,
        database_insights="advanced",
        parameters={"max_connections": "200"},
        tags={"team": "shop"},
        password="${var.password}",
        key=SecureKey(stack, "data"),
        alarms=SecureTopic(stack, "alarms"),
    )
    orders.add_replica("reader", instance_class="db.t4g.large")
    matches_snapshot(stack)


def test_encrypted_under_the_key() -> None:
    instance = instance_of(database())
    assert instance["storage_encrypted"] is True
    for argument in ("kms_key_id", "master_user_secret_kms_key_id", "performance_insights_kms_key_id"):
        assert instance[argument] == "${aws_kms_key.orders_key.arn}"


def test_password_is_managed_by_rds() -> None:
    orders = database()
    instance = instance_of(orders)
    assert instance["manage_master_user_password"] is True
    assert not {"password", "password_wo"} & instance.keys()
    assert orders.secret_arn == "${aws_db_instance.orders_instance.master_user_secret[0].secret_arn}"


def test_given_password_is_write_only() -> None:
    orders = database(password="${var.password}", password_version=3)
    instance = instance_of(orders)
    assert (instance["password_wo"], instance["password_wo_version"]) == ("${var.password}", 3)
    assert "manage_master_user_password" not in instance
    with pytest.raises(ConfigError, match="its password was given"):
        _ = orders.secret_arn


def test_refuses_a_password_that_is_written_out() -> None:
    with pytest.raises(ConfigError, match="value is written out"):
        database(password="hunter2-hunter2")


def test_not_public() -> None:
    orders = database()
    assert instance_of(orders)["publicly_accessible"] is False
    (group,) = blocks_of(orders, "aws_db_subnet_group").values()
    assert group["subnet_ids"] == [f"${{aws_subnet.network_isolated_{zone}.id}}" for zone in "ab"]


def test_iam_users() -> None:
    assert instance_of(database())["iam_database_authentication_enabled"] is True
    server = database(engine="sqlserver-se", version="16.00", instance_class="db.m6i.large")
    assert "iam_database_authentication_enabled" not in instance_of(server)


def test_audit_log_of_mysql_is_an_option() -> None:
    orders = database(engine="mysql", version="8.4")
    (group,) = blocks_of(orders, "aws_db_option_group").values()
    assert group["major_engine_version"] == "8.4"
    assert group["option"][0]["option_name"] == "MARIADB_AUDIT_PLUGIN"
    assert instance_of(orders)["option_group_name"] == "${aws_db_option_group.orders_options.name}"


def test_final_snapshot_has_a_name_of_its_own_each_time() -> None:
    instance = instance_of(database())
    assert instance["skip_final_snapshot"] is False
    assert instance["final_snapshot_identifier"] == 'test-orders-final-${formatdate("YYYYMMDDhhmmss", timestamp())}'
    assert instance["lifecycle"]["ignore_changes"] == ["final_snapshot_identifier"]


def test_sandbox_can_be_destroyed() -> None:
    stack = test_stack()
    orders = database(stack)
    configure(stack, environment="sandbox")
    instance = instance_of(orders)
    assert (instance["skip_final_snapshot"], instance["deletion_protection"]) == (True, False)
    assert "prevent_destroy" not in instance["lifecycle"]


def test_major_version_can_be_changed() -> None:
    assert instance_of(database())["allow_major_version_upgrade"] is True


def test_restored_database_keeps_its_administrator() -> None:
    instance = instance_of(database(snapshot_identifier="before-the-move"))
    assert instance["snapshot_identifier"] == "before-the-move"
    # It has the snapshot's key, for which the provider would replace it.
    assert instance["lifecycle"]["ignore_changes"] == ["final_snapshot_identifier", "kms_key_id"]
    assert "username" not in instance
    assert instance["manage_master_user_password"] is True


def test_refuses_replicas_while_rds_manages_the_password() -> None:
    with pytest.raises(ConfigError, match=r"add_replica\('reader'\) is not possible while RDS manages the password"):
        database().add_replica("reader")


def test_replica_is_as_protected_as_its_source() -> None:
    orders = database(password="${var.password}")
    orders.add_replica("reader")
    replica, instance = blocks_of(orders, "aws_db_instance")["orders_replica_reader"], instance_of(orders)
    assert replica["replicate_source_db"] == "${aws_db_instance.orders_instance.identifier}"
    for argument in ("publicly_accessible", "parameter_group_name", "vpc_security_group_ids", "deletion_protection"):
        assert replica[argument] == instance[argument]
    assert not {"engine", "username", "password_wo", "allocated_storage", "db_subnet_group_name"} & replica.keys()


def test_refuses_replicas_of_the_standard_edition() -> None:
    server = database(engine="sqlserver-se", version="16.00", instance_class="db.m6i.large")
    with pytest.raises(ConfigError, match="needs the Enterprise edition"):
        server.add_replica("reader")


def test_refuses_replicas_of_sql_server_without_a_standby() -> None:
    alone = Waiver(control="rds-instance-multi-az", reason="a trial", owner="tests", until="2099-12-31")
    given: dict[str, Any] = {"engine": "sqlserver-ee", "version": "16.00", "instance_class": "db.m6i.xlarge"}
    with pytest.raises(ConfigError, match="needs a database with a standby, from whose availability group"):
        database(**given, multi_az=False, waivers=(alone,)).add_replica("reader")


def test_refuses_a_sixteenth_replica() -> None:
    orders = database(password="${var.password}")
    for letter in "abcdefghijklmno":
        orders.add_replica(letter)
    with pytest.raises(ConfigError, match="it has 15 replicas, RDS's most"):
        orders.add_replica("p")


def test_refuses_a_replica_twice() -> None:
    orders = database(password="${var.password}")
    orders.add_replica("reader")
    with pytest.raises(ConfigError, match="already has a replica 'reader'"):
        orders.add_replica("reader")


def test_password_rotation_needs_provider_6() -> None:
    with pytest.raises(ConfigError, match=r"password_rotation_days=30 needs AWS provider 6"):
        database(password_rotation_days=30)
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", provider_major=6))
    orders = database(stack, password_rotation_days=30)
    (rotation,) = blocks_of(orders, "aws_secretsmanager_secret_rotation").values()
    assert rotation["secret_id"] == orders.secret_arn
    assert rotation["rotation_rules"] == [{"automatically_after_days": 30}]


@pytest.mark.parametrize(
    ("given", "control"),
    [
        ({"multi_az": False}, "rds-instance-multi-az"),
        ({"deletion_protection": False}, "rds-instance-deletion-protected"),
        ({"backup_retention_days": 6}, "rds-backed-up"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_waiver(given: dict[str, Any], control: str) -> None:
    with pytest.raises(ControlError, match=control):
        database(**given)
    database(**given, waivers=(Waiver(control=control, reason="a trial", owner="tests", until="2099-12-31"),))


def test_addresses() -> None:
    stack = test_stack()
    database(stack)
    assert [one for one in addresses(synthesize(stack)) if ".orders" in one] == [
        "aws_cloudwatch_log_group.orders_log_postgresql_log_group",
        "aws_cloudwatch_log_group.orders_log_upgrade_log_group",
        "aws_db_instance.orders_instance",
        "aws_db_parameter_group.orders_parameters",
        "aws_db_subnet_group.orders_subnets",
        "aws_iam_role.orders_monitoring_role",
        "aws_iam_role_policy_attachment.orders_monitoring_policy",
        "aws_kms_alias.orders_key_alias",
        "aws_kms_key.orders_key",
        "aws_security_group.orders_group_security_group",
    ]


def test_backup_plan_backs_it_up_with_its_key() -> None:
    stack = test_stack()
    plan = BackupPlan(stack, "backups")
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16"))
    config = DatabaseConfig(engine="postgres", engine_version="17")
    Database(stack, "orders", config, vpc=network, backup=plan)
    selections = synthesize(stack)["resource"]["aws_backup_selection"].values()
    assert ["${aws_db_instance.orders_instance.arn}"] in [one.get("resources") for one in selections]


def test_group_that_is_there_is_used() -> None:
    stack = test_stack()
    network = network_of(stack)
    group = SecurityGroup(stack, "given", SecurityGroupConfig(description="database"), vpc=network)
    orders = Database(
        stack, "orders", DatabaseConfig(engine="postgres", engine_version="17"), vpc=network, security_group=group
    )
    (found,) = blocks_of(orders, "aws_db_instance").values()
    assert found["vpc_security_group_ids"] == ["${aws_security_group.given_security_group.id}"]
    assert not [one for one in addresses(synthesize(stack)) if one.startswith("aws_security_group.orders")]


def test_refuses_group_of_another_vpc() -> None:
    stack = test_stack()
    network = network_of(stack)
    other = SecureVpc(stack, "other", VpcConfig(cidr="10.30.0.0/16", zones=2))
    group = SecurityGroup(stack, "given", SecurityGroupConfig(description="database"), vpc=other)
    with pytest.raises(ConfigError, match="security_group='test/given' is of another VPC"):
        Database(
            stack, "orders", DatabaseConfig(engine="postgres", engine_version="17"), vpc=network, security_group=group
        )
