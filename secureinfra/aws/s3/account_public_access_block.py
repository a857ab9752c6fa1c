"""Public access block of the account: no bucket or access point of the account is public."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["AccountPublicAccessBlock", "AccountPublicAccessBlockConfig"]


class AccountPublicAccessBlockConfig(Config):
    """What a caller may choose about the account's block: nothing of the block itself."""

    protect: bool = True
    """Terraform refuses to destroy the block; the `sandbox` environment turns it off."""


@declares(module="s3-account-block", page="account")
class AccountPublicAccessBlock(SecureConstruct):
    """No bucket or access point of the account is public, even if its own settings and policies allow it.

    Creates the account's one block with all four flags on (CIS 2.1.4, S3.1). They override every bucket in every
    region, including buckets that are public today: check `aws s3control get-public-access-block` and at Access
    Analyzer first (docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose.
        provider: an additional provider, for another account; the block is the same in every region.

    Example:
        `AccountPublicAccessBlock(stack, "buckets")`
    """

    config: AccountPublicAccessBlockConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: AccountPublicAccessBlockConfig = AccountPublicAccessBlockConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(self, "an account has one block", "Remove one: destroying either would lift the block.")
        self.public_access_block = Resource(
            self,
            "block",
            "aws_s3_account_public_access_block",
            protect=config.protect,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
