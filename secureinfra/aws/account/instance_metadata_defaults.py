"""Instance metadata: only with a token, in this region, unless an instance says otherwise."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.config.rule import between
from secureinfra.config.rules import Number
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["InstanceMetadataDefaults", "InstanceMetadataDefaultsConfig"]


class InstanceMetadataDefaultsConfig(Config):
    """What a caller may choose about new instances' metadata; that it needs a token is fixed."""

    http_put_response_hop_limit: Annotated[Number, between(1, 64, "hops")] = 1
    """Hop limit for responses with a token: 1 keeps them on the instance; containers on a bridge network need 2."""
    protect: bool = True
    """Terraform refuses to destroy the defaults; the `sandbox` environment turns it off."""


@declares(module="imdsv2-defaults", page="account")
class InstanceMetadataDefaults(SecureConstruct):
    """New instances of this region return metadata, including their role's credentials, only for a token (IMDSv2).

    Creates the region's one set of defaults (CIS 5.7 in v5). They override the settings of an image and are overridden
    at launch; running instances keep their settings
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
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(self, "a region has one set of defaults, and each would overwrite the other's", "Remove one.")
        self.metadata_defaults = Resource(
            self,
            "defaults",
            "aws_ec2_instance_metadata_defaults",
            protect=config.protect,
            http_tokens="required",
            http_put_response_hop_limit=config.http_put_response_hop_limit,
        )
