"""UserPool: factors, passwords, threats, protection, attributes, clients."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.cognito.attributes import UserAttribute
from secureinfra.aws.cognito.client import UserPoolClientConfig
from secureinfra.aws.cognito.user_pool import UserPool, UserPoolConfig
from secureinfra.config.waiver import Waiver
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, synthesize, test_stack

SOURCE = "arn:aws:ses:eu-central-1:111122223333:identity/example.com"
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"


def made(**changed: Any) -> dict[str, Any]:
    stack = test_stack()
    UserPool(stack, "people", UserPoolConfig(**changed))
    return pool_of(stack)


def pool_of(stack: Any) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"]["aws_cognito_user_pool"].values()
    return dict(block)


def client_of(**changed: Any) -> dict[str, Any]:
    stack = test_stack()
    pool = UserPool(stack, "people", UserPoolConfig(domain_prefix="acme"))
    pool.add_client("shop", UserPoolClientConfig(callback_urls=("https://shop.example.com/in",), **changed))
    (block,) = synthesize(stack)["resource"]["aws_cognito_user_pool_client"].values()
    return dict(block)


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="a trial", owner="shop", until="2099-12-31")


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    UserPool(stack, "people")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = UserPoolConfig(
        name="people",
        sign_in="username",
        attributes={
            "tenant": UserAttribute(mutable=False),
            "level": UserAttribute(type="Number", min_value=0, max_value=9, written_by_users=True),
        },
        self_registration=True,
        minimum_password_length=20,
        email_source_arn=SOURCE,
        from_email_address="shop@example.com",
        domain_name="login.example.com",
        certificate_arn=CERTIFICATE,
        tags={"team": "shop"},
    )
    pool = UserPool(stack, "people", config)
    pool.add_resource_server("orders", "https://api.example.com", {"write": "Place orders", "read": "Read orders"})
    pool.add_client(
        "shop",
        UserPoolClientConfig(
            callback_urls=("https://shop.example.com/in",), scopes=("openid", "https://api.example.com/read")
        ),
    )
    pool.add_client("terminal")
    matches_snapshot(stack)


def test_mfa() -> None:
    pool = made()
    assert (pool["mfa_configuration"], pool["software_token_mfa_configuration"]) == ("ON", {"enabled": True})
    with pytest.raises(ControlError, match="breaks control cognito-user-pool-mfa"):
        made(mfa="OPTIONAL")
    assert made(mfa="OPTIONAL", waivers=(waiver("cognito-user-pool-mfa"),))["mfa_configuration"] == "OPTIONAL"


def test_threats_blocked() -> None:
    stack = test_stack()
    UserPool(stack, "people")
    (risks,) = synthesize(stack)["resource"]["aws_cognito_risk_configuration"].values()
    assert risks["compromised_credentials_risk_configuration"]["actions"] == {"event_action": "BLOCK"}
    pool = pool_of(stack)
    assert (pool["user_pool_tier"], pool["user_pool_add_ons"]["advanced_security_mode"]) == ("PLUS", "ENFORCED")


@pytest.mark.parametrize(
    ("provider", "config"),
    [
        (
            AwsProviderConfig(region="eu-central-1"),
            UserPoolConfig(email_source_arn=SOURCE, from_email_address="a@example.com"),
        ),
        (AwsProviderConfig(region="eu-central-1", provider_major=6), UserPoolConfig()),
    ],
)
def test_unusual_sign_ins_are_blocked_where_the_provider_takes_it(
    provider: AwsProviderConfig, config: UserPoolConfig
) -> None:
    # Provider 5 wants an identity of SES beside it.
    stack = test_stack()
    AwsProvider(stack, "aws", provider)
    UserPool(stack, "people", config)
    document = synthesize(stack, providers=("6.62.0",))
    (risks,) = document["resource"]["aws_cognito_risk_configuration"].values()
    actions = risks["account_takeover_risk_configuration"]["actions"]
    assert actions["high_action"]["event_action"] == "BLOCK"


def test_without_threat_protection_it_is_cheaper_and_has_no_risks() -> None:
    stack = test_stack()
    config = UserPoolConfig(threat_protection=False, waivers=(waiver("cognito-user-pool-threat-protection"),))
    UserPool(stack, "people", config)
    assert pool_of(stack)["user_pool_tier"] == "ESSENTIALS"
    assert "aws_cognito_risk_configuration" not in synthesize(stack)["resource"]


def test_deletion_protected() -> None:
    pool = made()
    assert (pool["deletion_protection"], pool["lifecycle"]["prevent_destroy"]) == ("ACTIVE", True)
    stack = test_stack(environment="sandbox")
    UserPool(stack, "people")
    assert pool_of(stack)["deletion_protection"] == "INACTIVE"


def test_passwords() -> None:
    policy = made()["password_policy"]
    assert policy["minimum_length"] == 14
    assert all(policy[f"require_{kind}"] for kind in ("lowercase", "uppercase", "numbers", "symbols"))


def test_attributes_are_written_whole() -> None:
    (attribute,) = made(attributes={"tenant": UserAttribute(mutable=False)})["schema"]
    assert attribute == {
        "name": "tenant",
        "attribute_data_type": "String",
        "developer_only_attribute": False,
        "mutable": False,
        "required": False,
        "string_attribute_constraints": {"min_length": "0", "max_length": "2048"},
    }


def test_clients_have_no_secret_and_no_flow_that_shows_passwords() -> None:
    client = client_of()
    assert client["generate_secret"] is False
    assert client["explicit_auth_flows"] == ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    assert client["allowed_oauth_flows"] == ["code"]
    assert client["prevent_user_existence_errors"] == "ENABLED"


def test_users_change_only_what_is_theirs() -> None:
    stack = test_stack()
    config = UserPoolConfig(attributes={"role": UserAttribute(), "color": UserAttribute(written_by_users=True)})
    UserPool(stack, "people", config).add_client("shop")
    (client,) = synthesize(stack)["resource"]["aws_cognito_user_pool_client"].values()
    assert client["write_attributes"] == ["custom:color", "email", "family_name", "given_name", "name"]


def test_clients_wait_for_the_scopes_that_they_ask_for() -> None:
    stack = test_stack()
    pool = UserPool(stack, "people")
    pool.add_resource_server("orders", "https://api.example.com", {"read": "Read orders"})
    pool.add_client("shop")
    (client,) = synthesize(stack)["resource"]["aws_cognito_user_pool_client"].values()
    assert client["depends_on"] == ["aws_cognito_resource_server.people_server_orders"]


def test_what_an_authorizer_needs() -> None:
    pool = UserPool(test_stack(), "people")
    pool.add_client("shop")
    assert pool.issuer == "https://${aws_cognito_user_pool.people_pool.endpoint}"
    assert pool.client_id("shop") == "${aws_cognito_user_pool_client.people_client_shop.id}"
    with pytest.raises(ConfigError, match="it has no client 'bank'. It has: shop"):
        pool.client_id("bank")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"attributes": {"email": UserAttribute()}}, "is an attribute that each user has"),
        ({"attributes": {"two words": UserAttribute()}}, "is not a name of an attribute"),
        ({"attributes": {"a": UserAttribute(min_length=9, max_length=3)}}, "min_length=9 is more than max_length=3"),
        ({"attributes": {"a": UserAttribute(type="Number", min_value=9, max_value=3)}}, "is more than max_value=3"),
        ({"email_source_arn": SOURCE}, "from_email_address is missing"),
        ({"domain_name": "login.example.com"}, "certificate_arn is missing"),
        (
            {"domain_name": "a.example.com", "certificate_arn": CERTIFICATE, "domain_prefix": "acme"},
            "domain_prefix='acme' is given beside domain_name",
        ),
        (
            {"domain_name": "a.example.com", "certificate_arn": CERTIFICATE.replace("us-east-1", "eu-central-1")},
            "is not in us-east-1",
        ),
    ],
)
def test_refuses(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        made(**changed)


def test_refuses_clients_that_cannot_work() -> None:
    pool = UserPool(test_stack(), "people")
    with pytest.raises(ConfigError, match="the pool has no sign-in pages"):
        pool.add_client("shop", UserPoolClientConfig(callback_urls=("https://shop.example.com/in",)))
    with pytest.raises(ConfigError, match="which is neither HTTPS nor the scheme of an app"):
        pool.add_client("shop", UserPoolClientConfig(callback_urls=("http://shop.example.com/in",)))
    pool.add_client("shop")
    with pytest.raises(ConfigError, match="is called already"):
        pool.add_client("shop")
    with pytest.raises(ConfigError, match="names no scope"):
        pool.add_resource_server("orders", "https://api.example.com", {})


def test_addresses() -> None:
    stack = test_stack()
    UserPool(stack, "people", UserPoolConfig(domain_prefix="acme")).add_client("shop")
    assert addresses(synthesize(stack)) == [
        "aws_cognito_risk_configuration.people_risks",
        "aws_cognito_user_pool.people_pool",
        "aws_cognito_user_pool_client.people_client_shop",
        "aws_cognito_user_pool_domain.people_domain",
    ]
