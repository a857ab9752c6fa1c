"""Controls on CloudWatch log groups and alarms."""

from secureinfra.controls.control import Control

LOGS_ENCRYPTED = Control(
    id="log-group-encrypted",
    title="Log groups are encrypted with a customer key",
    why="logs hold what the systems hold, and only a customer key shows and stops who reads them",
    row="cw-loggroup-kms",
)

LOGS_RETAINED = Control(
    id="log-group-retained",
    title="Logs are kept for a year or longer",
    why="an intrusion is often found months later, when shorter logs are gone",
    row="cw-loggroup-retention",
)

ALARM_ACTS = Control(
    id="alarm-has-action",
    title="Every alarm tells somebody",
    why="nobody would learn that it fired",
    row="cw-alarm-has-action",
)
