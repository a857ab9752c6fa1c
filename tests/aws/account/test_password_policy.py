"""PasswordPolicy: what is fixed, and what may only become stronger."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.account.password_policy import PasswordPolicy, PasswordPolicyConfig
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack


def policy_of(config: PasswordPolicyConfig) -> dict[str, Any]:
    stack = test_stack()
    PasswordPolicy(stack, "passwords", config)
    (policy,) = synthesize(stack)["resource"]["aws_iam_account_password_policy"].values()
    return dict(policy)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    PasswordPolicy(stack, "passwords")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = PasswordPolicyConfig(minimum_password_length=20, max_password_age=30, protect=False)
    PasswordPolicy(stack, "passwords", config, provider="aws.other")
    matches_snapshot(stack)


def test_password_complex() -> None:
    policy = policy_of(PasswordPolicyConfig())
    for kind in ("lowercase_characters", "uppercase_characters", "numbers", "symbols"):
        assert policy[f"require_{kind}"] is True


def test_password_not_reused() -> None:
    assert policy_of(PasswordPolicyConfig())["password_reuse_prevention"] == 24


def test_ended_password_can_still_be_changed_by_its_user() -> None:
    policy = policy_of(PasswordPolicyConfig())
    assert (policy["allow_users_to_change_password"], policy["hard_expiry"]) == (True, False)


def test_password_length() -> None:
    with pytest.raises(ControlError, match="minimum_password_length=12 breaks control iam-account-password-length"):
        PasswordPolicy(test_stack(), "passwords", PasswordPolicyConfig(minimum_password_length=12))


def test_password_expires() -> None:
    with pytest.raises(ControlError, match="max_password_age=180 breaks control iam-account-password-expires"):
        PasswordPolicy(test_stack(), "passwords", PasswordPolicyConfig(max_password_age=180))


def test_waiver_lets_passwords_live_longer() -> None:
    # CIS asks for no end of passwords since 1.4, nor does NIST SP 800-63B; FSBP and PCI DSS do.
    waiver = Waiver(
        control="iam-account-password-expires", reason="second factor", owner="identity", until="2099-12-31"
    )
    policy = policy_of(PasswordPolicyConfig(max_password_age=365, waivers=(waiver,)))
    assert policy["max_password_age"] == 365
    assert policy["//"]["waivers"][0]["control"] == waiver.control


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (PasswordPolicyConfig(minimum_password_length=129), "minimum_password_length=129 must be between 6 and 128"),
        (PasswordPolicyConfig(max_password_age=0), "max_password_age=0 must be between 1 and 1095 days"),
    ],
)
def test_refuses_what_aws_does_not_know(config: PasswordPolicyConfig, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        PasswordPolicy(test_stack(), "passwords", config)


def test_variables_are_judged_by_terraform() -> None:
    policy = policy_of(
        PasswordPolicyConfig.of({"minimum_password_length": "${var.length}", "max_password_age": "${var.days}"})
    )
    conditions = " ".join(judged["condition"] for judged in policy["lifecycle"]["precondition"])
    assert "var.length >= 14" in conditions
    assert "var.days <= 90" in conditions


def test_addresses() -> None:
    stack = test_stack()
    PasswordPolicy(stack, "passwords")
    assert addresses(synthesize(stack)) == ["aws_iam_account_password_policy.passwords_policy"]
