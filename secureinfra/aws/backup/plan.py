"""Backup plan: what is tagged or says `backup=`, every day into a locked vault, copied, tested, failures noticed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from constructs import Construct

from secureinfra.aws.backup.config import BackupPlanConfig, BackupRule, ResourceType
from secureinfra.aws.backup.vault import BackupVault, BackupVaultConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.rules import ARN, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, HasArn, Resource, SecureConstruct, arn_of
from secureinfra.engine.naming import shortened, words
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, Principal, Statement

__all__ = ["BackupPlan"]

# AWS's own policies: what a backup of each service needs changes as AWS changes it, and a plan by tags may meet any service.
# docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
_BACKUP = {
    "backup-policy": "service-role/AWSBackupServiceRolePolicyForBackup",
    "backup-policy-s3": "AWSBackupServiceRolePolicyForS3Backup",
}
_RESTORE = {
    "restore-policy": "service-role/AWSBackupServiceRolePolicyForRestores",
    "restore-policy-s3": "AWSBackupServiceRolePolicyForS3Restore",
}
_USE_KEY = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
_LONGEST_NAME = 50


@declares(
    module="backup-plan",
    page="backup",
    yours=(
        "The tags of what is to be backed up.",
        "Turning on the services in AWS Backup's settings of the region, where AWS did not.",
        "Restoring: a backup that was never restored is a hope.",
    ),
)
class BackupPlan(SecureConstruct):
    """Backups every day of everything that is tagged, or that is created with `backup=plan`, into a locked vault.

    Creates the plan with its rules, a selection by tags and one for each construct, the role that AWS Backup assumes, and a vault
    when none is given. Copies, restore tests and notifications on request.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        vault: where backups go; by default a vault of its own.
        copy_to: further vaults that backups are copied to, e.g. of another account or region: a `BackupVault` or an ARN.
        key: key of its own vault; by default one of its own. Another key replaces the vault, which AWS refuses while it holds backups.
        alarms: receives alarms on jobs that fail, and messages on copies that fail and on backups that are changed.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or, at synthesis, nothing is selected.

    Example:
        `plan = BackupPlan(stack, "backups"); Table(stack, "orders", TableConfig(hash_key="id"), backup=plan)`
    """

    config: BackupPlanConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: BackupPlanConfig = BackupPlanConfig(),
        *,
        vault: BackupVault | None = None,
        copy_to: Sequence[BackupVault | HasArn | str] = (),
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        if vault is not None and (key is not None or alarms is not None):
            given = "key" if key is not None else "alarms"
            raise ConfigError(
                f"{self.path}: {given}= is for the plan's own vault, but vault= is given. Give it to {vault.path!r}."
            )
        own = BackupVaultConfig(lock=config.lock, protect=config.protect, tags=config.tags)
        self.vault = vault or BackupVault(self, "vault", own, key=key, alarms=alarms)
        self._refuse_early_expiry()
        self._destinations = [*self._vaults_in(config), *map(self._arn_of, copy_to)]
        self._selected: dict[str, str] = {}
        self.role = self._make_role("role", _BACKUP)
        self.plan = Resource(
            self,
            "plan",
            "aws_backup_plan",
            name=config.name or self._derived_name(),
            rule=[self._rule(name, config.rules[name]) for name in sorted(config.rules)],
            tags=config.tags or None,
        )
        if config.selected_tags:
            tags = [{"key": f"aws:ResourceTag/{key}", "value": value} for key, value in config.selected_tags.items()]
            self._select("tagged", ["*"], condition=[{"string_equals": tags}])
        self._test_restores()

    @property
    def arn(self) -> str:
        """Reference to the plan's ARN."""
        return self.plan.ref("arn")

    def back_up(self, name: str, arn: str, resource_type: ResourceType, *, key: SecureKey | None = None) -> None:
        """Back up a resource; constructs with `backup=` call this.

        Args:
            name: its name; part of the address.
            arn: its ARN.
            resource_type: what it is, for restore tests.
            key: its key, which the plan's role is allowed to use.

        Raises:
            ConfigError: it is not an ARN, or the name is taken.
        """
        if complaint := ARN.complaint(arn):
            raise ConfigError(f"{self.path}: back_up({name!r}, {arn!r}) {complaint}")
        id = f"selected-{words(name)}"
        if id in self._selected:
            raise ConfigError(f"{self.path}: back_up({name!r}) is already called with this name. Use another one.")
        self._selected[id] = arn
        self._select(id, [arn])
        if key is not None:
            self._allow_use(key)
        test = self.config.restore_test
        if test is not None and resource_type not in test.resource_types:
            self._test(resource_type)

    def document(self) -> dict[str, Any]:
        """All resources as Terraform JSON; a plan that selects nothing is refused."""
        if not self.config.selected_tags and not self._selected:
            raise ConfigError(
                f"{self.path}: it selects nothing: no tag is named, and no construct says backup=. Set selected_tags, or pass the plan "
                "as backup= to what holds data."
            )
        return super().document()

    def _make_role(self, id: str, policies: Mapping[str, str]) -> SecureRole:
        """A role for AWS Backup with AWS's own policies, attached here: their ARNs depend on the partition."""
        role = SecureRole(self, id, RoleConfig(trust=ServiceTrust(service="backup"), tags=self.config.tags))
        for name, policy in policies.items():
            arn = f"arn:{self.partition}:iam::aws:policy/{policy}"
            Resource(self, name, "aws_iam_role_policy_attachment", role=role.name, policy_arn=arn)
        return role

    def _vaults_in(self, config: BackupPlanConfig) -> list[str]:
        own, arns = AwsProvider.region_of(self), []
        for region in config.copy_to_regions:
            if region == own:
                raise ConfigError(f"{self.path}: copy_to_regions names {own!r}, where the plan is. Leave it out.")
            provider = AwsProvider.for_region(self, region)
            about = BackupVaultConfig(lock=config.lock, protect=config.protect, tags=config.tags)
            arns.append(BackupVault(self, f"vault-{region}", about, provider=provider).arn)
        return arns

    def _arn_of(self, vault: BackupVault | HasArn | str) -> str:
        arn = arn_of(vault)
        if arn is None or (
            not is_token(arn) and not re.fullmatch(r"arn:[^:]+:backup:[^:]+:\d{12}:backup-vault:.+", arn)
        ):
            raise ConfigError(
                f"{self.path}: copy_to={vault!r} is not a vault. Pass a BackupVault, or the ARN of one, e.g. "
                "'arn:aws:backup:eu-west-1:111122223333:backup-vault:copies'."
            )
        return arn

    def _refuse_early_expiry(self) -> None:
        lock = self.vault.config.lock
        for name, rule in self.config.rules.items():
            if lock is None or is_token(rule.retention_days) or is_token(lock.min_retention_days):
                continue
            if rule.retention_days < lock.min_retention_days:
                raise ConfigError(
                    f"{self.path}: rules.{name}.retention_days={rule.retention_days} is below min_retention_days="
                    f"{lock.min_retention_days} of the lock of {self.vault.path!r}: every backup would fail. Keep backups longer."
                )

    def _derived_name(self) -> str:
        return shortened(re.sub(r"[^a-zA-Z0-9_.-]", "-", self.path), _LONGEST_NAME)

    def _rule(self, name: str, rule: BackupRule) -> dict[str, Any]:
        lifecycle = {"delete_after": rule.retention_days, "cold_storage_after": rule.cold_storage_after_days}
        copies = [{"destination_vault_arn": arn, "lifecycle": lifecycle} for arn in self._destinations]
        return {
            "rule_name": name,
            "target_vault_name": self.vault.name,
            "schedule": rule.schedule,
            "schedule_expression_timezone": rule.timezone,
            "start_window": rule.start_window_minutes,
            "completion_window": rule.completion_window_minutes,
            "enable_continuous_backup": rule.continuous or None,
            "lifecycle": lifecycle,
            "copy_action": copies if rule.copied and copies else None,
        }

    def _select(self, id: str, resources: list[str], **more: Any) -> None:
        Resource(
            self,
            id,
            "aws_backup_selection",
            name=_short(id),
            plan_id=self.plan.ref("id"),
            iam_role_arn=self.role.arn,
            resources=resources,
            **more,
        )

    def _allow_use(self, key: SecureKey) -> None:
        """Let the role use a key of what it backs up; a strict key must say so itself, others leave it to AWS's policies."""
        if not key.config.strict:
            return
        key.grant(self.role, "Backup", _USE_KEY)
        for_aws = Condition("Bool", "kms:GrantIsForAWSResource", ("true",))
        grants = Statement(
            sid="BackupGrants",
            principal=Principal.arns(self.role.arn),
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(for_aws,),
        )
        key.policy.add(grants)

    def _test_restores(self) -> None:
        test = self.config.restore_test
        if test is None:
            return
        self.restore_role = self._make_role("restore-role", _RESTORE)
        self.restore_test = Resource(
            self,
            "restore-test",
            "aws_backup_restore_testing_plan",
            name=re.sub(r"\W", "_", self.config.name or self._derived_name()),
            schedule_expression=test.schedule,
            schedule_expression_timezone=test.timezone,
            recovery_point_selection=[
                {
                    "algorithm": "LATEST_WITHIN_WINDOW",
                    "include_vaults": [self.vault.arn],
                    "recovery_point_types": ["CONTINUOUS", "SNAPSHOT"],
                    "selection_window_days": test.window_days,
                }
            ],
            tags=self.config.tags or None,
        )
        for resource_type in test.resource_types:
            self._test(resource_type)

    def _test(self, resource_type: ResourceType) -> None:
        test, id = self.config.restore_test, f"restore-test-{resource_type.lower()}"
        if test is None or id in self.resources:
            return
        Resource(
            self,
            id,
            "aws_backup_restore_testing_selection",
            name=resource_type.lower(),
            restore_testing_plan_name=self.restore_test.ref("name"),
            protected_resource_type=resource_type,
            protected_resource_arns=["*"],
            iam_role_arn=self.restore_role.arn,
            validation_window_hours=test.validation_window_hours,
        )


def _short(id: str) -> str:
    """A name that AWS accepts; the end of a long one distinguishes it from others that begin alike."""
    return id if len(id) <= _LONGEST_NAME else f"{id[:40]}-{zlib.crc32(id.encode()):08x}"
