"""Delivery stream of Firehose: records to a bucket, encrypted on the way and there, what failed apart, logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, RetentionDays, SecureLogGroup
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kinesis.stream import Stream
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.wiring.deliveries.matrix import DeliveryNeeds
from secureinfra.config.config import Config
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["Delivery", "DeliveryConfig"]

DELIVERY_NAME = matches(
    r"[A-Za-z0-9._-]{1,64}",
    "is not the name of a delivery stream",
    "write up to 64 letters, digits, '.', '_' and '-'",
    example="clicks",
)
PREFIX = matches(r"([A-Za-z0-9_=.-]+/)*", "is not a prefix", "it ends with '/', without one before", example="clicks/")
_LOG_STREAM = "delivery"


class DeliveryConfig(Config):
    """What a caller may choose about a delivery."""

    name: Annotated[str, DELIVERY_NAME] | None = None
    """Name of the delivery stream; by default the construct's path with '-'. Another name replaces it."""
    prefix: Annotated[str, PREFIX] = ""
    """Where objects go, e.g. `clicks/`; Firehose adds year, month, day and hour."""
    error_prefix: Annotated[str, PREFIX] = "failed/"
    """Where records go that could not be processed; Firehose adds the kind of error."""
    buffering_size_mb: Annotated[Number, between(1, 128, "MB")] = 64
    """An object is written when so much has arrived."""
    buffering_interval_seconds: Annotated[Number, between(0, 900, "seconds")] = 300
    """An object is written after so long at the latest."""
    compression_format: Literal["GZIP", "ZIP", "Snappy", "HADOOP_SNAPPY", "UNCOMPRESSED"] = "GZIP"
    """How objects are compressed."""
    log_retention_in_days: RetentionDays = 365
    """How long its error log is kept."""
    alarm_age_seconds: Annotated[Number, between(60, 86_400, "seconds")] = 3_600
    """Age of the oldest record that is not in the bucket, from which on `alarms=` is notified."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(apart="a delivery has a bucket, which a module of its own would not contain", page="streams")
class Delivery(SecureConstruct):
    """Records that reach a bucket by a role for it alone, encrypted while they wait, with what failed below a prefix of its own.

    Creates the delivery stream of Firehose, its role and its error log.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        bucket: where objects go, under the bucket's key.
        stream: the stream whose records are delivered; by default roles and services put records directly.
        key: key for records that wait and for the log; by default the bucket's.
        alarms: topic for an alarm on records that do not reach the bucket.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `Delivery(stack, "clicks-to-lake", DeliveryConfig(prefix="clicks/"), bucket=lake, stream=clicks)`
    """

    config: DeliveryConfig
    receives = "delivery"
    same_region = SecureConstruct.same_region | {"bucket", "stream"}

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: DeliveryConfig = DeliveryConfig(),
        *,
        bucket: SecureBucket,
        stream: Stream | None = None,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.key = key or bucket.key
        self.source = stream
        self._name = config.name or derived_name(self, DELIVERY_NAME)
        logs = LogGroupConfig(
            name=f"/aws/kinesisfirehose/{self._name}",
            retention_in_days=config.log_retention_in_days,
            waivers=config.waivers,
            tags=config.tags,
        )
        self.log_group = SecureLogGroup(self, "log", logs, key=self.key)
        self._log_stream = Resource(
            self, "log-stream", "aws_cloudwatch_log_stream", name=_LOG_STREAM, log_group_name=self.log_group.name
        )
        self.role = self._make_role(bucket)
        self.delivery = self._make(bucket)
        add_alarms(self, alarms, [self._too_old()])

    @property
    def arn(self) -> str:
        """Reference to the delivery stream's ARN."""
        return self.delivery.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the delivery stream's name."""
        return self.delivery.ref("name")

    def grant_put(self, grantee: Grantee) -> None:
        """Let a role put records.

        Args:
            grantee: a `SecureRole`.

        Raises:
            ConfigError: the grantee is an ARN or not a role, or the records come from a stream.
        """
        principal_of(grantee, self.path)
        if self.source is not None:
            raise ConfigError(
                f"{self.path}: its records come from {self.source.path!r}: Firehose accepts no others. Use grant_write of that stream."
            )
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_put({grantee!r}) cannot be written: the role's own policy must allow it. Pass a SecureRole."
            )
        grantee.add_to_policy(
            Statement(actions=("firehose:PutRecord", "firehose:PutRecordBatch"), resources=(self.arn,))
        )

    def accept_delivery(self, delivery: DeliveryNeeds, source_arn: str) -> Sequence[Resource]:
        """Refused: a role delivers to a delivery stream."""
        raise ConfigError(f"{self.path}: {delivery.service} delivers to Firehose by a role only. Use grant_put(role).")

    def grant_delivery(self, role: Grantee) -> None:
        """Let a role deliver: see `deliver_to` of the source."""
        self.grant_put(role)

    def _make_role(self, bucket: SecureBucket) -> SecureRole:
        """What docs.aws.amazon.com/firehose/latest/dev/controlaccess.html#using-iam-s3 asks for, less reading objects.

        Records that wait are encrypted under a grant that Firehose makes (docs.aws.amazon.com/firehose/latest/dev/encryption.html).
        """
        role = SecureRole(
            self,
            "role",
            RoleConfig(
                trust=ServiceTrust(service="firehose"),
                description=f"{self.path}: records to the bucket",
                tags=self.config.tags,
            ),
        )
        for prefix in dict.fromkeys((self.config.prefix, self.config.error_prefix)):
            bucket.grant_write(role, prefix)
        about = ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads")
        role.allow(Statement(actions=about, resources=(bucket.arn,)))
        log = f"{self.log_group.arn}:log-stream:{_LOG_STREAM}"
        role.allow(Statement(actions=("logs:PutLogEvents",), resources=(log,)))
        if self.source is not None:
            self.source.grant_read(role)
        return role

    def _make(self, bucket: SecureBucket) -> Resource:
        waiting = {"enabled": True, "key_type": "CUSTOMER_MANAGED_CMK", "key_arn": self.key.arn}
        reading = {"kinesis_stream_arn": self.source.arn, "role_arn": self.role.arn} if self.source else None
        return Resource(
            self,
            "delivery",
            "aws_kinesis_firehose_delivery_stream",
            # Firehose tries the role when it is created.
            depends_on=[self.role.inline],
            name=self._name,
            destination="extended_s3",
            kinesis_source_configuration=reading,
            server_side_encryption=None if self.source else waiting,
            extended_s3_configuration={
                "role_arn": self.role.arn,
                "bucket_arn": bucket.arn,
                "prefix": self.config.prefix or None,
                "error_output_prefix": self.config.error_prefix,
                "buffering_size": self.config.buffering_size_mb,
                "buffering_interval": self.config.buffering_interval_seconds,
                "compression_format": self.config.compression_format,
                "kms_key_arn": bucket.key.arn,
                "cloudwatch_logging_options": {
                    "enabled": True,
                    "log_group_name": self.log_group.name,
                    "log_stream_name": self._log_stream.ref("name"),
                },
            },
            tags=self.config.tags or None,
        )

    def _too_old(self) -> WorkloadAlarm:
        return WorkloadAlarm(
            id="not-delivered",
            namespace="AWS/Firehose",
            metric="DeliveryToS3.DataFreshness",
            dimensions={"DeliveryStreamName": self.name},
            statistic="Maximum",
            threshold=self.config.alarm_age_seconds,
            periods=2,
            why="records do not reach the bucket",
        )
