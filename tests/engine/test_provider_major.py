"""One major version of the AWS provider for a stack, or both."""

from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.engine.provider_major import provider_major_of, require_major
from secureinfra.engine.stack import state_of
from secureinfra.errors import ConfigError
from secureinfra.facts.deprecation import deprecated_in
from secureinfra.testing import synthesize, test_stack

RANGES = {None: ">= 5.92.0, < 7.0.0", 5: ">= 5.92.0, < 6.0.0", 6: ">= 6.62.0, < 7.0.0"}


def provider(stack: Any, id: str = "aws", **values: Any) -> AwsProvider:
    return AwsProvider(stack, id, AwsProviderConfig(region="eu-central-1", **values))


@pytest.mark.parametrize("major", RANGES)
def test_range_and_answer(major: Any) -> None:
    stack = test_stack()
    provider(stack, provider_major=major)
    topic = SecureTopic(stack, "topic")
    document = synthesize(stack)
    assert document["terraform"]["required_providers"]["aws"]["version"] == RANGES[major]
    assert provider_major_of(stack) == provider_major_of(topic) == provider_major_of(topic.key) == major


@pytest.mark.parametrize(("major", "attribute"), [(None, "id"), (5, "id"), (6, "region")])
def test_region_under_its_name_in_that_major(major: Any, attribute: str) -> None:
    stack = test_stack()
    provider(stack, provider_major=major)
    key = SecureKey(stack, "key")
    assert key.region == f"${{data.aws_region.current.{attribute}}}"
    assert not (major and list(deprecated_in(synthesize(stack), major)))


def test_second_provider_without_one_follows() -> None:
    stack = test_stack()
    provider(stack, provider_major=6)
    provider(stack, "west", alias="west")
    assert synthesize(stack)["terraform"]["required_providers"]["aws"]["version"] == RANGES[6]


def test_copy_for_a_region_has_the_same() -> None:
    stack = test_stack()
    provider(stack, provider_major=5)
    copy = AwsProvider.for_region(SecureKey(stack, "key"), "us-east-1")
    assert isinstance(copy, AwsProvider)
    assert copy.config.provider_major == 5


def test_refuses_two_majors_in_one_stack() -> None:
    stack = test_stack()
    provider(stack, provider_major=5)
    with pytest.raises(
        ConfigError, match="^test/west: provider_major=6, but another provider of the stack has provider_major=5"
    ):
        provider(stack, "west", alias="west", provider_major=6)
    provider(test_stack("other"), provider_major=6)


def test_refuses_a_major_after_what_was_built_for_both() -> None:
    stack = test_stack()
    assert SecureKey(stack, "key").region
    with pytest.raises(ConfigError, match="^test/aws: provider_major=6 comes too late: 'test/key' was built for"):
        provider(stack, provider_major=6)


def test_refuses_a_major_that_there_is_not() -> None:
    with pytest.raises(ConfigError, match="provider_major=4 must be 5 or 6"):
        provider(test_stack(), provider_major=4)


@pytest.mark.parametrize(("major", "why"), [(None, "providers 5 and 6 alike"), (5, "provider 5")])
def test_what_only_one_major_can_do(major: Any, why: str) -> None:
    stack = test_stack()
    provider(stack, provider_major=major)
    with pytest.raises(ConfigError) as error:
        require_major(SecureKey(stack, "key"), 6, "rotation_days=30")
    assert str(error.value) == (
        f"test/key: rotation_days=30 needs AWS provider 6, and this stack is written for {why}. "
        "Set AwsProviderConfig(provider_major=6), or leave it out."
    )


def test_what_the_major_can_do_is_not_refused() -> None:
    stack = test_stack()
    provider(stack, provider_major=6)
    require_major(SecureKey(stack, "key"), 6, "rotation_days=30")


def test_module_is_told_its_own_option() -> None:
    stack = test_stack("named")
    state_of(stack).module = "main"
    with pytest.raises(ConfigError, match="Write the module for it: --provider-major 6, or leave it out"):
        require_major(SecureKey(stack, "main"), 6, "rotation_days=30")
