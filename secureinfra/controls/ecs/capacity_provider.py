"""Controls on ECS capacity providers."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, one_of, only_if

PROVIDER = "aws_ecs_capacity_provider"
_GROUP = "auto_scaling_group_provider"
_PATH = f"{_GROUP}.managed_termination_protection"

TERMINATION_PROTECTED = Control(
    id="ecs-capacity-provider-termination-protected",
    title="ECS capacity providers do not terminate instances that run tasks",
    why="a scale-in would stop tasks in the middle of their work",
    row="ecs-capacity-provider-termination",
    fix='Set managed_termination_protection = "ENABLED", managed_scaling, and protect_from_scale_in = true on the group.',
)
TERMINATION_PROTECTED.check(PROVIDER)(
    only_if(
        lambda provider: bool(provider.blocks(_GROUP)),
        "it has no Auto Scaling group",
        argument(_PATH, one_of("ENABLED"), 'managed_termination_protection = "ENABLED"', absent="DISABLED"),
    )
)
