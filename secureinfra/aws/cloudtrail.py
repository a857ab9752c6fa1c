"""CloudTrail: everything, everywhere, encrypted, tamper-evident, delivered to a bucket and to CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.cloudwatch_log_group import RETENTION_DAYS, LogGroupConfig, SecureLogGroup
from secureinfra.aws.iam_role import RoleConfig, SecureRole
from secureinfra.aws.iam_trust import ServiceTrust
from secureinfra.aws.kms_key import KeyConfig, SecureKey
from secureinfra.aws.s3_log_bucket import LogBucket, LogBucketConfig
from secureinfra.aws.s3_private_bucket import ObjectLock
from secureinfra.config import Config
from secureinfra.controls import cloudwatch, s3
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.policy import Statement
from secureinfra.values import Number, OrganizationId, Text, matches, one_of

TRAIL_NAME = matches(
    r"[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]",
    "is no trail name: write 3 to 128 letters, digits and '._-', a letter or digit at both ends",
)


class DataEvents(Config):
    """Events on data, which cost 0.10 USD per 100,000 and are recorded on request only."""

    name: Text
    """What the selector is called in the console."""
    resource_type: Annotated[
        str, matches(r"AWS::[A-Za-z0-9]+::[A-Za-z0-9]+", "is no resource type: write 'AWS::S3::Object'")
    ]
    """Kind of resource, e.g. `AWS::S3::Object`, `AWS::Lambda::Function`, `AWS::DynamoDB::Table`."""
    read_only: bool | None = None
    """True: reads only; false: writes only; by default both."""
    arns_starting_with: tuple[Text, ...] = ()
    """ARNs, or beginnings of ARNs, of the resources; by default all of the kind."""

    def selector(self, log_bucket_arn: str) -> dict[str, Any]:
        """The advanced event selector; accesses to the trail's own bucket are left out, which would never end."""
        fields: list[dict[str, Any]] = [
            {"field": "eventCategory", "equals": ["Data"]},
            {"field": "resources.type", "equals": [self.resource_type]},
        ]
        if self.read_only is not None:
            fields.append({"field": "readOnly", "equals": [str(self.read_only).lower()]})
        if self.arns_starting_with:
            fields.append({"field": "resources.ARN", "starts_with": list(self.arns_starting_with)})
        elif self.resource_type == "AWS::S3::Object":
            fields.append({"field": "resources.ARN", "not_starts_with": [f"{log_bucket_arn}/"]})
        return {"name": self.name, "field_selector": fields}


