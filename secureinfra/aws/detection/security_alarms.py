"""Alarms on the audit trail: the events that the CIS benchmark requires alarms for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.cloudtrail.trail import SecureTrail
from secureinfra.aws.cloudwatch.log_group import LOG_GROUP_NAME, SecureLogGroup
from secureinfra.aws.sns.topic import SecureTopic, TopicConfig
from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches, one_of
from secureinfra.config.rules import Number, Text, is_token
from secureinfra.controls.cloudwatch.alarms import alarms
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError

__all__ = ["AlarmTuning", "SecurityAlarms", "SecurityAlarmsConfig"]

NAMESPACE = "CloudTrailMetrics"
_DAY, _WEEK = 86_400, 604_800
# An alarm's name has at most 255 characters, without control characters; ':' and '*' are not for metrics and filters.
# docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_PREFIX = matches(r"[A-Za-z0-9_-]{1,64}", "is not a prefix of names", "write up to 64 letters, digits, '_' and '-'")


class AlarmTuning(Config):
    """Threshold, window and topic of one alarm; its metric filter stays as the benchmark defines it."""

    threshold: Annotated[Number, between(1, 1_000_000, "events")] = 1
    """Number of events in a period that trigger it."""
    period_seconds: Annotated[Number, one_of(60, 300, 900, 3600, 21600, 86400)] = 300
    """Length of a period."""
    evaluation_periods: Annotated[Number, between(1, 24, "periods")] = 1
    """Number of consecutive periods that trigger it."""
    paged: bool = True
    """`False` sends it to the topic of recorded alarms, which has no subscribers at first. The alarm keeps an action,
    as CloudWatch.15 and CloudWatch.17 require; the item's own Security Hub control (e.g. CloudWatch.2) also requires a
    subscriber."""

    def problems(self) -> Iterator[Problem]:
        """CloudWatch looks back a day at most, over periods of an hour or longer a week."""
        # docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        period, count = self.period_seconds, self.evaluation_periods
        if is_token(period) or is_token(count):
            return
        limit, words = (_WEEK, "a week") if period >= 3600 else (_DAY, "a day")
        if period * count > limit:
            yield Problem(
                "evaluation_periods",
                f"is longer than {words}",
                "CloudWatch looks back no further",
                f"Use at most {limit // period} evaluation periods",
                subject=f"period_seconds={period} x evaluation_periods={count}",
            )


class SecurityAlarmsConfig(Config):
    """What a caller may choose about the alarms."""

    subscribers: tuple[Text, ...] = ()
    """Email addresses that receive every paged alarm, each after its owner has confirmed. For other endpoints:
    `alarms.topic.subscribe(...)`."""
    tuning: Mapping[str, AlarmTuning] = {}
    """Tuning by alarm, e.g. `{"unauthorized-api-calls": AlarmTuning(threshold=10)}`; unauthorized calls are noisy."""
    exact_security_hub: bool = False
    """Use the exact patterns of Security Hub's CloudWatch controls, which compare strings, where they differ from the
    newest correct form: unauthorized calls then include harmless ones of S3 log delivery."""
    name_prefix: Annotated[str, _PREFIX] | None = None
    """Begins the names of filters, metrics and alarms, for a second set of alarms in the same account and region: without
    it, AWS takes the second set for changes of the first. Another prefix replaces all of them."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Tuning must name alarms that exist."""
        for key in self.tuning:
            if key not in alarms():
                what, advice = f"names {key!r}, which is not an alarm", f"Use one of {', '.join(alarms())}"
                yield Problem(("tuning", key), what, instead=advice, subject="tuning")


