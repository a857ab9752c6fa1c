"""API Gateway's settings of a region: the role by which REST APIs write their logs."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["ApiGatewayAccount", "ApiGatewayAccountConfig"]


class ApiGatewayAccountConfig(Config):
    """What a caller may choose about API Gateway's settings of a region."""

    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(module="api-gateway-account", page="apis")
class ApiGatewayAccount(SecureConstruct):
    """The role by which all REST APIs of an account and region write their logs.

    Creates the role, and makes it the region's. There is one: another one anywhere would replace it, and destroying it takes
    the logs of every REST API away. Put it where the settings of a region are, not beside each API.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose.
        provider: an additional provider, for another region.
        moved_from: the path that it had before, so that its resources move instead of being replaced.

    Raises:
        ConfigError: the stack has one already.

    Example:
        `ApiGatewayAccount(stack, "api-logs")`
    """

    config: ApiGatewayAccountConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: ApiGatewayAccountConfig = ApiGatewayAccountConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(self, "a region has one role for the logs of its APIs", "Create it once.")
        # AWS tests the role for what its own policy allows, on any log group, and refuses a narrower one:
        # docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html#set-up-access-logging-permissions
        policy = f"arn:{self.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        trust = ServiceTrust(service="apigateway")
        about = f"{self.path}: logs of REST APIs"
        self.role = SecureRole(self, "role", RoleConfig(trust=trust, description=about, tags=config.tags))
        self.attachment = Resource(
            self, "policy", "aws_iam_role_policy_attachment", role=self.role.name, policy_arn=policy
        )
        self.account = Resource(
            self,
            "account",
            "aws_api_gateway_account",
            depends_on=[self.attachment],
            cloudwatch_role_arn=self.role.arn,
        )
