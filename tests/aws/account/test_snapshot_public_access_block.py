"""SnapshotPublicAccessBlock: no snapshot of a region is public."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.account.snapshot_public_access_block import (
    SnapshotPublicAccessBlock,
    SnapshotPublicAccessBlockConfig,
)
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack


def block_of(stack: Any) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"]["aws_ebs_snapshot_block_public_access"].values()
    return dict(block)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SnapshotPublicAccessBlock(stack, "snapshots")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    SnapshotPublicAccessBlock(stack, "snapshots", SnapshotPublicAccessBlockConfig(protect=False), provider="aws.other")
    matches_snapshot(stack)


def test_snapshots_not_public() -> None:
    stack = test_stack()
    SnapshotPublicAccessBlock(stack, "snapshots")
    assert block_of(stack)["state"] == "block-all-sharing"


def test_terraform_does_not_destroy_it_but_in_a_sandbox() -> None:
    assert len({bool(block_of(built(environment)).get("lifecycle")) for environment in ("production", "sandbox")}) == 2


def built(environment: str) -> Any:
    stack = test_stack(environment=environment)
    SnapshotPublicAccessBlock(stack, "snapshots")
    return stack


def test_refuses_to_open_it() -> None:
    with pytest.raises(ConfigError, match="has no field 'state'"):
        SnapshotPublicAccessBlock(test_stack(), "snapshots", SnapshotPublicAccessBlockConfig.of({"state": "unblocked"}))


def test_addresses() -> None:
    stack = test_stack()
    SnapshotPublicAccessBlock(stack, "snapshots")
    assert addresses(synthesize(stack)) == ["aws_ebs_snapshot_block_public_access.snapshots_block"]
