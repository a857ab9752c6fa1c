"""CloudWatch log group: encrypted with a customer key, kept for a year."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.config.config import Config
from secureinfra.config.rule import matches, one_of
from secureinfra.config.rules import Number
from secureinfra.controls.cloudwatch import log_group as cloudwatch
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.facts import retention
from secureinfra.policy import Statement

__all__ = ["LogGroupConfig", "SecureLogGroup"]

LOG_GROUP_NAME = matches(
    r"[A-Za-z0-9_/.#-]{1,512}", "is not a log group name", "write up to 512 letters, digits and '_', '-', '/', '.', '#'"
)

RetentionDays = Annotated[
    Number,
    one_of(*retention.PERIODS),
    cloudwatch.LOGS_RETAINED.keeps(retention.is_long, retention.IS_LONG),
]
"""One of CloudWatch's periods, a year or longer; 0 keeps events forever."""


class LogGroupConfig(Config):
    """What a caller may choose about a log group."""

    name: Annotated[str, LOG_GROUP_NAME] | None = None
    """Name of the group, unique in account and region; by default the construct's path. Another name replaces the group, with its
    events."""
    retention_in_days: RetentionDays = 365
    """How long events are kept, one of CloudWatch's periods; 0 keeps them forever."""
    log_group_class: Literal["STANDARD", "INFREQUENT_ACCESS"] = "STANDARD"
    """`INFREQUENT_ACCESS` costs half and does not support metric filters. A change replaces the group, with its events."""
    protect: bool = False
    """Terraform refuses to destroy the group."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(module="log-group", page="audit")
class SecureLogGroup(SecureConstruct):
    """A log group under a customer key that only CloudWatch Logs of this account may use for this group.

    Creates the group, and a key when none is given.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `SecureLogGroup(stack, "app", LogGroupConfig(retention_in_days=731))`
    """

    config: LogGroupConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: LogGroupConfig = LogGroupConfig(),
        *,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: log group", tags=config.tags))
        self.group = Resource(
            self,
            "log-group",
            "aws_cloudwatch_log_group",
            protect=config.protect,
            name=config.name or self.path,
            retention_in_days=config.retention_in_days,
            # Left out where it is AWS's default: stating it would replace the groups of those who import them.
            log_group_class=None if config.log_group_class == "STANDARD" else config.log_group_class,
            kms_key_id=self.key.arn,
            tags=config.tags or None,
        )
        self.key.allow_service("logs", (self._arn_as_seen_by(self.key),))

    @property
    def constructed_arn(self) -> str:
        """The ARN put together from its parts, for policies that must not refer to the group itself."""
        return self._arn_as_seen_by(self)

    def _arn_as_seen_by(self, other: SecureConstruct) -> str:
        # In the references of the construct that writes it down, whose stack may be another one.
        name = self.config.name or self.path
        return f"arn:{other.partition}:logs:{other.region}:{other.account_id}:log-group:{name}"

    @property
    def arn(self) -> str:
        """Reference to the group's ARN, without `:*` at its end."""
        return self.group.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the group's name."""
        return self.group.ref("name")

    def grant_write(self, grantee: Grantee) -> None:
        """Let a role create streams and put events, and nothing else.

        Args:
            grantee: a `SecureRole`; log groups have no policy of their own for an ARN.

        Raises:
            ConfigError: the grantee is an ARN.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_write({grantee!r}) cannot be written: a log group has no policy of its own. Pass a SecureRole."
            )
        actions = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
        grantee.add_to_policy(Statement(actions=actions, resources=(f"{self.arn}:*",)))
