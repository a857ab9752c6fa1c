"""Findings of AWS's security services: routed to a topic, as messages that people can read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from constructs import Construct

from secureinfra.aws.detection.finding_events_config import NAME, FindingEventsConfig
from secureinfra.aws.detection.finding_events_patterns import Pattern, Place, Route, routes
from secureinfra.aws.detection.finding_events_queue import make_queue, watch_queue
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.sns.topic import SecureTopic, TopicConfig
from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.rules import ARN, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["FindingEvents"]

_ID = re.compile(r"[a-z][a-z0-9_-]{0,22}")


@declares(module="finding-events", page="account")
class FindingEvents(SecureConstruct):
    """Every finding of the chosen severities is sent to a topic within minutes, each finding once.

    Creates an EventBridge rule for each service, an encrypted topic unless one is given, and a queue under the same key
    for messages that could not be delivered, with an alarm. The rules match events of the services; they do not enable
    the services.

    Events stay in their region. For another region, create this construct there, with its own topic or with `home=`:
    the rules then forward events to the event bus of the home region, whose rules and topic do the rest.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: which findings.
        topic: topic of this region that the messages go to; by default one of its own, which one that is given later replaces.
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
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        if config.name is not None:
            refuse_second(
                self,
                "rules are known by their names in an account and region, so each would overwrite the other's",
                "Give each another name.",
                names=("name",),
            )
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
        """Send a message for additional events.

        Args:
            id: name of the rule: up to 23 lower-case letters, digits, `-` and `_`.
            title: what the message begins with; `<name>` stands for a value of `paths`.
            pattern: the events that match, e.g. `{"source": ["aws.acm"], "detail-type": [...]}`.
            lines: additional lines of the message.
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
        if complaint := NAME.complaint(name):
            raise ConfigError(
                f"{self.path}: rules called {name!r}, after the construct's path: it {complaint}. "
                "Set FindingEventsConfig(name='...')."
            )
        return name

    def _topic_of_this_region(self, topic: SecureTopic | None) -> SecureTopic:
        if topic is not None and topic.stack_state is self.stack_state and topic.used_provider != self.used_provider:
            raise ConfigError(
                f"{self.path}: topic {topic.path!r} is made by another provider: EventBridge delivers to topics of its own region "
                "only. Make one with the same provider, or pass home=... to forward to that region."
            )
        used = topic or SecureTopic(self, "topic", TopicConfig(tags=self.config.tags))
        for address in self.config.subscribers:
            used.subscribe_email(address)
        return used

    def _deliver(self, topic: SecureTopic | None) -> dict[str, Any]:
        """Arguments that end each target: the topic, the role that publishes to it, and the dead-letter queue."""
        self.topic = self._topic_of_this_region(topic)
        rules = f"arn:{self.partition}:events:{self.region}:{self.account_id}:rule/{self.name}-*"
        name = f"{self.name}-undelivered"
        self.queue = make_queue(self, name, self.topic.key, rules)
        watch_queue(self, name, self.topic)
        role = self._make_publishing_role(rules)
        self.topic.grant_publish(role)
        return {
            "target_id": "topic",
            "arn": self.topic.arn,
            "role_arn": role.arn,
            "depends_on": [role.inline],
            "dead_letter_config": {"arn": self.queue.ref("arn")},
        }

    def _make_publishing_role(self, rules: str) -> SecureRole:
        """A role for these rules alone: the topic's own policy could not tell them from rules of other accounts.

        docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html ("can use either an IAM execution role or a
        resource-based policy"), /eb-custom-bus-target-sns.html (what the role needs for a topic with a customer key).
        """
        trust = ServiceTrust(service="events", source_arns=(rules,))
        description = f"{self.path}: findings to the topic"
        return SecureRole(self, "publish", RoleConfig(trust=trust, description=description, tags=self.config.tags))

    def _forward(self, home: FindingEvents | str, topic: SecureTopic | None) -> dict[str, Any]:
        """Arguments that end each target: the event bus of the home region, which EventBridge retries for a day."""
        for given in (("topic=...",) if topic else ()) + (("subscribers",) if self.config.subscribers else ()):
            raise ConfigError(
                f"{self.path}: {given} and home=... exclude each other: events go to the home region, whose topic and "
                "subscribers receive them. Remove one."
            )
        bus = self._bus_of(home)
        return {"target_id": "home", "arn": bus, "role_arn": self._make_forwarding_role(bus).arn}

    def _bus_of(self, home: FindingEvents | str) -> str:
        if isinstance(home, str):
            if not is_token(home) and (complaint := ARN.complaint(home)):
                raise ConfigError(f"{self.path}: home={home!r} {complaint}. Or pass a FindingEvents.")
            return home
        if home.stack_state is not self.stack_state or home.topic is None or home.used_provider == self.used_provider:
            raise ConfigError(
                f"{self.path}: home={home.path!r} is not a valid home: it must have a topic, be in the same stack, and use "
                "another provider. For another stack, pass the ARN of its event bus."
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
