"""Controls on KMS keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.administrators import account_of, foreign_administrators, own_accounts
from secureinfra.controls.shared.arguments import argument, at_least, is_false, is_true
from secureinfra.controls.shared.resource_policies import not_public
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

ROTATED = Control(
    id="kms-key-rotated",
    title="KMS keys are rotated automatically",
    why="one leaked key would decrypt everything ever encrypted with it",
    row="kms-rotation",
    fix="Set enable_key_rotation = true.",
    setting="SecureKey rotates every year; KeyConfig(rotation_period_in_days=...) sets 90 to 2560 days.",
)


@ROTATED.check("aws_kms_key")
def _rotated(key: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html: asymmetric, HMAC and custom store keys cannot rotate.
    if key.get("customer_master_key_spec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        raise NotApplicable("AWS rotates symmetric encryption keys only")
    if key.has("custom_key_store_id"):
        raise NotApplicable("AWS does not rotate keys in a custom key store")
    if not is_true(value := key.get("enable_key_rotation")):
        yield Failure(written("enable_key_rotation", value), "enable_key_rotation = true", at="enable_key_rotation")


POLICY_EXPLICIT = Control(
    id="kms-key-policy-explicit",
    title="KMS keys have an explicit key policy",
    why="the default policy delegates access to the key to IAM policies",
    row="kms-policy-explicit",
    fix="Write a policy on the key, or an aws_kms_key_policy for it.",
    setting="SecureKey writes one that names administrators, users and services.",
)


@POLICY_EXPLICIT.check("aws_kms_key")
def _policy_explicit(key: Block, configuration: Configuration) -> Iterator[Failure]:
    if not key.has("policy") and not configuration.attached(key, "aws_kms_key_policy", "key_id"):
        yield Failure("no policy and no aws_kms_key_policy", "policy = a document that names who may use the key")


POLICY_NOT_PUBLIC = Control(
    id="kms-key-policy-not-public",
    title="KMS key policies do not allow anonymous access",
    why="any AWS account could use the key",
    row="kms-policy-no-public",
    waivable=False,
    fix="Name the principals, or limit Principal '*' by a condition such as kms:CallerAccount or aws:PrincipalOrgID.",
    setting="SecureKey(..., KeyConfig(users=...)) and key.grant_encrypt_decrypt(role) name them.",
)


POLICY_NOT_PUBLIC.check("aws_kms_key", "aws_kms_key_policy", "aws_kms_replica_key", "aws_kms_external_key")(
    not_public("policy", "principals by ARN")
)


POLICY_NO_EXTERNAL_ADMIN = Control(
    id="kms-key-policy-no-external-admin",
    title="KMS key policies do not allow other accounts to administer the key",
    why="another account could change who may use the key, or delete it with all data that it encrypts",
    row="kms-policy-no-external-admin",
    fix=(
        "Allow other accounts only the cryptographic actions they need, and none of kms:PutKeyPolicy, "
        "kms:ScheduleKeyDeletion, kms:DisableKey and kms:CreateGrant without a condition. Reference the own account through "
        "data.aws_caller_identity, or list it in the provider's allowed_account_ids."
    ),
    setting="SecureKey(..., KeyConfig(administrators=...)) names administrators of the own account.",
)
_ADMINISTRATION = (
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:DisableKey",
    "kms:CreateGrant",
)


@POLICY_NO_EXTERNAL_ADMIN.check("aws_kms_key", "aws_kms_key_policy", "aws_kms_replica_key", "aws_kms_external_key")
def _policy_no_external_admin(block: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.terraform.model.policy_document import statements_of  # noqa: PLC0415

    if not (statements := statements_of(block, "policy", configuration)):
        raise NotApplicable("it has no policy")
    # AWS refuses a policy with which nobody of the key's account could write the next one, unless it is told not to check:
    # docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html. A single account is the own one.
    writers = _accounts_that_write_policies(statements)
    sure = len(writers) == 1 and is_false(block.get("bypass_policy_lockout_safety_check"))
    own = writers if sure and not own_accounts(configuration) else set()

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        # Grants under a condition, such as kms:GrantIsForAWSResource, are how services of another account use a key.
        asked = [action for action in _ADMINISTRATION if action != "kms:CreateGrant" or not statement.conditions]
        for failure in foreign_administrators(statement, statements, asked, configuration, own):
            yield Failure(failure.found, "cryptographic actions only", at=f"policy.{statement.at}")

    return each(statements, judge)


def _accounts_that_write_policies(statements: list[PolicyStatement]) -> set[str]:
    """The accounts of all principals that may write the key's policy."""
    writing = [held for held in statements if held.allows and held.speaks_of("kms:PutKeyPolicy")]
    named = [id for held in writing for id in held.principals.get("AWS", ())]
    return {account_of(text_of(id)) for id in named}


DELETION_DELAYED = Control(
    id="kms-key-deletion-delayed",
    title="Deleted KMS keys can be recovered for 30 days",
    why="data encrypted with a deleted key is lost",
    row="kms-deletion-window",
    fix="Set deletion_window_in_days = 30, or leave it out.",
)

DELETION_DELAYED.check("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key")(
    argument("deletion_window_in_days", at_least(30), "deletion_window_in_days = 30", absent=30)
)

ENABLED = Control(
    id="kms-key-enabled",
    title="KMS keys are enabled",
    why="data encrypted with the key could not be read",
    row="kms-enabled",
    fix="Set is_enabled = true, or leave it out.",
)

ENABLED.check("aws_kms_key")(argument("is_enabled", is_true, "is_enabled = true", absent=True))

SINGLE_REGION = Control(
    id="kms-key-single-region",
    title="KMS keys are not multi-Region keys",
    why="a replica of the key in a second Region is a second place to lose it",
    row="kms-single-region",
    fix="Leave multi_region out.",
    setting="SecureKey does; KeyConfig(multi_region=True) needs a waiver.",
)

SINGLE_REGION.check("aws_kms_key")(argument("multi_region", is_false, "multi_region = false", absent=False))
