"""Alarms on the audit trail: what the CIS benchmark wants somebody to hear of at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.cloudtrail import SecureTrail
from secureinfra.aws.cloudwatch_log_group import LOG_GROUP_NAME, SecureLogGroup
from secureinfra.aws.sns_topic import SecureTopic, TopicConfig
from secureinfra.config import Config
from secureinfra.controls.cloudwatch_alarms import alarms
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.values import Number, Text, between, is_token, one_of

NAMESPACE = "CloudTrailMetrics"
_DAY, _WEEK = 86_400, 604_800


class AlarmTuning(Config):
    """How one alarm is heard; what it listens to stays as the benchmark has it."""

    threshold: Annotated[Number, between(1, 1_000_000, "events")] = 1
    """How many events in a period raise it."""
    period_seconds: Annotated[Number, one_of(60, 300, 900, 3600, 21600, 86400)] = 300
    """How long a period is."""
    evaluation_periods: Annotated[Number, between(1, 24, "periods")] = 1
    """How many periods in a row raise it."""
    paged: bool = True
    """False: it goes to the topic of recorded alarms, to which nobody is subscribed at first. The alarm keeps an action,
    as CloudWatch.15 and CloudWatch.17 ask; that item's own Security Hub control (e.g. CloudWatch.2) wants a subscriber too."""

    def problems(self) -> Iterator[str]:
        """CloudWatch looks back a day at most, over periods of an hour or longer a week."""
        # docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        period, count = self.period_seconds, self.evaluation_periods
        if is_token(period) or is_token(count):
            return
        limit, words = (_WEEK, "a week") if period >= 3600 else (_DAY, "a day")
        if period * count > limit:
            yield (
                f"period_seconds={period} x evaluation_periods={count} is longer than {words}: CloudWatch looks back no "
                f"further. Use at most {limit // period} evaluation periods."
            )


class SecurityAlarmsConfig(Config):
    """What a caller may choose about the alarms."""

    subscribers: tuple[Text, ...] = ()
    """E-mail addresses that hear of every paged alarm, each after its owner has confirmed. For anything else:
    `alarms.topic.subscribe(...)`."""
    tuning: Mapping[str, AlarmTuning] = {}
    """By alarm, e.g. `{"unauthorized-api-calls": AlarmTuning(threshold=10)}`; unauthorised calls are noisy."""
    exact_security_hub: bool = False
    """Patterns to the letter of AWS Security Hub's CloudWatch controls, which compare strings, where they differ from the
    newest correct form: unauthorised calls then include harmless ones of S3 log delivery."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """Tuning must name alarms that exist."""
        for key in self.tuning:
            if key not in alarms():
                yield f"tuning names {key!r}, which is no alarm. Use one of {', '.join(alarms())}."


class SecurityAlarms(SecureConstruct):
    """A metric filter and an alarm for each monitoring item of the CIS benchmark, and a topic that pages.

    Creates the filters on the trail's log group, the alarms, and an encrypted topic unless one is given. Filter, metric
    and alarm share a name, by which scanners link them.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: who hears of what.
        trail: the trail whose events to watch.
        log_group: instead of a trail, the log group that one delivers to, or its name.
        topic: where paged alarms go; by default a topic of its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or neither trail nor log group is given.
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
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self._log_group_name = self._name_of(trail, log_group)
        # One key for the whole audit trail: the topics speak of the same events.
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
                    f"{self.path}: log_group {group.path!r} is of class {group.config.log_group_class}, which knows no metric "
                    "filters: no alarm would ever fire. Use log_group_class='STANDARD'."
                )
            return group.name
        if complaint := LOG_GROUP_NAME.complaint(group):
            raise ConfigError(f"{self.path}: log_group={group!r} {complaint}. Or pass a SecureLogGroup.")
        return str(group)

    def _add_alarm(self, key: str, alarm: Mapping[str, Any], tuning: AlarmTuning) -> None:
        name = alarm["name"]
        # Security Hub has no control for changes of the organisation.
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
        """The topic for alarms that page nobody: an alarm without any action would be lost (CloudWatch.15)."""
        if self.recorded_topic is None:
            self.recorded_topic = SecureTopic(self, "recorded", TopicConfig(tags=self.config.tags), key=self.topic.key)
            self.recorded_topic.allow_publish_from("cloudwatch")
        return self.recorded_topic


def _demand_window(alarm: Resource, tuning: AlarmTuning) -> None:
    """Have Terraform judge the window of an alarm whose period or number of periods only it knows."""
    period, count = tuning.period_seconds, tuning.evaluation_periods
    message = (
        "period_seconds x evaluation_periods is longer than CloudWatch looks back: a day, or a week of whole hours"
    )
    if is_token(period) and not is_token(count):
        alarm.demand("window", period, f"{{value}} * {count} <= ({{value}} >= 3600 ? {_WEEK} : {_DAY})", message)
    elif is_token(count) and not is_token(period):
        alarm.demand("window", count, f"{{value}} * {period} <= {_WEEK if period >= 3600 else _DAY}", message)
