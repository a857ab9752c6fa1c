"""Controls on ECS task definitions as a whole: processes, network, volumes and roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

NO_HOST_PID = Control(
    id="ecs-task-definition-no-host-pid",
    title="Containers do not see the processes of the machine",
    why="a container could read and stop the programs of every other on the machine",
    row="ecs-no-host-pid",
    mend='Leave pid_mode out, or set it to "task".',
)


@NO_HOST_PID.check("aws_ecs_task_definition")
def _no_host_pid(task: Block, configuration: Configuration) -> Iterator[Failure]:
    value = task.get("pid_mode")
    if value is not None and value == "host":
        yield Failure(written("pid_mode", value), "pid_mode is not set", at="pid_mode")


AWSVPC = Control(
    id="ecs-task-definition-awsvpc",
    title="Every task has an address and security groups of its own",
    why="tasks on one machine would share its ports and its rights in the network",
    row="ecs-awsvpc",
    mend='Set network_mode = "awsvpc".',
)


@AWSVPC.check("aws_ecs_task_definition")
def _awsvpc(task: Block, configuration: Configuration) -> Iterator[Failure]:
    value = task.get("network_mode")
    if value is not None and value == "awsvpc":
        return
    needs = task.get("requires_compatibilities")
    if isinstance(needs, list) and needs == ["EXTERNAL"]:
        # docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
        raise NotApplicable("machines outside AWS have no such network")
    taken = " (AWS takes bridge)" if value is None else ""
    yield Failure(written("network_mode", value) + taken, 'network_mode = "awsvpc"', at="network_mode")


EFS_TLS = Control(
    id="ecs-task-definition-efs-tls",
    title="Traffic to file systems is encrypted",
    why="who listens in the network could read and change files on their way",
    row="ecs-efs-tls",
    mend='Set transit_encryption = "ENABLED" in efs_volume_configuration.',
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
    title="The program and the agent that starts it have different roles",
    why="the program could read every secret and pull every image that the agent may",
    row="ecs-distinct-roles",
    mend="Make a role each for task_role_arn and execution_role_arn.",
    python="SecureRole makes each.",
)


@DISTINCT_ROLES.check("aws_ecs_task_definition")
def _distinct_roles(task: Block, configuration: Configuration) -> Iterator[Failure]:
    own, agents = task.get("task_role_arn"), task.get("execution_role_arn")
    if own is None or agents is None:
        raise NotApplicable("it has one role at most")
    one, other = configuration.target(own), configuration.target(agents)
    same = text_of(own) == text_of(agents) if one is None or other is None else one.address == other.address
    if same or ((one is None or other is None) and own == agents):
        yield Failure(f"task_role_arn and execution_role_arn are both {text_of(own)}", "two roles", at="task_role_arn")
