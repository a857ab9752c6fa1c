"""Controls on DynamoDB tables and their replicas."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_true
from secureinfra.controls.reading.backup_selection import not_selected
from secureinfra.controls.reading.keys import customer_key
from secureinfra.controls.verdict import Failure, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

TABLE, REPLICA = "aws_dynamodb_table", "aws_dynamodb_table_replica"

RECOVERABLE = Control(
    id="dynamodb-table-recoverable",
    title="A table can be restored to any second of the last weeks",
    why="what a faulty program or an intruder overwrites would be lost",
    row="ddb-pitr",
    mend="Write point_in_time_recovery { enabled = true }, and point_in_time_recovery = true in every replica.",
)


@RECOVERABLE.check(TABLE)
def _recoverable(table: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(node: Node) -> Iterator[Failure]:
        # The copy in another region has its own setting, under one name for the switch and for the block of the table.
        if node is table:
            path, expected = "point_in_time_recovery.enabled", "point_in_time_recovery { enabled = true }"
        else:
            path, expected = "point_in_time_recovery", "point_in_time_recovery = true"
        if not is_true(value := node.get(path)):
            at = f"{node.path}.{path}" if node.path else path
            yield Failure(written(at, value), expected, at=at)

    return each([table, *table.blocks("replica")], judge)


RECOVERABLE.check(REPLICA)(
    argument("point_in_time_recovery", is_true, "point_in_time_recovery = true", absent=False),
)

ENCRYPTED = Control(
    id="dynamodb-table-encrypted",
    title="A table is encrypted with a customer key",
    why="with a key of AWS nobody could see who decrypts the data, or stop them",
    row="ddb-cmk",
    mend="Write server_side_encryption { enabled = true, kms_key_arn = ... } with a customer managed key, and kms_key_arn in "
    "every replica.",
)


@ENCRYPTED.check(TABLE)
def _encrypted(table: Block, configuration: Configuration) -> Iterator[Failure]:
    checks = (_own_encrypted, customer_key("replica[].kms_key_arn"))
    return each(checks, lambda check: check(table, configuration))


def _own_encrypted(table: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "server_side_encryption.enabled"
    if is_true(value := table.get(path)):
        yield from customer_key("server_side_encryption.kms_key_arn")(table, configuration)
    else:
        # Without the block, or with enabled = false, AWS takes a key of its own whatever kms_key_arn says.
        yield Failure(written(path, value), "server_side_encryption { enabled = true, kms_key_arn = ... }", at=path)


ENCRYPTED.check(REPLICA)(customer_key("kms_key_arn"))

DELETION_PROTECTED = Control(
    id="dynamodb-table-deletion-protected",
    title="A table cannot be deleted by mistake",
    why="one wrong command, or one wrong plan, would take the table and its data away",
    row="ddb-deletion-protection",
    mend="Set deletion_protection_enabled = true.",
)

DELETION_PROTECTED.check(TABLE, REPLICA)(
    argument("deletion_protection_enabled", is_true, "deletion_protection_enabled = true", absent=False)
)

SCALED = Control(
    id="dynamodb-table-scaled",
    title="A table's capacity follows its load",
    why="requests beyond the fixed capacity would be refused",
    row="ddb-scaling",
    mend='Set billing_mode = "PAY_PER_REQUEST", or write an aws_appautoscaling_target for reading and one for writing.',
)


@SCALED.check(TABLE)
def _scaled(table: Block, configuration: Configuration) -> Iterator[Failure]:
    mode = table.get("billing_mode", "PROVISIONED")
    if mode == "PAY_PER_REQUEST":
        return

    def judge(direction: str) -> Iterator[Failure]:
        dimension = f"dynamodb:table:{direction}CapacityUnits"
        if not _targets(configuration).scale(table, dimension):
            yield Failure(
                f"{written('billing_mode', mode)} and no aws_appautoscaling_target for {dimension}",
                'billing_mode = "PAY_PER_REQUEST"',
                at="billing_mode",
            )

    yield from each(("Read", "Write"), judge)


class _Targets:
    """What is scaled automatically: dimensions with the tables that a target refers to, or names."""

    def __init__(self, configuration: Configuration) -> None:
        self._scaled: set[tuple[str, str]] = set()
        self._unsure: dict[str, Unknown] = {}
        for target in configuration.of_type("aws_appautoscaling_target"):
            dimension, named = target.get("scalable_dimension"), target.get("resource_id")
            tables = configuration.targets(target, "resource_id", TABLE)
            if is_unknown(dimension):
                self._unsure.setdefault("", dimension)
                continue
            self._scaled.update((dimension, table.address) for table in tables)
            self._scaled.add((dimension, text_of(named)))
            if is_unknown(named) and not tables:
                self._unsure.setdefault(dimension, named)

    def scale(self, table: Block, dimension: str) -> bool:
        """Whether a table is scaled in one direction.

        Raises:
            UnknownValueError: no target is sure to, and one may.
        """
        name = table.get("name")
        text = f"table/{name.text if is_unknown(name) else name}"
        if (dimension, table.address) in self._scaled or (dimension, text) in self._scaled:
            return True
        for unsure in (self._unsure.get(dimension), self._unsure.get("")):
            if unsure is not None:
                raise UnknownValueError(unsure)
        return False


_KNOWN: weakref.WeakKeyDictionary[Configuration, _Targets] = weakref.WeakKeyDictionary()


def _targets(configuration: Configuration) -> _Targets:
    found = _KNOWN.get(configuration)
    if found is None:
        found = _KNOWN[configuration] = _Targets(configuration)
    return found


IN_BACKUP_PLAN = Control(
    id="dynamodb-table-in-backup-plan",
    title="A backup plan takes the table in",
    why="older states than the last weeks could not be restored, and nobody would copy backups elsewhere",
    row="ddb-backup-plan",
    mend="Name its ARN in resources of an aws_backup_selection, or give it the tag that one selects.",
)

# The table may be in a plan of another configuration; the row is an option, so that who asks for it wants to see it.
IN_BACKUP_PLAN.check(TABLE)(not_selected)
