"""Controls on Cognito user pools and identity pools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, at_least, at_most, is_false, is_true, one_of
from secureinfra.controls.verdict import Failure, NotApplicable
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

POOL = "aws_cognito_user_pool"
_PASSWORDS = "password_policy[]"
_THREATS = "user_pool_add_ons"
_CUSTOM = f"{_THREATS}.advanced_security_additional_flows.custom_auth_mode"

NO_GUESTS = Control(
    id="cognito-identity-pool-no-guests",
    title="Cognito identity pools do not give credentials to guests",
    why="anyone on the internet would get AWS credentials",
    row="cognito-no-guests",
    fix="Set allow_unauthenticated_identities = false.",
)
NO_GUESTS.check("aws_cognito_identity_pool")(
    argument("allow_unauthenticated_identities", is_false, "allow_unauthenticated_identities = false")
)

PASSWORDS = Control(
    id="cognito-user-pool-passwords",
    title="Cognito user pools require strong passwords",
    why="short and simple passwords can be guessed",
    row="cognito-password",
    fix="Write password_policy with minimum_length = 8 or more, the four require_ arguments, and "
    "temporary_password_validity_days = 7 or less; or leave the block out for the defaults of Cognito.",
)
# docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html: without a policy of its own a pool asks for
# eight characters of all four kinds, and temporary passwords are valid for seven days.
PASSWORDS.check(POOL)(
    all_hold(
        argument(f"{_PASSWORDS}.minimum_length", at_least(8), "minimum_length = 8 or more"),
        *(
            argument(f"{_PASSWORDS}.require_{kind}", is_true, f"require_{kind} = true", absent=False)
            for kind in ("lowercase", "uppercase", "numbers", "symbols")
        ),
        argument(
            f"{_PASSWORDS}.temporary_password_validity_days",
            at_most(7),
            "temporary_password_validity_days = 7 or less",
            absent=7,
        ),
    )
)

MFA = Control(
    id="cognito-user-pool-mfa",
    title="Cognito user pools with passwords require a second factor",
    why="a stolen password would be enough to sign in",
    row="cognito-mfa",
    fix='Set mfa_configuration = "ON", and write software_token_mfa_configuration { enabled = true }.',
)


@MFA.check(POOL)
def _mfa(pool: Block, configuration: Configuration) -> Iterator[Failure]:
    factors = pool.items("sign_in_policy.allowed_first_auth_factors")
    if factors and not any_of(factors, lambda factor: factor == "PASSWORD"):
        raise NotApplicable("its users do not sign in with passwords")
    yield from argument("mfa_configuration", one_of("ON"), 'mfa_configuration = "ON"', absent="OFF")(
        pool, configuration
    )


DELETION_PROTECTED = Control(
    id="cognito-user-pool-deletion-protected",
    title="Cognito user pools have deletion protection",
    why="one wrong command or plan could delete every account of your users",
    row="cognito-deletion-protection",
    fix='Set deletion_protection = "ACTIVE".',
)
DELETION_PROTECTED.check(POOL)(
    argument("deletion_protection", one_of("ACTIVE"), 'deletion_protection = "ACTIVE"', absent="INACTIVE")
)

THREATS_BLOCKED = Control(
    id="cognito-user-pool-threat-protection",
    title="Cognito user pools block sign-ins that look like an attack",
    why="leaked passwords and sign-ins from unusual places would be accepted",
    row="cognito-threat-protection",
    fix='Write user_pool_add_ons { advanced_security_mode = "ENFORCED" }; this needs the Plus tier.',
)
THREATS_BLOCKED.check(POOL)(
    argument(f"{_THREATS}.advanced_security_mode", one_of("ENFORCED"), 'advanced_security_mode = "ENFORCED"')
)

CUSTOM_THREATS_BLOCKED = Control(
    id="cognito-user-pool-threat-protection-custom",
    title="Cognito user pools block attacks on custom authentication too",
    why="an authentication flow of your own would accept sign-ins that the others block",
    row="cognito-threat-protection-custom",
    fix='Write advanced_security_additional_flows { custom_auth_mode = "ENFORCED" } in user_pool_add_ons; this needs the '
    "Plus tier.",
)
CUSTOM_THREATS_BLOCKED.check(POOL)(argument(_CUSTOM, one_of("ENFORCED"), 'custom_auth_mode = "ENFORCED"'))
