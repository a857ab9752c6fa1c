"""Images of the account: none becomes public in this region."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["ImagePublicAccessBlock", "ImagePublicAccessBlockConfig"]


class ImagePublicAccessBlockConfig(Config):
    """What a caller may choose about the block: nothing of the block itself."""

    protect: bool = True
    """Terraform refuses to destroy the block; the `sandbox` environment turns it off."""


@declares(module="image-block", page="account")
class ImagePublicAccessBlock(SecureConstruct):
    """No machine image (AMI) of the account becomes public in this region.

    Creates the region's one block. AWS has no stronger state than `block-new-sharing`: an image that is already public
    stays public until its owner changes it, and the block can take up to ten minutes to take effect
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
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(self, "a region has one block", "Remove one: destroying either would lift the block.")
        self.public_access_block = Resource(
            self,
            "block",
            "aws_ec2_image_block_public_access",
            protect=config.protect,
            state="block-new-sharing",
        )
