"""Controls on event buses of EventBridge."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import named_by

POLICY = Control(
    id="cloudwatch-event-bus-policy",
    title="Event buses have a resource policy",
    why="what other accounts may send is written nowhere; without a policy, only the own account may",
    row="eventbridge-bus-policy",
    fix="Write an aws_cloudwatch_event_bus_policy with event_bus_name.",
)
POLICY.check("aws_cloudwatch_event_bus")(named_by("aws_cloudwatch_event_bus_policy", "event_bus_name"))
