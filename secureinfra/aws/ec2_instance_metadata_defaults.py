"""Instance metadata: only with a token, in this region, unless an instance says otherwise."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import Number, between


class InstanceMetadataDefaultsConfig(Config):
    """What a caller may choose about new instances' metadata; that it needs a token is fixed."""

    http_put_response_hop_limit: Annotated[Number, between(1, 64, "hops")] = 1
    """How far an answer with a token travels: 1 keeps it on the instance; containers on a bridge network need 2."""
    protect: bool = True
    """Terraform refuses to destroy the defaults; the `sandbox` environment turns it off."""


class InstanceMetadataDefaults(SecureConstruct):
    """New instances of this region hand out metadata, and with it their role's credentials, only for a token (IMDSv2).

    Creates the region's one set of defaults (CIS 5.7 in v5). They stand above what an image says and below what is said
    at launch; instances that run already keep their settings
    (docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        provider: an additional provider, for another region: each region has defaults of its own.

    Raises:
        ConfigError: a value is refused.

    Example:
        `InstanceMetadataDefaults(stack, "metadata")`
    """

    config: InstanceMetadataDefaultsConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: InstanceMetadataDefaultsConfig = InstanceMetadataDefaultsConfig(),
        *,
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.metadata_defaults = Resource(
            self,
            "defaults",
            "aws_ec2_instance_metadata_defaults",
            protect=config.protect,
            http_tokens="required",
            http_put_response_hop_limit=config.http_put_response_hop_limit,
        )