class TrailConfig(Config):
    """What a caller may choose about a trail."""

    name: Annotated[str, TRAIL_NAME] | None = None
    """Name of the trail; by default the construct's path with '-'."""
    organization_id: OrganizationId | None = None
    """Record every account of this organisation; from its management or delegated account only."""
    data_events: tuple[DataEvents, ...] = ()
    """Events on data to record too."""
    insights: bool = False
    """Learn the usual rates of calls and errors and record what is unusual; costs by the event."""
    object_lock: ObjectLock | None = None
    """Lock the log files against deletion."""
    log_group_retention_days: Annotated[
        Number,
        one_of(*RETENTION_DAYS),
        cloudwatch.LOGS_RETAINED.keeps(lambda days: days == 0 or days >= 365, "({value} == 0 || {value} >= 365)"),
    ] = 365
    """How long CloudWatch keeps the events."""
    bucket_retention_days: Annotated[
        Number | None, s3.LOGS_RETAINED.keeps(lambda days: days is None or days >= 365, "{value} >= 365")
    ] = 2557
    """How long the bucket keeps the log files (seven years); `None` keeps them for ever."""
    protect: bool = True
    """Terraform refuses to destroy trail, bucket and key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """A lock must not outlast the retention."""
        days = self.bucket_retention_days
        if (
            self.object_lock
            and isinstance(days, int)
            and isinstance(self.object_lock.days, int)
            and self.object_lock.days > days
        ):
            yield (
                f"object_lock.days={self.object_lock.days} outlasts bucket_retention_days={days}: expired files could not be "
                "removed. Keep them at least as long as they are locked."
            )


class SecureTrail(SecureConstruct):
    """A record of every management call in every region, which nobody changes unnoticed.

    Creates the trail, a key for all of it, a private log bucket, a log group, and the role that delivers to it.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key for files and events; by default one of its own.
        log_bucket: bucket for the files, which must have a key; by default one of its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `trail = SecureTrail(stack, "audit"); SecurityAlarms(stack, "alarms", trail=trail)`
    """

    config: TrailConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: TrailConfig = TrailConfig(),
        *,
        key: SecureKey | None = None,
        log_bucket: LogBucket | None = None,
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.trail_name = config.name or self.path.replace("/", "-")
        self.key = key or SecureKey(
            self, "key", KeyConfig(description=f"{self.path}: audit trail", protect=config.protect)
        )
        self.log_bucket = log_bucket or self._make_bucket()
        self.log_bucket.allow_cloudtrail((self.constructed_arn,), organization_id=config.organization_id)
        self.key.allow_service("cloudtrail", (self.constructed_arn,))
        waivers = tuple(waiver for waiver in config.waivers if waiver.control == cloudwatch.LOGS_RETAINED.id)
        retention = LogGroupConfig(retention_in_days=config.log_group_retention_days, waivers=waivers)
        self.log_group = SecureLogGroup(self, "events", retention, key=self.key)
        self.delivery_role = self._make_delivery_role()
        self.trail = self._make_trail()

    @property
    def constructed_arn(self) -> str:
        """The trail's ARN put together from its parts, for policies that the trail depends on."""
        return f"arn:{self.partition}:cloudtrail:{self.region}:{self.account_id}:trail/{self.trail_name}"

    @property
    def arn(self) -> str:
        """Reference to the trail's ARN."""
        return self.trail.ref("arn")

    def _make_bucket(self) -> LogBucket:
        config = self.config
        waivers = tuple(waiver for waiver in config.waivers if waiver.control == s3.LOGS_RETAINED.id)
        return LogBucket(
            self,
            "logs",
            LogBucketConfig(
                object_lock=config.object_lock,
                expiration_days=config.bucket_retention_days,
                protect=config.protect,
                waivers=waivers,
            ),
            key=self.key,
        )

    def _make_delivery_role(self) -> SecureRole:
        # docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
        trust = ServiceTrust(service="cloudtrail", source_arns=(self.constructed_arn,))
        role = SecureRole(
            self, "delivery", RoleConfig(trust=trust, description=f"{self.path}: delivery to CloudWatch Logs")
        )
        owners = [self.account_id, self.config.organization_id]
        streams = tuple(
            f"{self.log_group.arn}:log-stream:{owner}_{'CloudTrail_' + self.region if owner == self.account_id else ''}*"
            for owner in owners
            if owner
        )
        role.allow(Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=streams))
        return role

    def _make_trail(self) -> Resource:
        config = self.config
        return Resource(
            self,
            "trail",
            "aws_cloudtrail",
            # CloudTrail tries bucket and role while it makes the trail.
            depends_on=[self.log_bucket.bucket_policy, self.delivery_role.inline],
            protect=config.protect,
            name=self.trail_name,
            s3_bucket_name=self.log_bucket.bucket_id,
            kms_key_id=self.key.arn,
            enable_logging=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            is_organization_trail=True if config.organization_id else None,
            cloud_watch_logs_group_arn=f"{self.log_group.arn}:*",
            cloud_watch_logs_role_arn=self.delivery_role.arn,
            tags=config.tags or None,
            **self._selectors(),
        )

    def _selectors(self) -> dict[str, Any]:
        selectors: dict[str, Any] = {}
        if self.config.data_events:
            management = {
                "name": "management",
                "field_selector": [{"field": "eventCategory", "equals": ["Management"]}],
            }
            data = [events.selector(self.log_bucket.arn) for events in self.config.data_events]
            selectors["advanced_event_selector"] = [management, *data]
        else:
            selectors["event_selector"] = [{"read_write_type": "All", "include_management_events": True}]
        if self.config.insights:
            kinds = ("ApiCallRateInsight", "ApiErrorRateInsight")
            selectors["insight_selector"] = [{"insight_type": kind} for kind in kinds]
        return selectors
