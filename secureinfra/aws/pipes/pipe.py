"""EventBridge pipe: from one queue or stream to one target, under a role that may read the one and write to the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct
from pydantic import Field

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, RetentionDays, SecureLogGroup
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.lambda_.sources import Filters, QueueSource, StreamSource, criteria_of, problems_of_filters
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue
from secureinfra.aws.wiring.deliveries.receiver import Receiver, checked
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError

__all__ = ["Pipe", "PipeConfig"]

PIPE_NAME = matches(
    r"[A-Za-z0-9._-]{1,64}",
    "is not a pipe name",
    "write up to 64 letters, digits, '.', '_' and '-'",
    example="orders",
)
# What tells records of a source apart, so that they spread over the shards of a stream:
# docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-source.html and the pages of each source.
_SPREAD_BY = {"queue": "$.messageId", "stream": "$.partitionKey", "table": "$.eventID"}
_SAME_BY = {"queue": "$.messageId", "stream": "$.eventID", "table": "$.eventID"}
_GRANTS = {"stream": "grant_read_stream", "table": "grant_stream_read", "queue": "grant_consume"}


class PipeConfig(Config):
    """What passes, in which form, and how often it is tried again."""

    name: Annotated[str, PIPE_NAME] | None = None
    """Name of the pipe; by default the construct's path with '-'. Another name replaces it; a stream is then read from
    `starting_position` again."""
    description: Text | None = None
    """What the pipe is for; by default it names the construct."""
    enabled: bool = True
    """`False` stops it; what is in the source waits."""
    filters: Filters = ()
    """Up to five patterns of EventBridge, as JSON: what matches one passes, the rest is deleted, or skipped in a stream."""
    input_template: Annotated[str, Field(min_length=1, max_length=8192)] | None = None
    """What the target gets, with `<$.body.id>` for values of the record; by default the record as it is."""
    batch_size: Annotated[Number, between(1, 10_000, "records")] = 10
    """Records that are read at once; 10 of a FIFO queue. More than 10 of a queue need a batching window."""
    maximum_batching_window_seconds: Annotated[Number, between(0, 300, "seconds")] = 0
    """How long to wait for a batch to fill, 0 to 300 seconds."""
    starting_position: Literal["TRIM_HORIZON", "LATEST"] = "TRIM_HORIZON"
    """Of a stream: `TRIM_HORIZON` begins with the oldest record, `LATEST` with the next one. Another position replaces the pipe."""
    maximum_retry_attempts: Annotated[Number, between(0, 10_000, "retries")] = 10
    """Of a stream: how often a batch is repeated; AWS's default would block a shard until its records expire. What a queue holds
    is repeated as often as the queue says (`max_receive_count`)."""
    maximum_record_age_seconds: Annotated[Number, between(60, 604_800, "seconds")] | None = None
    """Of a stream: age after which a record is no longer tried; by default as long as the stream keeps it."""
    log_level: Literal["ERROR", "INFO", "TRACE"] = "ERROR"
    """Which steps are logged; the records themselves never are."""
    log_retention_in_days: RetentionDays = 365
    """How long the log is kept."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Patterns are JSON objects."""
        yield from problems_of_filters(self.filters)


