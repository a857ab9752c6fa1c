"""Event rule: events that match a pattern, delivered to targets of this account, and kept where that fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.cloudwatch.event_bus import EventBus
from secureinfra.aws.cloudwatch.event_pattern import EventPattern
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue
from secureinfra.aws.wiring.deliveries.receiver import Receiver, checked
from secureinfra.config.config import Config
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import derived_name, words
from secureinfra.errors import ConfigError

__all__ = ["EventRule", "EventRuleConfig"]

RULE_NAME = matches(
    r"[A-Za-z0-9._-]{1,64}", "is not a rule name", "write up to 64 letters, digits, '.', '_' and '-'", example="orders"
)
_MOST_TARGETS = 5  # docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
_LONGEST_TARGET_ID = 64


class EventRuleConfig(Config):
    """Pattern, name and retries of a rule."""

    pattern: EventPattern
    """Which events match."""
    name: Annotated[str, RULE_NAME] | None = None
    """Name of the rule; by default the construct's path with '-'."""
    description: Text | None = None
    """What the rule is for; by default it names the construct."""
    enabled: bool = True
    """`False` keeps the rule and delivers nothing."""
    maximum_event_age_in_seconds: Annotated[Number, between(60, 86_400, "seconds")] = 86_400
    """How long a delivery is tried again."""
    maximum_retry_attempts: Annotated[Number, between(0, 185, "times")] = 185
    """How often a delivery is tried again."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(apart="a rule has targets, which a module of its own would not contain", page="messaging")
class EventRule(SecureConstruct):
    """A rule whose events reach the targets that it is given, each under a permission for this rule alone.

    Creates the rule; for each target what lets this rule deliver there; and a role where a target takes one. What cannot be delivered
    is kept in a dead-letter queue.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: which events.
        bus: the bus whose events match; by default the account's own, which has the events of AWS's services.
        dead_letters: where undelivered events go; by default to the dead-letter queue that the stack shares.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `EventRule(stack, "paid", EventRuleConfig(pattern=EventPattern(source=("acme.shop",))), bus=bus).deliver_to(queue)`
    """

    config: EventRuleConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: EventRuleConfig,
        *,
        bus: EventBus | None = None,
        dead_letters: DeadLetterQueue | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.bus = bus
        self.rule_name = config.name or derived_name(self, RULE_NAME)
        self._dead_letters = dead_letters
        self._role: SecureRole | None = None
        self._targets: list[str] = []
        self.rule = Resource(
            self,
            "rule",
            "aws_cloudwatch_event_rule",
            name=self.rule_name,
            description=(config.description or f"{self.path}: events to their targets")[:512],
            event_bus_name=bus.name if bus else None,
            event_pattern=json.dumps(config.pattern.rendered(), separators=(",", ":")),
            state="ENABLED" if config.enabled else "DISABLED",
            tags=config.tags or None,
        )

    @property
    def arn(self) -> str:
        """Reference to the rule's ARN."""
        return self.rule.ref("arn")

    def deliver_to(
        self,
        target: Receiver,
        *,
        id: str | None = None,
        input: Mapping[str, Any] | None = None,
        input_path: str | None = None,
        message_group_id: str | None = None,
    ) -> None:
        """Send every event that matches to a target of this account and region.

        Args:
            target: a `Queue`, `SecureTopic`, `Function`, `Stream`, `Delivery`, `Workflow` or another `EventBus`.
            id: name of the target in its address; by default the target's path in words.
            input: what to send instead of the event.
            input_path: the part of the event to send, e.g. `$.detail`.
            message_group_id: group of the messages in a FIFO queue, which needs one.

        Raises:
            ConfigError: the target is not one that rules deliver to, is there already, is the rule's own bus, or is the sixth.
        """
        delivery = checked(self, "rule", target)
        name = words(id or target.path.partition("/")[2] or target.path)
        self._refuse_target(target, name, message_group_id, input is not None and input_path is not None)
        kept = self._dead_letters or DeadLetterQueue.shared(self)
        wait = list(kept.accept_delivery(checked(self, "rule", kept), self._arn_seen_by(kept)))
        if delivery.by == "role":
            target.grant_delivery(self._own_role())
            wait.append(self._own_role().inline)
        else:
            wait += target.accept_delivery(delivery, self._arn_seen_by(target))
        self._targets.append(name)
        Resource(
            self,
            f"target-{name}",
            "aws_cloudwatch_event_target",
            depends_on=wait,
            rule=self.rule.ref("name"),
            event_bus_name=self.bus.name if self.bus else None,
            target_id=name[:_LONGEST_TARGET_ID].rstrip("-"),
            arn=target.arn,
            role_arn=self._own_role().arn if delivery.by == "role" else None,
            input=json.dumps(input) if input is not None else None,
            input_path=input_path,
            sqs_target={"message_group_id": message_group_id} if message_group_id else None,
            dead_letter_config={"arn": kept.arn},
            retry_policy=self._retries(),
        )

    def _retries(self) -> dict[str, Any]:
        names = ("maximum_event_age_in_seconds", "maximum_retry_attempts")
        return {name: getattr(self.config, name) for name in names}

    def _refuse_target(self, target: Receiver, name: str, group: str | None, both_inputs: bool) -> None:
        asked = f"{self.path}: deliver_to({target.path!r})"
        if target is self.bus:
            raise ConfigError(
                f"{asked} is the bus that the events come from: they would never end. Deliver to another one."
            )
        if name in self._targets:
            raise ConfigError(
                f"{asked} would be the second target {name!r}. Remove it, or give it an id of its own with id='...'."
            )
        if len(self._targets) == _MOST_TARGETS:
            raise ConfigError(
                f"{asked} is one target too many: a rule has {_MOST_TARGETS}. Write a second rule with the same pattern, or deliver to "
                "a SecureTopic."
            )
        if getattr(target, "fifo", False) != bool(group):
            raise ConfigError(
                f"{asked} {'lacks' if not group else 'has'} message_group_id: FIFO queues need one, others take none. "
                f"{'Add' if not group else 'Remove'} it."
            )
        if both_inputs:
            raise ConfigError(f"{asked} has input and input_path: EventBridge takes one. Remove one of them.")

    def _own_role(self) -> SecureRole:
        """The role of this rule alone, created for the first target that takes one."""
        if self._role is None:
            trust = ServiceTrust(service="events", source_arns=(self._arn_seen_by(self),))
            description = f"{self.path}: events to their targets"
            self._role = SecureRole(
                self, "deliver", RoleConfig(trust=trust, description=description, tags=self.config.tags)
            )
        return self._role

    def _arn_seen_by(self, other: Any) -> str:
        # Without a reference to the rule: a rule of another stack may wait for the target.
        within = f"{self.bus.bus_name}/" if self.bus else ""
        return f"arn:{other.partition}:events:{other.region}:{other.account_id}:rule/{within}{self.rule_name}"
