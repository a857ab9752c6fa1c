"""Controls on Amazon Connect."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true

LOGGED = Control(
    id="connect-instance-logged",
    title="Amazon Connect instances log their contact flows",
    why="you could not find out what happened in a call",
    row="connect-logging",
    fix="Set contact_flow_logs_enabled = true.",
)
LOGGED.check("aws_connect_instance")(
    argument("contact_flow_logs_enabled", is_true, "contact_flow_logs_enabled = true", absent=False)
)
