"""Controls on AWS Backup."""

from typing import Any

from secureinfra.controls import backup
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
RULE = {"rule_name": "daily", "target_vault_name": "vault", "schedule": "cron(0 5 ? * * *)"}


def vault(**arguments: Any) -> dict[str, Any]:
    return {"aws_backup_vault": {"v": {"name": "vault", **arguments}}}


def test_vault_encrypted() -> None:
    key: dict[str, Any] = {"aws_kms_key": {"k": {}}}
    assert status(backup.VAULT_ENCRYPTED, **key, **vault(kms_key_arn="${aws_kms_key.k.arn}")) == "passed"
    assert "kms_key_arn is not set" in failure(backup.VAULT_ENCRYPTED, **vault())
    assert status(backup.VAULT_ENCRYPTED, **vault(kms_key_arn="alias/aws/backup")) == "failed"
    assert status(backup.VAULT_ENCRYPTED, variable=X, **vault(kms_key_arn="${var.x}")) == "unknown"


def test_plan_complete() -> None:
    def judged(plan: dict[str, Any], plan_id: str | None) -> dict[str, Any]:
        selection = {} if plan_id is None else {"aws_backup_selection": {"s": {"plan_id": plan_id}}}
        return {"variable": X, "aws_backup_plan": {"p": plan}, **selection}

    own = "${aws_backup_plan.p.id}"
    assert status(backup.PLAN_COMPLETE, **judged({"rule": [RULE]}, own)) == "passed"
    assert "no aws_backup_selection" in failure(backup.PLAN_COMPLETE, **judged({"rule": [RULE]}, None))
    assert "no rule block" in failure(backup.PLAN_COMPLETE, **judged({}, own))
    assert status(backup.PLAN_COMPLETE, **judged({"rule": [RULE]}, "${var.x}")) == "unknown"
    dynamic = {"dynamic": {"rule": {"for_each": "${var.x}", "content": {}}}}
    assert status(backup.PLAN_COMPLETE, **judged(dynamic, own)) == "unknown"
    assert status(backup.PLAN_COMPLETE, **judged(dynamic, None)) == "failed"
