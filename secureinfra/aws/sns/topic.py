"""SNS topic: encrypted with a customer key that the publishing services may use, for this account only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.sns.subscription import PROTOCOLS, endpoint_rule, same_account, subscription_id
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue
from secureinfra.aws.wiring.deliveries.matrix import DeliveryNeeds
from secureinfra.aws.wiring.deliveries.receiver import Receiver, checked
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.config.rules import is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals, source_account, source_arn

__all__ = ["SecureTopic", "TopicConfig"]

TOPIC_NAME = matches(r"[A-Za-z0-9_-]{1,256}", "is not a topic name", "write up to 256 letters, digits, '_' and '-'")

# What each service publishes for, below `arn:partition:`. EventBridge does not send its source.
_PUBLISHERS = {
    "cloudwatch": "cloudwatch:{region}:{account}:alarm:*",
    "budgets": "budgets::{account}:*",
    "s3": "s3:::*",
    # docs.aws.amazon.com/aws-backup/latest/devguide/cross-service-confused-deputy-prevention.html
    "backup": "backup:{region}:{account}:backup-vault:*",
    "events": None,
}


class TopicConfig(Config):
    """What a caller may choose about a topic."""

    name: Annotated[str, TOPIC_NAME] | None = None
    """Name of the topic, unique in account and region; by default the construct's path with '-'. Another name replaces the topic,
    with its subscriptions, which have to be confirmed again."""
    display_name: str | None = None
    """Sender's name in emails."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(module="topic", page="audit")
