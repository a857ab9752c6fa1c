"""Tasks that run on a schedule (EventBridge Scheduler)."""

from __future__ import annotations

import json
import re
from typing import Any

from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.ecs.service_config import MAIN
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.config.rules import is_token
from secureinfra.engine import HasArn, Resource, arn_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement
from secureinfra.policy.conditions import arn_like, passed_to_service

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_LONGEST_NAME = 64
# docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
_EXPRESSION = re.compile(r"rate\(\d+ (minute|hour|day)s?\)|cron\((\S+ ){5}\S+\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")


def run_on_schedule(
    service: ServiceParts,
    name: str,
    expression: str,
    command: tuple[str, ...],
    timezone: str,
    dead_letter_queue: HasArn | None,
) -> Resource:
    """Run one task of the newest revision on a schedule.

    Raises:
        ConfigError: the name or the expression is refused.
    """
    schedule = _checked(service, name, expression)
    role = _role(service, name)
    service.log.key.grant_decrypt(role)
    queue = arn_of(dead_letter_queue)
    if queue is not None:
        role.add_to_policy(Statement(actions=("sqs:SendMessage",), resources=(queue,)))
    return Resource(
        service,
        f"schedule-{name}",
        "aws_scheduler_schedule",
        name=schedule,
        description=f"{service.path}: {name}",
        schedule_expression=expression,
        schedule_expression_timezone=timezone,
        flexible_time_window={"mode": "OFF"},
        # Encrypts the command; the schedule's role decrypts it:
        # docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html#key-management
        kms_key_arn=service.log.key.arn,
        target={
            "arn": service.cluster.arn,
            "role_arn": role.arn,
            "input": _input(command),
            "ecs_parameters": {
                # Without a revision: the newest one, whoever registered it.
                "task_definition_arn": service.task_definition.ref("arn_without_revision"),
                "task_count": 1,
                **_capacity(service),
                "enable_ecs_managed_tags": True,
                "enable_execute_command": False,
                "propagate_tags": "TASK_DEFINITION",
                "network_configuration": service.service.attributes["network_configuration"],
            },
            "retry_policy": {"maximum_event_age_in_seconds": 3600, "maximum_retry_attempts": 3},
            "dead_letter_config": {"arn": queue} if queue else None,
        },
    )


def _capacity(service: ServiceParts) -> dict[str, Any]:
    if service.capacity is None:
        return {"launch_type": "FARGATE", "platform_version": "LATEST"}
    return {"capacity_provider_strategy": service.service.attributes["capacity_provider_strategy"]}


def _checked(service: ServiceParts, name: str, expression: str) -> str:
    """The name of the schedule, if name and expression are usable."""
    given = f"{service.path}: run_on_schedule({name!r}, {expression!r})"
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{given} has no usable name. Write up to 31 lower-case letters, digits and '-', a letter first."
        )
    if not is_token(expression) and not _EXPRESSION.fullmatch(expression):
        raise ConfigError(
            f"{given} is not a schedule. Write 'rate(1 hour)', 'cron(0 3 * * ? *)' or 'at(2030-01-31T03:00:00)'."
        )
    schedule = f"{service.path.replace('/', '-')}-{name}"
    if len(schedule) > _LONGEST_NAME:
        raise ConfigError(
            f"{given}: its name would be {schedule!r}, AWS takes {_LONGEST_NAME} characters. Use a shorter name."
        )
    return schedule


def _role(service: ServiceParts, name: str) -> SecureRole:
    trust = ServiceTrust(service="scheduler")
    about = f"{service.path}: runs tasks for schedule {name}"
    role = SecureRole(
        service, f"schedule-{name}-role", RoleConfig(trust=trust, description=about, tags=service.config.tags)
    )
    family = service.family_arn
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-scheduler.html
    role.add_to_policy(
        Statement(
            actions=("ecs:RunTask",),
            resources=(family, f"{family}:*"),
            conditions=(arn_like("ecs:cluster", service.cluster.arn),),
        )
    )
    role.add_to_policy(
        Statement(
            actions=("iam:PassRole",),
            resources=(service.execution_role.arn, service.role.arn),
            conditions=(passed_to_service("ecs-tasks.amazonaws.com"),),
        )
    )
    return role


def _input(command: tuple[str, ...]) -> str | None:
    if not command:
        return None
    overrides: dict[str, Any] = {"containerOverrides": [{"name": MAIN, "command": list(command)}]}
    return json.dumps(overrides, separators=(",", ":"))
