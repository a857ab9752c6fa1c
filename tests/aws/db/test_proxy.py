"""Proxies: whom they read secrets of, what they stand before, and how roles connect through them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.db.proxy import DatabaseProxy, DatabaseProxyConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.secretsmanager.random_password import GeneratedPassword
from secureinfra.aws.secretsmanager.secret import Secret, SecretConfig
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack
from tests.aws.db.network import blocks_of, database
from tests.aws.rds.clusters import cluster

WAIVER = Waiver(control="secret-rotated", reason="a test", owner="tests", until="2099-12-31")


def secret(stack: Any, user: str | None = "shop", id: str = "user", **beside: Any) -> Secret:
    """The secret of a database user."""
    given: dict[str, Any] = {"rotation": None, "waivers": (WAIVER,)}
    if user:
        given["generated"] = GeneratedPassword(fields={"username": user})
    return Secret(stack, id, SecretConfig(**given), **beside)


def proxy(stack: Any, before: Any = None, secrets: Any = None, **given: Any) -> DatabaseProxy:
    """A proxy named `pool`; what is no setting goes to the construct."""
    beside = {name: given.pop(name) for name in ("alarms",) if name in given}
    before = before or database(stack)
    secrets = [secret(stack)] if secrets is None else secrets
    return DatabaseProxy(stack, "pool", DatabaseProxyConfig(**given), database=before, secrets=secrets, **beside)


def proxy_of(construct: Any) -> dict[str, Any]:
    return blocks_of(construct, "aws_db_proxy")["pool_proxy"]


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    proxy(stack, alarms=SecureTopic(stack, "alarms"), tags={"team": "shop"})
    matches_snapshot(stack)


def test_tls_and_tokens_only() -> None:
    found = proxy_of(proxy(test_stack()))
    assert (found["require_tls"], found["debug_logging"]) == (True, False)
    (auth,) = found["auth"]
    assert auth == {
        "auth_scheme": "SECRETS",
        "iam_auth": "REQUIRED",
        "secret_arn": "${aws_secretsmanager_secret.user_secret.arn}",
    }


def test_in_the_isolated_subnets_of_the_database() -> None:
    found = proxy_of(proxy(test_stack()))
    assert found["vpc_subnet_ids"] == [f"${{aws_subnet.network_isolated_{zone}.id}}" for zone in "ab"]
    assert found["vpc_security_group_ids"] == ["${aws_security_group.pool_group_security_group.id}"]


def test_database_takes_its_connections_on_the_port_that_it_has() -> None:
    stack = test_stack()
    pool = proxy(stack, database(stack, port=5433))
    rules = blocks_of(pool, "aws_vpc_security_group_ingress_rule").values()
    (rule,) = (rule for rule in rules if "orders_group" in rule["security_group_id"])
    assert rule["referenced_security_group_id"] == "${aws_security_group.pool_group_security_group.id}"
    assert (rule["from_port"], rule["to_port"]) == (5433, 5433)


def test_clients_connect_on_the_port_of_the_engine() -> None:
    stack = test_stack()
    pool = proxy(stack, database(stack, port=5433))
    about = SecurityGroupConfig(description="service")
    pool.allow_from(SecurityGroup(stack, "service", about, vpc_id="vpc-0a1b2c3d4e5f60718"))
    rules = blocks_of(pool, "aws_vpc_security_group_ingress_rule").values()
    (rule,) = (rule for rule in rules if "pool_group" in rule["security_group_id"])
    assert (rule["from_port"], rule["to_port"]) == (5432, 5432)
    assert pool.address == "${aws_db_proxy.pool_proxy.endpoint}"
    with pytest.raises(ConfigError, match="takes connections from named security groups"):
        pool.allow_from("10.0.0.0/8")  # type: ignore[arg-type]


def test_role_reads_the_secrets_of_its_users_only() -> None:
    pool = proxy(test_stack())
    role = blocks_of(pool, "aws_iam_role")["pool_role"]
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    assert trust["Principal"] == {"Service": ["rds.amazonaws.com"]}
    policy = json.loads(blocks_of(pool, "aws_iam_role_policy")["pool_role_permissions"]["policy"])
    resources = {resource for one in policy["Statement"] for resource in one["Resource"]}
    assert resources == {"${aws_secretsmanager_secret.user_secret.arn}", "${aws_kms_key.user_key.arn}"}


def test_log_is_made_before() -> None:
    found = proxy_of(proxy(test_stack(), name="pool-1"))
    assert found["depends_on"] == ["aws_cloudwatch_log_group.pool_log_log_group"]


def test_log_under_the_key_of_the_database() -> None:
    pool = proxy(test_stack())
    group = blocks_of(pool, "aws_cloudwatch_log_group")["pool_log_log_group"]
    assert group["name"] == "/aws/rds/proxy/test-pool"
    assert (group["kms_key_id"], group["retention_in_days"]) == ("${aws_kms_key.orders_key.arn}", 365)


@pytest.mark.parametrize(
    ("given", "family"),
    [({"engine": "mysql", "version": "8.4"}, "MYSQL"), ({}, "POSTGRESQL")],
    ids=["mysql", "postgresql"],
)
def test_before_a_database(given: dict[str, Any], family: str) -> None:
    stack = test_stack()
    pool = proxy(stack, database(stack, **given))
    assert proxy_of(pool)["engine_family"] == family
    (target,) = blocks_of(pool, "aws_db_proxy_target").values()
    assert target["db_instance_identifier"] == "${aws_db_instance.orders_instance.identifier}"
    assert target["target_group_name"] == "${aws_db_proxy_default_target_group.pool_targets.name}"


def test_before_a_cluster_that_has_an_instance() -> None:
    stack = test_stack()
    pool = proxy(stack, cluster(stack))
    (target,) = blocks_of(pool, "aws_db_proxy_target").values()
    assert target["db_cluster_identifier"] == "${aws_rds_cluster_instance.orders_instance_one.cluster_identifier}"


def test_limits_of_connections() -> None:
    given = {"max_connections_percent": 80, "max_idle_connections_percent": 10, "connection_borrow_timeout_seconds": 5}
    (targets,) = blocks_of(proxy(test_stack(), **given), "aws_db_proxy_default_target_group").values()
    assert targets["connection_pool_config"] == {
        "max_connections_percent": 80,
        "max_idle_connections_percent": 10,
        "connection_borrow_timeout": 5,
    }


def test_refuses_more_idle_connections_than_there_may_be() -> None:
    with pytest.raises(ConfigError, match="max_idle_connections_percent=50 is more than max_connections_percent=40"):
        proxy(test_stack(), max_connections_percent=40)


def test_grant_names_the_proxy_and_the_user() -> None:
    stack = test_stack()
    pool = proxy(stack)
    role = SecureRole(stack, "role", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    pool.grant_connect(role, user="shop")
    (statement,) = json.loads(blocks_of(pool, "aws_iam_role_policy")["role_permissions"]["policy"])["Statement"]
    (resource,) = statement["Resource"]
    lengths = " + ".join(
        f"length(data.{one})"
        for one in (
            "aws_partition.current.partition",
            "aws_region.current.id",
            "aws_caller_identity.current.account_id",
        )
    )
    id = "${substr(aws_db_proxy.pool_proxy.arn, " + lengths + " + 20, -1)}"
    assert resource.endswith(f":dbuser:{id}/shop")
    assert len("arn:aws:rds:eu-central-1:111122223333:db-proxy:") == len("awseu-central-1111122223333") + 20
    with pytest.raises(ConfigError, match=r"grant_connect\(user='other'\) is not possible.*It has: shop"):
        pool.grant_connect(role, user="other")


def test_secret_that_is_given_is_not_looked_into() -> None:
    stack = test_stack()
    pool = proxy(stack, secrets=[secret(stack, None, value="${var.user}")])
    role = SecureRole(stack, "role", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    pool.grant_connect(role, user="whoever")


def test_refuses_a_secret_without_a_user() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"the secret 'test/user' names no user.*GeneratedPassword\(fields="):
        proxy(stack, secrets=[secret(stack, None)])


def test_refuses_none() -> None:
    with pytest.raises(ConfigError, match="it has 0 secrets: a proxy logs in with 1 to 200"):
        proxy(test_stack(), secrets=[])


@pytest.mark.parametrize(
    ("given", "said"), [("arn:aws:x", "is not a list of secrets"), (["arn:aws:x"], "Pass a Secret")]
)
def test_refuses_what_is_no_list_of_secrets(given: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=f"test/pool: DatabaseProxy secrets=.*{said}"):
        proxy(test_stack(), secrets=given)


def test_refuses_a_secret_instead_of_a_list() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"is not a list of secrets\. Write secrets="):
        proxy(stack, secrets=secret(stack, None))


def test_refuses_sql_server() -> None:
    stack = test_stack()
    ledger = database(stack, engine="sqlserver-se", version="16.00", instance_class="db.m6i.large")
    with pytest.raises(ConfigError, match="database='test/orders' cannot have this proxy: clients of SQL Server"):
        proxy(stack, ledger)


def test_alarm_on_failed_logins() -> None:
    stack = test_stack()
    pool = proxy(stack, alarms=SecureTopic(stack, "alarms"))
    alarm = blocks_of(pool, "aws_cloudwatch_metric_alarm")["pool_alarm_failed_logins"]
    assert (alarm["metric_name"], alarm["dimensions"]) == (
        "ClientConnectionsSetupFailedAuth",
        {"ProxyName": "test-pool"},
    )
    assert blocks_of(proxy(test_stack()), "aws_cloudwatch_metric_alarm") == {}


def test_addresses() -> None:
    stack = test_stack()
    proxy(stack)
    assert [one for one in addresses(synthesize(stack)) if ".pool" in one] == [
        "aws_cloudwatch_log_group.pool_log_log_group",
        "aws_db_proxy.pool_proxy",
        "aws_db_proxy_default_target_group.pool_targets",
        "aws_db_proxy_target.pool_target",
        "aws_iam_role.pool_role",
        "aws_iam_role_policy.pool_role_permissions",
        "aws_security_group.pool_group_security_group",
        "aws_vpc_security_group_egress_rule.pool_group_to_orders_group_tcp_5432",
    ]
