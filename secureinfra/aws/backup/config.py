"""What a caller may choose about backups: when, for how long, of what, copied where, tested how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from secureinfra.aws.backup.vault import VaultLock
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Region, Text, is_token

__all__ = ["BackupPlanConfig", "BackupRule", "RestoreTest"]

_NAME = matches(r"[a-zA-Z0-9_.-]{1,50}", "is not a name of a plan or rule", "write up to 50 letters, digits and '-_.'")
_SCHEDULE = matches(
    r"(cron|rate)\(.+\)", "is not a schedule", "write an expression of EventBridge", example="cron(0 5 ? * * *)"
)
# docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html: at least 90 days in cold storage.
_COLD_AT_LEAST = 90
# Continuous backups are kept for 35 days at most: docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
_CONTINUOUS_AT_MOST = 35

ResourceType = Literal["Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3"]
"""What AWS can restore in a test: docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html."""


class BackupRule(Config):
    """When backups are made, and how long they are kept."""

    schedule: Annotated[Text, _SCHEDULE] = "cron(0 5 ? * * *)"
    """When, as an expression of EventBridge; at 5:00 every day by default."""
    timezone: Text = "Etc/UTC"
    """Time zone of the schedule, e.g. `Europe/Berlin`."""
    retention_days: Annotated[Number, between(1, 36500, "days")] = 35
    """How long each is kept."""
    cold_storage_after_days: Annotated[Number, between(1, 36500, "days")] | None = None
    """Move backups to cold storage after so many days, where the service can (EFS, DynamoDB); they stay there 90 days or longer."""
    continuous: bool = False
    """Restore to any second, too, for services that can (S3, RDS, Aurora); kept for 35 days at most."""
    start_window_minutes: Annotated[Number, between(60, 43200, "minutes")] = 60
    """How long a backup may wait to start, 60 minutes or more."""
    completion_window_minutes: Annotated[Number, between(60, 525600, "minutes")] = 1440
    """How long a backup may take before it is canceled."""
    copied: bool = True
    """Copy each backup to the vaults that the plan copies to, if there are some."""

    def problems(self) -> Iterator[Problem]:
        """AWS refuses what is kept too briefly for cold storage, or for too long to be continuous."""
        cold, kept = self.cold_storage_after_days, self.retention_days
        known = not is_token(cold) and not is_token(kept)
        if cold is not None and known and kept < cold + _COLD_AT_LEAST:
            what = f"leaves less than {_COLD_AT_LEAST} days in cold storage"
            yield Problem("retention_days", what, "AWS refuses it", f"Use {cold + _COLD_AT_LEAST} or more")
        if self.continuous and not is_token(kept) and kept > _CONTINUOUS_AT_MOST:
            why, advice = (
                "continuous backups are kept for 35 days at most",
                "Lower it, or keep older ones by another rule",
            )
            yield Problem("retention_days", "does not go with continuous=True", why, advice)
        if self.continuous and cold is not None:
            yield Problem(
                "cold_storage_after_days", "does not go with continuous=True", instead="Leave one of them out"
            )


class RestoreTest(Config):
    """Backups are restored on a schedule, to see that they can be, and what was restored is deleted again."""

    schedule: Annotated[Text, _SCHEDULE] = "cron(0 7 ? * SUN *)"
    """When; on Sundays at 7:00 by default."""
    timezone: Text = "Etc/UTC"
    """Time zone of the schedule."""
    resource_types: tuple[ResourceType, ...] = ()
    """What is tested, in addition to the types of what is backed up with `backup=`."""
    window_days: Annotated[Number, between(1, 365, "days")] = 30
    """The newest backup of so many days is restored."""
    validation_window_hours: Annotated[Number, between(1, 168, "hours")] = 1
    """How long what was restored stays, so that it can be looked at; 168 hours at most."""


class BackupPlanConfig(Config):
    """What a caller may choose about a plan."""

    name: Annotated[Text, _NAME] | None = None
    """Its name; by default the construct's path with '-'. Another name replaces it."""
    rules: Mapping[str, BackupRule] = {"daily": BackupRule()}
    """When backups are made, by name of the rule."""
    selected_tags: Mapping[str, str] = {"backup": "daily"}
    """Everything in account and region that carries all of these tags is backed up; `{}` selects only what says `backup=`."""
    lock: VaultLock | None = VaultLock()
    """Lock of the plan's own vault; `None` leaves deletion of backups to IAM."""
    copy_to_regions: tuple[Region, ...] = ()
    """Regions to which backups are copied, each into a vault of its own with a key and a lock. One
    that is removed is destroyed with its vault, which AWS refuses while it holds backups."""
    restore_test: RestoreTest | None = None
    """Restore backups on a schedule, to see that they can be restored."""
    protect: bool = True
    """Terraform refuses to destroy vaults and keys; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """There is a rule, and no backup that the lock refuses."""
        if not self.rules:
            yield Problem(
                "rules", "has none", "nothing would be backed up", "Add one, or leave it out", subject="rules"
            )
        for name, rule in self.rules.items():
            if complaint := _NAME.complaint(name):
                yield Problem(("rules", name), f"has the name {name!r}, which {complaint}", subject="rules")
            if self.lock is not None:
                yield from _outside(self.lock, name, rule)
        for number, region in enumerate(self.copy_to_regions):
            if region in self.copy_to_regions[:number]:
                yield Problem(("copy_to_regions", number), f"names {region!r} twice", instead="Name each region once")


def _outside(lock: VaultLock, name: str, rule: BackupRule) -> Iterator[Problem]:
    """AWS lets a backup fail whose retention is outside of the lock's range."""
    low, high, kept = lock.min_retention_days, lock.max_retention_days, rule.retention_days
    if is_token(kept):
        return
    where, why = ("rules", name, "retention_days"), "every backup would fail"
    if not is_token(low) and kept < low:
        yield Problem(where, f"is below the lock's min_retention_days={low}", why, "Keep backups longer, or lower it")
    if high is not None and not is_token(high) and kept > high:
        yield Problem(where, f"is above the lock's max_retention_days={high}", why, "Keep backups shorter, or raise it")
