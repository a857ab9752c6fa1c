"""Findings of AWS's security services: routed to a topic, as messages that people can read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.finding_events_patterns import ROUTED, HealthCategory, Pattern, Place, Route, Severity, routes
from secureinfra.aws.finding_events_queue import make_queue, watch_queue
from secureinfra.aws.iam_role import RoleConfig, SecureRole
from secureinfra.aws.iam_trust import ServiceTrust
from secureinfra.aws.sns_topic import SecureTopic, TopicConfig
from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement
from secureinfra.values import ARN, Region, Text, is_token, matches

# AWS takes 64 characters; what the rules are called comes after it.
_NAME = matches(r"[A-Za-z0-9_-]{1,40}", "is no name for rules: write up to 40 letters, digits, '_' and '-'")
_ID = re.compile(r"[a-z][a-z0-9_-]{0,22}")


class FindingEventsConfig(Config):
    """Which findings are worth a message, and whose."""

    name: Annotated[str, _NAME] | None = None
    """What the rules' names begin with; by default the construct's path with '-'."""
    subscribers: tuple[Text, ...] = ()
    """E-mail addresses that hear of every finding, each after its owner has confirmed. For anything else:
    `events.topic.subscribe(...)`."""
    guardduty: Severity | None = "MEDIUM"
    """Threats that GuardDuty finds, from this severity on; `None` for none."""
    securityhub: Severity | None = "HIGH"
    """What Security Hub finds or gathers, from this severity on, while nobody has taken it on; what another field here
    reports already is left out. `None` for none."""
    accessanalyzer: bool = True
    """Access from outside, and access that nobody uses."""
    inspector: Severity | None = "HIGH"
    """Vulnerabilities that Inspector finds, from this severity on; `None` for none."""
    macie: Literal["LOW", "MEDIUM", "HIGH"] | None = "MEDIUM"
    """Personal data and open buckets that Macie finds, from this severity on; `None` for none."""
    config_rules: bool = True
    """Resources that come to break a rule of AWS Config."""
    linked_regions: tuple[Region, ...] = ()
    """Regions that hand on to this one, and whose findings Security Hub gathers here: what their services report is not told
    once more. There, set `securityhub=None`."""
    health: tuple[HealthCategory, ...] = ("issue", "investigation", "scheduledChange")
    """What AWS Health says about this account, by category; leaked keys and abuse are of the category `issue`."""
    message: Literal["text", "event"] = "text"
    """`text` for people; `event` hands on the event as it is, for programs."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """Something must be routed."""
        if not any(getattr(self, name) for name in ROUTED):
            yield f"routes nothing: nobody would hear of any finding. Switch on one of {', '.join(ROUTED)}."


class FindingEvents(SecureConstruct):
    """Somebody hears of every finding that matters, within minutes, and of each finding once.

    Creates an EventBridge rule for each service, an encrypted topic unless one is given, and a queue under the same key
    for what could not be delivered, with an alarm. The rules match what the services send; they switch none of them on.

    Events stay in their region. For another one build this construct there, with a topic of its own or with `home=`: the
    rules then hand on to the event bus of the home region, whose rules and topic do the rest.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: which findings.
        topic: topic of this region that the messages go to; by default one of its own.
        home: instead of a topic, the construct of the home region, or the ARN of an event bus there.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or the topic is of another region.

    Example:
        `FindingEvents(stack, "findings", FindingEventsConfig(subscribers=("security@example.com",)))`
    """

    config: FindingEventsConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: FindingEventsConfig = FindingEventsConfig(),
        *,
        topic: SecureTopic | None = None,
        home: FindingEvents | str | None = None,
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.name = self._checked_name()
        self.rules: dict[str, Resource] = {}
        self.topic: SecureTopic | None = None
        self.queue: Resource | None = None
        self._forwards = home is not None
        self._destination = self._deliver(topic) if home is None else self._forward(home, topic)
        for route in routes(config, Place(self.account_id, self.region)):
            self._add(route)

    def route(
        self,
        id: str,
        title: str,
        pattern: Pattern,
        *,
        lines: tuple[str, ...] = (),
        paths: Mapping[str, str] | None = None,
    ) -> None:
        """Send a message for further events.

        Args:
            id: what the rule is called: up to 23 lower-case letters, digits, `-` and `_`.
            title: what the message begins with; `<name>` stands for a value of `paths`.
            pattern: the events that match, e.g. `{"source": ["aws.acm"], "detail-type": [...]}`.
            lines: further lines of the message.
            paths: where in the event each value stands, e.g. `{"certificate": "$.resources[0]"}`; `account`, `region` and
                `time` are always there.

        Raises:
            ConfigError: the id is unusable or taken, the pattern matches everything, or a value has no path.
        """
        asked = f"{self.path}: route({id!r})"
        if not _ID.fullmatch(id) or id in self.rules:
            raise ConfigError(
                f"{asked} is taken or unusable: it becomes an address. Write another one, of up to 23 lower-case letters, "
                "digits, '-' and '_'."
            )
        if not pattern.get("source"):
            raise ConfigError(
                f"{asked} names no source: every event of the account would match. Add e.g. 'source': ['aws.acm']."
            )
        added = Route(id, title, pattern, lines, paths or {})
        if any("\n" in line for line in (title, *lines)):
            raise ConfigError(
                f"{asked} has a line break in its text: EventBridge refuses it. Give lines=(...) one by one."
            )
        if any('"' in line for line in (title, *lines)):
            raise ConfigError(
                f"{asked} has a double quote in its text: EventBridge ends the line there. Use single ones."
            )
        unknown = set(re.findall(r"<([^<>]*)>", added.template)) - set(added.input_paths)
        if unknown:
            raise ConfigError(
                f"{asked} names {', '.join(sorted(unknown))} in its text, for which paths says nothing: AWS refuses the rule. "
                "Add it to paths={...}."
            )
        self._add(added)

    def _checked_name(self) -> str:
        name = self.config.name or self.path.replace("/", "-")
        if complaint := _NAME.complaint(name):
            raise ConfigError(
                f"{self.path}: rules called {name!r}, after the construct's path: it {complaint}. "
                "Set FindingEventsConfig(name='...')."
            )
        return name

    def _topic_of_this_region(self, topic: SecureTopic | None) -> SecureTopic:
        if topic is not None and topic.stack_state is self.stack_state and topic.provider_alias != self.provider_alias:
            raise ConfigError(
                f"{self.path}: topic {topic.path!r} is made by another provider: EventBridge delivers to topics of its own region "
                "only. Make one with the same provider, or pass home=... to hand on to that region."
            )
        used = topic or SecureTopic(self, "topic", TopicConfig(tags=self.config.tags))
        used.allow_publish_from("events")
        for address in self.config.subscribers:
            used.subscribe_email(address)
        return used

    def _deliver(self, topic: SecureTopic | None) -> dict[str, Any]:
        """Each target's end: the topic, and the queue for what it does not take."""
        self.topic = self._topic_of_this_region(topic)
        rules = f"arn:{self.partition}:events:{self.region}:{self.account_id}:rule/{self.name}-*"
        name = f"{self.name}-undelivered"
        self.queue = make_queue(self, name, self.topic.key, rules)
        watch_queue(self, name, self.topic)
        return {
            "target_id": "topic",
            "arn": self.topic.arn,
            "dead_letter_config": {"arn": self.queue.ref("arn")},
        }

    def _forward(self, home: FindingEvents | str, topic: SecureTopic | None) -> dict[str, Any]:
        """Each target's end: the event bus of the home region, which EventBridge tries for a day to reach."""
        for given in (("topic=...",) if topic else ()) + (("subscribers",) if self.config.subscribers else ()):
            raise ConfigError(
                f"{self.path}: {given} and home=... exclude each other: events go to the home region, whose topic and "
                "subscribers hear of them. Remove one."
            )
        bus = self._bus_of(home)
        return {"target_id": "home", "arn": bus, "role_arn": self._make_forwarding_role(bus).arn}

    def _bus_of(self, home: FindingEvents | str) -> str:
        if isinstance(home, str):
            if not is_token(home) and (complaint := ARN.complaint(home)):
                raise ConfigError(f"{self.path}: home={home!r} {complaint}. Or pass a FindingEvents.")
            return home
        if home.stack_state is not self.stack_state or home.topic is None or home.provider_alias == self.provider_alias:
            raise ConfigError(
                f"{self.path}: home={home.path!r} is no home for it: it must have a topic, stand in the same stack, and be of "
                "another provider. Elsewhere pass the ARN of its event bus."
            )
        return f"arn:{home.partition}:events:{home.region}:{home.account_id}:event-bus/default"

    def _make_forwarding_role(self, bus: str) -> SecureRole:
        # docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-region.html
        trust = ServiceTrust(service="events")
        description = f"{self.path}: findings to the home region"
        role = SecureRole(self, "forward", RoleConfig(trust=trust, description=description, tags=self.config.tags))
        role.allow(Statement(actions=("events:PutEvents",), resources=(bus,)))
        return role

    def _add(self, route: Route) -> None:
        word = route.id.replace("_", "-")
        rule = Resource(
            self,
            f"{word}-rule",
            "aws_cloudwatch_event_rule",
            name=f"{self.name}-{word}",
            description=f"{self.path}: {route.title.partition(':')[0]}"[:512],
            event_pattern=json.dumps(route.pattern, separators=(",", ":")),
            tags=self.config.tags or None,
        )
        self.rules[route.id] = rule
        as_text = self.config.message == "text" and not self._forwards
        Resource(
            self,
            f"{word}-target",
            "aws_cloudwatch_event_target",
            rule=rule.ref("name"),
            **self._destination,
            input_transformer={"input_paths": route.input_paths, "input_template": route.template} if as_text else None,
        )
