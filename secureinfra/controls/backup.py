"""Controls on AWS Backup: vaults and plans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.keys import customer_key
from secureinfra.controls.verdict import Failure, any_of, each

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

VAULT_ENCRYPTED = Control(
    id="backup-vault-encrypted",
    title="A vault is encrypted with a customer key",
    why="backups hold all that the systems hold, and only a customer key shows and stops who reads them",
    row="backup-vault-cmk",
    mend="Set kms_key_arn to the ARN of a customer managed key.",
)

VAULT_ENCRYPTED.check("aws_backup_vault")(customer_key("kms_key_arn"))

PLAN_COMPLETE = Control(
    id="backup-plan-complete",
    title="A backup plan has a rule and takes resources in",
    why="nothing would be backed up while everybody believes that it is",
    row="backup-plan",
    mend="Write a rule in the aws_backup_plan, and an aws_backup_selection whose plan_id is the plan's id.",
)


# An account without a plan here may have it elsewhere; a plan that is written here is complete or does nothing.
@PLAN_COMPLETE.check("aws_backup_plan")
def _plan_complete(plan: Block, configuration: Configuration) -> Iterator[Failure]:
    return each((_without_rule, _without_selection), lambda judge: judge(plan, configuration))


def _without_rule(plan: Block, configuration: Configuration) -> Iterator[Failure]:
    if not any_of(plan.blocks("rule"), lambda rule: rule.is_there):
        yield Failure("no rule block", "a rule block with target_vault_name and schedule", at="rule")


def _without_selection(plan: Block, configuration: Configuration) -> Iterator[Failure]:
    if not configuration.attached(plan, "aws_backup_selection", "plan_id"):
        yield Failure("no aws_backup_selection for it", "an aws_backup_selection with plan_id = the plan's id")
