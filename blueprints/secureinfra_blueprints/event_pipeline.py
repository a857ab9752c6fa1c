"""Event pipeline: files that arrive in a bucket, through a queue and a function into a stream and a lake, failures kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra import (
    BucketConfig,
    Config,
    Construct,
    Delivery,
    DeliveryConfig,
    FolderCode,
    Function,
    FunctionConfig,
    ImageCode,
    KeyConfig,
    LogRetention,
    Number,
    Problem,
    Queue,
    QueueConfig,
    S3Code,
    SecureBucket,
    SecureConstruct,
    SecureKey,
    Stream,
    StreamConfig,
    Text,
    between,
    declares,
)
from secureinfra_blueprints._alarms import alarm_topic
from secureinfra_blueprints._code import runs


class EventPipelineConfig(Config):
    """What a caller may choose about an event pipeline."""

    code: FolderCode | S3Code | ImageCode
    """Code of the function: `kind: folder` with a `path`, `kind: s3` with `bucket` and `key`, or `kind: image` with a `uri`."""
    runtime: Text | None = "python3.13"
    """Language and version, e.g. `python3.13`; nothing for an image."""
    handler: Text | None = "app.handler"
    """What Lambda calls, e.g. `app.handler` for the function `handler` in `app.py`; nothing for an image."""
    inbox_prefix: Text = "in/"
    """Where files arrive in the bucket; others are ignored."""
    inbox_days: Annotated[Number, between(1, 36500, "days")] | None = 90
    """Days after which files expire; nothing keeps them."""
    memory_mb: Number = 1024
    """Memory of the function in MB, 128 to 10,240; processor time grows with it."""
    timeout_seconds: Annotated[int, between(1, 900, "seconds")] = 120
    """How long a file may take."""
    concurrency: Annotated[Number, between(2, 1000, "calls")] = 10
    """How many files are processed at the same time, 2 to 1,000."""
    attempts: Annotated[Number, between(1, 1000, "times")] = 5
    """How often a file is tried before its message moves to the dead-letter queue."""
    output: Literal["stream", "lake", "both"] = "both"
    """Where results go: a stream that others read, objects in a second bucket, or both."""
    output_prefix: Text = "events/"
    """Where results go in the second bucket; Firehose adds year, month, day and hour."""
    stream_hours: Annotated[Number, between(168, 8760, "hours")] = 168
    """How long results can be read from the stream, a week to a year."""
    alarm_emails: tuple[Text, ...] = ()
    """Addresses that are notified of failures, old messages and readers that fall behind; each confirms first."""
    log_retention_days: LogRetention = 365
    """How long the delivery's error log is kept, one of CloudWatch's periods of a year or longer."""
    protect: bool = True
    """Deletion protection for buckets and key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """What the parts would refuse, told at once with the rest."""
        yield from self.refusals(self.function())
        for name, value in (("inbox_prefix", self.inbox_prefix), ("output_prefix", self.output_prefix)):
            if isinstance(value, str) and (value.startswith("/") or not value.endswith("/")):
                what, advice = f"{value!r} is not a prefix", f"Write it with '/' at its end only, e.g. {name}='in/'"
                yield Problem(name, what, instead=advice, subject=name)

    def function(self) -> FunctionConfig:
        """The function's part."""
        return FunctionConfig(
            **runs(self.code, self.runtime, self.handler),
            memory_mb=self.memory_mb,
            timeout_seconds=self.timeout_seconds,
            tags=self.tags,
        )


@declares()
class EventPipeline(SecureConstruct):
    """Files become events, each processed at least once, and what cannot be processed is kept and told.

    Creates the bucket where files arrive; the queue that the bucket writes to, with its dead-letter queue; the function that
    reads files, and writes results to a stream, to a second bucket through Firehose, or to both; alarms; and one key for all
    of it. Each part may reach the next one and nothing else.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the code, and what to choose.
        provider: an additional provider, for another region.
        moved_from: the path that it had before.

    Raises:
        ConfigError: a value is refused.

    Example:
        `EventPipeline(stack, "orders", EventPipelineConfig(code=S3Code(bucket="acme-builds", key="orders.zip",
        object_version="3sL4kqtJlcpXroDTDmJ")))`
    """

    config: EventPipelineConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: EventPipelineConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        about = KeyConfig(description=f"{self.path}: events", protect=config.protect, tags=config.tags)
        self.key = SecureKey(self, "key", about)
        self.alarms = alarm_topic(self, config.alarm_emails, config.tags, self.key)
        self.inbox = self._make_bucket("inbox", config.inbox_days)
        self.queue = self._make_queue()
        self.function = Function(self, "function", config.function(), key=self.key, alarms=self.alarms)
        self.inbox.on_created.deliver_to(self.queue, prefix=config.inbox_prefix, id="files")
        self.function.read_queue(self.queue, id="files")
        self.inbox.grant_read(self.function.role, prefix=config.inbox_prefix)
        self.stream = self._make_stream()
        self.lake, self.delivery = self._make_lake()

    def _make_bucket(self, id: str, days: Any) -> SecureBucket:
        about = BucketConfig(
            key_required=True, expiration_days=days, protect=self.config.protect, tags=self.config.tags
        )
        return SecureBucket(self, id, about, key=self.key)

    def _make_queue(self) -> Queue:
        about = QueueConfig(
            visibility_timeout_seconds=6 * self.config.timeout_seconds,
            max_receive_count=self.config.attempts,
            tags=self.config.tags,
        )
        return Queue(self, "files", about, key=self.key, alarms=self.alarms)

    def _make_stream(self) -> Stream | None:
        if self.config.output == "lake":
            return None
        about = StreamConfig(retention_hours=self.config.stream_hours, tags=self.config.tags)
        stream = Stream(self, "events", about, key=self.key, alarms=self.alarms)
        stream.grant_write(self.function.role)
        return stream

    def _make_lake(self) -> tuple[SecureBucket | None, Delivery | None]:
        config = self.config
        if config.output == "stream":
            return None, None
        lake = self._make_bucket("lake", None)
        about = DeliveryConfig(
            prefix=config.output_prefix, log_retention_in_days=config.log_retention_days, tags=config.tags
        )
        delivery = Delivery(self, "delivery", about, bucket=lake, key=self.key, alarms=self.alarms)
        delivery.grant_put(self.function.role)
        return lake, delivery
