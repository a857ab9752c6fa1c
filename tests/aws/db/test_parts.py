"""What stands beside a database: parameters, log groups, the monitoring role, its subnets and its name."""

import json

import pytest

from secureinfra.aws.db.config import DatabaseConfig
from secureinfra.aws.db.instance import Database
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.errors import ConfigError
from secureinfra.testing import test_stack
from tests.aws.db.network import blocks_of, database, network_of


@pytest.mark.parametrize(
    ("engine", "version", "family", "name", "method"),
    [
        ("postgres", "17", "postgres17", "rds.force_ssl", "immediate"),
        ("mysql", "8.4", "mysql8.4", "require_secure_transport", "immediate"),
        ("mariadb", "11.8", "mariadb11.8", "require_secure_transport", "immediate"),
        ("sqlserver-ee", "16.00", "sqlserver-ee-16.0", "rds.force_ssl", "pending-reboot"),
    ],
)
def test_tls_forced(engine: str, version: str, family: str, name: str, method: str) -> None:
    orders = database(engine=engine, version=version, instance_class="db.m6i.large")
    (group,) = blocks_of(orders, "aws_db_parameter_group").values()
    assert group["family"] == family
    assert {"name": name, "value": "1", "apply_method": method} in group["parameter"]
    assert group["lifecycle"] == {"create_before_destroy": True}


def test_parameters_of_the_caller_wait_for_a_restart() -> None:
    (group,) = blocks_of(database(parameters={"work_mem": "8192"}), "aws_db_parameter_group").values()
    assert {"name": "work_mem", "value": "8192", "apply_method": "pending-reboot"} in group["parameter"]


@pytest.mark.parametrize(
    ("engine", "version", "logs"),
    [
        ("postgres", "17", ["postgresql", "upgrade"]),
        ("mysql", "8.4", ["audit", "error", "general", "slowquery"]),
        ("sqlserver-se", "16.00", ["agent", "error"]),
    ],
)
def test_logs_exported_to_groups_that_are_made_before(engine: str, version: str, logs: list[str]) -> None:
    orders = database(engine=engine, version=version, instance_class="db.m6i.large")
    instance = blocks_of(orders, "aws_db_instance")["orders_instance"]
    groups = {name: one for name, one in blocks_of(orders, "aws_cloudwatch_log_group").items() if "orders_log" in name}
    assert instance["enabled_cloudwatch_logs_exports"] == logs
    assert [one["name"] for one in groups.values()] == [f"/aws/rds/instance/test-orders/{log}" for log in logs]
    assert {(one["kms_key_id"], one["retention_in_days"]) for one in groups.values()} == {
        ("${aws_kms_key.orders_key.arn}", 365)
    }
    assert {f"aws_cloudwatch_log_group.{name}" for name in groups} <= set(instance["depends_on"])


def test_monitoring_role_is_for_databases_of_this_account() -> None:
    role = blocks_of(database(), "aws_iam_role")["orders_monitoring_role"]
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    assert trust["Principal"] == {"Service": ["monitoring.rds.amazonaws.com"]}
    assert trust["Condition"]["StringEquals"] == {
        "aws:SourceAccount": ["${data.aws_caller_identity.current.account_id}"]
    }
    (source,) = trust["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source.endswith(":rds:*:${data.aws_caller_identity.current.account_id}:*")


def test_refuses_a_network_without_isolated_subnets() -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", tiers=("public", "private"), nat="none"))
    config = DatabaseConfig(engine="postgres", engine_version="17")
    with pytest.raises(ConfigError, match=r"vpc='test/network' has 0 isolated subnets.*Add 'isolated' to the tiers"):
        Database(stack, "orders", config, vpc=network)


def test_refuses_a_path_that_is_no_name() -> None:
    stack = test_stack("4-shops")
    config = DatabaseConfig(engine="postgres", engine_version="17")
    with pytest.raises(
        ConfigError, match=r"the name '4-shops-orders', which comes from the path.*Set identifier='...'"
    ):
        Database(stack, "orders", config, vpc=network_of(stack))
