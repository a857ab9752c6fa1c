"""Controls on DocumentDB clusters and their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, at_least, includes, is_true, some_block, text_in
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.parameter_groups import own_group

if TYPE_CHECKING:
    from secureinfra.controls.verdict import Check
    from secureinfra.terraform.model.block import Node

CLUSTER, PARAMETERS = "aws_docdb_cluster", "aws_docdb_cluster_parameter_group"
_GROUP = "db_cluster_parameter_group_name"
_TLS = ("tls1.2+", "tls1.3+", "fips-140-3")

ENCRYPTED = Control(
    id="docdb-cluster-encrypted",
    title="DocumentDB clusters are encrypted",
    why="a copy of the storage or a snapshot would expose every document",
    row="docdb-encrypted",
    fix="Set storage_encrypted = true; restore an existing cluster from its snapshot.",
)
ENCRYPTED.check(CLUSTER)(argument("storage_encrypted", is_true, "storage_encrypted = true", absent=False))

CUSTOMER_KEY = Control(
    id="docdb-cluster-customer-key",
    title="DocumentDB clusters are encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts the documents",
    # No framework requires a customer managed key here: the row is about encryption.
    fix="Set kms_key_id to the ARN of a customer managed key.",
)
CUSTOMER_KEY.check(CLUSTER)(customer_key("kms_key_id"))

BACKED_UP = Control(
    id="docdb-cluster-backed-up",
    title="DocumentDB clusters keep backups for a week",
    why="an error that is noticed after a weekend could not be undone",
    row="docdb-backup",
    fix="Set backup_retention_period = 7 or more days.",
)
BACKED_UP.check(CLUSTER)(
    argument("backup_retention_period", at_least(7), "backup_retention_period = 7 or more", absent=1)
)

AUDITED = Control(
    id="docdb-cluster-audited",
    title="DocumentDB clusters write an audit log and publish it",
    why="you could not find out who read or changed which documents",
    row="docdb-audit-logs",
    fix='Add "audit" to enabled_cloudwatch_logs_exports, and write parameter { name = "audit_logs", value = "enabled" } in the '
    "parameter group of the cluster.",
)
AUDITED.check(CLUSTER)(
    all_hold(
        argument(
            "enabled_cloudwatch_logs_exports", includes("audit"), 'enabled_cloudwatch_logs_exports = ["audit", ...]'
        ),
        own_group(_GROUP, PARAMETERS, 'audit_logs = "enabled"'),
    )
)


def _parameter(name: str, wrong: tuple[str, ...], right: tuple[str, ...], expected: str) -> Check:
    def is_set(node: Node) -> bool:
        if not (node.get("name") == name and node.is_there):
            return False
        value = text_in(node.get("value"))
        return value in right if right else value not in wrong

    return some_block("parameter", is_set, f"no parameter {name} that is right", expected)


# docs.aws.amazon.com/documentdb/latest/developerguide/event-auditing.html: off by default, and exporting alone writes nothing.
AUDITED.check(PARAMETERS)(
    _parameter("audit_logs", ("disabled", "none", ""), (), 'parameter { name = "audit_logs", value = "enabled" }')
)

DELETION_PROTECTED = Control(
    id="docdb-cluster-deletion-protected",
    title="DocumentDB clusters have deletion protection",
    why="one wrong command or plan could delete the data",
    row="docdb-deletion-protection",
    fix="Set deletion_protection = true.",
)
DELETION_PROTECTED.check(CLUSTER)(argument("deletion_protection", is_true, "deletion_protection = true", absent=False))

TLS = Control(
    id="docdb-cluster-tls",
    title="DocumentDB clusters require TLS 1.2 or newer",
    why="older TLS versions have known attacks, and passwords could be read in transit",
    row="docdb-tls",
    fix='Write parameter { name = "tls", value = "tls1.2+" } in an aws_docdb_cluster_parameter_group.',
)
TLS.check(PARAMETERS)(_parameter("tls", (), _TLS, f'parameter {{ name = "tls", value = "{_TLS[0]}" }}'))
TLS.check(CLUSTER)(own_group(_GROUP, PARAMETERS, f'tls = "{_TLS[0]}"'))