@declares(
    module="security-alarms",
    page="audit",
    yours=("A monitored subscription, confirmed once by email.",),
)
class SecurityAlarms(SecureConstruct):
    """A metric filter and an alarm for each monitoring item of the CIS benchmark, and a topic that notifies.

    Creates the filters on the trail's log group, the alarms, and an encrypted topic unless one is given. Filter, metric
    and alarm share a name, by which scanners link them.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: subscribers and tuning.
        trail: the trail whose events to watch.
        log_group: instead of a trail, the log group that one delivers to, or its name.
        topic: where paged alarms go; by default a topic of its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, neither trail nor log group is given, or the stack has alarms of these names.

    Example:
        `SecurityAlarms(stack, "alarms", SecurityAlarmsConfig(subscribers=("security@example.com",)), trail=trail)`
    """

    config: SecurityAlarmsConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: SecurityAlarmsConfig = SecurityAlarmsConfig(),
        *,
        trail: SecureTrail | None = None,
        log_group: SecureLogGroup | str | None = None,
        topic: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self._log_group_name = self._name_of(trail, log_group)
        # docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html: an update replaces all settings.
        refuse_second(
            self,
            "alarms are known by their names in an account and region, so each would overwrite the other's",
            "Give this one SecurityAlarmsConfig(name_prefix='...').",
            names=("name_prefix",),
        )
        # One key for the whole audit trail: the topics carry the same events.
        own_key = trail.key if trail else None
        self.topic = topic or SecureTopic(self, "topic", TopicConfig(tags=config.tags), key=own_key)
        self.topic.allow_publish_from("cloudwatch")
        self.recorded_topic: SecureTopic | None = None
        for address in config.subscribers:
            self.topic.subscribe_email(address)
        for key, alarm in alarms().items():
            self._add_alarm(key, alarm, config.tuning.get(key) or AlarmTuning())

    def _name_of(self, trail: SecureTrail | None, log_group: SecureLogGroup | str | None) -> str:
        if (trail is None) == (log_group is None):
            raise ConfigError(f"{self.path}: alarms watch either trail=... or log_group=...: give one of them.")
        group = trail.log_group if trail is not None else log_group
        if isinstance(group, SecureLogGroup):
            if group.config.log_group_class != "STANDARD":
                raise ConfigError(
                    f"{self.path}: log_group {group.path!r} is of class {group.config.log_group_class}, which does not support "
                    "metric filters: no alarm would ever fire. Use log_group_class='STANDARD'."
                )
            return group.name
        if complaint := LOG_GROUP_NAME.complaint(group):
            raise ConfigError(f"{self.path}: log_group={group!r} {complaint}. Or pass a SecureLogGroup.")
        return str(group)

    def _add_alarm(self, key: str, alarm: Mapping[str, Any], tuning: AlarmTuning) -> None:
        name = f"{self.config.name_prefix or ''}{alarm['name']}"
        # Security Hub has no control for changes of the organization.
        exact = alarm["pattern_security_hub"] if self.config.exact_security_hub else None
        Resource(
            self,
            f"{key}-filter",
            "aws_cloudwatch_log_metric_filter",
            name=name,
            log_group_name=self._log_group_name,
            pattern=exact or alarm["pattern"],
            metric_transformation={"name": name, "namespace": NAMESPACE, "value": "1"},
        )
        resource = Resource(
            self,
            f"{key}-alarm",
            "aws_cloudwatch_metric_alarm",
            alarm_name=name,
            alarm_description=f"CIS {alarm['cis']['7.0']}: {alarm['title']}",
            namespace=NAMESPACE,
            metric_name=name,
            statistic="Sum",
            period=tuning.period_seconds,
            evaluation_periods=tuning.evaluation_periods,
            threshold=tuning.threshold,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
            actions_enabled=True,
            alarm_actions=[self.topic.arn if tuning.paged else self._recorded().arn],
            tags=self.config.tags or None,
        )
        _demand_window(resource, tuning)

    def _recorded(self) -> SecureTopic:
        """The topic for alarms that are recorded only: an alarm without any action would be lost (CloudWatch.15)."""
        if self.recorded_topic is None:
            self.recorded_topic = SecureTopic(self, "recorded", TopicConfig(tags=self.config.tags), key=self.topic.key)
            self.recorded_topic.allow_publish_from("cloudwatch")
        return self.recorded_topic


def _demand_window(alarm: Resource, tuning: AlarmTuning) -> None:
    """Have Terraform check an alarm's window when its period or number of periods is unknown until it runs."""
    period, count = tuning.period_seconds, tuning.evaluation_periods
    message = (
        "period_seconds x evaluation_periods is longer than CloudWatch looks back: a day, or a week of whole hours"
    )
    if is_token(period) and not is_token(count):
        alarm.demand("window", period, f"{{value}} * {count} <= ({{value}} >= 3600 ? {_WEEK} : {_DAY})", message)
    elif is_token(count) and not is_token(period):
        alarm.demand("window", count, f"{{value}} * {period} <= {_WEEK if period >= 3600 else _DAY}", message)
