"""Controls on ECS clusters."""

from typing import Any

import pytest

from secureinfra.controls.ecs import cluster as ecs_cluster
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        ({"name": "containerInsights", "value": "enabled"}, "passed"),
        ([{"name": "containerInsights", "value": "enhanced"}], "passed"),
        ({"name": "containerInsights", "value": "disabled"}, "failed"),
        ({"name": "containerInsights", "value": "${var.x}"}, "unknown"),
        ([], "failed"),
    ],
)
def test_container_insights(settings: Any, answer: str) -> None:
    held = {"c": {"setting": settings}}
    assert status(ecs_cluster.CONTAINER_INSIGHTS, variable=X, aws_ecs_cluster=held) == answer


def cluster(**arguments: Any) -> dict[str, Any]:
    return {"c": {"configuration": {"execute_command_configuration": arguments}}}


GROUP = {"cloud_watch_log_group_name": "g"}
BUCKET = {"s3_bucket_name": "b"}


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"logging": "OVERRIDE", "log_configuration": {**GROUP, "cloud_watch_encryption_enabled": True}}, "passed"),
        ({"logging": "OVERRIDE", "log_configuration": {**BUCKET, "s3_bucket_encryption_enabled": "true"}}, "passed"),
        ({"logging": "OVERRIDE", "log_configuration": GROUP}, "failed"),
        ({"logging": "OVERRIDE", "log_configuration": {**BUCKET, "cloud_watch_encryption_enabled": True}}, "failed"),
        ({"logging": "OVERRIDE"}, "failed"),
        ({"logging": "DEFAULT"}, "failed"),
        ({"logging": "NONE"}, "failed"),
        ({"logging": "${var.x}", "log_configuration": {**GROUP, "cloud_watch_encryption_enabled": True}}, "unknown"),
        ({"logging": "${var.x}", "log_configuration": GROUP}, "failed"),
        (
            {"logging": "OVERRIDE", "log_configuration": {**GROUP, "cloud_watch_encryption_enabled": "${var.x}"}},
            "unknown",
        ),
    ],
)
def test_exec_logged(arguments: dict[str, Any], answer: str) -> None:
    assert status(ecs_cluster.EXEC_LOGGED, variable=X, aws_ecs_cluster=cluster(**arguments)) == answer


def test_exec_logged_by_nothing() -> None:
    said = failure(ecs_cluster.EXEC_LOGGED, aws_ecs_cluster={"c": {}})
    assert (
        "execute_command_configuration.logging is not set (AWS defaults to 'DEFAULT') -> logging = \"OVERRIDE\"" in said
    )


def test_exec_customer_key() -> None:
    control = ecs_cluster.EXEC_CUSTOMER_KEY
    key: dict[str, Any] = {"aws_kms_key": {"k": {}}}
    assert status(control, **key, aws_ecs_cluster=cluster(kms_key_id="${aws_kms_key.k.arn}")) == "passed"
    assert status(control, variable=X, aws_ecs_cluster=cluster(kms_key_id="${var.x}")) == "unknown"
    assert "kms_key_id is not set" in failure(control, aws_ecs_cluster={"c": {}})
