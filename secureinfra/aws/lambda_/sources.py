"""Queues and streams that a function reads: batches of which only what failed comes back, and failures that are kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Protocol, runtime_checkable

from pydantic import Field

from secureinfra.aws.iam.role import SecureRole
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import Number, is_token
from secureinfra.engine import Grantee, HasArn, Resource, SecureConstruct
from secureinfra.errors import ConfigError

__all__ = ["QueueSourceConfig", "StreamSourceConfig"]

_SMALL_BATCH = 10
Filters = Annotated[tuple[Annotated[str, Field(min_length=2, max_length=4096)], ...], Field(max_length=5)]
"""Up to five patterns of EventBridge, as JSON."""


@runtime_checkable
class QueueSource(HasArn, Protocol):
    """A queue that a role can be granted to read."""

    config: Any

    def grant_consume(self, grantee: Grantee) -> None:
        """Let a role receive and delete messages."""
        ...


@runtime_checkable
class StreamSource(Protocol):
    """A stream that a role can be granted to read, by `grant_read_stream` of a stream or `grant_stream_read` of a table."""

    @property
    def stream_arn(self) -> str:
        """ARN of the stream."""
        ...


def problems_of_filters(filters: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with patterns that are not JSON objects.

    Args:
        filters: the patterns, the setting `filters` of a configuration.
    """
    for number, pattern in enumerate(filters):
        if not is_token(pattern) and not _is_object(pattern):
            what, why = "is not a pattern", "it is a JSON object"
            yield Problem(("filters", number), what, why, """Write e.g. '{"body": {"kind": ["order"]}}'""")


def criteria_of(filters: tuple[str, ...]) -> dict[str, Any] | None:
    """The argument `filter_criteria`; `None` without patterns.

    Args:
        filters: the patterns.
    """
    return {"filter": [{"pattern": pattern} for pattern in filters]} if filters else None


class _SourceConfig(Config):
    """What both kinds have in common."""

    enabled: bool = True
    """Off: nothing is read for now."""
    maximum_batching_window_seconds: Annotated[Number, between(0, 300, "seconds")] = 0
    """How long to wait for a batch to fill, 0 to 300 seconds."""
    filters: Filters = ()
    """Up to five patterns of EventBridge, as JSON: only what matches one is processed, the rest is deleted."""

    def problems(self) -> Iterator[Problem]:
        """Patterns are JSON, and large batches need a window."""
        yield from problems_of_filters(self.filters)

    def arguments(self) -> dict[str, Any]:
        """The arguments that both kinds have."""
        return {
            "enabled": self.enabled,
            "maximum_batching_window_in_seconds": self.maximum_batching_window_seconds or None,
            "filter_criteria": criteria_of(self.filters),
            # Without it, one message that fails brings back the whole batch.
            "function_response_types": ["ReportBatchItemFailures"],
        }


class QueueSourceConfig(_SourceConfig):
    """How a function reads a queue."""

    batch_size: Annotated[Number, between(1, 10_000, "messages")] = 10
    """Messages in a call, 1 to 10,000; 10 of a FIFO queue. More than 10 need a batching window."""
    maximum_concurrency: Annotated[Number, between(2, 1000, "calls")] | None = None
    """Calls for this queue at the same time, 2 to 1,000; better than reserved concurrency, which sends messages back."""

    def problems(self) -> Iterator[Problem]:
        """Large batches need a window."""
        yield from super().problems()
        large = not is_token(self.batch_size) and int(self.batch_size) > _SMALL_BATCH
        if large and self.maximum_batching_window_seconds == 0:
            why = f"Lambda takes more than {_SMALL_BATCH} messages only if it may wait for them"
            yield Problem(
                "batch_size",
                "has no batching window",
                why,
                lambda words: f"Add {words.setting('maximum_batching_window_seconds', 1)} or more",
            )


class StreamSourceConfig(_SourceConfig):
    """How a function reads a stream."""

    starting_position: Literal["TRIM_HORIZON", "LATEST"] = "TRIM_HORIZON"
    """`TRIM_HORIZON` begins with the oldest record, `LATEST` with the next one. Another position replaces the mapping."""
    batch_size: Annotated[Number, between(1, 10_000, "records")] = 100
    """Records in a call, 1 to 10,000."""
    parallelization_factor: Annotated[Number, between(1, 10, "calls")] = 1
    """Calls for one shard at the same time, 1 to 10; records of one partition key stay in order."""
    maximum_retry_attempts: Annotated[Number, between(0, 10_000, "retries")] = 10
    """How often a batch is repeated, 0 to 10,000; AWS's default would block a shard until its records expire."""
    maximum_record_age_seconds: Annotated[Number, between(60, 604_800, "seconds")] | None = None
    """Age after which a record is no longer tried, 60 to 604,800 seconds; by default as long as the stream keeps it."""