@declares(apart="a pipe has a source and a target, which a module of its own would not contain", page="messaging")
class Pipe(SecureConstruct):
    """A pipe whose role may read its one source and write to its one target, and do nothing else.

    Creates the pipe with its role and its log, under a key. What fails stays: messages go back to the queue and from there to
    its dead-letter queue; of a stream, the batch is halved until the record that fails is alone, which the dead-letter queue
    that the stack shares then gets.

    EventBridge keeps no records at rest, only patterns and templates, under a key of AWS
    (docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-pipes-cmkey.html): write no secret into them.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what passes, and how often it is tried.
        source: a `Queue`, a `Stream`, or a `Table` with a stream.
        target: a `Queue`, `SecureTopic`, `Function`, `EventBus`, `Stream`, `Delivery` or `Workflow` of the same account and region.
        message_group_id: group of the messages in a FIFO queue, which needs one; `$.body.customer` takes it from the record.
        event_source: for a bus: the source of the events, e.g. `acme.orders`.
        event_detail_type: for a bus: their detail type, e.g. `Order Placed`.
        key: key to encrypt the log with; by default one of its own (1 USD a month, 3 after two rotations).
        dead_letters: where records of a stream go that failed; by default to the dead-letter queue that the stack shares.
        alarms: topic for an alarm on records that fail.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, the source cannot be read, or AWS has no such target.

    Example:
        `Pipe(stack, "ship", source=orders, target=shipping, config=PipeConfig(filters=('{"body": {"paid": [true]}}',)))`
    """

    config: PipeConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: PipeConfig = PipeConfig(),
        *,
        source: QueueSource | StreamSource,
        target: Receiver,
        message_group_id: str | None = None,
        event_source: str | None = None,
        event_detail_type: str | None = None,
        key: SecureKey | None = None,
        dead_letters: DeadLetterQueue | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.pipe_name = config.name or derived_name(self, PIPE_NAME)
        kind = _kind_of(self, source)
        self._refuse_what_does_not_fit(kind, source)
        checked(self, "pipe", target)
        parameters = self._target_parameters(kind, target, message_group_id, (event_source, event_detail_type))
        self.log_group = self._make_log_group(key)
        self.role = self._make_role()
        getattr(source, _GRANTS[kind])(self.role)
        target.grant_delivery(self.role)
        self.pipe = Resource(
            self,
            "pipe",
            "aws_pipes_pipe",
            # EventBridge tries whether the role may read the source.
            depends_on=[self.role.inline],
            name=self.pipe_name,
            description=(config.description or f"{self.path}: pipe")[:512],
            desired_state="RUNNING" if config.enabled else "STOPPED",
            role_arn=self.role.arn,
            source=source.stream_arn if kind != "queue" else source.arn,  # type: ignore[union-attr]
            target=target.arn,
            source_parameters=self._source_parameters(kind, dead_letters),
            target_parameters=parameters,
            log_configuration={
                "level": config.log_level,
                "cloudwatch_logs_log_destination": {"log_group_arn": self.log_group.arn},
            },
            tags=config.tags or None,
        )
        add_alarms(self, alarms, [self._failed()])

    @property
    def arn(self) -> str:
        """Reference to the pipe's ARN."""
        return self.pipe.ref("arn")

    def _make_role(self) -> SecureRole:
        # docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html
        own = f"arn:{self.partition}:pipes:{self.region}:{self.account_id}:pipe/{self.pipe_name}"
        config = RoleConfig(
            trust=ServiceTrust(service="pipes", source_arns=(own,)),
            description=f"{self.path}: what the pipe may do",
            tags=self.config.tags,
        )
        return SecureRole(self, "role", config)

    def _make_log_group(self, key: SecureKey | None) -> SecureLogGroup:
        config = LogGroupConfig(
            # AWS's own resource policy covers the prefix once; a policy for each group would reach the limit of ten at the tenth.
            name=f"/aws/vendedlogs/pipes/{self.pipe_name}",
            retention_in_days=self.config.log_retention_in_days,
            waivers=self.config.waivers,
            tags=self.config.tags,
        )
        return SecureLogGroup(self, "log", config, key=key)

    def _source_parameters(self, kind: str, dead_letters: DeadLetterQueue | None) -> dict[str, Any]:
        config = self.config
        batches: dict[str, Any] = {
            "batch_size": config.batch_size,
            "maximum_batching_window_in_seconds": config.maximum_batching_window_seconds or None,
        }
        found: dict[str, Any] = {"filter_criteria": criteria_of(config.filters)}
        if kind == "queue":
            return {**found, "sqs_queue_parameters": batches}
        failed = dead_letters or DeadLetterQueue.shared(self)
        failed.grant_send(self.role)
        batches |= {
            "starting_position": config.starting_position,
            "maximum_retry_attempts": config.maximum_retry_attempts,
            "maximum_record_age_in_seconds": config.maximum_record_age_seconds,
            "on_partial_batch_item_failure": "AUTOMATIC_BISECT",
            "dead_letter_config": {"arn": failed.arn},
        }
        return {**found, f"{'kinesis' if kind == 'stream' else 'dynamodb'}_stream_parameters": batches}

    def _target_parameters(
        self, kind: str, target: Receiver, group: str | None, event: tuple[str | None, str | None]
    ) -> dict[str, Any] | None:
        if getattr(target, "fifo", False) != bool(group):
            raise ConfigError(
                f"{self.path}: Pipe {'has' if group else 'lacks'} message_group_id for {target.path!r}: FIFO queues need one, others "
                f"take none. {'Remove' if group else 'Add'} it."
            )
        if (target.receives == "bus") != all(event) or (target.receives != "bus" and any(event)):
            need = "Add both" if target.receives == "bus" else "Remove them"
            raise ConfigError(
                f"{self.path}: event_source and event_detail_type are for a bus, which needs both; the target is {target.path!r}. {need}."
            )
        found: dict[str, dict[str, Any]] = {
            "queue": {"sqs_queue_parameters": _of_fifo(group, kind)},
            # Answers that fail bring the batch back; an asynchronous call would lose them.
            "function": {"lambda_function_parameters": {"invocation_type": "REQUEST_RESPONSE"}},
            "workflow": {"step_function_state_machine_parameters": {"invocation_type": "FIRE_AND_FORGET"}},
            "stream": {"kinesis_stream_parameters": {"partition_key": _SPREAD_BY[kind]}},
            "bus": {"eventbridge_event_bus_parameters": {"source": event[0], "detail_type": event[1]}},
        }
        said = {"input_template": self.config.input_template, **found.get(target.receives, {})}
        return {name: value for name, value in said.items() if value is not None} or None

    def _refuse_what_does_not_fit(self, kind: str, source: Any) -> None:
        size, window = self.config.batch_size, self.config.maximum_batching_window_seconds
        if kind != "queue" or is_token(size) or int(size) <= 10:
            return
        if getattr(source, "fifo", False):
            raise ConfigError(
                f"{self.path}: PipeConfig batch_size={size}: SQS gives out 10 messages of a FIFO queue at most. Set it to 10."
            )
        if window == 0:
            raise ConfigError(
                f"{self.path}: PipeConfig batch_size={size} has no batching window: EventBridge takes more than 10 messages only if it "
                "may wait for them. Add maximum_batching_window_seconds=1 or more."
            )

    def _failed(self) -> WorkloadAlarm:
        # docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-monitoring.html
        return WorkloadAlarm(
            id="failed",
            namespace="AWS/EventBridge/Pipes",
            metric="ExecutionFailed",
            dimensions={"PipeName": self.pipe_name},
            threshold=1,
            why="the pipe could not deliver, and tries again until it gives up",
        )


def _kind_of(pipe: SecureConstruct, source: object) -> str:
    """`queue`, `stream` or `table`."""
    for kind, grant in _GRANTS.items():
        if hasattr(source, grant):
            return kind
    raise ConfigError(
        f"{pipe.path}: source={source!r} is nothing that a pipe reads. Pass a Queue, a Stream, or a Table with a stream."
    )


def _of_fifo(group: str | None, kind: str) -> dict[str, str] | None:
    # A batch that is repeated is delivered once, whether or not the queue compares content.
    return {"message_group_id": group, "message_deduplication_id": _SAME_BY[kind]} if group else None
