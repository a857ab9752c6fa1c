"""Logging in: one user of one database, from security groups."""

import json

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import test_stack
from tests.aws.db.network import blocks_of, database

ARN = "arn:aws:iam::111122223333:role/shop"


def role_of(construct: object) -> SecureRole:
    return SecureRole(construct, "role", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))  # type: ignore[arg-type]


def test_grant_names_the_database_and_the_user() -> None:
    stack = test_stack()
    orders = database(stack)
    orders.grant_connect(role_of(stack), user="shop")
    policy = blocks_of(orders, "aws_iam_role_policy")["role_permissions"]["policy"]
    (statement,) = json.loads(policy)["Statement"]
    assert statement["Action"] == ["rds-db:connect"]
    (resource,) = statement["Resource"]
    assert resource.startswith("arn:${data.aws_partition.current.partition}:rds-db:${data.aws_region.current.id}:")
    assert resource.endswith(":dbuser:${aws_db_instance.orders_instance.resource_id}/shop")


@pytest.mark.parametrize("user", ["*", "shop/*", "", "a b"])
def test_refuses_wildcards_for_users(user: str) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="is not a database user"):
        database(stack).grant_connect(role_of(stack), user=user)


def test_refuses_an_arn() -> None:
    with pytest.raises(ConfigError, match="a database has no policy of its own"):
        database().grant_connect(ARN, user="shop")  # type: ignore[arg-type]


def test_refuses_iam_for_sql_server() -> None:
    stack = test_stack()
    ledger = database(stack, engine="sqlserver-se", version="16.00", instance_class="db.m6i.large")
    with pytest.raises(
        ConfigError, match=r"SQL Server has no IAM authentication on RDS\. Keep the user's password in a Secret"
    ):
        ledger.grant_connect(role_of(stack), user="shop")


def test_group_may_connect_on_the_port_of_the_database() -> None:
    stack = test_stack()
    orders = database(stack, port=5433)
    service = SecurityGroup(
        stack, "service", SecurityGroupConfig(description="service"), vpc_id="vpc-0a1b2c3d4e5f60718"
    )
    orders.allow_from(service)
    rules = blocks_of(orders, "aws_vpc_security_group_ingress_rule").values()
    (rule,) = (rule for rule in rules if "orders_group" in rule["security_group_id"])
    assert (rule["from_port"], rule["to_port"]) == (5433, 5433)
    assert rule["referenced_security_group_id"] == "${aws_security_group.service_security_group.id}"


@pytest.mark.parametrize("peer", ["10.0.0.0/8", "sg-0a1b2c3d4e5f60718"])
def test_refuses_networks(peer: str) -> None:
    with pytest.raises(ConfigError, match="takes connections from named security groups"):
        database().allow_from(peer)  # type: ignore[arg-type]
