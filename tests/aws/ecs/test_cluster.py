"""EcsCluster: Container Insights, sessions encrypted and recorded."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.ecs.cluster import EcsCluster, EcsClusterConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack


def cluster_of(stack: Any) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"]["aws_ecs_cluster"].values()
    return dict(block)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    EcsCluster(stack, "cluster")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = EcsClusterConfig(name="shop", exec_retention_in_days=731, tags={"team": "shop"})
    EcsCluster(stack, "cluster", config, key=SecureKey(stack, "sessions"))
    matches_snapshot(stack)


def test_namespace() -> None:
    stack = test_stack()
    cluster = EcsCluster(stack, "cluster", EcsClusterConfig(namespace="shop.internal", tags={"team": "shop"}))
    (namespace,) = synthesize(stack)["resource"]["aws_service_discovery_http_namespace"].values()
    assert (namespace["name"], namespace["tags"]) == ("shop.internal", {"team": "shop"})
    assert cluster.namespace is not None


def test_another_capacity() -> None:
    stack = test_stack()
    EcsCluster(stack, "cluster").add_capacity("FARGATE_SPOT")
    (capacity,) = synthesize(stack)["resource"]["aws_ecs_cluster_capacity_providers"].values()
    assert capacity["capacity_providers"] == ["FARGATE", "FARGATE_SPOT"]


def test_refuses_bad_namespace() -> None:
    with pytest.raises(ConfigError, match="namespace='my shop' is not a namespace"):
        EcsCluster(test_stack(), "cluster", EcsClusterConfig(namespace="my shop"))


def test_container_insights() -> None:
    stack = test_stack()
    EcsCluster(stack, "cluster")
    assert cluster_of(stack)["setting"] == [{"name": "containerInsights", "value": "enhanced"}]


def test_exec_logged_and_customer_key() -> None:
    stack = test_stack()
    EcsCluster(stack, "cluster")
    session = cluster_of(stack)["configuration"]["execute_command_configuration"]
    assert (session["logging"], session["kms_key_id"]) == ("OVERRIDE", "${aws_kms_key.cluster_key.arn}")
    assert session["log_configuration"] == {
        "cloud_watch_encryption_enabled": True,
        "cloud_watch_log_group_name": "${aws_cloudwatch_log_group.cluster_exec_log_log_group.name}",
    }


def test_tasks_that_serve_sessions_write_to_their_record_only() -> None:
    stack = test_stack()
    role = SecureRole(stack, "task", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    EcsCluster(stack, "cluster").grant_sessions(role)
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    statements = json.loads(policy["policy"])["Statement"]
    everywhere = {action for one in statements if one["Resource"] == ["*"] for action in one["Action"]}
    assert everywhere == {
        "logs:DescribeLogGroups",
        *(f"ssmmessages:{verb}{kind}Channel" for verb in ("Create", "Open") for kind in ("Control", "Data")),
    }
    (write,) = (one for one in statements if "logs:PutLogEvents" in one["Action"])
    assert write["Resource"] == ["${aws_cloudwatch_log_group.cluster_exec_log_log_group.arn}:*"]


def test_refuses_short_retention() -> None:
    with pytest.raises(ControlError, match="exec_retention_in_days=30 breaks control"):
        EcsCluster(test_stack(), "cluster", EcsClusterConfig(exec_retention_in_days=30))


def test_refuses_bad_name() -> None:
    with pytest.raises(ConfigError, match="name='my shop' is not a cluster name: write up to 255 letters"):
        EcsCluster(test_stack(), "cluster", EcsClusterConfig(name="my shop"))


def test_refuses_a_path_that_is_no_name() -> None:
    stack = test_stack("x" * 250)
    key = SecureKey(stack, "sessions", KeyConfig(alias="sessions"))
    with pytest.raises(ConfigError, match=r"which comes from the path, is not a cluster name: .* Set EcsClusterConfig"):
        EcsCluster(stack, "cluster", key=key)


def test_addresses() -> None:
    stack = test_stack()
    EcsCluster(stack, "cluster")
    assert addresses(synthesize(stack)) == [
        "aws_cloudwatch_log_group.cluster_exec_log_log_group",
        "aws_ecs_cluster.cluster",
        "aws_ecs_cluster_capacity_providers.cluster_capacity",
        "aws_kms_alias.cluster_key_alias",
        "aws_kms_key.cluster_key",
    ]
