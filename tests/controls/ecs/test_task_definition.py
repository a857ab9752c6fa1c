"""Controls on ECS task definitions as a whole."""

from typing import Any

import pytest

from secureinfra.controls.ecs import task_definition as ecs_task_definition
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}, "y": {}}


def judged(control: Any, **arguments: Any) -> str:
    roles: dict[str, Any] = {"aws_iam_role": {"a": {}, "b": {}}}
    return status(control, variable=X, **roles, aws_ecs_task_definition={"t": arguments})


def test_no_host_pid() -> None:
    control = ecs_task_definition.NO_HOST_PID
    assert judged(control) == "passed"
    assert judged(control, pid_mode="task") == "passed"
    assert judged(control, pid_mode="host") == "failed"
    assert judged(control, pid_mode="${var.x}") == "unknown"


def test_awsvpc() -> None:
    control = ecs_task_definition.AWSVPC
    assert judged(control, network_mode="awsvpc") == "passed"
    assert judged(control, network_mode="host") == "failed"
    assert judged(control, network_mode="${var.x}") == "unknown"
    assert judged(control, network_mode="bridge", requires_compatibilities=["EXTERNAL"]) == "not applicable"
    assert judged(control, network_mode="bridge", requires_compatibilities=["EC2", "EXTERNAL"]) == "failed"
    assert "network_mode is not set (AWS defaults to bridge)" in failure(control, aws_ecs_task_definition={"t": {}})


def test_efs_tls() -> None:
    control = ecs_task_definition.EFS_TLS

    def volume(value: Any) -> dict[str, Any]:
        return {"name": "v", "efs_volume_configuration": {"file_system_id": "fs", "transit_encryption": value}}

    assert judged(control) == "passed"
    assert judged(control, volume={"name": "scratch"}) == "passed"
    assert judged(control, volume=[volume("ENABLED")]) == "passed"
    assert judged(control, volume=[volume("ENABLED"), volume("${var.x}")]) == "unknown"
    assert judged(control, volume=[volume("${var.x}"), volume(None)]) == "failed"
    assert judged(control, dynamic={"volume": {"for_each": "${var.x}", "content": {}}}) == "unknown"
    assert "volume[0].efs_volume_configuration[0].transit_encryption: transit_encryption = " in failure(
        control, aws_ecs_task_definition={"t": {"volume": volume("DISABLED")}}
    )


@pytest.mark.parametrize(
    ("own", "agents", "answer"),
    [
        ("${aws_iam_role.a.arn}", "${aws_iam_role.b.arn}", "passed"),
        ("${aws_iam_role.a.arn}", "${aws_iam_role.a.arn}", "failed"),
        ("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b", "passed"),
        ("arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a", "failed"),
        ("${var.x}", "${var.x}", "failed"),
        ("${var.x}", "${var.y}", "unknown"),
        ("${aws_iam_role.a.arn}", "${var.x}", "unknown"),
        (None, "${var.x}", "not applicable"),
        ("${var.x}", None, "not applicable"),
    ],
)
def test_distinct_roles(own: Any, agents: Any, answer: str) -> None:
    control = ecs_task_definition.DISTINCT_ROLES
    assert judged(control, task_role_arn=own, execution_role_arn=agents) == answer
