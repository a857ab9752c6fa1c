"""Kinesis stream: encrypted with a customer key, kept for a week, written and read by granted roles only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.wiring.deliveries.matrix import DeliveryNeeds
from secureinfra.config.config import Config
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number
from secureinfra.controls.kinesis import RETAINED
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["Stream", "StreamConfig"]

STREAM_NAME = matches(
    r"[A-Za-z0-9._-]{1,128}",
    "is not a stream name",
    "write up to 128 letters, digits, '.', '_' and '-'",
    example="orders",
)
_LONG = 168
_WRITE = ("kinesis:PutRecord", "kinesis:PutRecords", "kinesis:DescribeStreamSummary", "kinesis:ListShards")
_READ = (
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:ListShards",
)


class StreamConfig(Config):
    """What a caller may choose about a stream."""

    name: Annotated[str, STREAM_NAME] | None = None
    """Name of the stream; by default the construct's path with '-'. Another name replaces it, with its records."""
    retention_hours: Annotated[
        Number, between(24, 8_760, "hours"), RETAINED.keeps(lambda hours: hours >= _LONG, f"{{value}} >= {_LONG}")
    ] = _LONG
    """How long records can be read, up to a year; more than 24 hours cost extra."""
    shard_count: Annotated[Number, between(1, 10_000, "shards")] | None = None
    """A fixed number of shards, each for 1 MB or 1,000 records a second; by default AWS adds and removes them on demand."""
    alarm_age_seconds: Annotated[Number, between(60, 604_800, "seconds")] = 3_600
    """How far behind a reader may be before `alarms=` is notified."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(
    module="stream",
    page="streams",
    yours=("Grants for writers and readers: policies of roles that name the stream and its key.",),
)
class Stream(SecureConstruct):
    """A stream whose records only granted roles write and read, under a key that they may use for it.

    Creates the stream, and a key when none is given. Kinesis answers over TLS only.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        alarms: topic for alarms on readers that fall behind and on refused writes.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `clicks = Stream(stack, "clicks"); clicks.grant_write(web); clicks.grant_read(report)`
    """

    config: StreamConfig
    receives = "stream"

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: StreamConfig = StreamConfig(),
        *,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: stream", tags=config.tags))
        mode = "ON_DEMAND" if config.shard_count is None else "PROVISIONED"
        self.stream = Resource(
            self,
            "stream",
            "aws_kinesis_stream",
            name=config.name or derived_name(self, STREAM_NAME),
            retention_period=config.retention_hours,
            shard_count=config.shard_count,
            stream_mode_details={"stream_mode": mode},
            encryption_type="KMS",
            kms_key_id=self.key.arn,
            tags=config.tags or None,
        )
        add_alarms(self, alarms, self._alarms())

    @property
    def arn(self) -> str:
        """Reference to the stream's ARN."""
        return self.stream.ref("arn")

    @property
    def stream_arn(self) -> str:
        """Reference to the stream's ARN, under the name by which functions read it."""
        return self.arn

    @property
    def name(self) -> str:
        """Reference to the stream's name."""
        return self.stream.ref("name")

    def grant_write(self, grantee: Grantee) -> None:
        """Let a role put records, and use the key for it.

        Args:
            grantee: a `SecureRole`.

        Raises:
            ConfigError: the grantee is an ARN, or not a role.
        """
        # docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
        self._grant(grantee, "grant_write", "Write", _WRITE, ("kms:GenerateDataKey",))

    def grant_read(self, grantee: Grantee) -> None:
        """Let a role read records, and use the key for it.

        Args:
            grantee: a `SecureRole`.

        Raises:
            ConfigError: the grantee is an ARN, or not a role.
        """
        self._grant(grantee, "grant_read", "Read", _READ, ("kms:Decrypt",))

    def grant_read_stream(self, grantee: Grantee) -> None:
        """Let a role read records: `grant_read` under the name by which functions ask for it."""
        self.grant_read(grantee)

    def accept_delivery(self, delivery: DeliveryNeeds, source_arn: str) -> Sequence[Resource]:
        """Refused: a role delivers to a stream."""
        raise ConfigError(
            f"{self.path}: {delivery.service} delivers to a stream by a role only. Use grant_write(role)."
        )

    def grant_delivery(self, role: Grantee) -> None:
        """Let a role deliver: see `deliver_to` of the source."""
        self.grant_write(role)

    def _grant(
        self, grantee: Grantee, method: str, sid: str, actions: tuple[str, ...], key_actions: tuple[str, ...]
    ) -> None:
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: {method}({grantee!r}) cannot be written: the role's own policy must allow it. Pass a SecureRole."
            )
        grantee.add_to_policy(Statement(actions=actions, resources=(self.arn,)))
        self.key.grant(grantee, sid, key_actions, via="kinesis")

    def _alarms(self) -> Iterator[WorkloadAlarm]:
        named = {"StreamName": self.name}
        yield WorkloadAlarm(
            id="readers-behind",
            namespace="AWS/Kinesis",
            metric="GetRecords.IteratorAgeMilliseconds",
            dimensions=named,
            statistic="Maximum",
            threshold=self._milliseconds(),
            periods=3,
            why="a reader is behind; records are lost if it stays so until they expire",
        )
        yield WorkloadAlarm(
            id="writes-refused",
            namespace="AWS/Kinesis",
            metric="WriteProvisionedThroughputExceeded",
            dimensions=named,
            threshold=1,
            periods=3,
            why="records are refused, since there are too many for the shards",
        )

    def _milliseconds(self) -> int | str:
        seconds = self.config.alarm_age_seconds
        if isinstance(seconds, str):
            return f"${{{seconds.removeprefix('${').removesuffix('}')} * 1000}}"
        return seconds * 1_000
