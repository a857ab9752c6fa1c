"""Controls on snapshots of RDS databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import is_true, text_in
from secureinfra.controls.verdict import Failure, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

# What each kind of snapshot is made of.
SOURCES = {
    "aws_db_snapshot": "db_instance_identifier",
    "aws_db_cluster_snapshot": "db_cluster_identifier",
    "aws_db_snapshot_copy": "source_db_snapshot_identifier",
    "aws_rds_cluster_snapshot_copy": "source_db_cluster_snapshot_identifier",
}
_DATABASES = ("aws_db_instance", "aws_rds_cluster")

NOT_PUBLIC = Control(
    id="rds-snapshot-not-public",
    title="RDS snapshots are not public",
    why="any AWS account could restore the database from it",
    row="rds-snapshot-not-public",
    waivable=False,
    fix="List the accounts that need the snapshot in shared_accounts, never all.",
)


@NOT_PUBLIC.check(*SOURCES)
def _not_public(snapshot: Block, configuration: Configuration) -> Iterator[Failure]:
    accounts = snapshot.items("shared_accounts")
    if any_of(accounts, lambda account: text_in(account) == "all"):
        yield Failure(written("shared_accounts", accounts), "ids of accounts", at="shared_accounts")


ENCRYPTED = Control(
    id="rds-snapshot-encrypted",
    title="RDS snapshots are encrypted",
    why="any account that copies it has every record",
    row="rds-snapshot-encrypted",
    fix="Encrypt the database that the snapshot is of, or set kms_key_id on a copy.",
)


@ENCRYPTED.check(*SOURCES)
def _encrypted(snapshot: Block, configuration: Configuration) -> Iterator[Failure]:
    if not _is_encrypted(snapshot, configuration, set()):
        path = SOURCES[snapshot.type]
        yield Failure(f"{text_of(snapshot.get(path))} is not encrypted", "an encrypted source, or kms_key_id", at=path)


def _is_encrypted(part: Block, configuration: Configuration, seen: set[str]) -> bool:
    """Whether a database, or what a snapshot is made of, is encrypted.

    Raises:
        UnknownValueError: it is not in the configuration.
    """
    if part.type in _DATABASES and part.section == "resource":
        return is_true(part.get("storage_encrypted"))
    if part.type in SOURCES and part.address not in seen:
        if "copy" in part.type and part.has("kms_key_id"):
            return True
        value: Any = part.get(SOURCES[part.type])
        source = configuration.target(value)
        if source is not None:
            return _is_encrypted(source, configuration, {*seen, part.address})
        raise UnknownValueError(value if is_unknown(value) else Unknown(f"whether {value} is encrypted"))
    raise UnknownValueError(Unknown(f"whether {part.address} is encrypted"))
