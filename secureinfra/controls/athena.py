"""Controls on Athena workgroups and databases."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_set, is_true, only_if

WORKGROUP = "aws_athena_workgroup"
_RESULTS = "configuration.result_configuration.encryption_configuration.encryption_option"
_ENFORCED = "configuration.enforce_workgroup_configuration"
_METRICS = "configuration.publish_cloudwatch_metrics_enabled"
_EXPECTED = 'encryption_configuration { encryption_option = "SSE_KMS", ... }'

ENCRYPTED = Control(
    id="athena-results-encrypted",
    title="Athena query results are encrypted",
    why="results copy the data that they were made from",
    row="athena-workgroup-encrypted",
    fix='Write encryption_configuration with encryption_option = "SSE_KMS" and a key.',
)
_ENCRYPTED = argument(_RESULTS, is_set, _EXPECTED)
ENCRYPTED.check(WORKGROUP)(_ENCRYPTED)
ENCRYPTED.check("aws_athena_database")(argument("encryption_configuration.encryption_option", is_set, _EXPECTED))

ENFORCED = Control(
    id="athena-workgroup-enforced",
    title="Athena workgroups override the settings of their clients",
    why="a client could turn encryption off, or write results to another bucket",
    row="athena-workgroup-enforced",
    fix="Remove enforce_workgroup_configuration, or set it to true.",
)
_IS_ENFORCED = argument(_ENFORCED, is_true, "enforce_workgroup_configuration = true", absent=True)
ENFORCED.check(WORKGROUP)(_IS_ENFORCED)

METRICS = Control(
    id="athena-workgroup-metrics",
    title="Athena workgroups publish metrics",
    why="no alarm could show queries that fail or read unusually much",
    row="athena-workgroup-logging",
    fix="Remove publish_cloudwatch_metrics_enabled, or set it to true.",
)
_MEASURED = argument(_METRICS, is_true, "publish_cloudwatch_metrics_enabled = true", absent=True)
METRICS.check(WORKGROUP)(_MEASURED)

PRIMARY = Control(
    id="athena-workgroup-primary",
    title="The primary workgroup of Athena, where it is managed, encrypts, overrides clients and publishes metrics",
    why="every account has it, and queries without a workgroup of their own run in it",
    row="athena-primary-workgroup",
    fix="Import the workgroup primary, and write its configuration like that of the others.",
)
# An account has one, usually in another configuration: it is checked only if it is written.
PRIMARY.check(WORKGROUP)(
    only_if(
        lambda group: group.get("name") == "primary",
        "it is not the primary workgroup",
        all_hold(_ENCRYPTED, _IS_ENFORCED, _MEASURED),
    )
)
