"""Snapshots of the account: none is public in this region."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["SnapshotPublicAccessBlock", "SnapshotPublicAccessBlockConfig"]


class SnapshotPublicAccessBlockConfig(Config):
    """What a caller may choose about the block: nothing of the block itself."""

    protect: bool = True
    """Terraform refuses to destroy the block; the `sandbox` environment turns it off."""


@declares(module="snapshot-block", page="account")
class SnapshotPublicAccessBlock(SecureConstruct):
    """No EBS snapshot of the account is public in this region, those that were shared before included.

    Creates the region's one block, `block-all-sharing` (EC2.182): it also closes what is public today, which
    `block-new-sharing` would leave open (docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose.
        provider: an additional provider, for another region: each region has a block of its own.

    Example:
        `SnapshotPublicAccessBlock(stack, "snapshots")`
    """

    config: SnapshotPublicAccessBlockConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: SnapshotPublicAccessBlockConfig = SnapshotPublicAccessBlockConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(self, "a region has one block", "Remove one: destroying either would lift the block.")
        self.public_access_block = Resource(
            self,
            "block",
            "aws_ebs_snapshot_block_public_access",
            protect=config.protect,
            state="block-all-sharing",
        )
