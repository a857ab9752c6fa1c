"""AwsProvider: region, tags, accounts, versions."""

from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.provider import AssumeRole, AwsProvider, AwsProviderConfig
from secureinfra.engine.stack import state_of
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack

ROLE = "arn:aws:iam::111122223333:role/deploy"


def provider_of(**values: Any) -> dict[str, Any]:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(**values))
    (block,) = synthesize(stack)["provider"]["aws"]
    return dict(block)


def test_least() -> None:
    assert provider_of(region="eu-central-1") == {
        "region": "eu-central-1",
        "default_tags": [{"tags": {"managed-by": "terraform"}}],
    }


def test_most() -> None:
    role = AssumeRole(role_arn=ROLE, external_id="secret", session_name="terraform", duration="1h")
    block = provider_of(
        region="eu-central-1",
        allowed_account_ids=("111122223333",),
        owner="payments",
        environment="production",
        data_classification="confidential",
        tags={"cost-centre": "42", "owner": "payments"},
        assume_role=role,
        alias="west",
        max_retries=3,
    )
    assert block == {
        "region": "eu-central-1",
        "alias": "west",
        "allowed_account_ids": ["111122223333"],
        "max_retries": 3,
        "assume_role": [
            {"role_arn": ROLE, "external_id": "secret", "session_name": "terraform", "duration": "1h"},
        ],
        "default_tags": [
            {
                "tags": {
                    "owner": "payments",
                    "environment": "production",
                    "data-classification": "confidential",
                    "managed-by": "terraform",
                    "cost-centre": "42",
                }
            }
        ],
    }


def test_versions_that_the_library_is_checked_against() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    terraform = synthesize(stack)["terraform"]
    assert terraform["required_providers"] == {"aws": {"source": "hashicorp/aws", "version": ">= 5.92.0, < 7.0.0"}}
    # checkov 3.3 cannot parse a plain string in this block and skips the whole file.
    assert "required_version" not in terraform


def test_two_providers() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    west = AwsProvider(stack, "west", AwsProviderConfig(region="eu-west-1", alias="west"))
    assert west.address == "aws.west"
    assert [block["region"] for block in synthesize(stack)["provider"]["aws"]] == ["eu-central-1", "eu-west-1"]


def test_environment_holds_for_the_stack() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment="sandbox"))
    SecureKey(stack, "data")
    assert "lifecycle" not in synthesize(stack)["resource"]["aws_kms_key"]["data_key"]


def test_provider_for_a_further_region_is_like_that_of_the_construct() -> None:
    stack = test_stack()
    role = AssumeRole(role_arn=ROLE)
    config = AwsProviderConfig(
        region="eu-central-1", allowed_account_ids=("111122223333",), owner="security", assume_role=role, max_retries=3
    )
    AwsProvider(stack, "aws", config)
    key = SecureKey(stack, "data")
    provider = AwsProvider.for_region(key, "us-east-1")
    assert AwsProvider.for_region(SecureKey(key, "inner"), "us-east-1") is provider
    SecureKey(stack, "other", provider=provider)
    document = synthesize(stack)
    home, further = document["provider"]["aws"]
    assert further == {**home, "region": "us-east-1", "alias": "us_east_1"}
    assert document["resource"]["aws_kms_key"]["other_key"]["provider"] == "aws.us_east_1"


def test_provider_for_a_further_region_of_another_account() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="security"))
    audit = AwsProvider(stack, "audit", AwsProviderConfig(region="eu-west-1", alias="audit", owner="audit"))
    key = SecureKey(stack, "data", provider=audit)
    assert AwsProvider.of(key) is audit
    AwsProvider.for_region(key, "us-east-1")
    (_, _, further) = synthesize(stack)["provider"]["aws"]
    assert (further["alias"], further["region"]) == ("audit_us_east_1", "us-east-1")
    assert further["default_tags"][0]["tags"]["owner"] == "audit"


def test_provider_for_a_region_is_the_own_one_where_it_is_there_already() -> None:
    stack = test_stack()
    own = AwsProvider(stack, "aws", AwsProviderConfig(region="us-east-1", owner="security"))
    assert AwsProvider.for_region(SecureKey(stack, "data"), "us-east-1") is own


def test_region_of_a_construct_is_known_of_a_literal_only() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    assert AwsProvider.region_of(key) is None
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="security"))
    AwsProvider(stack, "other", AwsProviderConfig(region="${var.region}", alias="other", owner="security"))
    assert AwsProvider.region_of(key) == "eu-central-1"
    assert AwsProvider.region_of(SecureKey(stack, "further", provider="aws.other")) is None


def test_provider_for_a_further_region_needs_one_to_be_like() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data")
    assert AwsProvider.of(key) is None
    with pytest.raises(
        ConfigError, match="test/data: a provider for us-east-1 is made like that of the stack, which has"
    ):
        AwsProvider.for_region(key, "us-east-1")


def test_provider_for_a_further_region_takes_no_alias_of_another() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="security"))
    AwsProvider(stack, "mine", AwsProviderConfig(region="us-east-1", alias="us_east_1"))
    with pytest.raises(ConfigError, match="the alias 'us_east_1' is that of 'test/mine', which is not a provider"):
        AwsProvider.for_region(SecureKey(stack, "data"), "us-east-1")


def test_module_is_passed_its_provider_for_a_further_region() -> None:
    stack = test_stack("named")
    state_of(stack).module = "main"
    assert AwsProvider.for_region(SecureKey(stack, "main"), "us-east-1") == "aws.us_east_1"
    assert "provider" not in synthesize(stack)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "lacks 'region'"),
        ({"region": "europe"}, "region='europe' is not an AWS region"),
        ({"region": "eu-central-1", "environment": "prod"}, "environment='prod' must be 'production', 'staging'"),
        (
            {"region": "eu-central-1", "allowed_account_ids": ("1",)},
            "allowed_account_ids.0='1' is not an AWS account id",
        ),
        ({"region": "eu-central-1", "assume_role": AssumeRole(role_arn="deploy")}, "role_arn='deploy' is not an ARN"),
        ({"region": "eu-central-1", "max_retries": -1}, "must be between 0 and 100 tries"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    stack: TerraformStack = test_stack()
    with pytest.raises(ConfigError) as error:
        AwsProvider(stack, "aws", AwsProviderConfig(**values))
    assert message in str(error.value)
    assert str(error.value).startswith("test/aws: AwsProviderConfig ")


@pytest.mark.parametrize("tag", ["owner", "environment", "data-classification"])
def test_refuses_a_tag_that_says_otherwise(tag: str) -> None:
    config = AwsProviderConfig(
        region="eu-central-1",
        owner="payments",
        environment="production",
        data_classification="public",
        tags={tag: "other"},
    )
    with pytest.raises(
        ConfigError, match=f"tags sets '{tag}' to 'other', and {tag.replace('-', '_')}='.*' to another value"
    ):
        AwsProvider(test_stack(), "aws", config)


@pytest.mark.parametrize("alias", [None, "west"])
def test_refuses_an_address_that_is_taken(alias: str | None) -> None:
    stack = test_stack()
    AwsProvider(stack, "one", AwsProviderConfig(region="eu-central-1", alias=alias))
    address = f"aws.{alias}" if alias else "aws"
    with pytest.raises(
        ConfigError, match=f"^test/two: the stack has the provider '{address}' already, 'test/one'. Remove one"
    ):
        AwsProvider(stack, "two", AwsProviderConfig(region="eu-west-1", alias=alias))
