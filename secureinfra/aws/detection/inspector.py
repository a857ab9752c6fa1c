"""Inspector: instances, images and functions are scanned for known vulnerabilities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rules import AccountId
from secureinfra.controls.detection import inspector
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["Inspector", "InspectorConfig"]

ResourceType = Literal["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"]
_EVERYTHING: tuple[ResourceType, ...] = ("EC2", "ECR", "LAMBDA", "LAMBDA_CODE")


class InspectorConfig(Config):
    """What a caller may choose about Inspector."""

    resource_types: Annotated[
        tuple[ResourceType, ...], inspector.ENABLED.keeps(lambda types: set(_EVERYTHING) <= set(types))
    ] = _EVERYTHING
    """What is scanned; charged by instance, image and function. `LAMBDA_CODE` is not available in every region."""
    account_ids: tuple[AccountId, ...] = ()
    """Member accounts, in the organization's administrator account for Inspector; by default this account."""

    def problems(self) -> Iterator[Problem]:
        """At least one type is scanned, and code only together with packages."""
        if not self.resource_types:
            advice = "Name one, or leave the construct out"
            yield Problem("resource_types", "scans nothing", "AWS would refuse it", advice)
        if "LAMBDA_CODE" in self.resource_types and "LAMBDA" not in self.resource_types:
            # docs.aws.amazon.com/inspector/latest/user/scanning-lambda.html
            at = ("resource_types", list(self.resource_types).index("LAMBDA_CODE"))
            what, why = "has 'LAMBDA_CODE' without 'LAMBDA'", "AWS scans code only together with packages"
            yield Problem(at, what, why, "Add 'LAMBDA'", subject="resource_types")


@declares(module="inspector", page="detection")
class Inspector(SecureConstruct):
    """Instances, container images and functions are scanned when they change and when a vulnerability becomes known.

    Creates the enabler. It works in one region; create one for each.

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
        self,
        scope: Construct,
        id: str,
        config: InspectorConfig = InspectorConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(
            self,
            "each would switch what the other scans",
            "Remove one, or give each other account_ids.",
            names=("account_ids",),
        )
        self.enabler = Resource(
            self,
            "enabler",
            "aws_inspector2_enabler",
            account_ids=list(config.account_ids or (self.account_id,)),
            resource_types=[type for type in _EVERYTHING if type in config.resource_types],
        )
