"""Alarms of workloads: what a construct says must be noticed, written as CloudWatch alarms that notify a given topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError

Comparison = Literal[
    "GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"
]
MissingData = Literal["notBreaching", "breaching", "missing", "ignore"]

_STATISTICS = frozenset({"Sum", "Average", "Maximum", "Minimum", "SampleCount"})
_PERCENTILE = re.compile(r"p(\d{1,2}(\.\d{1,10})?|100)")
_DAY, _WEEK = 86_400, 604_800
_LONGEST_NAME = 255


@runtime_checkable
class AlarmTopic(Protocol):
    """A topic that alarms notify: `SecureTopic`. Named by its members, so that topics may have alarms of their own."""

    @property
    def arn(self) -> str:
        """Its ARN."""
        ...

    def allow_publish_from(self, service: str, source_arns: Sequence[str] = ()) -> None:
        """Let an AWS service publish."""
        ...


@dataclass(frozen=True)
class WorkloadAlarm:
    """One alarm that a construct declares: the metric, when it alarms, and what that means.

    Args:
        id: name within the construct, in lower case, e.g. `errors`; part of the address and of the alarm's name.
        namespace: namespace of the metric, e.g. `AWS/SQS`.
        metric: name of the metric.
        dimensions: which resource, e.g. `{"QueueName": queue.ref("name")}`.
        threshold: value that the statistic is compared with, in the metric's unit; may be a reference.
        why: what has happened when it alarms, as a sentence without full stop; the reader of the message sees it.
        statistic: `Sum`, `Average`, `Maximum`, `Minimum`, `SampleCount`, or a percentile such as `p99`.
        period_seconds: length of a period: 10, 20, 30 or a multiple of 60.
        periods: how many periods are looked at; with their length, a day at most, a week from an hour per period on.
        breaching_periods: how many of them must cross the threshold; by default all.
        comparison: how statistic and threshold are compared.
        missing_data: what a period without data counts as; most services send nothing while nothing happens.
        actions: ARNs of what is done besides the message, e.g. to recover an instance.

    Raises:
        ConfigError: CloudWatch would refuse the statistic or the window.
    """

    id: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str] = field(hash=False)
    threshold: float | str
    why: str
    statistic: str = "Sum"
    period_seconds: int = 300
    periods: int = 1
    breaching_periods: int | None = None
    comparison: Comparison = "GreaterThanOrEqualToThreshold"
    missing_data: MissingData = "notBreaching"
    actions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.statistic not in _STATISTICS and not _PERCENTILE.fullmatch(self.statistic):
            raise ConfigError(
                f"alarm {self.id!r}: statistic {self.statistic!r} is unknown. Use one of {', '.join(sorted(_STATISTICS))}, "
                "or a percentile such as 'p99'."
            )
        # docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        longest = _WEEK if self.period_seconds >= 3600 else _DAY
        usable = self.period_seconds in (10, 20, 30) or (self.period_seconds > 0 and self.period_seconds % 60 == 0)
        if not usable or self.periods < 1 or self.period_seconds * self.periods > longest:
            raise ConfigError(
                f"alarm {self.id!r}: {self.periods} periods of {self.period_seconds} seconds are refused by CloudWatch: a period has "
                "10, 20, 30 or a multiple of 60 seconds, and all together last a day at most (a week if each has an hour or more). "
                "Use fewer or other periods."
            )
        if self.breaching_periods is not None and not 1 <= self.breaching_periods <= self.periods:
            raise ConfigError(
                f"alarm {self.id!r}: breaching_periods={self.breaching_periods} is not between 1 and periods={self.periods}: "
                "it would never alarm. Use a number in that range."
            )


def add_alarms(owner: SecureConstruct, topic: AlarmTopic | None, alarms: Iterable[WorkloadAlarm]) -> None:
    """Write a construct's alarms, which notify a topic; nothing is written without one.

    Each becomes the resource `alarm-<id>` of the construct, which can be changed like any other:
    `queue.resources["alarm-oldest-message"].add_override("threshold", 600)`.

    Args:
        owner: the construct.
        topic: receives the alarms; CloudWatch is allowed to publish to it. It must be in the construct's region.
        alarms: what to write.

    Raises:
        ConfigError: an alarm's name would be longer than CloudWatch accepts.
    """
    if topic is None:
        return
    topic.allow_publish_from("cloudwatch")
    for alarm in alarms:
        _add(owner, topic, alarm)


def _add(owner: SecureConstruct, topic: AlarmTopic, alarm: WorkloadAlarm) -> None:
    # With the whole path, since an alarm of the same name in the account and region would be overwritten.
    name = f"{owner.path.replace('/', '-')}-{alarm.id}"
    if len(name) > _LONGEST_NAME:
        raise ConfigError(
            f"{owner.path}: alarm name {name!r} has {len(name)} characters, CloudWatch accepts {_LONGEST_NAME}. "
            "Give the stack or the construct a shorter id."
        )
    percentile = alarm.statistic not in _STATISTICS
    Resource(
        owner,
        f"alarm-{alarm.id}",
        "aws_cloudwatch_metric_alarm",
        alarm_name=name,
        alarm_description=f"{owner.path}: {alarm.why}"[:1024],
        namespace=alarm.namespace,
        metric_name=alarm.metric,
        dimensions=dict(alarm.dimensions),
        statistic=None if percentile else alarm.statistic,
        extended_statistic=alarm.statistic if percentile else None,
        period=alarm.period_seconds,
        evaluation_periods=alarm.periods,
        datapoints_to_alarm=alarm.breaching_periods,
        threshold=alarm.threshold,
        comparison_operator=alarm.comparison,
        treat_missing_data=alarm.missing_data,
        actions_enabled=True,
        alarm_actions=[topic.arn, *alarm.actions],
        tags=owner.config.tags or None,
    )
