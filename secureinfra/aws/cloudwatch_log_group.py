"""CloudWatch log group: encrypted with a customer key, kept for a year."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.kms_key import KeyConfig, SecureKey
from secureinfra.config import Config
from secureinfra.controls import cloudwatch
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement
from secureinfra.values import Number, matches, one_of

# docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html; 0 keeps for ever.
RETENTION_DAYS = (
    0,
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)

LOG_GROUP_NAME = matches(
    r"[A-Za-z0-9_/.#-]{1,512}", "is no log group name: write up to 512 letters, digits and '_', '-', '/', '.', '#'"
)

RetentionDays = Annotated[
    Number,
    one_of(*RETENTION_DAYS),
    cloudwatch.LOGS_RETAINED.keeps(lambda days: days == 0 or days >= 365, "({value} == 0 || {value} >= 365)"),
]
"""One of CloudWatch's periods, a year or longer; 0 keeps events for ever."""


class LogGroupConfig(Config):
    """What a caller may choose about a log group."""

    name: Annotated[str, LOG_GROUP_NAME] | None = None
    """Name of the group, unique in account and region; by default the construct's path."""
    retention_in_days: RetentionDays = 365
    """How long events are kept, one of CloudWatch's periods; 0 keeps them for ever."""
    log_group_class: Literal["STANDARD", "INFREQUENT_ACCESS"] = "STANDARD"
    """Infrequent access costs half and knows no metric filters; it cannot be changed later."""
    protect: bool = False
    """Terraform refuses to destroy the group."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""


class SecureLogGroup(SecureConstruct):
    """A log group under a customer key that only CloudWatch Logs of this account may use for this group.

    Creates the group, and a key when none is given.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (about 1 USD a month).
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
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.key = key or SecureKey(self, "key", KeyConfig(description=f"{self.path}: log group", tags=config.tags))
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
        if isinstance(grantee, str):
            principal_of(grantee, self.path)
            raise ConfigError(
                f"{self.path}: grant_write({grantee!r}) cannot be written: a log group has no policy of its own. Pass a SecureRole."
            )
        actions = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
        grantee.add_to_policy(Statement(actions=actions, resources=(f"{self.arn}:*",)))
