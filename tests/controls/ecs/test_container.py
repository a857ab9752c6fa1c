"""Controls on the containers of ECS task definitions, whose definitions come as JSON text or from `jsonencode`."""

import json
from typing import Any

import pytest

from secureinfra.controls.control import Control
from secureinfra.controls.ecs import container as ecs_container
from tests.controls.judge import failure, findings, status
from tests.controls.shared.test_credentials import ACCESS_KEY

X: dict[str, Any] = {"x": {}}


def task(*containers: Any, **arguments: Any) -> dict[str, Any]:
    named = [{"name": f"c{position}", **one} for position, one in enumerate(containers)]
    return {"t": {"container_definitions": json.dumps(named), **arguments}}


def judged(control: Control, *containers: Any, **arguments: Any) -> str:
    sections = {"variable": X, "random_password": {"p": {}}, "aws_s3_bucket": {"b": {}}}
    return status(control, **sections, aws_ecs_task_definition=task(*containers, **arguments))


SETTINGS = [
    (ecs_container.NOT_PRIVILEGED, {}, {"privileged": True}, {"privileged": "${var.x}"}),
    (ecs_container.NOT_PRIVILEGED, {"privileged": False}, {"Privileged": "true"}, {"privileged": "${var.x}"}),
    (
        ecs_container.READONLY_ROOT,
        {"readonlyRootFilesystem": True},
        {"readonlyRootFilesystem": False},
        {"readonlyRootFilesystem": "${var.x}"},
    ),
    (ecs_container.READONLY_ROOT, {"readonlyRootFilesystem": "true"}, {}, {"readonlyRootFilesystem": "${var.x}"}),
    (ecs_container.NONROOT_USER, {"user": "1000:1000"}, {"user": "0:0"}, {"user": "${var.x}"}),
    (ecs_container.NONROOT_USER, {"user": "1000:${var.x}"}, {}, {"user": "${var.x}:1000"}),
    (ecs_container.NONROOT_USER, {"user": "app"}, {"user": "root"}, {"user": "${var.x}"}),
    (
        ecs_container.LOGGED,
        {"logConfiguration": {"logDriver": "awslogs"}},
        {"logConfiguration": {"logDriver": "none"}},
        {"logConfiguration": {"logDriver": "${var.x}"}},
    ),
    (ecs_container.LOGGED, {"logConfiguration": {"logDriver": "awsfirelens"}}, {}, {"logConfiguration": "${var.x}"}),
    (
        ecs_container.NO_SECRETS,
        {"environment": [{"name": "BUCKET", "value": "${aws_s3_bucket.b.id}"}]},
        {"environment": [{"name": "DB_PASSWORD", "value": "hunter2"}]},
        {"environment": [{"name": "LEVEL", "value": "${var.x}"}]},
    ),
    (
        ecs_container.NO_SECRETS,
        {"secrets": [{"name": "DB_PASSWORD", "valueFrom": "${var.x}"}]},
        {"environment": [{"name": "URL", "value": "postgres://a:${random_password.p.result}@h/d"}]},
        {"environment": "${var.x}"},
    ),
    (
        ecs_container.NO_SECRETS,
        {"command": ["serve", "--port=80"]},
        {"command": ["serve", "--password=hunter2"]},
        {"command": ["serve", "${var.x}"]},
    ),
    (
        ecs_container.NO_SECRETS,
        {"logConfiguration": {"options": {"awslogs-group": "g"}}},
        {"logConfiguration": {"options": {"splunk-token": "0123-4567-89AB"}}},
        {"entryPoint": "${var.x}"},
    ),
]


@pytest.mark.parametrize(("control", "good", "bad", "unknown"), SETTINGS)
def test_not_privileged_readonly_root_nonroot_user_logged_no_secrets(
    control: Control, good: dict[str, Any], bad: dict[str, Any], unknown: dict[str, Any]
) -> None:
    assert judged(control, good) == "passed"
    assert judged(control, good, bad) == "failed"
    assert judged(control, good, unknown) == "unknown"
    assert judged(control, unknown, bad) == "failed"
    assert failure(control, aws_ecs_task_definition=task(bad)).startswith(
        "aws_ecs_task_definition.t container_definitions[0]."
    )


