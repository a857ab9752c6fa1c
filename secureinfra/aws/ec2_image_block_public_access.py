"""Images of the account: none becomes public in this region."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct


class ImagePublicAccessBlockConfig(Config):
    """What a caller may choose about the block: nothing of the block itself."""

    protect: bool = True
    """Terraform refuses to destroy the block; the `sandbox` environment turns it off."""


class ImagePublicAccessBlock(SecureConstruct):
    """No machine image (AMI) of the account becomes public in this region.

    Creates the region's one block. AWS knows no stronger state than `block-new-sharing`: an image that is public already
    stays so until its owner changes it, and AWS takes up to ten minutes to put the block in force
    (docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose.
        provider: an additional provider, for another region: each region has a block of its own.

    Example:
        `ImagePublicAccessBlock(stack, "images")`
    """

    config: ImagePublicAccessBlockConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: ImagePublicAccessBlockConfig = ImagePublicAccessBlockConfig(),
        *,
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.public_access_block = Resource(
            self,
            "block",
            "aws_ec2_image_block_public_access",
            protect=config.protect,
            state="block-new-sharing",
        )
