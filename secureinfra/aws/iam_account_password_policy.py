"""Password policy of the account: long, mixed, never used before, for ninety days."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.config import Config
from secureinfra.controls import iam_account
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import Number, between


class PasswordPolicyConfig(Config):
    """What a caller may choose about the account's passwords: only what makes them stronger."""

    minimum_password_length: Annotated[
        Number,
        between(6, 128, "characters"),
        iam_account.PASSWORD_LENGTH.keeps(lambda characters: characters >= 14, "{value} >= 14"),
    ] = 14
    """How long a password is at least, 14 to 128 characters."""
    max_password_age: Annotated[
        Number,
        between(1, 1095, "days"),
        iam_account.PASSWORD_EXPIRES.keeps(lambda days: days <= 90, "{value} <= 90"),
    ] = 90
    """After how many days a password ends, 1 to 90."""
    protect: bool = True
    """Terraform refuses to destroy the policy, after which six characters would do; the `sandbox` environment turns it off."""


class PasswordPolicy(SecureConstruct):
    """Passwords of IAM users that are long, mixed, never used twice and end after 90 days.

    Creates the account's one password policy. Fixed: lower and upper case, numbers and symbols (IAM.11 to IAM.14), the
    last 24 passwords refused (CIS 1.8 in v5, IAM.16). Users change their password themselves, and may still do so once it
    has ended: with `hard_expiry` only an administrator could let them in again.

    It speaks of IAM users alone; the root user and identities from elsewhere have rules of their own
    (docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        provider: an additional provider, for another account; the policy is the same in every region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `PasswordPolicy(stack, "passwords")`
    """

    config: PasswordPolicyConfig

    def __init__(
        self, scope: Construct, id: str, config: PasswordPolicyConfig = PasswordPolicyConfig(), *, provider: Any = None
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.password_policy = Resource(
            self,
            "policy",
            "aws_iam_account_password_policy",
            protect=config.protect,
            minimum_password_length=config.minimum_password_length,
            max_password_age=config.max_password_age,
            password_reuse_prevention=24,
            require_lowercase_characters=True,
            require_uppercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            allow_users_to_change_password=True,
            hard_expiry=False,
        )
