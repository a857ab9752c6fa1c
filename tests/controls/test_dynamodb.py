"""Controls on DynamoDB tables and their replicas."""

from typing import Any

import pytest

from secureinfra.controls import dynamodb
from secureinfra.controls.control import Control
from tests.controls.judge import failure, findings, status

X: dict[str, Any] = {"x": {}}
KEY: dict[str, Any] = {"aws_kms_key": {"k": {}}}
TABLE, REPLICA = "aws_dynamodb_table", "aws_dynamodb_table_replica"


def table(**arguments: Any) -> dict[str, Any]:
    return {"variable": X, TABLE: {"t": arguments}}


def test_recoverable() -> None:
    on = {"point_in_time_recovery": {"enabled": True}}
    assert status(dynamodb.RECOVERABLE, **table(**on)) == "passed"
    assert "point_in_time_recovery.enabled is not set" in failure(dynamodb.RECOVERABLE, **table())
    assert status(dynamodb.RECOVERABLE, **table(point_in_time_recovery=[{"enabled": False}])) == "failed"
    assert status(dynamodb.RECOVERABLE, **table(point_in_time_recovery={"enabled": "${var.x}"})) == "unknown"
    copies = [{"region_name": "eu-west-1", "point_in_time_recovery": True}, {"region_name": "eu-north-1"}]
    assert failure(dynamodb.RECOVERABLE, **table(**on, replica=copies)) == (
        "aws_dynamodb_table.t replica[1].point_in_time_recovery: replica[1].point_in_time_recovery is not set -> "
        "point_in_time_recovery = true"
    )
    # What is not known of the table does not hide what its replica lacks.
    unknown = {"point_in_time_recovery": {"enabled": "${var.x}"}}
    assert status(dynamodb.RECOVERABLE, **table(**unknown, replica=copies)) == "failed"


@pytest.mark.parametrize(
    ("control", "path"),
    [
        (dynamodb.RECOVERABLE, "point_in_time_recovery"),
        (dynamodb.DELETION_PROTECTED, "deletion_protection_enabled"),
    ],
)
def test_replica_written_apart(control: Control, path: str) -> None:
    assert status(control, **{REPLICA: {"r": {path: True}}}) == "passed"
    assert f"{path} is not set" in failure(control, **{REPLICA: {"r": {}}})
    assert status(control, variable=X, **{REPLICA: {"r": {path: "${var.x}"}}}) == "unknown"


def test_encrypted() -> None:
    def encrypted(key: Any, **others: Any) -> dict[str, Any]:
        return {**KEY, **table(server_side_encryption={"enabled": True, "kms_key_arn": key}, **others)}

    own = "${aws_kms_key.k.arn}"
    assert status(dynamodb.ENCRYPTED, **encrypted(own)) == "passed"
    assert "server_side_encryption.enabled is not set" in failure(dynamodb.ENCRYPTED, **table())
    assert "kms_key_arn is not set" in failure(dynamodb.ENCRYPTED, **encrypted(None))
    off = {"enabled": False, "kms_key_arn": own}
    assert "enabled = false" in failure(dynamodb.ENCRYPTED, **KEY, **table(server_side_encryption=off))
    assert status(dynamodb.ENCRYPTED, **encrypted("alias/aws/dynamodb")) == "failed"
    assert status(dynamodb.ENCRYPTED, **encrypted("${var.x}")) == "unknown"
    assert "replica[0].kms_key_arn" in failure(dynamodb.ENCRYPTED, **encrypted("${var.x}", replica=[{}]))
    assert status(dynamodb.ENCRYPTED, **encrypted(own, replica=[{"kms_key_arn": own}])) == "passed"
    assert status(dynamodb.ENCRYPTED, **KEY, **{REPLICA: {"r": {"kms_key_arn": own}}}) == "passed"
    assert status(dynamodb.ENCRYPTED, **{REPLICA: {"r": {}}}) == "failed"


def test_deletion_protected() -> None:
    assert status(dynamodb.DELETION_PROTECTED, **table(deletion_protection_enabled=True)) == "passed"
    assert "deletion_protection_enabled is not set" in failure(dynamodb.DELETION_PROTECTED, **table())
    assert status(dynamodb.DELETION_PROTECTED, **table(deletion_protection_enabled=False)) == "failed"
    assert status(dynamodb.DELETION_PROTECTED, **table(deletion_protection_enabled="${var.x}")) == "unknown"


def targets(resource_id: str, *directions: str) -> dict[str, Any]:
    held = {
        direction: {"resource_id": resource_id, "scalable_dimension": f"dynamodb:table:{direction}CapacityUnits"}
        for direction in directions
    }
    return {"aws_appautoscaling_target": held}


@pytest.mark.parametrize("named", ["table/${aws_dynamodb_table.t.name}", "table/ledger"])
def test_scaled(named: str) -> None:
    assert status(dynamodb.SCALED, **table(billing_mode="PAY_PER_REQUEST")) == "passed"
    assert status(dynamodb.SCALED, **table(name="ledger"), **targets(named, "Read", "Write")) == "passed"
    said = failure(dynamodb.SCALED, **table(name="ledger", billing_mode="PROVISIONED"), **targets(named, "Read"))
    assert said == (
        'aws_dynamodb_table.t billing_mode: billing_mode = "PROVISIONED" and no aws_appautoscaling_target for '
        'dynamodb:table:WriteCapacityUnits -> billing_mode = "PAY_PER_REQUEST"'
    )
    assert status(dynamodb.SCALED, **table(name="ledger")) == "failed"
    assert status(dynamodb.SCALED, **table(billing_mode="${var.x}")) == "unknown"
    assert status(dynamodb.SCALED, **table(name="ledger"), **targets("${var.x}", "Read", "Write")) == "unknown"
    assert status(dynamodb.SCALED, **table(name="ledger"), **targets("${var.x}", "Read")) == "failed"


def test_scaled_by_a_target_of_the_same_unknown_name() -> None:
    assert status(dynamodb.SCALED, **table(name="${var.x}"), **targets("table/${var.x}", "Read", "Write")) == "passed"


def test_target_of_another_table() -> None:
    two = {"variable": X, TABLE: {"t": {"name": "${var.x}"}, "other": {"name": "${random_pet.p.id}"}}}
    answers = {
        finding.address: finding.status
        for finding in findings(dynamodb.SCALED, **two, **targets("${aws_dynamodb_table.other.id}", "Read", "Write"))
    }
    assert answers["aws_dynamodb_table.t"] == "failed"


def test_in_backup_plan() -> None:
    def selected(resources: Any) -> dict[str, Any]:
        return {**table(name="ledger"), "aws_backup_selection": {"s": {"resources": resources}}}

    assert status(dynamodb.IN_BACKUP_PLAN, **selected(["${aws_dynamodb_table.t.arn}"])) == "passed"
    assert status(dynamodb.IN_BACKUP_PLAN, **selected(["arn:aws:dynamodb:*:*:table/led*"])) == "passed"
    assert "(1 in the configuration)" in failure(dynamodb.IN_BACKUP_PLAN, **selected(["arn:aws:rds:*:*:db:*"]))
    assert "(none in the configuration)" in failure(dynamodb.IN_BACKUP_PLAN, **table())
    assert status(dynamodb.IN_BACKUP_PLAN, **selected("${var.x}")) == "unknown"
