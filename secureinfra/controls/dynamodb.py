"""Controls on DynamoDB tables and their replicas."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true
from secureinfra.controls.shared.backup_selection import not_selected
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, each, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

TABLE, REPLICA = "aws_dynamodb_table", "aws_dynamodb_table_replica"

RECOVERABLE = Control(
    id="dynamodb-table-recoverable",
    title="DynamoDB tables have point-in-time recovery",
    why="data overwritten by a bug or an intruder could not be restored",
    row="ddb-pitr",
    fix="Write point_in_time_recovery { enabled = true }, and point_in_time_recovery = true in every replica.",
)


@RECOVERABLE.check(TABLE)
def _recoverable(table: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(node: Node) -> Iterator[Failure]:
        # The replica in another region has its own setting, under one name for the argument and for the block of the table.
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
    title="DynamoDB tables are encrypted with a customer managed key",
    why="with an AWS owned key, you could not see or limit who decrypts the data",
    row="ddb-cmk",
    fix="Write server_side_encryption { enabled = true, kms_key_arn = ... } with a customer managed key, and kms_key_arn in "
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
        # Without the block, or with enabled = false, AWS uses a key of its own whatever kms_key_arn says.
        yield Failure(written(path, value), "server_side_encryption { enabled = true, kms_key_arn = ... }", at=path)


ENCRYPTED.check(REPLICA)(customer_key("kms_key_arn"))

DELETION_PROTECTED = Control(
    id="dynamodb-table-deletion-protected",
    title="DynamoDB tables have deletion protection",
    why="one wrong command or plan could delete the table and its data",
    row="ddb-deletion-protection",
    fix="Set deletion_protection_enabled = true.",
)

DELETION_PROTECTED.check(TABLE, REPLICA)(
    argument("deletion_protection_enabled", is_true, "deletion_protection_enabled = true", absent=False)
)

SCALED = Control(
    id="dynamodb-table-scaled",
    title="DynamoDB table capacity follows the load",
    why="requests beyond the provisioned capacity would be throttled",
    row="ddb-scaling",
    fix='Set billing_mode = "PAY_PER_REQUEST", or write one aws_appautoscaling_target for reads and one for writes.',
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
    """What is scaled automatically: dimensions with the tables that a target refers to, or their names."""

    def __init__(self, configuration: Configuration) -> None:
        self._scaled: dict[tuple[str, str], list[Block]] = {}
        self._unsure: dict[str, Unknown] = {}
        for target in configuration.of_type("aws_appautoscaling_target"):
            dimension, named = target.get("scalable_dimension"), target.get("resource_id")
            tables = configuration.targets(target, "resource_id", TABLE)
            if is_unknown(dimension):
                self._unsure.setdefault("", dimension)
                continue
            for name in (*(table.address for table in tables), text_of(named)):
                self._scaled.setdefault((dimension, name), []).append(target)
            if is_unknown(named) and not tables:
                self._unsure.setdefault(dimension, named)

    def scale(self, table: Block, dimension: str) -> bool:
        """Whether a table is scaled in one dimension.

        Raises:
            UnknownValueError: no target certainly does, and one may.
        """
        name = table.get("name")
        text = f"table/{name.text if is_unknown(name) else name}"
        found = [one for name in (table.address, text) for one in self._scaled.get((dimension, name), ())]
        if any_of(found, lambda target: target.surely(table)):
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
    title="DynamoDB tables are in a backup plan",
    why="data older than the point-in-time recovery window could not be restored, and there would be no copy elsewhere",
    row="ddb-backup-plan",
    fix="List the table's ARN in resources of an aws_backup_selection, or give the table the tag that one selects.",
)

# Another configuration may back up the table; the row is an option, so a framework that requires it wants to see it here.
IN_BACKUP_PLAN.check(TABLE)(not_selected)
