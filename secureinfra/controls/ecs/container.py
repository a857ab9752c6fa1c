"""Controls on the containers of ECS task definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.ecs.containers import Container, each_container, is_windows
from secureinfra.controls.shared.arguments import is_false, is_true
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

NOT_PRIVILEGED = Control(
    id="ecs-task-definition-not-privileged",
    title="ECS containers are not privileged",
    why="a process that escapes the container would be root on the host and in every other container",
    row="ecs-no-privileged",
    fix="Remove privileged from container_definitions; add single capabilities if an application needs them.",
)


@NOT_PRIVILEGED.check("aws_ecs_task_definition")
def _not_privileged(task: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(container: Container) -> Iterator[Failure]:
        if not is_false(value := container.get("privileged")):
            yield _failure(container, "privileged", value, "privileged = false")

    return each_container(task, judge)


READONLY_ROOT = Control(
    id="ecs-task-definition-readonly-root",
    title="ECS containers have a read-only root file system",
    why="an intruder could modify the programs in the container",
    row="ecs-readonly-root",
    fix="Set readonlyRootFilesystem = true in every container, and mount volumes for the paths it writes to.",
)


@READONLY_ROOT.check("aws_ecs_task_definition")
def _readonly_root(task: Block, configuration: Configuration) -> Iterator[Failure]:
    if is_windows(task):
        raise NotApplicable("Windows containers do not support a read-only root file system")

    def judge(container: Container) -> Iterator[Failure]:
        if not is_true(value := container.get("readonlyRootFilesystem")):
            yield _failure(container, "readonlyRootFilesystem", value, "readonlyRootFilesystem = true")

    yield from each_container(task, judge)


NONROOT_USER = Control(
    id="ecs-task-definition-nonroot-user",
    title="ECS containers run as a non-root user",
    why="an intruder would be root, which is the first step out of the container",
    row="ecs-nonroot-user",
    fix='Set user in every container, e.g. "1000:1000".',
)
_ADMINISTRATORS = ("root", "0", "", "containeradministrator")


@NONROOT_USER.check("aws_ecs_task_definition")
def _nonroot_user(task: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(container: Container) -> Iterator[Failure]:
        value = container.get("user")
        # Of `1000:${...}` the user is known, and the group does not matter.
        user = (value.text if is_unknown(value) else str(value or "")).partition(":")[0]
        if is_unknown(value) and "${" in user:
            raise UnknownValueError(value)
        if user.strip().lower() in _ADMINISTRATORS:
            yield _failure(container, "user", value, 'user = "1000:1000" or another non-root user')

    return each_container(task, judge)


NO_SECRETS = Control(
    id="ecs-task-definition-no-secrets",
    title="ECS containers do not get credentials in plaintext",
    why="every principal that may read the task definition or the Terraform state can read them",
    row="ecs-no-env-secrets",
    fix="Use secrets with valueFrom = the ARN of an aws_secretsmanager_secret or of a parameter.",
)


@NO_SECRETS.check("aws_ecs_task_definition")
def _no_secrets(task: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.controls.shared.disclosure import disclosed_by_text, disclosed_by_variable  # noqa: PLC0415 - the emitting wing needs none of it

    def judge(container: Container) -> Iterator[Failure]:
        def disclosed(item: tuple[str, str, Any]) -> Iterator[Failure]:
            at, name, value = item
            kinds = (
                [disclosed_by_variable(name, value, configuration)] if name else disclosed_by_text(value, configuration)
            )
            for kind in filter(None, kinds):
                yield Failure(
                    f"{container.name}: {name or at} contains {kind}",
                    "secrets with valueFrom",
                    at=f"{container.at}.{at}",
                )

        if is_unknown(container.written):
            raise UnknownValueError(container.written)
        return each(_texts(container), disclosed)

    return each_container(task, judge)


def _texts(container: Container) -> Iterator[tuple[str, str, Any]]:
    """The inputs of a container: where, the name of the variable if it has one, and its value."""
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
    title="ECS containers send their output to a log",
    why="you could not find out what happened in a stopped container",
    row="ecs-log-config",
    fix='Write logConfiguration in every container, e.g. { logDriver = "awslogs", options = { ... } }.',
)


@LOGGED.check("aws_ecs_task_definition")
def _logged(task: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(container: Container) -> Iterator[Failure]:
        value = container.get("logConfiguration.logDriver")
        if value is None or value in ("none", ""):
            yield _failure(
                container, "logConfiguration.logDriver", value, 'logDriver = "awslogs" or another log driver'
            )

    return each_container(task, judge)


def _failure(container: Container, setting: str, value: Any, expected: str) -> Failure:
    return Failure(f"{container.name}: {written(setting, value)}", expected, at=f"{container.at}.{setting}")


WINDOWS_NOT_ADMINISTRATOR = Control(
    id="ecs-container-windows-not-administrator",
    title="ECS containers on Windows do not run as an administrator",
    why="a flaw in the application would give control over everything in the container",
    row="ecs-windows-nonadmin",
    fix="Set user to an account that is not an administrator, e.g. ContainerUser, in every container definition.",
)
_OF_WINDOWS = ("containeradministrator", "administrator", "nt authority\\system")


@WINDOWS_NOT_ADMINISTRATOR.check("aws_ecs_task_definition")
def _windows_not_administrator(task: Block, configuration: Configuration) -> Iterator[Failure]:
    if not is_windows(task):
        raise NotApplicable("its containers run on Linux")

    def check(container: Container) -> Iterator[Failure]:
        user = container.get("user")
        if user is None or str(user).strip().lower() in ("", *_OF_WINDOWS):
            found = f"{container.name} runs as {user or 'ContainerAdministrator, the default'}"
            yield Failure(found, "a user that is not an administrator", at=f"{container.at}.user")

    yield from each_container(task, check)
