"""Event bus: encrypted, with a policy, and events that could not be encrypted kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue
from secureinfra.aws.wiring.deliveries.matrix import DeliveryNeeds
from secureinfra.aws.wiring.deliveries.receiver import checked
from secureinfra.config.config import Config
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals, source_account

__all__ = ["EventBus", "EventBusConfig"]

# An archive's name has 48 characters at most, a bus's 256: docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateArchive.html
BUS_NAME = matches(
    r"[A-Za-z0-9._-]{1,48}", "is not a bus name", "write up to 48 letters, digits, '.', '_' and '-'", example="orders"
)


class EventBusConfig(Config):
    """What a caller may choose about an event bus."""

    name: Annotated[str, BUS_NAME] | None = None
    """Name of the bus; by default the construct's path with '-'. Another name replaces the bus."""
    archive_days: Annotated[Number, between(1, 3_650, "days")] | None = None
    """Keep every event for so long, to send it again; by default none is kept. AWS encrypts the archive with a key of its own."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(module="event-bus", page="messaging")
class EventBus(SecureConstruct):
    """A bus for your own events, under a customer key, to which only this account's granted roles put events.

    Creates the bus and its policy, a key when none is given, and an archive on request. Events that EventBridge cannot encrypt or
    decrypt go to the dead-letter queue that the stack shares.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        dead_letters: where events go that could not be encrypted; by default the stack's.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `bus = EventBus(stack, "orders"); bus.grant_put(shop)`
    """

    config: EventBusConfig
    receives = "bus"

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: EventBusConfig = EventBusConfig(),
        *,
        key: SecureKey | None = None,
        dead_letters: DeadLetterQueue | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.bus_name = config.name or derived_name(self, BUS_NAME)
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: event bus", tags=config.tags))
        self._let_eventbridge_encrypt()
        kept = dead_letters or DeadLetterQueue.shared(self)
        wait = kept.accept_delivery(checked(self, "bus", kept), self._arn_seen_by(kept))
        self.bus = Resource(
            self,
            "bus",
            "aws_cloudwatch_event_bus",
            depends_on=wait,
            name=self.bus_name,
            description=f"{self.path}: events",
            kms_key_identifier=self.key.arn,
            dead_letter_config={"arn": kept.arn},
            tags=config.tags or None,
        )
        self.policy = PolicyDocument("resource", self.path)
        self.bus_policy = Resource(
            self, "policy", "aws_cloudwatch_event_bus_policy", event_bus_name=self.name, policy=self.policy.to_json
        )
        self._let_this_account_use_it()
        if config.archive_days is not None:
            self._archive(config.archive_days)

    def _archive(self, days: int) -> None:
        Resource(
            self,
            "archive",
            "aws_cloudwatch_event_archive",
            name=self.bus_name,
            event_source_arn=self.arn,
            retention_days=days,
        )

    @property
    def arn(self) -> str:
        """Reference to the bus's ARN."""
        return self.bus.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the bus's name."""
        return self.bus.ref("name")

    def grant_put(self, grantee: Grantee | str) -> None:
        """Let a role put events.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.

        Raises:
            ConfigError: the grantee is not a role.
        """
        principal = principal_of(grantee, self.path)
        if isinstance(grantee, str):
            put = Statement(sid="Put", principal=principal, actions=("events:PutEvents",), resources=(self.arn,))
            self.policy.add(put)
        else:
            grantee.add_to_policy(Statement(actions=("events:PutEvents",), resources=(self.arn,)))

    def accept_delivery(self, delivery: DeliveryNeeds, source_arn: str) -> Sequence[Resource]:
        """Refused: a role delivers to a bus."""
        raise ConfigError(f"{self.path}: {delivery.service} delivers to a bus by a role only. Use grant_put(role).")

    def grant_delivery(self, role: Grantee) -> None:
        """Let a role deliver: see `deliver_to` of the source."""
        self.grant_put(role)

    def _arn_seen_by(self, other: SecureConstruct) -> str:
        return f"arn:{other.partition}:events:{other.region}:{other.account_id}:event-bus/{self.bus_name}"

    def _let_eventbridge_encrypt(self) -> None:
        """docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html; the bus cannot be named by a reference, as it
        waits for the key. A call to DescribeKey carries no encryption context."""
        here = source_account(self.key.account_id)
        bus = equals("kms:EncryptionContext:aws:events:event-bus:arn", self._arn_seen_by(self.key))
        service = Principal.service("events.amazonaws.com")
        for sid, actions, conditions in (
            ("AllowEventsOnBus", ("kms:GenerateDataKey", "kms:Decrypt"), (here, bus)),
            ("AllowEventsRead", ("kms:DescribeKey",), (here,)),
        ):
            self.key.policy.add(
                Statement(sid=sid, principal=service, actions=actions, resources=("*",), conditions=conditions)
            )

    def _let_this_account_use_it(self) -> None:
        self.policy.add(
            Statement(
                sid="ThisAccount",
                principal=Principal.arns(f"arn:{self.partition}:iam::{self.account_id}:root"),
                actions=("events:PutEvents",),
                resources=(self.arn,),
                conditions=(equals("aws:PrincipalAccount", self.account_id),),
            )
        )
