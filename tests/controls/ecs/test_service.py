"""Controls on ECS services."""

from typing import Any

import pytest

from secureinfra.controls.ecs import service as ecs_service
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
WINDOWS = {"t": {"runtime_platform": {"operating_system_family": "WINDOWS_SERVER_2022_CORE"}}}


@pytest.mark.parametrize("type", ["aws_ecs_service", "aws_ecs_task_set"])
def test_no_public_ip(type: str) -> None:
    def held(**network: Any) -> dict[str, Any]:
        return {type: {"s": {"network_configuration": {"subnets": ["a"], **network}}}}

    control = ecs_service.NO_PUBLIC_IP
    assert status(control, **held()) == "passed"
    assert status(control, **held(assign_public_ip=False)) == "passed"
    assert status(control, **{type: {"s": {}}}) == "passed"
    assert status(control, variable=X, **held(assign_public_ip="${var.x}")) == "unknown"
    assert "assign_public_ip = true" in failure(control, **held(assign_public_ip=True))


@pytest.mark.parametrize(
    ("arguments", "tasks", "answer"),
    [
        ({}, {}, "passed"),
        ({"platform_version": "LATEST"}, {}, "passed"),
        ({"platform_version": "1.4.0"}, {}, "passed"),
        ({"platform_version": "1.3.0"}, {}, "failed"),
        ({"platform_version": "${var.x}"}, {}, "unknown"),
        ({"platform_version": "1.3.0", "launch_type": "EC2"}, {}, "not applicable"),
        ({"platform_version": "1.0.0"}, WINDOWS, "passed"),
        ({"platform_version": "1.0.0"}, {"t": {}}, "failed"),
        ({"platform_version": "1.0.0"}, {}, "unknown"),
    ],
)
def test_platform_latest(arguments: dict[str, Any], tasks: dict[str, Any], answer: str) -> None:
    service = {"s": {"task_definition": "${aws_ecs_task_definition.t.arn}", **arguments}}
    sections = {"variable": X, "aws_ecs_task_definition": tasks, "aws_ecs_service": service}
    assert status(ecs_service.PLATFORM_LATEST, **sections) == answer
