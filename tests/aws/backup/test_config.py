"""What is refused in a backup plan's configuration."""

import pytest

from secureinfra.aws.backup.config import BackupPlanConfig, BackupRule, RestoreTest
from secureinfra.aws.backup.vault import VaultLock
from secureinfra.config.config import Config, refusals_of


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            BackupRule(schedule="daily"),
            "is not a schedule: write an expression of EventBridge, e.g. 'cron(0 5 ? * * *)'",
        ),
        (BackupRule(cold_storage_after_days=30, retention_days=100), "leaves less than 90 days in cold storage"),
        (BackupRule(continuous=True, retention_days=60), "retention_days=60 does not go with continuous=True"),
        (
            BackupRule(continuous=True, retention_days=35, cold_storage_after_days=1),
            "cold_storage_after_days=1 does not go with continuous=True",
        ),
        (BackupRule(start_window_minutes=30), "must be between 60 and 43200 minutes"),
        (RestoreTest(resource_types=("Redshift",)), "resource_types"),  # type: ignore[arg-type]
        (BackupPlanConfig(rules={}), "rules has none: nothing would be backed up"),
        (
            BackupPlanConfig(rules={"a b": BackupRule()}),
            "rules has the name 'a b', which is not a name of a plan or rule",
        ),
        (BackupPlanConfig(copy_to_regions=("eu-west-1", "eu-west-1")), "names 'eu-west-1' twice"),
        (
            BackupPlanConfig(rules={"brief": BackupRule(retention_days=3)}),
            "is below the lock's min_retention_days=7: every backup would fail",
        ),
        (
            BackupPlanConfig(lock=VaultLock(max_retention_days=30)),
            "is above the lock's max_retention_days=30: every backup would fail",
        ),
    ],
)
def test_refuses(config: Config, message: str) -> None:
    assert message in "\n".join(problem.text for problem in refusals_of(config))


def test_brief_backups_without_a_lock() -> None:
    rules = {"hourly": BackupRule(schedule="rate(1 hours)", retention_days=1)}
    assert BackupPlanConfig(rules=rules, lock=None).require().rules["hourly"].retention_days == 1
