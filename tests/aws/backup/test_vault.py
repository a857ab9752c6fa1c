"""BackupVault: key, lock, copies from other accounts, notifications."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.backup.vault import BackupVault, BackupVaultConfig, VaultLock
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.config import refusals_of
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack

LOCK = "aws_backup_vault_lock_configuration"


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    BackupVault(stack, "vault")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    lock = VaultLock(
        mode="compliance-irreversible", changeable_for_days=30, min_retention_days=30, max_retention_days=365
    )
    config = BackupVaultConfig(name="copies", lock=lock, tags={"team": "platform"})
    vault = BackupVault(stack, "vault", config, key=SecureKey(stack, "data"), alarms=SecureTopic(stack, "pages"))
    vault.allow_copies_from("111122223333", "o-a1b2c3d4e5")
    matches_snapshot(stack)


def test_backup_vault_encrypted() -> None:
    stack = test_stack()
    BackupVault(stack, "vault")
    assert only(stack, "aws_backup_vault")["kms_key_arn"] == "${aws_kms_key.vault_key.arn}"


def test_lock_is_reversible_unless_the_word_is_written() -> None:
    stack = test_stack()
    BackupVault(stack, "vault")
    # With `changeable_for_days` the lock would become irreversible.
    assert "changeable_for_days" not in only(stack, LOCK)
    assert only(stack, LOCK)["min_retention_days"] == 7


def test_sandbox_can_be_destroyed() -> None:
    stack = test_stack(environment="sandbox")
    BackupVault(stack, "vault")
    assert only(stack, "aws_backup_vault")["force_destroy"] is True
    assert LOCK not in synthesize(stack)["resource"]


def test_copies_are_for_named_accounts_and_organizations() -> None:
    stack = test_stack()
    BackupVault(stack, "vault").allow_copies_from("111122223333", "o-a1b2c3d4e5")
    accounts, organization = json.loads(only(stack, "aws_backup_vault_policy")["policy"])["Statement"]
    assert accounts["Principal"]["AWS"][0].endswith(":iam::111122223333:root")
    assert organization["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}}
    assert accounts["Action"] == organization["Action"] == ["backup:CopyIntoBackupVault"]


def test_topic_and_key_are_for_this_vault() -> None:
    stack = test_stack()
    BackupVault(stack, "vault", alarms=SecureTopic(stack, "pages"))
    statements = {one["Sid"]: one for one in json.loads(only(stack, "aws_sns_topic_policy")["policy"])["Statement"]}
    account = "${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
    # No reference: one key may hold the vault and the topic.
    source = {
        "aws:SourceArn": [f"arn:${{data.aws_partition.current.partition}}:backup:{account}:backup-vault:test-vault"]
    }
    assert statements["AllowBackup"]["Condition"]["ArnLike"] == source
    key = json.loads(synthesize(stack)["resource"]["aws_kms_key"]["pages_key"]["policy"])["Statement"]
    assert [one["Condition"]["ArnLike"] for one in key if one["Sid"] == "AllowBackup"] == [source]
    # A message on each completed job would come for successful ones too.
    assert "BACKUP_JOB_COMPLETED" not in only(stack, "aws_backup_vault_notifications")["backup_vault_events"]


def test_refuses_strict_key() -> None:
    stack = test_stack()
    with pytest.raises(
        ConfigError, match=r"key='test/data' is strict: AWS makes a vault with the key rights of its creator"
    ):
        BackupVault(stack, "vault", key=SecureKey(stack, "data", KeyConfig(strict=True)))


def test_refuses_copies_from_anything_else() -> None:
    with pytest.raises(ConfigError, match=r"allow_copies_from\('\*'\) is neither an account id nor an organization id"):
        BackupVault(test_stack(), "vault").allow_copies_from("*")


@pytest.mark.parametrize(
    ("lock", "message"),
    [
        (VaultLock(mode="compliance-irreversible"), "changeable_for_days is missing: afterwards the vault"),
        (VaultLock(changeable_for_days=30), "changeable_for_days=30 makes the lock irreversible. Leave it out"),
        (VaultLock(mode="compliance-irreversible", changeable_for_days=2), "must be between 3 and 36500 days"),
        (
            VaultLock(min_retention_days=40, max_retention_days=35),
            "min_retention_days=40 is above max_retention_days=35",
        ),
    ],
)
def test_refuses_locks(lock: VaultLock, message: str) -> None:
    assert message in "\n".join(problem.text for problem in refusals_of(lock))


def test_long_name_from_the_path_is_shortened_and_its_own() -> None:
    stack = test_stack()
    names = [BackupVault(stack, end + "x" * 50).vault.attributes["name"] for end in ("a", "b")]
    assert [len(name) for name in names] == [50, 50]
    assert names[0] != names[1]


def test_addresses() -> None:
    stack = test_stack()
    BackupVault(stack, "vault")
    assert addresses(synthesize(stack)) == [
        "aws_backup_vault.vault",
        "aws_backup_vault_lock_configuration.vault_lock",
        "aws_kms_alias.vault_key_alias",
        "aws_kms_key.vault_key",
    ]
