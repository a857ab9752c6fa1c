"""Public-access block of the account: no bucket and no access point of it is ever public."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct


class AccountPublicAccessBlockConfig(Config):
    """What a caller may choose about the account's block: nothing of the block itself."""

    protect: bool = True
    """Terraform refuses to destroy the block; the `sandbox` environment turns it off."""


class AccountPublicAccessBlock(SecureConstruct):
    """No bucket and no access point of the account is public, whatever its own settings and policies say.

    Creates the account's one block with all four flags on (CIS 2.1.4, S3.1). They overrule every bucket in every region,
    those that are public today included: look at `aws s3control get-public-access-block` and at Access Analyzer first
    (docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).

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
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
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
