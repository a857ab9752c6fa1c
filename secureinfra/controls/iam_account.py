"""Controls on what an account sets once for IAM: passwords, root credentials, access for AWS Support."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.iam_attachments import ATTACHMENTS, PERMISSION_SETS, arn_of, attached_arns
from secureinfra.controls.reading.arguments import argument, at_least, is_true, number
from secureinfra.controls.reading.iam_patterns import surely
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

_PASSWORDS = "aws_iam_account_password_policy"

PASSWORD_LENGTH = Control(
    id="iam-account-password-length",
    title="Passwords have at least 14 characters",
    why="short passwords are guessed",
    row="iam-password-length",
    mend="Set minimum_password_length = 14 or more.",
)

PASSWORD_NOT_REUSED = Control(
    id="iam-account-password-not-reused",
    title="The last 24 passwords cannot be used again",
    why="a password that leaked once comes back",
    row="iam-password-reuse",
    mend="Set password_reuse_prevention = 24.",
)

PASSWORD_COMPLEX = Control(
    id="iam-account-password-complex",
    title="Passwords mix lower and upper case, numbers and symbols",
    why="words from a dictionary are guessed",
    row="iam-password-complexity",
    mend=(
        "Set require_lowercase_characters, require_uppercase_characters, require_numbers and require_symbols to true."
    ),
)

PASSWORD_EXPIRES = Control(
    id="iam-account-password-expires",
    title="Passwords end after 90 days",
    why="a stolen password works for as long as nobody notices",
    row="iam-password-expiry",
    mend="Set max_password_age = 90 or less.",
)

SUPPORT_ROLE = Control(
    id="iam-account-support-role",
    title="A role may open cases with AWS Support",
    why="nobody could report an incident to AWS without broader rights",
    row="iam-support-role",
    mend="Attach AWSSupportAccess to a role, rather than to users.",
)

ROOT_CENTRAL = Control(
    id="iam-organizations-features-root-credentials",
    title="Root credentials of member accounts are managed centrally",
    why="every account keeps a root password of its own, which no policy limits",
    row="iam-root-centralized",
    mend='Add "RootCredentialsManagement" to enabled_features, then delete the root credentials of member accounts.',
)

# The provider takes 6 where no length is written; AWS takes false, never and no memory of passwords for the others.
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
    # Zero is how the provider writes that passwords never end.
    days = number(value := policy.get("max_password_age"))
    if days is None or not 1 <= days <= 90:
        yield Failure(written("max_password_age", value), "max_password_age = 90", at="max_password_age")


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
    """Asked where AWSSupportAccess is given to somebody: whether an account has such a role at all may be decided elsewhere."""

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
        raise NotApplicable("nobody is given AWSSupportAccess here; another configuration of the account may do so")
    if not any_of(giving, is_to_a_role):
        for block in giving:
            yield Failure("AWSSupportAccess for users or groups alone", "AWSSupportAccess on a role", block=block)
