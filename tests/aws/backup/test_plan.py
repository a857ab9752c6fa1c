"""BackupPlan: rules, selections, role, copies, restore tests."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.backup.config import BackupPlanConfig, BackupRule, RestoreTest
from secureinfra.aws.backup.plan import BackupPlan
from secureinfra.aws.backup.vault import BackupVault, BackupVaultConfig, VaultLock
from secureinfra.aws.dynamodb.config import TableConfig
from secureinfra.aws.dynamodb.table import Table
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.check.run import run_controls
from secureinfra.config.waiver import Waiver
from secureinfra.controls.dynamodb import IN_BACKUP_PLAN
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, configuration_of, synthesize, test_stack

OTHER = "arn:aws:backup:eu-central-1:111122223333:backup-vault:copies"
ORDERS = TableConfig(hash_key="id")


def in_a_region() -> Any:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    return stack


def resources(stack: Any, type: str) -> dict[str, Any]:
    return dict(synthesize(stack)["resource"].get(type, {}))


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    BackupPlan(stack, "backups")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = in_a_region()
    config = BackupPlanConfig(
        name="backups",
        rules={
            "daily": BackupRule(schedule="cron(0 3 ? * * *)", timezone="Europe/Berlin", continuous=True),
            "monthly": BackupRule(
                schedule="cron(0 4 1 * ? *)", retention_days=365, cold_storage_after_days=30, copied=False
            ),
        },
        selected_tags={"backup": "daily", "tier": "gold"},
        lock=VaultLock(min_retention_days=14, max_retention_days=400),
        copy_to_regions=("eu-west-1",),
        restore_test=RestoreTest(resource_types=("S3",), validation_window_hours=4),
        tags={"team": "platform"},
    )
    plan = BackupPlan(stack, "backups", config, copy_to=(OTHER,), alarms=SecureTopic(stack, "pages"))
    Table(stack, "orders", ORDERS, key=SecureKey(stack, "data", KeyConfig(strict=True)), backup=plan)
    matches_snapshot(stack)


def test_backup_plan_complete() -> None:
    stack = test_stack()
    BackupPlan(stack, "backups")
    (plan,) = resources(stack, "aws_backup_plan").values()
    (selection,) = resources(stack, "aws_backup_selection").values()
    assert plan["rule"][0]["lifecycle"] == {"delete_after": 35}
    assert selection["condition"] == [{"string_equals": [{"key": "aws:ResourceTag/backup", "value": "daily"}]}]


def test_several_tags_must_all_match() -> None:
    stack = test_stack()
    BackupPlan(stack, "backups", BackupPlanConfig(selected_tags={"backup": "daily", "tier": "gold"}))
    (selection,) = resources(stack, "aws_backup_selection").values()
    # `selection_tag` blocks would select what carries any one of them.
    assert "selection_tag" not in selection
    assert len(selection["condition"][0]["string_equals"]) == 2


def test_constructs_are_selected_by_name() -> None:
    stack = test_stack()
    plan = BackupPlan(stack, "backups", BackupPlanConfig(selected_tags={}))
    Table(stack, "orders", ORDERS, backup=plan)
    SecureBucket(stack, "uploads", backup=plan)
    selections = resources(stack, "aws_backup_selection")
    assert {name: block["resources"] for name, block in selections.items()} == {
        "backups_selected_test_orders": ["${aws_dynamodb_table.orders_table.arn}"],
        "backups_selected_test_uploads": ["${aws_s3_bucket.uploads_bucket.arn}"],
    }


def test_dynamodb_table_in_backup_plan() -> None:
    for backed_up in (True, False):
        stack = test_stack()
        plan = BackupPlan(stack, "backups")
        Table(stack, "orders", ORDERS, backup=plan if backed_up else None)
        (finding,) = run_controls(configuration_of(stack), (IN_BACKUP_PLAN,))
        assert finding.status == ("passed" if backed_up else "failed")


def test_role_is_for_aws_backup_and_may_use_strict_keys() -> None:
    stack = test_stack()
    plan = BackupPlan(stack, "backups")
    Table(stack, "orders", ORDERS, key=SecureKey(stack, "data", KeyConfig(strict=True)), backup=plan)
    (role,) = resources(stack, "aws_iam_role").values()
    assert "backup.amazonaws.com" in role["assume_role_policy"]
    key = json.loads(resources(stack, "aws_kms_key")["data_key"]["policy"])["Statement"]
    mine = {one["Sid"]: one for one in key if one["Principal"].get("AWS") == ["${aws_iam_role.backups_role.arn}"]}
    assert set(mine) == {"Backup", "BackupGrants"}
    assert mine["BackupGrants"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": ["true"]}}


def test_copies_go_to_vaults_of_other_regions_and_accounts() -> None:
    stack = in_a_region()
    BackupPlan(stack, "backups", BackupPlanConfig(copy_to_regions=("eu-west-1",)), copy_to=(OTHER,))
    (plan,) = resources(stack, "aws_backup_plan").values()
    copies = [copy["destination_vault_arn"] for copy in plan["rule"][0]["copy_action"]]
    assert copies == ["${aws_backup_vault.backups_vault_eu_west_1_vault.arn}", OTHER]
    vault = resources(stack, "aws_backup_vault")["backups_vault_eu_west_1_vault"]
    assert (vault["provider"], vault["kms_key_arn"]) == (
        "aws.eu_west_1",
        "${aws_kms_key.backups_vault_eu_west_1_key.arn}",
    )


def test_what_is_backed_up_is_restored_once_per_type() -> None:
    stack = test_stack()
    plan = BackupPlan(stack, "backups", BackupPlanConfig(restore_test=RestoreTest(resource_types=("RDS",))))
    for name in ("orders", "accounts"):
        Table(stack, name, ORDERS, backup=plan)
    tests = resources(stack, "aws_backup_restore_testing_selection").values()
    assert sorted(one["protected_resource_type"] for one in tests) == ["DynamoDB", "RDS"]
    (tested,) = resources(stack, "aws_backup_restore_testing_plan").values()
    assert tested["recovery_point_selection"][0]["include_vaults"] == ["${aws_backup_vault.backups_vault.arn}"]


def test_long_names_of_selections_stay_apart() -> None:
    stack = test_stack()
    plan = BackupPlan(stack, "backups")
    for name in ("a", "b"):
        plan.back_up("x" * 60 + name, "arn:aws:dynamodb:eu-central-1:111122223333:table/x", "DynamoDB")
    names = {one["name"] for one in resources(stack, "aws_backup_selection").values()}
    assert len(names) == 3
    assert max(map(len, names)) <= 50


def test_refuses_plan_that_selects_nothing() -> None:
    stack = test_stack()
    BackupPlan(stack, "backups", BackupPlanConfig(selected_tags={}))
    with pytest.raises(ConfigError, match="it selects nothing: no tag is named, and no construct says backup="):
        synthesize(stack)


def test_refuses_lock_of_a_given_vault_that_backups_break() -> None:
    stack = test_stack()
    vault = BackupVault(stack, "vault", BackupVaultConfig(lock=VaultLock(min_retention_days=90)))
    with pytest.raises(
        ConfigError, match=r"rules.daily.retention_days=35 is below min_retention_days=90 of the lock of"
    ):
        BackupPlan(stack, "backups", vault=vault)


def test_refuses_what_is_for_its_own_vault_beside_another() -> None:
    stack = test_stack()
    with pytest.raises(
        ConfigError, match=r"key= is for the plan's own vault, but vault= is given. Give it to 'test/vault'"
    ):
        BackupPlan(stack, "backups", vault=BackupVault(stack, "vault"), key=SecureKey(stack, "data"))


def test_refuses_copies_to_its_own_region_or_to_no_vault() -> None:
    with pytest.raises(ConfigError, match="copy_to_regions names 'eu-central-1', where the plan is"):
        BackupPlan(in_a_region(), "backups", BackupPlanConfig(copy_to_regions=("eu-central-1",)))
    with pytest.raises(ConfigError, match="copy_to='copies' is not a vault"):
        BackupPlan(test_stack(), "backups", copy_to=("copies",))


def test_refuses_second_selection_of_a_name() -> None:
    plan = BackupPlan(test_stack(), "backups")
    plan.back_up("orders", "arn:aws:dynamodb:eu-central-1:111122223333:table/orders", "DynamoDB")
    with pytest.raises(ConfigError, match=r"back_up\('orders'\) is already called with this name"):
        plan.back_up("orders", "arn:aws:dynamodb:eu-central-1:111122223333:table/orders", "DynamoDB")
    with pytest.raises(ConfigError, match="'orders'.* is not an ARN"):
        plan.back_up("more", "orders", "DynamoDB")


def test_refuses_bucket_without_versions() -> None:
    stack = test_stack()
    waiver = Waiver(control="s3-bucket-versioned", reason="scratch", owner="a", until="2099-12-31")
    config = BucketConfig(versioned=False, waivers=(waiver,))
    with pytest.raises(ConfigError, match="backup= needs versions, which AWS Backup copies"):
        SecureBucket(stack, "uploads", config, backup=BackupPlan(stack, "backups"))


def test_addresses() -> None:
    stack = test_stack()
    BackupPlan(stack, "backups")
    assert addresses(synthesize(stack)) == [
        "aws_backup_plan.backups_plan",
        "aws_backup_selection.backups_tagged",
        "aws_backup_vault.backups_vault",
        "aws_backup_vault_lock_configuration.backups_vault_lock",
        "aws_iam_role.backups_role",
        "aws_iam_role_policy_attachment.backups_backup_policy",
        "aws_iam_role_policy_attachment.backups_backup_policy_s3",
        "aws_kms_alias.backups_vault_key_alias",
        "aws_kms_key.backups_vault_key",
    ]
