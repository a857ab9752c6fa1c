"""Backup vault: under a customer key, locked, open to named accounts for copies, failures noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import ACCOUNT_ID, ORGANIZATION_ID, Number, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import shortened
from secureinfra.errors import ConfigError
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import principal_organization

__all__ = ["BackupVault", "BackupVaultConfig", "VaultLock"]

_LONGEST_NAME = 50
VAULT_NAME = matches(r"[a-zA-Z0-9_-]{2,50}", "is not a vault name", "write 2 to 50 letters, digits, '_' and '-'")
IRREVERSIBLE = "compliance-irreversible"
_DAYS = between(1, 36500, "days")
# docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultNotifications.html: a message on each completed job is sent for
# successful ones too, so that alarms report jobs that fail; these are rare.
_EVENTS = ("COPY_JOB_FAILED", "RECOVERY_POINT_MODIFIED", "S3_BACKUP_OBJECT_FAILED", "S3_RESTORE_OBJECT_FAILED")
_FAILURES = (
    ("backups-failed", "NumberOfBackupJobsFailed", "a backup failed"),
    ("backups-expired", "NumberOfBackupJobsExpired", "a backup did not start within its window"),
    ("copies-failed", "NumberOfCopyJobsFailed", "a copy to another vault failed"),
    ("restores-failed", "NumberOfRestoreJobsFailed", "a restore, or a test of one, failed"),
)


class VaultLock(Config):
    """No backup can be deleted, or made to expire, before its time. A change of a lock replaces it."""

    mode: Literal["governance", "compliance-irreversible"] = "governance"
    """Who may lift it: principals with the right to, or, after `changeable_for_days`, no principal at all, neither you nor AWS."""
    min_retention_days: Annotated[Number, _DAYS] = 7
    """Backups that would expire earlier are refused. A change replaces the lock, which AWS refuses once it is final."""
    max_retention_days: Annotated[Number, _DAYS] | None = None
    """Backups that would expire later are refused. A change replaces the lock, which AWS refuses once it is final."""
    changeable_for_days: Annotated[Number, between(3, 36500, "days")] | None = None
    """With `compliance-irreversible`: days until the lock can never be changed or removed again, 3 or more."""

    def problems(self) -> Iterator[Problem]:
        """The irreversible mode says when it begins, and the range has two ends."""
        if self.mode == IRREVERSIBLE and self.changeable_for_days is None:
            why = "afterwards the vault and its backups stay until they expire, whatever happens"
            yield Problem(
                "changeable_for_days", "is missing", why, "Write how long you may still change your mind, e.g. 30"
            )
        if self.mode == "governance" and self.changeable_for_days is not None:
            yield Problem(
                "changeable_for_days",
                "makes the lock irreversible",
                instead=lambda words: f"Leave it out, or write {words.setting('mode', IRREVERSIBLE)}",
            )
        low, high = self.min_retention_days, self.max_retention_days
        if high is not None and not is_token(low) and not is_token(high) and low > high:
            yield Problem("min_retention_days", f"is above max_retention_days={high}", instead="Lower it")


class BackupVaultConfig(Config):
    """What a caller may choose about a vault."""

    name: Annotated[str, VAULT_NAME] | None = None
    """Its name, unique in account and region; by default the construct's path with '-'. Another name replaces it."""
    lock: VaultLock | None = VaultLock()
    """What keeps backups from being deleted early; `None` leaves that to IAM. A `sandbox` has none."""
    protect: bool = True
    """Terraform refuses to destroy the vault and its key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(
    module="backup-vault",
    page="backup",
    yours=("A plan that fills the vault, here or in another account.",),
)
class BackupVault(SecureConstruct):
    """A vault under a customer key whose backups cannot be deleted early.

    Creates the vault and its lock; a key when none is given; a policy once other accounts may copy into it; notifications and
    alarms when a topic is given.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with, not a strict one; by default one of its own (1 USD a month, 3 after two rotations).
            Another key replaces the vault, which AWS refuses while it holds backups.
        alarms: receives alarms on jobs that fail, and messages on copies that fail and on backups that are changed.
        provider: an additional provider, for another region or account.

    Raises:
        ConfigError: a value is refused, or the key is strict.

    Example:
        `vault = BackupVault(stack, "vault"); vault.allow_copies_from("111122223333")`
    """

    config: BackupVaultConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: BackupVaultConfig = BackupVaultConfig(),
        *,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        about = KeyConfig(description=f"{self.path}: backups", protect=config.protect, tags=config.tags)
        self.key: SecureKey = key_of(self, key, about)
        if self.key.config.strict:
            # docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html: it needs kms:CreateGrant and kms:Decrypt.
            raise ConfigError(
                f"{self.path}: key={self.key.path!r} is strict: AWS makes a vault with the key rights of its creator, which a strict key "
                "gives to no IAM policy. Use another key, or leave it out."
            )
        self.vault = Resource(
            self,
            "vault",
            "aws_backup_vault",
            protect=config.protect,
            name=config.name or self._derived_name(),
            kms_key_arn=self.key.arn,
            # In a sandbox Terraform deletes the backups with the vault.
            force_destroy=lambda: None if self.stack_state.protects else True,
            tags=config.tags or None,
        )
        self._lock(config.lock)
        self.policy = PolicyDocument("resource", self.path)
        Resource(
            self,
            "policy",
            "aws_backup_vault_policy",
            when=lambda: bool(self.policy),
            backup_vault_name=self.name,
            policy=self.policy.to_json,
        )
        self._notify(alarms)

    @property
    def arn(self) -> str:
        """Reference to the vault's ARN."""
        return self.vault.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the vault's name."""
        return self.vault.ref("name")

    def allow_copies_from(self, *sources: str) -> None:
        """Let other accounts copy backups into this vault.

        AWS copies within one organization only, once cross-account backup is on in AWS Backup's settings of its management account
        (docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html).

        Args:
            sources: account ids, or the id of the organization (`o-...`) for all its accounts.

        Raises:
            ConfigError: a source is neither.
        """
        for source in sources:
            if not is_token(source) and ACCOUNT_ID.complaint(source) and ORGANIZATION_ID.complaint(source):
                raise ConfigError(
                    f"{self.path}: allow_copies_from({source!r}) is neither an account id nor an organization id. Write e.g. "
                    "'111122223333' or 'o-a1b2c3d4e5'."
                )
            organization = not is_token(source) and source.startswith("o-")
            root = f"arn:{self.partition}:iam::{source}:root"
            self.policy.add(
                Statement(
                    sid="CopiesFromOrganization" if organization else "CopiesFromAccounts",
                    principal=Principal.everybody() if organization else Principal.arns(root),
                    actions=("backup:CopyIntoBackupVault",),
                    # The resource is the recovery point to come: a vault's policy takes nothing narrower.
                    resources=("*",),
                    conditions=(principal_organization(source),) if organization else (),
                )
            )

    def _derived_name(self) -> str:
        return shortened(re.sub(r"[^a-zA-Z0-9_-]", "-", self.path), _LONGEST_NAME)

    def _lock(self, lock: VaultLock | None) -> None:
        if lock is None:
            return
        Resource(
            self,
            "lock",
            "aws_backup_vault_lock_configuration",
            when=lambda: self.stack_state.protects,
            backup_vault_name=self.name,
            min_retention_days=lock.min_retention_days,
            max_retention_days=lock.max_retention_days,
            changeable_for_days=lock.changeable_for_days,
        )

    def _notify(self, topic: SecureTopic | None) -> None:
        if topic is None:
            return
        # Put together from the name: a reference would be a circle where topic and vault share a key, whose policy names this.
        own = (
            f"arn:{self.partition}:backup:{self.region}:{self.account_id}:backup-vault:{self.vault.attributes['name']}"
        )
        topic.allow_publish_from("backup", (own,))
        Resource(
            self,
            "notifications",
            "aws_backup_vault_notifications",
            # AWS tries the topic out when it is set.
            depends_on=[topic.topic_policy] if topic.stack_state is self.stack_state else (),
            backup_vault_name=self.name,
            sns_topic_arn=topic.arn,
            backup_vault_events=list(_EVENTS),
        )
        dimensions = {"BackupVaultName": self.name}
        alarms = (
            WorkloadAlarm(
                id=id,
                namespace="AWS/Backup",
                metric=metric,
                dimensions=dimensions,
                threshold=1,
                why=why,
                period_seconds=3600,
            )
            for id, metric, why in _FAILURES
        )
        add_alarms(self, topic, alarms)
