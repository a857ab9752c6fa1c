"""AccountPublicAccessBlock: all four flags, always."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.s3.account_public_access_block import AccountPublicAccessBlock, AccountPublicAccessBlockConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack


def block_of(stack: Any) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"]["aws_s3_account_public_access_block"].values()
    return dict(block)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    AccountPublicAccessBlock(stack, "buckets")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    AccountPublicAccessBlock(stack, "buckets", AccountPublicAccessBlockConfig(protect=False), provider="aws.other")
    matches_snapshot(stack)


def test_account_not_public() -> None:
    stack = test_stack()
    AccountPublicAccessBlock(stack, "buckets")
    block = block_of(stack)
    for flag in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
        assert block[flag] is True


def test_terraform_does_not_destroy_it_but_in_a_sandbox() -> None:
    assert len({bool(block_of(built(environment)).get("lifecycle")) for environment in ("production", "sandbox")}) == 2


def built(environment: str) -> Any:
    stack = test_stack(environment=environment)
    AccountPublicAccessBlock(stack, "buckets")
    return stack


def test_refuses_to_open_it() -> None:
    with pytest.raises(ConfigError, match="has no field 'block_public_acls'"):
        AccountPublicAccessBlock(
            test_stack(), "buckets", AccountPublicAccessBlockConfig.of({"block_public_acls": False})
        )


def test_addresses() -> None:
    stack = test_stack()
    AccountPublicAccessBlock(stack, "buckets")
    assert addresses(synthesize(stack)) == ["aws_s3_account_public_access_block.buckets_block"]
