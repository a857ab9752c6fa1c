"""Controls on KMS keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, at_least, is_false, is_true
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyStatement

ROTATED = Control(
    id="kms-key-rotated",
    title="Key material is rotated by AWS",
    why="a leaked key would open everything ever encrypted with it",
    row="kms-rotation",
    mend="Set enable_key_rotation = true.",
    python="SecureKey rotates every year; KeyConfig(rotation_period_in_days=...) sets 90 to 2560 days.",
)


@ROTATED.check("aws_kms_key")
def _rotated(key: Block, configuration: Configuration) -> Iterator[Failure]:
    # docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html: asymmetric, HMAC and custom store keys cannot rotate.
    if key.get("customer_master_key_spec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        raise NotApplicable("AWS rotates symmetric encryption keys only")
    if key.has("custom_key_store_id"):
        raise NotApplicable("AWS rotates no key of a custom key store")
    if not is_true(value := key.get("enable_key_rotation")):
        yield Failure(written("enable_key_rotation", value), "enable_key_rotation = true", at="enable_key_rotation")


POLICY_EXPLICIT = Control(
    id="kms-key-policy-explicit",
    title="Every key has a policy written for it",
    why="the default policy hands the key to whatever IAM allows",
    row="kms-policy-explicit",
    mend="Write a policy on the key, or an aws_kms_key_policy for it.",
    python="SecureKey writes one that names administrators, users and services.",
)


@POLICY_EXPLICIT.check("aws_kms_key")
def _policy_explicit(key: Block, configuration: Configuration) -> Iterator[Failure]:
    if not key.has("policy") and not configuration.attached(key, "aws_kms_key_policy", "key_id"):
        yield Failure("no policy and no aws_kms_key_policy", "policy = a document that names who may use the key")


POLICY_NOT_PUBLIC = Control(
    id="kms-key-policy-not-public",
    title="No key policy lets everyone in",
    why="anybody with an AWS account could use the key",
    row="kms-policy-no-public",
    waivable=False,
    mend="Name the principals, or limit Principal '*' by a condition such as kms:CallerAccount or aws:PrincipalOrgID.",
    python="SecureKey(..., KeyConfig(users=...)) and key.grant_encrypt_decrypt(role) name them.",
)


@POLICY_NOT_PUBLIC.check("aws_kms_key", "aws_kms_key_policy", "aws_kms_replica_key", "aws_kms_external_key")
def _policy_not_public(key: Block, configuration: Configuration) -> Iterator[Failure]:
    from secureinfra.controls.reading.resource_policies import says_who  # noqa: PLC0415 - the emitting wing needs none of it
    from secureinfra.terraform.policy_document import statements_of  # noqa: PLC0415

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        if statement.allows and statement.everybody and not any_of(statement.conditions, says_who):
            found = "Allow for Principal '*' without a condition that says who it is"
            yield Failure(found, "principals by ARN", at=f"policy.{statement.at}")

    return each(statements_of(key, "policy", configuration), judge)


DELETION_DELAYED = Control(
    id="kms-key-deletion-delayed",
    title="A deleted key can be recovered for 30 days",
    why="data encrypted with a deleted key is lost for good",
    row="kms-deletion-window",
    mend="Set deletion_window_in_days = 30, or leave it out.",
    python="SecureKey does.",
)

DELETION_DELAYED.check("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key")(
    argument("deletion_window_in_days", at_least(30), "deletion_window_in_days = 30", absent=30)
)

ENABLED = Control(
    id="kms-key-enabled",
    title="The key is enabled",
    why="what it encrypted could not be read",
    row="kms-enabled",
    mend="Set is_enabled = true, or leave it out.",
    python="SecureKey does.",
)

ENABLED.check("aws_kms_key")(argument("is_enabled", is_true, "is_enabled = true", absent=True))

SINGLE_REGION = Control(
    id="kms-key-single-region",
    title="Key material stays in one region",
    why="a copy of the key in a second region is a second place to lose it",
    row="kms-single-region",
    mend="Leave multi_region out.",
    python="SecureKey does; KeyConfig(multi_region=True) needs a waiver.",
)

SINGLE_REGION.check("aws_kms_key")(argument("multi_region", is_false, "multi_region = false", absent=False))
