"""Controls on the containers of ECS task definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import is_false, is_true
from secureinfra.controls.reading.ecs_containers import Container, each_container, is_windows
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

NOT_PRIVILEGED = Control(
    id="ecs-task-definition-not-privileged",
    title="No container is privileged",
    why="a program that breaks out of its bounds would be root on the machine and on every container there",
    row="ecs-no-privileged",
    mend="Leave privileged out of container_definitions; add single capabilities where a program needs them.",
)


@NOT_PRIVILEGED.check("aws_ecs_task_definition")
def _not_privileged(task: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(container: Container) -> Iterator[Failure]:
        if not is_false(value := container.get("privileged")):
            yield _failure(container, "privileged", value, "privileged = false")

    return each_container(task, judge)


READONLY_ROOT = Control(
    id="ecs-task-definition-readonly-root",
    title="Containers cannot write to their image's files",
    why="an intruder could change the programs that the container runs",
    row="ecs-readonly-root",
    mend="Set readonlyRootFilesystem = true in every container, and mount volumes where it writes.",
)


@READONLY_ROOT.check("aws_ecs_task_definition")
def _readonly_root(task: Block, configuration: Configuration) -> Iterator[Failure]:
    if is_windows(task):
        raise NotApplicable("Windows containers have no read-only root")

    def judge(container: Container) -> Iterator[Failure]:
        if not is_true(value := container.get("readonlyRootFilesystem")):
            yield _failure(container, "readonlyRootFilesystem", value, "readonlyRootFilesystem = true")

    yield from each_container(task, judge)


NONROOT_USER = Control(
    id="ecs-task-definition-nonroot-user",
    title="Containers run as a user without privileges",
    why="an intruder would be root, the first step out of the container",
    row="ecs-nonroot-user",
    mend='Set user in every container, such as "1000:1000".',
)
_ADMINISTRATORS = ("root", "0", "", "containeradministrator")


@NONROOT_USER.check("aws_ecs_task_definition")
def _nonroot_user(task: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(container: Container) -> Iterator[Failure]:
        value = container.get("user")
        # Of `1000:${...}` the user is known, and the group is not asked.
        user = (value.text if is_unknown(value) else str(value or "")).partition(":")[0]
        if is_unknown(value) and "${" in user:
            raise UnknownValueError(value)
        if user.strip().lower() in _ADMINISTRATORS:
            yield _failure(container, "user", value, 'user = "1000:1000", say')

    return each_container(task, judge)


NO_SECRETS = Control(
    id="ecs-task-definition-no-secrets",
    title="Containers are given no credentials in plain text",
    why="everybody who may read the task definition, or the state of Terraform, has them",
    row="ecs-no-env-secrets",
    mend="Name the secret in secrets with valueFrom = the ARN of an aws_secretsmanager_secret or of a parameter.",
)


@NO_SECRETS.check("aws_ecs_task_definition")
def _no_secrets(task: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.controls.reading.disclosure import disclosed_by_text, disclosed_by_variable  # noqa: PLC0415 - the emitting wing needs none of it

    def judge(container: Container) -> Iterator[Failure]:
        def disclosed(item: tuple[str, str, Any]) -> Iterator[Failure]:
            at, name, value = item
            kinds = (
                [disclosed_by_variable(name, value, configuration)] if name else disclosed_by_text(value, configuration)
            )
            for kind in filter(None, kinds):
                yield Failure(
                    f"{container.name}: {name or at} holds {kind}", "secrets with valueFrom", at=f"{container.at}.{at}"
                )

        if is_unknown(container.written):
            raise UnknownValueError(container.written)
        return each(_texts(container), disclosed)

    return each_container(task, judge)


def _texts(container: Container) -> Iterator[tuple[str, str, Any]]:
    """What a container is given: where, the name of the variable if it has one, and its value."""
    environment = container.get("environment")
    for entry in environment if isinstance(environment, list) else filter(is_unknown, [environment]):
        if isinstance(entry, Mapping):
            variable = Container(entry, "")
            name = variable.get("name")
            yield f"environment.{name}", name if isinstance(name, str) else "", variable.get("value")
        else:
            yield "environment", "", entry
    for setting in ("command", "entryPoint"):
        parts = container.get(setting)
        for part in parts if isinstance(parts, list) else filter(is_unknown, [parts]):
            yield setting, "", part
    options = container.get("logConfiguration.options")
    if isinstance(options, Mapping):
        yield from ((f"logConfiguration.options.{name}", name, value) for name, value in options.items())


LOGGED = Control(
    id="ecs-task-definition-logged",
    title="What containers print is kept",
    why="nobody could tell what happened in a container that is gone",
    row="ecs-log-config",
    mend='Write logConfiguration in every container, such as { logDriver = "awslogs", options = { ... } }.',
)


@LOGGED.check("aws_ecs_task_definition")
def _logged(task: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(container: Container) -> Iterator[Failure]:
        value = container.get("logConfiguration.logDriver")
        if value is None or value in ("none", ""):
            yield _failure(container, "logConfiguration.logDriver", value, 'logDriver = "awslogs", say')

    return each_container(task, judge)


def _failure(container: Container, setting: str, value: Any, expected: str) -> Failure:
    return Failure(f"{container.name}: {written(setting, value)}", expected, at=f"{container.at}.{setting}")
