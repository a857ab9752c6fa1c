"""Password policy of the account: long, mixed, never used before, for ninety days."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.config.rule import between
from secureinfra.config.rules import Number
from secureinfra.controls.account import iam as iam_account
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["PasswordPolicy", "PasswordPolicyConfig"]


class PasswordPolicyConfig(Config):
    """What a caller may choose about the account's passwords: only what makes them stronger."""

    minimum_password_length: Annotated[
        Number,
        between(6, 128, "characters"),
        iam_account.PASSWORD_LENGTH.keeps(lambda characters: characters >= 14, "{value} >= 14"),
    ] = 14
    """Minimum length of a password, 14 to 128 characters."""
    max_password_age: Annotated[
        Number,
        between(1, 1095, "days"),
        iam_account.PASSWORD_EXPIRES.keeps(lambda days: days <= 90, "{value} <= 90"),
    ] = 90
    """Days until a password expires, 1 to 90."""
    protect: bool = True
    """Terraform refuses to destroy the policy; without it, six characters are enough. The `sandbox` environment turns
    it off."""


@declares(module="password-policy", page="account")
class PasswordPolicy(SecureConstruct):
    """Passwords of IAM users that are long, mixed, never reused and expire after 90 days.

    Creates the account's one password policy. Fixed: lower and upper case, numbers and symbols (IAM.11 to IAM.14), the
    last 24 passwords refused (CIS 1.8 in v5, IAM.16). Users change their own password, even after it has expired: with
    `hard_expiry` only an administrator could reset it.

    It applies to IAM users only; the root user and federated identities follow their own rules
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
        self,
        scope: Construct,
        id: str,
        config: PasswordPolicyConfig = PasswordPolicyConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(self, "an account has one password policy, and each would overwrite the other's", "Remove one.")
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
