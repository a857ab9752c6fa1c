"""Cache: TLS, users by IAM, key, failover, snapshots, logs, alarms."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.elasticache.config import CacheConfig, CacheUser
from secureinfra.aws.elasticache.replication_group import Cache
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

VPC = "vpc-0a1b2c3d4e5f60718"
SUBNETS = {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}
CONFIG = CacheConfig(vpc_id=VPC, subnet_ids=SUBNETS)
REDIS = CacheConfig(vpc_id=VPC, subnet_ids=SUBNETS, engine="redis", shards=2)


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def cache_of(stack: Any) -> dict[str, Any]:
    return only(stack, "aws_elasticache_replication_group")


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Cache(stack, "sessions", CONFIG)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = CacheConfig(
        name="sessions",
        engine="redis",
        shards=2,
        replicas=2,
        node_type="cache.r7g.large",
        users={"app": CacheUser(keys=("session:*",)), "reader": CacheUser(commands=("+@read",))},
        vpc_id=VPC,
        subnet_ids=SUBNETS,
        snapshot_retention_days=14,
        tags={"team": "shop"},
    )
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    cache = Cache(stack, "sessions", config, key=key, alarms=SecureTopic(stack, "pages"))
    cache.allow_from("10.0.0.0/16", "shop")
    cache.grant_connect(SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))), "app")
    matches_snapshot(stack)


@pytest.mark.parametrize("config", [CONFIG, REDIS])
def test_every_control_is_met(config: CacheConfig) -> None:
    stack = test_stack()
    Cache(stack, "sessions", config)
    assert_meets(synthesize(stack))


def test_elasticache_replication_group_tls() -> None:
    stack = test_stack()
    Cache(stack, "sessions", CONFIG)
    cache = cache_of(stack)
    assert (cache["transit_encryption_enabled"], cache["transit_encryption_mode"]) == (True, "required")


def test_elasticache_replication_group_authenticated_by_iam_only() -> None:
    for config in (CONFIG, REDIS):
        stack = test_stack()
        Cache(stack, "sessions", config)
        users = synthesize(stack)["resource"]["aws_elasticache_user"]
        assert users["sessions_user_app"]["authentication_mode"] == {"type": "iam"}
        # AWS wants the same id and name of a user that signs in by IAM.
        assert users["sessions_user_app"]["user_id"] == users["sessions_user_app"]["user_name"]
        assert "auth_token" not in cache_of(stack)
        others = [one["access_string"] for name, one in users.items() if name != "sessions_user_app"]
        assert others == ([] if config is CONFIG else ["off ~keys* -@all"])


def test_elasticache_replication_group_encrypted_with_customer_key() -> None:
    stack = test_stack()
    Cache(stack, "sessions", CONFIG)
    cache = cache_of(stack)
    assert (cache["at_rest_encryption_enabled"], cache["kms_key_id"]) == (True, "${aws_kms_key.sessions_key.arn}")


def test_elasticache_replication_group_failover() -> None:
    stack = test_stack()
    Cache(stack, "sessions", CONFIG)
    cache = cache_of(stack)
    assert (cache["automatic_failover_enabled"], cache["multi_az_enabled"], cache["num_cache_clusters"]) == (
        True,
        True,
        2,
    )
    stack = test_stack()
    Cache(stack, "sessions", REDIS)
    assert (cache_of(stack)["num_node_groups"], cache_of(stack)["replicas_per_node_group"]) == (2, 1)


def test_log_group_is_there_before_the_cache() -> None:
    stack = test_stack()
    Cache(stack, "sessions", CONFIG)
    assert cache_of(stack)["depends_on"] == ["aws_cloudwatch_log_resource_policy.sessions_delivery"]
    assert {one["log_type"] for one in cache_of(stack)["log_delivery_configuration"]} == {"engine-log", "slow-log"}


def test_grant_names_the_cache_and_the_user() -> None:
    stack = test_stack()
    cache = Cache(stack, "sessions", CONFIG)
    cache.grant_connect(SecureRole(stack, "shop", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))), "app")
    (statement,) = json.loads(only(stack, "aws_iam_role_policy")["policy"])["Statement"]
    assert (statement["Action"], statement["Resource"]) == (
        ["elasticache:Connect"],
        ["${aws_elasticache_replication_group.sessions_cache.arn}", "${aws_elasticache_user.sessions_user_app.arn}"],
    )


def test_port_is_opened_to_named_clients_only() -> None:
    stack = test_stack()
    cache = Cache(stack, "sessions", CONFIG)
    assert "aws_vpc_security_group_ingress_rule" not in synthesize(stack)["resource"]
    cache.allow_from("10.0.0.0/16")
    assert only(stack, "aws_vpc_security_group_ingress_rule")["from_port"] == 6379


def test_endpoints_by_mode() -> None:
    one, many = Cache(test_stack(), "sessions", CONFIG), Cache(test_stack(), "sessions", REDIS)
    assert one.endpoint.endswith(".primary_endpoint_address}")
    assert one.reader_endpoint.endswith(".reader_endpoint_address}")
    assert many.endpoint.endswith(".configuration_endpoint_address}")
    with pytest.raises(ConfigError, match="with several shards there is no reader endpoint"):
        _ = many.reader_endpoint


def test_alarms_are_for_each_node() -> None:
    stack = test_stack()
    Cache(stack, "sessions", REDIS, alarms=SecureTopic(stack, "pages"))
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"].values()
    nodes = {one["dimensions"]["CacheClusterId"] for one in alarms}
    assert nodes == {f"test-sessions-{shard:04}-{node:03}" for shard in (1, 2) for node in (1, 2)}
    assert len(alarms) == 12


def test_waivers() -> None:
    for setting, control in (
        ({"replicas": 0}, "elasticache-replication-group-failover"),
        ({"snapshot_retention_days": 0}, "elasticache-backed-up"),
    ):
        values: dict[str, Any] = {"vpc_id": VPC, "subnet_ids": SUBNETS, **setting}
        with pytest.raises(ControlError, match=f"breaks control {control}"):
            Cache(test_stack(), "sessions", CacheConfig(**values))
        waiver = Waiver(control=control, reason="trial", owner="a", until="2099-12-31")
        Cache(test_stack(), "sessions", CacheConfig(**values, waivers=(waiver,)))


def test_refuses_one_zone() -> None:
    config = CacheConfig(vpc_id=VPC, subnet_ids={"a": "subnet-0a1b2c3d4e5f60718"})
    with pytest.raises(ConfigError, match="replicas=1 needs subnets in two zones or more, and 1 is known"):
        Cache(test_stack(), "sessions", config)


def test_refuses_unknown_user_and_grants_to_arns() -> None:
    stack = test_stack()
    cache = Cache(stack, "sessions", CONFIG)
    with pytest.raises(ConfigError, match="it has no user 'root'. It has: app"):
        cache.user_name("root")
    with pytest.raises(ConfigError, match="a cache has no policy of its own. Pass a SecureRole"):
        cache.grant_connect("arn:aws:iam::111122223333:role/shop", "app")  # type: ignore[arg-type]


def test_long_paths_give_names_that_stay_apart() -> None:
    names = {Cache(test_stack("x" * 40), name, CONFIG).name for name in ("a", "b")}
    assert len(names) == 2
    assert max(map(len, names)) <= 40


def test_addresses() -> None:
    stack = test_stack()
    Cache(stack, "sessions", CONFIG)
    assert addresses(synthesize(stack)) == [
        "aws_cloudwatch_log_group.sessions_log_log_group",
        "aws_cloudwatch_log_resource_policy.sessions_delivery",
        "aws_elasticache_replication_group.sessions_cache",
        "aws_elasticache_subnet_group.sessions_subnets",
        "aws_elasticache_user.sessions_user_app",
        "aws_elasticache_user_group.sessions_users",
        "aws_kms_alias.sessions_key_alias",
        "aws_kms_key.sessions_key",
        "aws_security_group.sessions_group_security_group",
    ]
