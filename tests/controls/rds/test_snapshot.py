"""Controls on snapshots of RDS databases."""

from typing import Any

import pytest

from secureinfra.controls.rds import snapshot
from tests.controls.spec import Spec

OWN = "111122223333"
NAMES = {
    "aws_db_snapshot": {"db_snapshot_identifier": "s"},
    "aws_db_cluster_snapshot": {"db_cluster_snapshot_identifier": "s"},
    "aws_db_snapshot_copy": {"target_db_snapshot_identifier": "t"},
    "aws_rds_cluster_snapshot_copy": {"target_db_cluster_snapshot_identifier": "t"},
}
DATABASES: dict[str, Any] = {
    "aws_db_instance": {"d": {"storage_encrypted": True}},
    "aws_rds_cluster": {"d": {"storage_encrypted": True}},
    "aws_db_snapshot": {"s": {"db_instance_identifier": "${aws_db_instance.d.identifier}"}},
}
ORIGINALS = (
    ("aws_db_snapshot", "db_instance_identifier", "aws_db_instance"),
    ("aws_db_cluster_snapshot", "db_cluster_identifier", "aws_rds_cluster"),
)
COPY = "aws_db_snapshot_copy"
SOURCE = {"source_db_snapshot_identifier": "${aws_db_snapshot.s.db_snapshot_arn}"}
SPECS = [
    *(
        Spec(
            snapshot.NOT_PUBLIC,
            type,
            {**arguments, snapshot.SOURCES[type]: "x", "shared_accounts": [OWN]},
            also=[{"shared_accounts": None}],
            fails=[
                ({"shared_accounts": ["all"]}, "shared_accounts"),
                ({"shared_accounts": [OWN, "all"]}, "shared_acc"),
            ],
            unknown=["shared_accounts"],
        )
        for type, arguments in NAMES.items()
    ),
    *(
        Spec(
            snapshot.ENCRYPTED,
            type,
            {**NAMES[type], path: f"${{{database}.d.id}}"},
            beside=DATABASES,
            fails=[
                ({f"{database}.d.storage_encrypted": None}, "is not encrypted"),
                ({f"{database}.d.storage_encrypted": False}, "is not encrypted"),
            ],
            unknown=[path, f"{database}.d.storage_encrypted"],
            unsure=[{path: "orders"}],
        )
        for type, path, database in ORIGINALS
    ),
    Spec(
        snapshot.ENCRYPTED,
        COPY,
        {**NAMES[COPY], **SOURCE, "kms_key_id": "${aws_kms_key.k.arn}"},
        beside=DATABASES,
        also=[{"kms_key_id": None}],
        fails=[({"kms_key_id": None, "aws_db_instance.d.storage_encrypted": False}, "is not encrypted")],
        unknown=["kms_key_id"],
        unsure=[{"kms_key_id": None, "source_db_snapshot_identifier": "arn:aws:rds:eu-central-1:1:snapshot:s"}],
    ),
    Spec(
        snapshot.ENCRYPTED,
        "aws_rds_cluster_snapshot_copy",
        {
            **NAMES["aws_rds_cluster_snapshot_copy"],
            "source_db_cluster_snapshot_identifier": "${aws_db_cluster_snapshot.s.id}",
        },
        beside={
            **DATABASES,
            "aws_db_cluster_snapshot": {"s": {"db_cluster_identifier": "${aws_rds_cluster.d.id}"}},
        },
        fails=[({"aws_rds_cluster.d.storage_encrypted": False}, "is not encrypted")],
        unknown=["aws_rds_cluster.d.storage_encrypted"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
