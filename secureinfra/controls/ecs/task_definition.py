"""Controls on ECS task definitions as a whole: processes, network, volumes and roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

NO_HOST_PID = Control(
    id="ecs-task-definition-no-host-pid",
    title="ECS containers do not share the host's process namespace",
    why="a container could read and stop the processes of every other container on the host",
    row="ecs-no-host-pid",
    fix='Remove pid_mode, or set it to "task".',
)


@NO_HOST_PID.check("aws_ecs_task_definition")
def _no_host_pid(task: Block, configuration: Configuration) -> Iterator[Failure]:
    value = task.get("pid_mode")
    if value is not None and value == "host":
        yield Failure(written("pid_mode", value), "pid_mode is not set", at="pid_mode")


AWSVPC = Control(
    id="ecs-task-definition-awsvpc",
    title="ECS tasks have their own network interface and security groups",
    why="tasks on one host would share its ports and network permissions",
    row="ecs-awsvpc",
    fix='Set network_mode = "awsvpc".',
)


@AWSVPC.check("aws_ecs_task_definition")
def _awsvpc(task: Block, configuration: Configuration) -> Iterator[Failure]:
    value = task.get("network_mode")
    if value is not None and value == "awsvpc":
        return
    needs = task.get("requires_compatibilities")
    if isinstance(needs, list) and needs == ["EXTERNAL"]:
        # docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
        raise NotApplicable("external instances (ECS Anywhere) do not support awsvpc")
    taken = " (AWS defaults to bridge)" if value is None else ""
    yield Failure(written("network_mode", value) + taken, 'network_mode = "awsvpc"', at="network_mode")


EFS_TLS = Control(
    id="ecs-task-definition-efs-tls",
    title="EFS volumes of ECS tasks use encryption in transit",
    why="files could be read and changed on the network",
    row="ecs-efs-tls",
    fix='Set transit_encryption = "ENABLED" in efs_volume_configuration.',
)


@EFS_TLS.check("aws_ecs_task_definition")
def _efs_tls(task: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(volume: Node) -> Iterator[Failure]:
        value = volume.get("transit_encryption", "DISABLED")
        if value != "ENABLED":
            at = f"{volume.path}.transit_encryption"
            found = written("transit_encryption", volume.get("transit_encryption"))
            yield Failure(found, 'transit_encryption = "ENABLED"', at=at)

    return each((efs for volume in task.blocks("volume") for efs in volume.blocks("efs_volume_configuration")), judge)


DISTINCT_ROLES = Control(
    id="ecs-task-definition-distinct-roles",
    title="ECS task role and execution role are different",
    why="the application could read every secret and pull every image that the agent may",
    row="ecs-distinct-roles",
    fix="Use separate roles for task_role_arn and execution_role_arn.",
    setting="SecureRole creates each role.",
)


@DISTINCT_ROLES.check("aws_ecs_task_definition")
def _distinct_roles(task: Block, configuration: Configuration) -> Iterator[Failure]:
    own, agents = task.get("task_role_arn"), task.get("execution_role_arn")
    if own is None or agents is None:
        raise NotApplicable("it has at most one role")
    one, other = configuration.target(own), configuration.target(agents)
    same = text_of(own) == text_of(agents) if one is None or other is None else one.address == other.address
    if same or ((one is None or other is None) and own == agents):
        yield Failure(f"task_role_arn and execution_role_arn are both {text_of(own)}", "two roles", at="task_role_arn")
