"""Controls on account-wide IAM settings: passwords, root credentials, access for AWS Support."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.iam.attachments import ATTACHMENTS, PERMISSION_SETS, arn_of, attached_arns
from secureinfra.controls.iam.patterns import surely
from secureinfra.controls.shared.arguments import argument, at_least, includes, is_true, number
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_PASSWORDS = "aws_iam_account_password_policy"

PASSWORD_LENGTH = Control(
    id="iam-account-password-length",
    title="The account password policy requires at least 14 characters",
    why="short passwords can be guessed",
    row="iam-password-length",
    fix="Set minimum_password_length = 14 or more.",
)

PASSWORD_NOT_REUSED = Control(
    id="iam-account-password-not-reused",
    title="The account password policy prevents reuse of the last 24 passwords",
    why="a leaked password could come back into use",
    row="iam-password-reuse",
    fix="Set password_reuse_prevention = 24.",
)

PASSWORD_COMPLEX = Control(
    id="iam-account-password-complex",
    title="The account password policy requires upper and lower case letters, numbers and symbols",
    why="dictionary words can be guessed",
    row="iam-password-complexity",
    fix=(
        "Set require_lowercase_characters, require_uppercase_characters, require_numbers and require_symbols to true."
    ),
)

PASSWORD_EXPIRES = Control(
    id="iam-account-password-expires",
    title="The account password policy expires passwords after 90 days",
    why="a stolen password would keep working until the theft is noticed",
    row="iam-password-expiry",
    fix="Set max_password_age = 90 or less.",
)

SUPPORT_ROLE = Control(
    id="iam-account-support-role",
    title="An IAM role can open AWS Support cases",
    why="responders could not report an incident to AWS without broader permissions",
    row="iam-support-role",
    fix="Attach AWSSupportAccess to a role instead of users or groups.",
)

ROOT_CENTRAL = Control(
    id="iam-organizations-features-root-credentials",
    title="Root credentials of member accounts are managed centrally",
    why="every member account keeps its own root password, which no policy limits",
    row="iam-root-centralized",
    fix='Add "RootCredentialsManagement" to enabled_features, then delete the root credentials of the member accounts.',
)

ROOT_SESSIONS = Control(
    id="iam-organizations-features-root-sessions",
    title="The management account can act as root in member accounts for a limited time",
    why="a task that only root may do would need a root password in the member account",
    row="iam-root-sessions",
    fix='Add "RootSessions" to enabled_features.',
)

# If nothing is set, the provider uses a length of 6; AWS uses false, no expiry and no reuse prevention for the others.
PASSWORD_LENGTH.check(_PASSWORDS)(
    argument("minimum_password_length", at_least(14), "minimum_password_length = 14", absent=6)
)
PASSWORD_NOT_REUSED.check(_PASSWORDS)(
    argument("password_reuse_prevention", at_least(24), "password_reuse_prevention = 24")
)


@PASSWORD_COMPLEX.check(_PASSWORDS)
def _complex(policy: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(name: str) -> Iterator[Failure]:
        if not is_true(value := policy.get(name)):
            yield Failure(written(name, value), f"{name} = true", at=name)

    kinds = ("lowercase_characters", "uppercase_characters", "numbers", "symbols")
    return each((f"require_{kind}" for kind in kinds), judge)


@PASSWORD_EXPIRES.check(_PASSWORDS)
def _expires(policy: Block, configuration: Configuration) -> Iterator[Failure]:
    # The provider uses zero for passwords that never expire.
    days = number(value := policy.get("max_password_age"))
    if days is None or not 1 <= days <= 90:
        yield Failure(written("max_password_age", value), "max_password_age = 90", at="max_password_age")


ROOT_SESSIONS.check("aws_iam_organizations_features")(
    argument("enabled_features", includes("RootSessions"), 'enabled_features = ["RootSessions", ...]')
)


@ROOT_CENTRAL.check("aws_iam_organizations_features")
def _root_central(features: Block, configuration: Configuration) -> Iterator[Failure]:
    enabled = features.items("enabled_features")
    if not any_of(enabled, lambda feature: feature == "RootCredentialsManagement"):
        yield Failure(
            written("enabled_features", enabled),
            'enabled_features = ["RootCredentialsManagement", "RootSessions"]',
            at="enabled_features",
        )


@SUPPORT_ROLE.check_configuration
def _support_role(configuration: Configuration) -> Iterator[Failure]:
    """Checked only where AWSSupportAccess is attached: another configuration may decide whether the account has such a role."""

    def gives_support(block: Block) -> bool:
        arns = (arn_of(value, configuration) for _, value in attached_arns(block))
        return any(re.search(":aws:policy/AWSSupportAccess$", arn) for arn in arns)

    def is_to_a_role(block: Block) -> bool:
        if block.type == "aws_iam_policy_attachment":
            return block.has("roles")
        return "_role" in block.type or block.type in PERMISSION_SETS

    every = configuration.of_type(*ATTACHMENTS, *PERMISSION_SETS)
    giving = [block for block in every if surely(functools.partial(gives_support, block))]
    if not giving:
        raise NotApplicable(
            "AWSSupportAccess is not attached in this configuration; another configuration of the account may attach it"
        )
    if not any_of(giving, is_to_a_role):
        for block in giving:
            yield Failure(
                "AWSSupportAccess is attached only to users or groups",
                "AWSSupportAccess attached to a role",
                block=block,
            )