@pytest.mark.parametrize(
    "control",
    [
        ecs_container.NOT_PRIVILEGED,
        ecs_container.READONLY_ROOT,
        ecs_container.NONROOT_USER,
        ecs_container.LOGGED,
        ecs_container.NO_SECRETS,
    ],
)
@pytest.mark.parametrize(
    "written", ["${var.x}", "${jsonencode(var.x)}", "${jsonencode([var.x])}", "[${var.x}]", "no json", '{"a": 1}']
)
def test_definitions_that_are_not_known(control: Control, written: str) -> None:
    assert status(control, variable=X, aws_ecs_task_definition={"t": {"container_definitions": written}}) == "unknown"


def test_definitions_from_jsonencode() -> None:
    written = '${jsonencode([{name = "app", image = var.x, privileged = true}])}'
    said = failure(
        ecs_container.NOT_PRIVILEGED, variable=X, aws_ecs_task_definition={"t": {"container_definitions": written}}
    )
    assert said == (
        "aws_ecs_task_definition.t container_definitions[0].privileged: "
        "container app: privileged = true -> privileged = false"
    )


def test_definitions_of_a_template() -> None:
    written = '[{"name": "app", "cpu": ${var.x}, "user": "root"}]'
    sections = {"variable": X, "aws_ecs_task_definition": {"t": {"container_definitions": written}}}
    assert status(ecs_container.NONROOT_USER, **sections) == "failed"
    assert status(ecs_container.NOT_PRIVILEGED, **sections) == "passed"


def test_readonly_root_on_windows() -> None:
    windows = {"runtime_platform": {"operating_system_family": "WINDOWS_SERVER_2022_CORE"}}
    assert judged(ecs_container.READONLY_ROOT, {}, **windows) == "not applicable"
    unsure = {"runtime_platform": {"operating_system_family": "${var.x}"}}
    assert judged(ecs_container.READONLY_ROOT, {}, **unsure) == "unknown"


def test_no_secrets_shows_none() -> None:
    held = task(
        {"environment": [{"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "A", "value": f"x {ACCESS_KEY}"}]},
    )
    said = failure(ecs_container.NO_SECRETS, aws_ecs_task_definition=held)
    assert "container c0: DB_PASSWORD contains a literal value -> secrets with valueFrom" in said
    assert "environment.A: container c0: A contains an AWS access key" in said
    unsure = task({"user": "${var.x}", "environment": [{"name": "S", "value": "hunter2-${var.x}"}]})
    for control in (ecs_container.NO_SECRETS, ecs_container.NONROOT_USER):
        (finding,) = findings(control, variable=X, aws_ecs_task_definition=unsure)
        assert (finding.status, finding.found) == ("unknown", "${var.x}")
    for secret in ("hunter2", ACCESS_KEY):
        assert secret not in said


def test_windows_not_administrator() -> None:
    def windows(**definition: Any) -> dict[str, Any]:
        task: dict[str, Any] = {"container_definitions": json.dumps([{"name": "web", **definition}])}
        task["runtime_platform"] = {"operating_system_family": "WINDOWS_SERVER_2022_CORE"}
        return {"aws_ecs_task_definition": {"t": task}}

    control = ecs_container.WINDOWS_NOT_ADMINISTRATOR
    assert status(control, **windows(user="ContainerUser")) == "passed"
    assert "runs as ContainerAdministrator, the default" in failure(control, **windows())
    assert "runs as ContainerAdministrator" in failure(control, **windows(user="ContainerAdministrator"))
    assert status(control, variable={"x": {}}, **windows(user="${var.x}")) == "unknown"
    linux = {"t": {"container_definitions": json.dumps([{"name": "web"}])}}
    assert status(control, aws_ecs_task_definition=linux) == "not applicable"
