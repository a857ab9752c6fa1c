"""Inspector: instances, images and functions are scanned for known vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.config import Config
from secureinfra.controls import inspector
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import AccountId

ResourceType = Literal["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"]
_EVERYTHING: tuple[ResourceType, ...] = ("EC2", "ECR", "LAMBDA", "LAMBDA_CODE")


class InspectorConfig(Config):
    """What a caller may choose about Inspector."""

    resource_types: Annotated[
        tuple[ResourceType, ...], inspector.ENABLED.keeps(lambda types: set(_EVERYTHING) <= set(types))
    ] = _EVERYTHING
    """What is scanned; costs by instance, image and function. `LAMBDA_CODE` is not sold in every region."""
    account_ids: tuple[AccountId, ...] = ()
    """Member accounts, in the organisation's administrator account for Inspector; by default this account."""

    def problems(self) -> Iterator[str]:
        """Something is scanned, and code only where packages are."""
        if not self.resource_types:
            yield "resource_types=() scans nothing: AWS would refuse it. Name one, or leave the construct out."
        if "LAMBDA_CODE" in self.resource_types and "LAMBDA" not in self.resource_types:
            # docs.aws.amazon.com/inspector/latest/user/scanning-lambda.html
            yield "resource_types has 'LAMBDA_CODE' without 'LAMBDA': AWS scans code only beside packages. Add 'LAMBDA'."


class Inspector(SecureConstruct):
    """Instances, container images and functions are scanned when they change and when a vulnerability becomes known.

    Creates the enabler. It works in one region; make one for each.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `Inspector(stack, "inspector")`
    """

    config: InspectorConfig

    def __init__(
        self, scope: Construct, id: str, config: InspectorConfig = InspectorConfig(), *, provider: Any = None
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.enabler = Resource(
            self,
            "enabler",
            "aws_inspector2_enabler",
            account_ids=list(config.account_ids or (self.account_id,)),
            resource_types=[type for type in _EVERYTHING if type in config.resource_types],
        )
