"""Controls on CloudTrail."""

from secureinfra.controls.control import Control

MULTI_REGION = Control(
    id="cloudtrail-multi-region",
    title="The trail records every region and the global services",
    why="an attacker works in the region that nobody watches",
    row="trail-multi-region",
    waivable=False,
)

LOGGING = Control(
    id="cloudtrail-logging",
    title="The trail is switched on",
    why="nothing would be recorded",
    row="trail-logging-on",
    waivable=False,
)

VALIDATED = Control(
    id="cloudtrail-validated",
    title="Log files carry digests that show tampering",
    why="nobody could prove that the record is complete",
    row="trail-log-validation",
    waivable=False,
)

ENCRYPTED = Control(
    id="cloudtrail-encrypted",
    title="Log files are encrypted with a customer key",
    why="the record of everything would be readable with S3 access alone",
    row="trail-kms",
    waivable=False,
)

MANAGEMENT_EVENTS = Control(
    id="cloudtrail-management-events",
    title="All management events are recorded, reads and writes",
    why="reconnaissance would go unseen",
    row="trail-management-events",
    waivable=False,
)

TO_CLOUDWATCH = Control(
    id="cloudtrail-to-cloudwatch",
    title="Events are delivered to CloudWatch Logs",
    why="no alarm could fire",
    row="trail-cloudwatch-logs",
)

BUCKET_PRIVATE = Control(
    id="cloudtrail-bucket-private",
    title="The log bucket is not public",
    why="anybody could read what happens in the account",
    row="trail-bucket-private",
    waivable=False,
)

BUCKET_LOGGED = Control(
    id="cloudtrail-bucket-logged",
    title="Access to the log bucket is logged",
    why="nobody could tell who read or removed the record",
    row="trail-bucket-logging",
)
