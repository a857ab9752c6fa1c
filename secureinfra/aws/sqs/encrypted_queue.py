"""Common base of queues: encrypted with a customer key, reachable over TLS only, one permission for each sender and reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from constructs import Construct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.wiring.deliveries.matrix import DELIVERIES, DeliveryNeeds
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.config.rules import ARN, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals, source_account, source_arn

# docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html: 80 characters, `.fifo` included.
QUEUE_NAME = matches(
    r"[A-Za-z0-9_-]{1,75}",
    "is not a queue name",
    "write up to 75 letters, digits, '_' and '-'; '.fifo' is added for you",
)

_SENDERS = {one.service: one for one in DELIVERIES if one.target == "queue" and one.by == "policy"}
_SEND = ("sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl")
_CONSUME = (
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
)
# docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
_SEND_KEY = ("kms:GenerateDataKey", "kms:Decrypt")
_CONSUME_KEY = ("kms:Decrypt",)


@declares(apart="the base of Queue and DeadLetterQueue")
class EncryptedQueue(SecureConstruct):
    """The parts that every queue has; `Queue` and `DeadLetterQueue` add their own."""

    receives: str = "queue"
    queue: Resource
    queue_policy: Resource

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: Config,
        *,
        key: SecureKey | None,
        fifo: bool,
        provider: Any,
        moved_from: str | None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.fifo = fifo
        self.queue_name = f"{config.name or derived_name(self, QUEUE_NAME)}{'.fifo' if fifo else ''}"  # type: ignore[attr-defined]
        own = KeyConfig(description=f"{self.path}: queue", tags=config.tags)  # type: ignore[attr-defined]
        self.key = key_of(self, key, own)
        self.policy = PolicyDocument("resource", self.path)

    @property
    def arn(self) -> str:
        """Reference to the queue's ARN."""
        return self.queue.ref("arn")

    @property
    def url(self) -> str:
        """Reference to the queue's URL."""
        return self.queue.ref("url")

    @property
    def name(self) -> str:
        """Reference to the queue's name."""
        return self.queue.ref("name")

    def grant_send(self, grantee: Grantee | str) -> None:
        """Let a role send messages, and use the key for it.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.

        Raises:
            ConfigError: the grantee is not a role.
        """
        self._grant(grantee, "Send", _SEND, _SEND_KEY)

    def grant_consume(self, grantee: Grantee | str) -> None:
        """Let a role receive and delete messages, and use the key for it.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.

        Raises:
            ConfigError: the grantee is not a role.
        """
        self._grant(grantee, "Consume", _CONSUME, _CONSUME_KEY)

    def allow_send_from(self, service: str, source_arns: Sequence[str]) -> None:
        """Let an AWS service send messages for named resources of this account, and use the key for it.

        Args:
            service: `sns`, `s3` or `events`.
            source_arns: the topics, buckets or rules.

        Raises:
            ConfigError: the service is unknown, or a source is not an ARN.
        """
        if service not in _SENDERS:
            raise ConfigError(
                f"{self.path}: allow_send_from({service!r}) is unknown: each service needs its own condition. "
                f"Use one of {', '.join(_SENDERS)}; for others grant_send(role) with the role they assume."
            )
        if not source_arns:
            raise ConfigError(
                f"{self.path}: allow_send_from({service!r}) names no source: every account's could send. Give source_arns=(...)."
            )
        for arn in source_arns:
            if not is_token(arn) and ARN.complaint(arn):
                raise ConfigError(f"{self.path}: allow_send_from({service!r}) source {arn!r} {ARN.complaint(arn)}.")
        self._accept(_SENDERS[service], tuple(source_arns))

    def accept_delivery(self, delivery: DeliveryNeeds, source_arn: str) -> Sequence[Resource]:
        """Let a service deliver for a source: see `deliver_to` of the source."""
        self._accept(delivery, (source_arn,))
        return (self.queue_policy,)

    def grant_delivery(self, role: Grantee) -> None:
        """Let a role deliver: see `deliver_to` of the source."""
        self.grant_send(role)

    def arn_seen_by(self, other: SecureConstruct) -> str:
        """The ARN put together in the references of another construct, for what must not refer to the queue itself."""
        return f"arn:{other.partition}:sqs:{other.region}:{other.account_id}:{self.queue_name}"

    def _accept(self, delivery: DeliveryNeeds, source_arns: tuple[str, ...]) -> None:
        conditions = [source_arn(*source_arns)]
        if delivery.names_account:
            conditions.append(source_account(self.account_id))
        self.policy.add(
            Statement(
                sid=f"Allow{delivery.service.capitalize()}",
                principal=Principal.service(f"{delivery.service}.amazonaws.com"),
                actions=delivery.actions,
                resources=(self.arn,),
                conditions=conditions,
            )
        )
        if not delivery.key_context:
            self.key.allow_service(delivery.service, source_arns)
            return
        self.key.policy.add(
            Statement(
                sid=f"Allow{delivery.service.capitalize()}ToQueue",
                principal=Principal.service(f"{delivery.service}.amazonaws.com"),
                actions=("kms:GenerateDataKey*", "kms:Decrypt"),
                resources=("*",),
                conditions=(equals(f"kms:EncryptionContext:{delivery.key_context}", self.arn_seen_by(self.key)),),
            )
        )

    def _grant(self, grantee: Grantee | str, sid: str, actions: tuple[str, ...], key_actions: tuple[str, ...]) -> None:
        principal = principal_of(grantee, self.path)
        if isinstance(grantee, str):
            self.policy.add(Statement(sid=sid, principal=principal, actions=actions, resources=(self.arn,)))
        else:
            grantee.add_to_policy(Statement(actions=actions, resources=(self.arn,)))
        self.key.grant(grantee, sid, key_actions, via="sqs")

    def _write_policy(self) -> None:
        self.queue_policy = Resource(
            self, "policy", "aws_sqs_queue_policy", queue_url=self.queue.ref("id"), policy=self.policy.to_json
        )
        # docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
        self.policy.add(
            Statement(
                sid="DenyWithoutTls",
                effect="Deny",
                principal=Principal.everybody(),
                actions=("sqs:*",),
                resources=(self.arn,),
                conditions=(Condition("Bool", "aws:SecureTransport", ("false",)),),
            )
        )
