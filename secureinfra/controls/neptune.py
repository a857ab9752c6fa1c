"""Controls on Neptune clusters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, at_least, includes, is_false, is_true
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.zones import zones_differ
from secureinfra.controls.verdict import Failure
from secureinfra.terraform.unknown import Unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

CLUSTER, INSTANCE = "aws_neptune_cluster", "aws_neptune_cluster_instance"

ENCRYPTED = Control(
    id="neptune-cluster-encrypted",
    title="Neptune clusters are encrypted",
    why="a copy of the storage or a snapshot would expose the whole graph",
    row="neptune-encrypted",
    fix="Set storage_encrypted = true; restore an existing cluster from its snapshot.",
)
ENCRYPTED.check(CLUSTER)(argument("storage_encrypted", is_true, "storage_encrypted = true", absent=False))

CUSTOMER_KEY = Control(
    id="neptune-cluster-customer-key",
    title="Neptune clusters are encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts the graph",
    # No framework requires a customer managed key here: the row is about encryption.
    fix="Set kms_key_arn to the ARN of a customer managed key.",
)
CUSTOMER_KEY.check(CLUSTER)(customer_key("kms_key_arn"))

AUDITED = Control(
    id="neptune-cluster-audited",
    title="Neptune clusters publish their audit log",
    why="you could not find out who read or changed what",
    row="neptune-audit-logs",
    fix='Add "audit" to enable_cloudwatch_logs_exports, and set the parameter neptune_enable_audit_log = 1.',
)
AUDITED.check(CLUSTER)(
    argument("enable_cloudwatch_logs_exports", includes("audit"), 'enable_cloudwatch_logs_exports = ["audit"]')
)

DELETION_PROTECTED = Control(
    id="neptune-cluster-deletion-protected",
    title="Neptune clusters have deletion protection",
    why="one wrong command or plan could delete the graph",
    row="neptune-deletion-protection",
    fix="Set deletion_protection = true.",
)
DELETION_PROTECTED.check(CLUSTER)(argument("deletion_protection", is_true, "deletion_protection = true", absent=False))

BACKED_UP = Control(
    id="neptune-cluster-backed-up",
    title="Neptune clusters keep backups for a week",
    why="an error that is noticed after a weekend could not be undone",
    row="neptune-backup",
    fix="Set backup_retention_period = 7 or more days.",
)
BACKED_UP.check(CLUSTER)(
    argument("backup_retention_period", at_least(7), "backup_retention_period = 7 or more", absent=1)
)

IAM_AUTHENTICATED = Control(
    id="neptune-cluster-iam-authentication",
    title="Neptune clusters authenticate their clients with IAM",
    why="any host that reaches the port could read and change the graph",
    row="neptune-iam-auth",
    fix="Set iam_database_authentication_enabled = true.",
)
IAM_AUTHENTICATED.check(CLUSTER)(
    argument("iam_database_authentication_enabled", is_true, "iam_database_authentication_enabled = true", absent=False)
)

TAGS_COPIED = Control(
    id="neptune-cluster-copy-tags",
    title="Neptune clusters copy tags to snapshots",
    why="rules on tags, such as who may delete, would not cover the copies",
    row="neptune-copy-tags",
    fix="Set copy_tags_to_snapshot = true.",
)
TAGS_COPIED.check(CLUSTER)(argument("copy_tags_to_snapshot", is_true, "copy_tags_to_snapshot = true", absent=False))

MULTI_AZ = Control(
    id="neptune-cluster-multi-az",
    title="Neptune clusters have instances in two Availability Zones",
    why="an outage of one zone would make the graph unavailable",
    row="neptune-multi-az",
    fix="Write two or more aws_neptune_cluster_instance with different availability_zone.",
)


@MULTI_AZ.check(CLUSTER)
def _multi_az(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    instances = configuration.attached(cluster, INSTANCE, "cluster_identifier")
    zones = [
        Unknown(f"the zone of {one.address}") if (zone := one.get("availability_zone")) is None else zone
        for one in instances
    ]
    if not zones_differ(zones, 2):
        yield Failure(f"{len(instances)} {INSTANCE} in less than two zones", "two or more, in different zones")


NOT_PUBLIC = Control(
    id="neptune-instance-not-public",
    title="Neptune instances are not publicly accessible",
    why="anyone on the internet could try to reach the graph",
    row="neptune-not-public",
    fix="Remove publicly_accessible, or set it to false.",
)
NOT_PUBLIC.check(INSTANCE)(argument("publicly_accessible", is_false, "publicly_accessible = false"))
