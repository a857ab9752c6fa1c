"""Controls on Cognito user pools and identity pools."""

import pytest

from secureinfra.controls import cognito
from tests.controls.spec import Spec

POOL = cognito.POOL
STRONG = {
    "minimum_length": 12,
    "require_lowercase": True,
    "require_uppercase": True,
    "require_numbers": True,
    "require_symbols": True,
}
SPECS = [
    Spec(
        cognito.NO_GUESTS,
        "aws_cognito_identity_pool",
        {"identity_pool_name": "p"},
        also=[{"allow_unauthenticated_identities": False}],
        fails=[({"allow_unauthenticated_identities": True}, "allow_unauthenticated_identities = true")],
        unknown=["allow_unauthenticated_identities"],
    ),
    Spec(
        cognito.PASSWORDS,
        POOL,
        {"name": "p", "password_policy": STRONG},
        also=[{"password_policy": None}, {"password_policy.temporary_password_validity_days": 3}],
        fails=[
            ({"password_policy.minimum_length": 6}, "minimum_length = 6"),
            ({"password_policy.minimum_length": None}, "minimum_length is not set"),
            ({"password_policy.require_lowercase": None}, "require_lowercase is not set"),
            ({"password_policy.require_uppercase": False}, "require_uppercase = false"),
            ({"password_policy.require_numbers": False}, "require_numbers = false"),
            ({"password_policy.require_symbols": False}, "require_symbols = false"),
            ({"password_policy.temporary_password_validity_days": 30}, "temporary_password_validity_days = 30"),
        ],
        unknown=["password_policy.minimum_length", "password_policy.require_symbols", "password_policy"],
    ),
    Spec(
        cognito.MFA,
        POOL,
        {"name": "p", "mfa_configuration": "ON"},
        also=[{"sign_in_policy.allowed_first_auth_factors": ["PASSWORD", "WEB_AUTHN"]}],
        fails=[
            ({"mfa_configuration": None}, "mfa_configuration is not set (AWS defaults to 'OFF')"),
            ({"mfa_configuration": "OPTIONAL"}, 'mfa_configuration = "OPTIONAL"'),
            ({"mfa_configuration": "OFF", "sign_in_policy.allowed_first_auth_factors": ["PASSWORD"]}, '= "OFF"'),
        ],
        unknown=["mfa_configuration", "sign_in_policy.allowed_first_auth_factors"],
        spared=[{"mfa_configuration": None, "sign_in_policy.allowed_first_auth_factors": ["WEB_AUTHN", "EMAIL_OTP"]}],
    ),
    Spec(
        cognito.DELETION_PROTECTED,
        POOL,
        {"name": "p", "deletion_protection": "ACTIVE"},
        fails=[({"deletion_protection": None}, "'INACTIVE'"), ({"deletion_protection": "INACTIVE"}, '= "INACTIVE"')],
        unknown=["deletion_protection"],
    ),
    Spec(
        cognito.THREATS_BLOCKED,
        POOL,
        {"name": "p", "user_pool_add_ons": {"advanced_security_mode": "ENFORCED"}},
        fails=[
            ({"user_pool_add_ons": None}, "advanced_security_mode is not set"),
            ({"user_pool_add_ons.advanced_security_mode": "AUDIT"}, '= "AUDIT"'),
        ],
        unknown=["user_pool_add_ons.advanced_security_mode"],
    ),
    Spec(
        cognito.CUSTOM_THREATS_BLOCKED,
        POOL,
        {
            "name": "p",
            "user_pool_add_ons": {
                "advanced_security_mode": "ENFORCED",
                "advanced_security_additional_flows": {"custom_auth_mode": "ENFORCED"},
            },
        },
        fails=[
            ({"user_pool_add_ons.advanced_security_additional_flows": None}, "custom_auth_mode is not set"),
            ({"user_pool_add_ons.advanced_security_additional_flows.custom_auth_mode": "AUDIT"}, '= "AUDIT"'),
        ],
        unknown=["user_pool_add_ons.advanced_security_additional_flows.custom_auth_mode"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
