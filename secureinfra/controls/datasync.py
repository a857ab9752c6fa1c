"""Controls on DataSync tasks."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_set, one_of

LOGGED = Control(
    id="datasync-task-logged",
    title="DataSync tasks log what they transfer",
    why="you could not find out which files were copied or left out",
    row="datasync-logging",
    fix='Set cloudwatch_log_group_arn, and log_level = "BASIC" or "TRANSFER" in options.',
)
# By default the provider sends OFF.
LOGGED.check("aws_datasync_task")(
    all_hold(
        argument("cloudwatch_log_group_arn", is_set, "cloudwatch_log_group_arn = the ARN of a log group"),
        argument("options.log_level", one_of("BASIC", "TRANSFER"), 'log_level = "BASIC" or "TRANSFER"', absent="OFF"),
    )
)
