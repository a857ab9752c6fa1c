"""Controls on ECS services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.ecs.containers import is_windows
from secureinfra.controls.shared.arguments import argument, is_false
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

NO_PUBLIC_IP = Control(
    id="ecs-service-no-public-ip",
    title="ECS tasks do not have a public IP address",
    why="anyone on the internet could try to connect to their ports",
    row="ecs-no-public-ip",
    fix="Set assign_public_ip = false in network_configuration, and put a load balancer in front of the tasks.",
)

NO_PUBLIC_IP.check("aws_ecs_service", "aws_ecs_task_set")(
    argument("network_configuration.assign_public_ip", is_false, "assign_public_ip = false")
)

PLATFORM_LATEST = Control(
    id="ecs-service-platform-latest",
    title="ECS services on Fargate use the latest platform version",
    why="vulnerabilities in the kernel and the container runtime of an old platform version would remain",
    row="ecs-platform-latest",
    fix="Remove platform_version, or set it to LATEST.",
)
# docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-fargate.html
_NEWEST = ("LATEST", "1.4.0")
_NEWEST_OF_WINDOWS = "1.0.0"


@PLATFORM_LATEST.check("aws_ecs_service", "aws_ecs_task_set")
def _platform_latest(service: Block, configuration: Configuration) -> Iterator[Failure]:
    value = service.get("platform_version", "LATEST")
    if value in _NEWEST:
        return
    if service.get("launch_type", "FARGATE") in ("EC2", "EXTERNAL"):
        raise NotApplicable("only Fargate has platform versions")
    if value == _NEWEST_OF_WINDOWS and _runs_windows(service, configuration):
        return
    yield Failure(written("platform_version", value), 'platform_version = "LATEST"', at="platform_version")


def _runs_windows(service: Block, configuration: Configuration) -> bool:
    named = service.get("task_definition")
    task = configuration.target(named)
    if task is None or task.type != "aws_ecs_task_definition" or task.section == "data":
        raise UnknownValueError(named if is_unknown(named) else Unknown(f"whether {named} runs on Windows"))
    return is_windows(task)
