"""Controls on AWS Backup: vaults and plans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, each
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

VAULT_ENCRYPTED = Control(
    id="backup-vault-encrypted",
    title="Backup vaults are encrypted with a customer managed key",
    why="backups copy everything, and only a customer managed key shows and limits who reads them",
    row="backup-vault-cmk",
    fix="Set kms_key_arn to the ARN of a customer managed key.",
)

VAULT_ENCRYPTED.check("aws_backup_vault")(customer_key("kms_key_arn"))

PLAN_COMPLETE = Control(
    id="backup-plan-complete",
    title="Backup plans have a rule and a resource selection",
    why="nothing would be backed up, although a plan exists",
    row="backup-plan",
    fix="Write a rule block in the aws_backup_plan, and an aws_backup_selection whose plan_id is that plan.",
)


# A configuration without a plan may rely on one elsewhere; a plan written here must be complete.
@PLAN_COMPLETE.check("aws_backup_plan")
def _plan_complete(plan: Block, configuration: Configuration) -> Iterator[Failure]:
    return each((_without_rule, _without_selection), lambda judge: judge(plan, configuration))


def _without_rule(plan: Block, configuration: Configuration) -> Iterator[Failure]:
    if not any_of(plan.blocks("rule"), lambda rule: rule.is_there):
        yield Failure("no rule block", "a rule block with target_vault_name and schedule", at="rule")


def _without_selection(plan: Block, configuration: Configuration) -> Iterator[Failure]:
    if not configuration.attached(plan, "aws_backup_selection", "plan_id"):
        yield Failure(
            "no aws_backup_selection for the plan", "an aws_backup_selection with plan_id = the id of the plan"
        )