class SecureTopic(SecureConstruct):
    """A topic that only this account can use, over TLS, and that alarms can publish to.

    Creates the topic and its policy, and a key when none is given. A service publishes only after
    `allow_publish_from`, which also allows it to use the key: under `alias/aws/sns` CloudWatch drops alarms silently
    (repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `topic = SecureTopic(stack, "pages"); topic.allow_publish_from("cloudwatch"); topic.subscribe_email("ops@example.com")`
    """

    config: TopicConfig
    receives = "topic"

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: TopicConfig = TopicConfig(),
        *,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: topic", tags=config.tags))
        self._name = config.name or self.path.replace("/", "-")
        self.topic = Resource(
            self,
            "topic",
            "aws_sns_topic",
            name=self._name,
            display_name=config.display_name,
            kms_master_key_id=self.key.key_id,
            tags=config.tags or None,
        )
        self.policy = PolicyDocument("resource", self.path)
        self.topic_policy = Resource(self, "policy", "aws_sns_topic_policy", arn=self.arn, policy=self.policy.to_json)
        self._let_this_account_use_it()
        self._deny_publishing_without_tls()

    @property
    def arn(self) -> str:
        """Reference to the topic's ARN."""
        return self.topic.ref("arn")

    def allow_publish_from(self, service: str, source_arns: Sequence[str] = ()) -> None:
        """Let an AWS service publish for this account's resources, and use the key for it.

        Args:
            service: `cloudwatch`, `budgets`, `s3`, `backup` or `events`.
            source_arns: the alarms, budgets, buckets or vaults it publishes for; by default all of this account and region.
                Not for `events`: EventBridge does not say for which rule it publishes, so this allows rules of any account
                that know the topic. Prefer a role: `grant_publish(role)`, and its ARN as `role_arn` of the rule's target.

        Raises:
            ConfigError: the service is unknown, or it names no sources.
        """
        if service not in _PUBLISHERS:
            raise ConfigError(
                f"{self.path}: allow_publish_from({service!r}) is unknown: each service needs its own condition. "
                f"Use one of {', '.join(_PUBLISHERS)}."
            )
        scope = _PUBLISHERS[service]
        if scope is None:
            self._allow_events(source_arns)
            return
        here = scope.format(region=self.region, account=self.account_id)
        sources = tuple(source_arns) or (f"arn:{self.partition}:{here}",)
        self.key.allow_service(service, tuple(source_arns))
        self._allow_service(service, source_account(self.account_id), source_arn(*sources))

    def subscribe(self, protocol: str, endpoint: str, *, id: str | None = None) -> None:
        """Send every message to an endpoint.

        Args:
            protocol: `https`, `email`, `email-json`, `sqs`, `lambda`, `sms` or `application`.
            endpoint: URL, address, ARN in this account, or telephone number. Email addresses and URLs confirm before
                they receive anything.
            id: name of the subscription in its address; by default the endpoint, in words. A token of the
                engine needs one.

        Raises:
            ControlError: the protocol is plain `http`.
            ConfigError: the protocol or the endpoint is unusable, or the endpoint is subscribed already.
        """
        rule = endpoint_rule(self.path, protocol, endpoint)
        id = subscription_id(self.path, endpoint, id)
        if id in self.resources:
            raise ConfigError(
                f"{self.path}: subscribe({protocol!r}, {endpoint!r}) would be the second subscription {id!r}: an endpoint "
                "gets each message once. Remove it, or give it an id of its own with id='...'."
            )
        subscription = Resource(
            self, id, "aws_sns_topic_subscription", topic_arn=self.arn, protocol=protocol, endpoint=endpoint
        )
        if is_token(endpoint):
            subscription.demand(f"{id}-endpoint", endpoint, rule.expression, f"{protocol} endpoint {rule.message}")
        if protocol in ("sqs", "lambda", "application"):
            same_account(subscription, endpoint, f"{id}-account")

    def subscribe_email(self, address: str, *, id: str | None = None) -> None:
        """Send every message to an email address, once its owner has confirmed.

        Args:
            address: the address.
            id: as in `subscribe`.

        Raises:
            ConfigError: it is not an email address, or subscribed already.
        """
        self.subscribe("email", address, id=id)

    def deliver_to(
        self,
        target: Receiver,
        *,
        id: str | None = None,
        raw: bool = False,
        filter: Mapping[str, Any] | None = None,
        filter_scope: Literal["MessageAttributes", "MessageBody"] = "MessageAttributes",
        dead_letters: DeadLetterQueue | None = None,
    ) -> None:
        """Send every message to a queue or function of this account and region, which then accepts messages of this topic; what
        cannot be delivered is kept in a dead-letter queue.

        Args:
            target: a `Queue` or a `Function`.
            id: name of the subscription in its address; by default the target's path in words.
            raw: send the message alone, without SNS's envelope, to a queue.
            filter: a filter policy; only messages that match are sent
                (docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html).
            filter_scope: what the filter is compared with.
            dead_letters: where undelivered messages go; by default to the dead-letter queue that the stack shares.

        Raises:
            ConfigError: the target is not one that topics deliver to, or has this topic's messages already.
        """
        checked(self, "topic", target)
        name = subscription_id(self.path, target.path.partition("/")[2] or target.path, id)
        if name in self.resources:
            raise ConfigError(
                f"{self.path}: deliver_to({target.path!r}) would be the second subscription {name!r}: it gets each message once. "
                "Remove it, or give it an id of its own with id='...'."
            )
        if raw and target.receives == "function":
            raise ConfigError(
                f"{self.path}: deliver_to({target.path!r}, raw=True) is for queues: SNS sends functions its envelope. Remove raw."
            )
        kept = dead_letters or DeadLetterQueue.shared(self)
        Resource(
            self,
            name,
            "aws_sns_topic_subscription",
            depends_on=[*self._let_receive(target), *self._let_receive(kept)],
            topic_arn=self.arn,
            protocol=PROTOCOLS[target.receives],
            endpoint=target.arn,
            raw_message_delivery=True if raw else None,
            filter_policy=_compact(filter) if filter else None,
            filter_policy_scope=filter_scope if filter else None,
            redrive_policy=_compact({"deadLetterTargetArn": kept.arn}),
        )

    def _let_receive(self, target: Receiver) -> Sequence[Resource]:
        """What must exist before a target receives this topic's messages."""
        return target.accept_delivery(checked(self, "topic", target), self._arn_seen_by(target))

    def accept_delivery(self, delivery: DeliveryNeeds, source_arn: str) -> Sequence[Resource]:
        """Let a service deliver for a source: see `deliver_to` of the source."""
        self.allow_publish_from(delivery.service, (source_arn,))
        return (self.topic_policy,)

    def grant_delivery(self, role: Grantee) -> None:
        """Let a role deliver: see `deliver_to` of the source."""
        self.grant_publish(role)

    def _arn_seen_by(self, other: Any) -> str:
        # In the references of the construct that writes it down, and without one to the topic, which may wait for the same key.
        return f"arn:{other.partition}:sns:{other.region}:{other.account_id}:{self._name}"

    def grant_publish(self, grantee: Grantee | str) -> None:
        """Let a role publish, and use the key for it.

        Args:
            grantee: a `SecureRole`, or the ARN of a role of this account.

        Raises:
            ConfigError: the grantee is not a role.
        """
        principal = principal_of(grantee, self.path)
        publish = Statement(actions=("sns:Publish",), resources=(self.arn,))
        if isinstance(grantee, str):
            own = equals("aws:PrincipalAccount", self.account_id)
            self.policy.add(
                Statement(
                    sid="Publish",
                    principal=principal,
                    actions=publish.actions,
                    resources=publish.resources,
                    conditions=(own,),
                )
            )
            same_account(self.topic_policy, grantee, "publisher")
        else:
            grantee.add_to_policy(publish)
        self.key.grant(grantee, "Publish", ("kms:GenerateDataKey", "kms:Decrypt"))

    def _allow_service(self, service: str, *conditions: Condition) -> None:
        self.policy.add(
            Statement(
                sid=f"Allow{service.capitalize()}",
                principal=Principal.service(f"{service}.amazonaws.com"),
                actions=("sns:Publish",),
                resources=(self.arn,),
                conditions=conditions,
            )
        )

    def _allow_events(self, source_arns: Sequence[str]) -> None:
        """Let EventBridge publish: AWS sends no source here, so a condition on one would drop every message.

        "You can't use Condition blocks in Amazon SNS topic policies for EventBridge"
        (docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html), and source conditions on the key
        are "not supported for EventBridge-to-encrypted topics" (docs.aws.amazon.com/sns/latest/dg/sns-key-management.html).
        The key is bound to this topic by the encryption context that SNS sends.
        """
        if source_arns:
            raise ConfigError(
                f"{self.path}: allow_publish_from('events', {list(source_arns)!r}) would drop every message: EventBridge "
                "does not say for which rule it publishes. Leave the rules out."
            )
        self._allow_service("events")
        # References as seen from the key: its stack may be another one.
        topic = self._arn_seen_by(self.key)
        self.key.policy.add(
            Statement(
                sid="AllowEventsToTopic",
                principal=Principal.service("events.amazonaws.com"),
                actions=("kms:GenerateDataKey*", "kms:Decrypt"),
                resources=("*",),
                conditions=(equals("kms:EncryptionContext:aws:sns:topicArn", topic),),
            )
        )

    def _let_this_account_use_it(self) -> None:
        actions = ("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic", "sns:Publish", "sns:Subscribe")
        self.policy.add(
            Statement(
                sid="ThisAccount",
                principal=Principal.arns(f"arn:{self.partition}:iam::{self.account_id}:root"),
                actions=actions,
                resources=(self.arn,),
                conditions=(equals("aws:PrincipalAccount", self.account_id),),
            )
        )

    def _deny_publishing_without_tls(self) -> None:
        # docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit
        self.policy.add(
            Statement(
                sid="DenyWithoutTls",
                effect="Deny",
                principal=Principal.everybody(),
                actions=("sns:Publish",),
                resources=(self.arn,),
                conditions=(Condition("Bool", "aws:SecureTransport", ("false",)),),
            )
        )


def _compact(policy: Mapping[str, Any]) -> str:
    # As SNS writes it: the provider compares text.
    return json.dumps(policy, separators=(",", ":"))