def read_queue(
    owner: SecureConstruct,
    function: Resource,
    role: SecureRole,
    queue: QueueSource,
    config: QueueSourceConfig,
    id: str,
) -> Resource:
    """Have a function process the messages of a queue.

    Args:
        owner: the function's construct.
        function: the function.
        role: its role, which gets the right to read.
        queue: the queue.
        config: batches.
        id: name in the address.

    Raises:
        ConfigError: messages would become visible again while they are processed, or the queue is read already.
    """
    name = _name(owner, "read_queue", queue, id)
    if not isinstance(queue, QueueSource):
        raise ConfigError(f"{owner.path}: read_queue({queue!r}) is not a queue that can be read. Pass a Queue.")
    queue.grant_consume(role)
    mapping = _mapping(
        owner,
        name,
        function,
        role,
        **config.arguments(),
        event_source_arn=queue.arn,
        batch_size=config.batch_size,
        scaling_config={"maximum_concurrency": config.maximum_concurrency} if config.maximum_concurrency else None,
    )
    _keep_hidden(owner, mapping, name, queue)
    return mapping


def _keep_hidden(owner: SecureConstruct, mapping: Resource, name: str, queue: QueueSource) -> None:
    """Refuse a visibility timeout shorter than the function's; AWS does too, and advises six times as much.

    docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    # A dead-letter queue has AWS's default of 30 seconds.
    visibility = getattr(queue.config, "visibility_timeout_seconds", 30)
    timeout = owner.config.timeout_seconds
    advice = f"Set the queue's visibility_timeout_seconds to {timeout} or more, better six times as much"
    what = "messages would become visible again while they are processed, and AWS refuses the mapping"
    if is_token(visibility) and not is_token(timeout):
        condition, subject = f"{{value}} >= {timeout}", "visibility timeout"
        mapping.demand(f"{name}-visibility", visibility, condition, f"{subject}: {what}. {advice}")
    elif is_token(timeout) and not is_token(visibility):
        condition, subject = f"{{value}} <= {visibility}", "timeout of the function"
        mapping.demand(f"{name}-timeout", timeout, condition, f"{subject}: {what}. {advice}")
    elif not is_token(timeout) and int(visibility) < int(timeout):
        raise ConfigError(
            f"{owner.path}: read_queue({_id_of(queue)!r}) has visibility_timeout_seconds={visibility}, less than the function's "
            f"timeout_seconds={timeout}: {what}. {advice}."
        )


def read_stream(
    owner: SecureConstruct,
    function: Resource,
    role: SecureRole,
    stream: StreamSource,
    config: StreamSourceConfig,
    failure_arn: str,
    id: str,
) -> Resource:
    """Have a function process the records of a stream.

    Args:
        owner: the function's construct.
        function: the function.
        role: its role, which gets the right to read.
        stream: the stream.
        config: batches and retries.
        failure_arn: where it is told which records failed for good.
        id: name in the address.

    Raises:
        ConfigError: the stream is read already.
    """
    name = _name(owner, "read_stream", stream, id)
    grant = getattr(stream, "grant_read_stream", getattr(stream, "grant_stream_read", None))
    if grant is None:
        raise ConfigError(
            f"{owner.path}: read_stream({stream!r}) is not a stream that can be read. Pass a Stream, or a Table with a stream."
        )
    grant(role)
    return _mapping(
        owner,
        name,
        function,
        role,
        **config.arguments(),
        event_source_arn=stream.stream_arn,
        starting_position=config.starting_position,
        batch_size=config.batch_size,
        parallelization_factor=config.parallelization_factor,
        maximum_retry_attempts=config.maximum_retry_attempts,
        maximum_record_age_in_seconds=config.maximum_record_age_seconds,
        # Finds the record that fails by halves, so that it alone is given up.
        bisect_batch_on_function_error=True,
        destination_config={"on_failure": {"destination_arn": failure_arn}},
    )


def _mapping(owner: SecureConstruct, name: str, function: Resource, role: SecureRole, **arguments: Any) -> Resource:
    return Resource(
        owner,
        name,
        "aws_lambda_event_source_mapping",
        # AWS tests whether the role may read.
        depends_on=[role.inline],
        function_name=function.ref("arn"),
        tags=owner.config.tags or None,
        **arguments,
    )


def _name(owner: SecureConstruct, method: str, source: object, id: str) -> str:
    name = f"source-{id or _id_of(source)}"
    if name in owner.resources:
        raise ConfigError(f"{owner.path}: {method} reads {_id_of(source)!r} already. Remove one call.")
    return name


def _id_of(source: object) -> str:
    node = getattr(source, "node", None)
    return str(node.id) if node is not None else type(source).__name__.lower()


def _is_object(pattern: str) -> bool:
    try:
        return isinstance(json.loads(pattern), dict)
    except ValueError:
        return False
