"""Container definitions as ECS returns them, so that a second plan finds nothing to change."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from secureinfra.aws.ecs.container import ContainerConfig
from secureinfra.aws.ecs.service_config import MAIN, SidecarConfig
from secureinfra.engine.naming import words
from secureinfra.facts.tokens import as_text

_NUMBERS = ("containerPort", "hostPort", "stopTimeout")
_QUOTED_NUMBER = re.compile(rf'"({"|".join(_NUMBERS)})":"([^"]*)"')
# Without it a process waits for the log when CloudWatch does not take it:
# docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
LOG_BUFFER = {"mode": "non-blocking", "max-buffer-size": "25m"}


@dataclass(frozen=True)
class Surroundings:
    """What containers share.

    Args:
        log_group: name of the log group.
        region: where it is.
        secrets: further secrets of the service's own container, by the variable's name.
        init: whether each container has an init process, which sessions need.
        protocol: what the service's own container speaks, if others find its port by Service Connect.
        gpus: how many GPUs the service's own container has for itself.
    """

    log_group: str
    region: str
    secrets: Mapping[str, str]
    init: bool
    protocol: str | None = None
    gpus: int | str | None = None


def container_definitions(containers: Mapping[str, ContainerConfig], around: Surroundings) -> str:
    """The containers of a task as JSON, in the form that ECS gives back.

    The provider compares the text with what ECS returns, and replaces the task definition where an empty list or a default
    is missing (github.com/hashicorp/terraform-provider-aws/issues/11526 and 38153).

    Args:
        containers: by name, the service's own one first.
        around: what they share.
    """
    held = [_definition(name, container, containers, around) for name, container in containers.items()]
    text = json.dumps(held, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return _QUOTED_NUMBER.sub(r'"\1":\2', text)


def volumes(containers: Mapping[str, ContainerConfig]) -> list[str]:
    """The names of the volumes that the scratch directories of all containers need."""
    return [_volume(name, path) for name, container in containers.items() for path in container.scratch]


def _definition(
    name: str, container: ContainerConfig, containers: Mapping[str, ContainerConfig], around: Surroundings
) -> dict[str, Any]:
    secrets = {**container.secrets, **(around.secrets if name == MAIN else {})}
    definition: dict[str, Any] = {
        "name": name,
        "image": container.image,
        "cpu": 0,
        "essential": not isinstance(container, SidecarConfig) or container.essential,
        "environment": _pairs("value", container.environment),
        "mountPoints": [
            {"sourceVolume": _volume(name, path), "containerPath": path, "readOnly": False}
            for path in container.scratch
        ],
        "portMappings": _ports(container, around.protocol if name == MAIN else None),
        "volumesFrom": [],
        "systemControls": [],
        "readonlyRootFilesystem": container.read_only_root,
        "user": container.user,
        "stopTimeout": as_text(container.stop_timeout_seconds),
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": around.log_group,
                "awslogs-region": around.region,
                "awslogs-stream-prefix": name,
                **LOG_BUFFER,
            },
        },
    }
    optional = {
        "command": list(container.command),
        "entryPoint": list(container.entry_point),
        "secrets": _pairs("valueFrom", secrets),
        "healthCheck": _health(container),
        "dependsOn": _before(containers) if name == MAIN else [],
        "linuxParameters": {"initProcessEnabled": True} if around.init else {},
        "resourceRequirements": [{"type": "GPU", "value": as_text(around.gpus)}]
        if name == MAIN and around.gpus is not None
        else [],
    }
    return {**definition, **{key: value for key, value in optional.items() if value}}


def _pairs(kind: str, values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, kind: value} for name, value in sorted(values.items())]


def _ports(container: ContainerConfig, protocol: str | None) -> list[dict[str, str]]:
    if container.port is None:
        return []
    port = as_text(container.port)
    mapping = {"containerPort": port, "hostPort": port, "protocol": "tcp"}
    if protocol is not None:
        mapping["name"] = MAIN
        # ECS gives back no protocol for `tcp`, its default.
        mapping |= {"appProtocol": protocol} if protocol != "tcp" else {}
    return [mapping]


def _health(container: ContainerConfig) -> dict[str, Any]:
    if not container.health_command:
        return {}
    return {"command": ["CMD", *container.health_command], "interval": 30, "timeout": 5, "retries": 3}


def _before(containers: Mapping[str, ContainerConfig]) -> list[dict[str, str]]:
    first: Iterable[tuple[str, ContainerConfig]] = containers.items()
    return [
        {"containerName": name, "condition": "HEALTHY" if one.essential else "SUCCESS"}
        for name, one in first
        if isinstance(one, SidecarConfig) and one.starts_first
    ]


def _volume(container: str, path: str) -> str:
    return f"{container}-{words(path)}"
